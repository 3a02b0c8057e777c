"""How much room the street leaves for attention: mean pooling beside the oracle that knows each frame's visibility.

Trains the frame CNN with mean pooling on half of the people of street-v1, for several splits, and ranks the other half:
once with the mean of the frames' features, once weighted by visibility³. If the oracle gained nothing, no attention
could; if the mean were saturated or at chance, nothing could be compared.

    python benchmarks/street_ceiling.py [--splits 3] [--steps 400] [--recipe spread] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from _machine import machine

from reidlib.data.cache import cache_folder
from reidlib.data.splits import halves
from reidlib.evaluation.bootstrap import paired_bootstrap
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.result import Ranking
from reidlib.ran.embed import frame_features, used_frames
from reidlib.ran.evaluate import sides
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.presets import preset
from reidlib.ran.recipes import recipe
from reidlib.ran.train import train
from reidlib.world.build import street

POWER = 3  # of visibility, in the oracle's weights


def pooled(features: list[np.ndarray], weights: list[np.ndarray]) -> np.ndarray:
    """(n, D) of unit length: the weighted mean of each tracklet's frames."""
    means = np.stack([np.average(x, 0, w) for x, w in zip(features, weights, strict=True)])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def ranked(features: np.ndarray, probes: np.ndarray, gallery: np.ndarray, store) -> Ranking:
    """Probes stand before the gallery in `features`."""
    return rank(probe_features=features[:len(probes)], gallery_features=features[len(probes):],
                probe_pids=store.pids[probes], gallery_pids=store.pids[gallery], probe_camids=store.camids[probes],
                gallery_camids=store.camids[gallery], protocol="camera_pair")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--splits", type=int, default=3)
    arguments.add_argument("--steps", type=int, default=400)
    arguments.add_argument("--frames", type=int, default=8)
    arguments.add_argument("--recipe", default="spread", help="spread, or contiguous as the papers sample")
    arguments.add_argument("--json", type=Path)
    asked = arguments.parse_args()
    store = street("street-v1")
    system = preset("coupled").with_head("mean")
    inputs = TrackletInputs(store, system.inputs, system.flow)
    visibility = store.column("visibility")
    how = recipe(asked.recipe).sized(frames=asked.frames, steps=asked.steps)
    rows, hits, pids = [], [], []
    for k, split in enumerate(halves(store.pids.tolist(), asked.splits)):
        folder = cache_folder("runs", f"street-ceiling-{asked.recipe}-{asked.frames}-{asked.steps}-{k}")
        trained = train(inputs, split, system, how, seed=k, folder=folder)
        probes, gallery = sides(store, split.tracklets(store.pids, "test"))
        both = np.concatenate([probes, gallery])
        features = frame_features(trained.network.frame_cnn, inputs, both, used_frames(store.lengths[both]))
        seen = [visibility[store.starts[n]:store.starts[n] + store.lengths[n]].astype(float) for n in both]
        ways = {"mean": [np.ones(len(v)) for v in seen], "oracle": [np.maximum(v, 1e-6) ** POWER for v in seen]}
        rankings = {name: ranked(pooled(features, weights), probes, gallery, store) for name, weights in ways.items()}
        rows.append({"split": split.name, "probes": len(probes),
                     **{f"{name} {measure}": round(value, 4) for name, result in rankings.items()
                        for measure, value in (("rank-1", float(result.cmc[0])), ("mAP", result.mAP))}})
        print(rows[-1], flush=True)
        hits.append([result.hits(1).astype(float) for result in rankings.values()])
        pids.append(store.pids[probes])
    mean, oracle = np.concatenate([np.stack(each) for each in hits], axis=1)
    gain = paired_bootstrap(oracle, mean, np.concatenate(pids))
    low, high = 100 * gain.low, 100 * gain.high
    print(f"oracle minus mean: {100 * gain.estimate:+.1f} points of rank-1 [{low:.1f}, {high:.1f}]"
          f", {asked.splits} splits, identities resampled")
    if asked.json:
        content = {"machine": machine(), "data": store.name, "data_hash": store.hash, "recipe": how.as_dict(),
                   "splits": rows, "oracle minus mean, rank-1": gain.as_dict()}
        asked.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
