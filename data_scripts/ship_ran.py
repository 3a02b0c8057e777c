"""Trains the small checkpoint that comes with the library, measures it, and writes its model card.

One frame CNN, trained with mean pooling on the training half of street-v1, rounded to half precision; then the heads of
`corrected` and `coupled`, fitted on it frozen. The people of the test half are looked at once, at the end.

    python data_scripts/ship_ran.py [--steps 600] [--head-steps 300] [--seed 0]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import reidlib
from reidlib.data.cache import cache_folder
from reidlib.data.files import write_whole
from reidlib.data.splits import halves
from reidlib.evaluation.visibility import score_attention
from reidlib.ran.evaluate import Evaluated, evaluate, sides
from reidlib.ran.family import train_family
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.shipped import save_shipped, shipped_path
from reidlib.world.build import street
from reidlib.world.provenance import NOTE


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--steps", type=int, default=600)
    arguments.add_argument("--frames", type=int, default=8)
    arguments.add_argument("--head-steps", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=0)
    asked = arguments.parse_args()

    store = street("street-v1")
    split = halves(store.pids.tolist(), 1)[0]
    inputs = TrackletInputs(store)
    trunk, heads = train_family(
        inputs, split, steps=asked.steps, frames=asked.frames, head_steps=asked.head_steps, seed=asked.seed,
        folder=cache_folder("runs", f"ship-{asked.steps}"),
        hear=lambda what, heard: print(f"\r{what} {heard.step} of {heard.steps}", end="", flush=True))
    print()
    if any(each.fit.interrupted for each in (trunk, *heads.values())):
        raise SystemExit("stopped; the shipped checkpoint stays as it was")

    probes, gallery = sides(store, split.tracklets(store.pids, "test"))
    results = {"mean pooling": _measured(evaluate(trunk.network, inputs, probes, gallery), store, inputs)}
    for name, trained in heads.items():
        results[name] = _measured(evaluate(trained.network, inputs, probes, gallery), store, inputs)
    path = shipped_path()
    path.parent.mkdir(exist_ok=True)
    save_shipped(path, trunk, heads, results)
    write_whole(path.with_suffix(".md"), _card(path, trunk, heads, results).encode())
    print(f"{path.name}: {path.stat().st_size / 2**20:.2f} MB")
    for name, row in results.items():
        print(name, row["line"], row.get("attention", ""))


def _measured(evaluated: Evaluated, store, inputs: TrackletInputs) -> dict:
    row = {"line": evaluated.line, "rank_1": evaluated.rank_1.as_dict(), "mAP": evaluated.mAP.as_dict()}
    attention = [*evaluated.probe.attention, *evaluated.found.attention]
    if attention:
        numbers = np.concatenate([evaluated.probes, evaluated.gallery])
        visibility = store.column("visibility")
        seen = np.concatenate([visibility[store.starts[n]:store.starts[n] + store.lengths[n]] for n in numbers])
        report = score_attention(np.concatenate([each[-1] for each in attention]), seen.astype(float),
                                 store.lengths[numbers], pids=store.pids[numbers], resamples=2000)
        row["attention"] = {"auc_within": report.attention.auc.as_dict(), "tracklets": report.scored}
    return row


def _card(path: Path, trunk, heads: dict, results: dict) -> str:
    def points(interval: dict) -> str:
        return f"{100 * interval['estimate']:.1f} [{100 * interval['low']:.1f}, {100 * interval['high']:.1f}]"

    def auc(row: dict) -> str:
        if "attention" not in row:
            return "–"
        known = row["attention"]["auc_within"]
        return f"{known['estimate']:.3f} [{known['low']:.3f}, {known['high']:.3f}]"

    rows = "\n".join(f"| {name} | {points(row['rank_1'])} | {points(row['mAP'])} | {auc(row)} |"
                     for name, row in results.items())
    n, how, facts = len(trunk.split.test), trunk.recipe, trunk.facts
    fitted = ", ".join(f"`{name}` by recipe `{each.recipe.name}`, {each.fit.step} steps"
                       for name, each in heads.items())
    people = f"{len(trunk.split.train)} for training, {n} others for the table below; split `{trunk.split.name}`"
    data = f"{facts['data']} {facts['data_version']}, hash {facts['data_hash'][:12]}: no picture of a real person"
    cnn = (f"mean pooling, recipe `{how.name}`, {trunk.fit.step} steps of {how.tracklets_a_step} tracklets × "
           f"{how.frames} frames")
    return f"""# {path.name}

**{NOTE[0].upper()}{NOTE[1:]}.** Written by `data_scripts/ship_ran.py`, reidlib {reidlib.__version__}.

One frame CNN of RAN (5×56×40 → 32×10×8 → 1024 → 128) and the heads of the presets `corrected` and `coupled`, in half
precision. It is for the course: small, quick to load, good enough to look at attention. Do not use it on footage of
people.

| what | value |
|---|---|
| data | {data} |
| people | {people} |
| frame CNN | {cnn} |
| heads | fitted on the frozen CNN: {fitted} |
| seed | {trunk.seed} |

The test half, {n} probes from camera 1, {n} tracklets of camera 2 in the gallery, whole tracklets. 95 % intervals over
identities of this one training; they do not contain the spread over trainings.

| pooling | rank-1 % | mAP % | AUC of attention within tracklets, visible ≥ ½ |
|---|---|---|---|
{rows}

Heads on a frozen CNN: trained end to end, both the features and the figures are others.
"""


if __name__ == "__main__":
    main()
