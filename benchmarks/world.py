"""The rendered street: what it costs, how hard it is, and how exact its flow is.

python benchmarks/world.py [--version street-v1] [--persons N] [--workers N] [--flow-tracklets N] [--json FILE]

CPU-seconds are user + system time of this process and its workers, from nothing to the finished, hashed store. The
difficulty is read from that store: frames of which less than half of the person shows, tracklets with such a frame, and
rank-1 of colour histograms (probes camera 0, gallery camera 1; a histogram is the mean over a tracklet's frames;
Bhattacharyya similarity): of the whole frame, which is the criterion, and of the person's pixels, cut out by the mask.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from reidlib.data.store import Store
from reidlib.world import truth
from reidlib.world.build import build, cores
from reidlib.world.render import render
from reidlib.world.scene import OCCLUDER
from reidlib.world.versions import Spec, specify

BINS = 8


def cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def cost(spec: Spec, workers: int) -> tuple[dict, Store, tempfile.TemporaryDirectory]:
    folder = tempfile.TemporaryDirectory(prefix="reidlib-world-")
    start, clock = cpu_seconds(), time.perf_counter()
    store = build(spec, Path(folder.name) / "store", workers)
    spent, wall = cpu_seconds() - start, time.perf_counter() - clock
    frames = int(store.lengths.sum())
    return (
        {"frames": frames, "cpu_s": spent, "wall_s": wall, "frames_per_cpu_s": frames / spent, "hash": store.hash},
        store,
        folder,
    )


def _histogram(pixels: np.ndarray) -> np.ndarray:
    """Joint RGB histogram of (n, 3) uint8 pixels."""
    q = pixels.astype(np.intp) * BINS >> 8
    counts = np.bincount((q[:, 0] * BINS + q[:, 1]) * BINS + q[:, 2], minlength=BINS**3)
    return counts / max(len(pixels), 1)


def _rank1(histograms: np.ndarray, camids: np.ndarray, pids: np.ndarray) -> float:
    roots = np.sqrt(histograms)
    probe, gallery = np.flatnonzero(camids == 0), np.flatnonzero(camids == 1)
    best = gallery[(roots[probe] @ roots[gallery].T).argmax(1)]
    return float((pids[best] == pids[probe]).mean())


def difficulty(store: Store) -> dict:
    visibility = np.asarray(store.column("visibility"))
    low = visibility < 0.5
    hidden = [low[s : s + n].any() for s, n in zip(store.starts, store.lengths, strict=True)]
    whole, masked = [], []
    for tracklet in store:
        frames, mask = tracklet.frames[::3], tracklet.mask[::3]
        whole.append(_histogram(frames.reshape(-1, 3)))
        masked.append(_histogram(frames[mask]))
    return {
        "mean_length": float(store.lengths.mean()),
        "mean_visibility": float(visibility.mean()),
        "frames_less_than_half_visible": float(low.mean()),
        "tracklets_with_such_a_frame": float(np.mean(hidden)),
        "colour_histogram_rank1": _rank1(np.array(whole), store.camids, store.pids),
        "colour_histogram_rank1_person_cut_out": _rank1(np.array(masked), store.camids, store.pids),
    }


def _sampled(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x0, y0 = np.minimum(x.astype(int), image.shape[1] - 2), np.minimum(y.astype(int), image.shape[0] - 2)
    a, b = (x - x0)[:, None], (y - y0)[:, None]
    top = image[y0, x0] * (1 - a) + image[y0, x0 + 1] * a
    return top * (1 - b) + (image[y0 + 1, x0] * (1 - a) + image[y0 + 1, x0 + 1] * a) * b


def flow_residuals(spec: Spec, tracklets: int) -> dict:
    """Mean absolute difference (grey levels) of clean frames and their warped predecessors, every third frame.

    "strict" counts pixels whose four sampled neighbours all carry the same part, "rounded" those whose nearest does.
    """
    sums = {f"{who}_{how}": np.zeros(3) for who in ("person", "background") for how in ("strict", "rounded")}
    for k in range(tracklets):
        r = render(spec, *spec.index(k), clean=True)
        flow, frames = truth.exact_flow(r.scene, r.parts), r.tracklet.frames.astype(np.float64)
        height, width = r.parts.shape[1:]
        for t in range(1, min(len(frames), 41), 3):
            y, x = (v.ravel() for v in np.mgrid[0:height, 0:width])
            sx, sy = x - flow[t, 0].ravel(), y - flow[t, 1].ravel()
            inside = (sx >= 0) & (sx <= width - 1) & (sy >= 0) & (sy <= height - 1)
            x, y, sx, sy = x[inside], y[inside], sx[inside], sy[inside]
            moved = np.abs(_sampled(frames[t - 1], sx, sy) - frames[t, y, x]).mean(1)
            still = np.abs(frames[t, y, x] - frames[t - 1, y, x]).mean(1)
            part, old = r.parts[t, y, x], r.parts[t - 1]
            x0, y0 = np.minimum(sx.astype(int), width - 2), np.minimum(sy.astype(int), height - 2)
            same = {
                "strict": np.all([old[y0 + a, x0 + b] == part for a in (0, 1) for b in (0, 1)], axis=0),
                "rounded": old[np.rint(sy).astype(int), np.rint(sx).astype(int)] == part,
            }
            for who, here in (("person", (part > 0) & (part < OCCLUDER)), ("background", part == 0)):
                for how, agree in same.items():
                    chosen = here & agree
                    sums[f"{who}_{how}"] += moved[chosen].sum(), still[chosen].sum(), chosen.sum()
    return {key: {"warped": float(a / n), "zero_flow": float(b / n)} for key, (a, b, n) in sums.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", default="street-v1")
    parser.add_argument("--persons", type=int)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--flow-tracklets", type=int, default=48)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    spec = specify(options.version, options.persons)
    spent, store, folder = cost(spec, options.workers)
    with folder:
        result = {"spec": spec.as_dict(), "workers": options.workers, "cost": spent, "difficulty": difficulty(store)}
        del store
    result["flow"] = flow_residuals(spec, min(options.flow_tracklets, spec.tracklets))
    c, d = result["cost"], result["difficulty"]
    print(f"{spec.version}, {spec.persons} persons, {options.workers} workers: {c['frames']} frames")
    print(f"  {c['cpu_s']:.1f} CPU-s, {c['wall_s']:.1f} s wall, {c['frames_per_cpu_s']:.0f} frames per CPU-second")
    print(f"  hash {c['hash']}")
    for key, value in d.items():
        print(f"  {key.replace('_', ' ')}: {value:.4g}")
    for key, value in result["flow"].items():
        who, how = key.split("_")
        print(f"  flow, {who}, {how}: residual {value['warped']:.2f} grey levels, zero flow {value['zero_flow']:.2f}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
