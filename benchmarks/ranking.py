"""CMC and mAP: reidlib beside the compiled evaluators of other projects, and exact top-50 beside cdist + topk.

python benchmarks/ranking.py [--peer torchreid=FOLDER] [--peer fastreid=FOLDER] [--rounds 3] [--part NAME] [--json FILE]

FOLDER is a checkout of the project in which its Cython evaluator has been built; a peer without one is skipped with a
word. Everything runs on one thread. In each round all candidates run one after the other on the same data, so that a
busy machine slows all of them; the tables give medians over rounds, and ratios count. Peers' results must agree with
ours or the benchmark fails: on distances without ties CMC equal, AP and INP of each query within 1e-6, by their Cython
and their Python; on the timed data, where float32 distances tie, CMC within one query and mAP within 1e-6. Two
deviations are theirs: NumPy's default sort breaks ties as it pleases (part "agreement" shows how far that goes on data
full of ties), and torchreid's Cython adds up APs in float32.

The timed features are unit vectors of 512 dimensions, identity + noise, from easy to hard, in the sizes of Market-1501
(3,368 × 19,732, 750 identities) and MARS (1,980 × 11,310, 626), one gallery item in six a distractor. From features,
peers make their float32 matrix as they do themselves: torchreid by the expanded square, fast-reid as 1 - cosine.
Extra memory is how much the peak of a process grows beyond its input, after a small first call.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from _machine import machine
from _ranking_agreement import agreement, agrees, compare
from _ranking_peers import RANKS, Peer, load_peers, make_features, one_minus_cosine, peer_arguments

from reidlib.evaluation.ranking import rank
from reidlib.evaluation.topk import topk

SIZES = {"market": (3368, 19732, 750), "mars": (1980, 11310, 626)}
NOISES = {"easy": 1.8, "fairly easy": 2.12, "middle": 2.4, "hard": 3.4}
# Libraries read these when they load.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
PARTS = ("agreement", "ranking", "memory", "topk")


def timed(candidates: dict[str, Callable[[], object]], rounds: int) -> tuple[dict[str, float], dict[str, object]]:
    """Median seconds of each candidate over interleaved rounds, and what each returned."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    results = {}
    for turn in range(rounds):
        for name, run in candidates.items():
            print(f"round {turn + 1} of {rounds}: {name:<40}", end="\r", file=sys.stderr, flush=True)
            began = time.perf_counter()
            results[name] = run()
            seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}, results


def ways(peers: list[Peer], x: np.ndarray, y: np.ndarray, distance: np.ndarray, labels: dict) -> dict:
    """What is timed: each evaluator from the distance matrix, and each from features, making its distances itself."""
    features = {"probe_features": x, "gallery_features": y, "metric": "cosine"}
    ways = {
        "distances: reidlib": lambda: rank(distance, max_rank=RANKS, **labels),
        "distances: np.argsort alone": lambda: [row.argsort()[0] for row in distance],
        "features: reidlib": lambda: rank(**features, max_rank=RANKS, **labels),
    }
    for peer in peers:
        ways[f"distances: {peer.name}"] = lambda peer=peer: peer.cython(distance, labels)
        ways[f"features: {peer.name}"] = lambda peer=peer: peer.cython(peer.distances(x, y), labels)
    return dict(sorted(ways.items()))


def ranking(peers: list[Peer], rounds: int) -> list[dict]:
    """Seconds from distances and from features, by size and difficulty."""
    rows = []
    for size, (probes, gallery, identities) in SIZES.items():
        for difficulty, noise in NOISES.items():
            x, y, labels = make_features(probes, gallery, identities, noise)
            distance = one_minus_cosine(x, y)
            seconds, results = timed(ways(peers, x, y, distance, labels), rounds)
            ours = results["distances: reidlib"]
            for peer in peers:
                name = f"{size} {difficulty}: {peer.name}"
                agrees(compare(name, ours, results[f"distances: {peer.name}"]), cmc=1.1 / ours.queries)
            scores = {"rank-1": float(ours.cmc[0]), "mAP": ours.mAP, "mINP": ours.mINP}
            for name, value in seconds.items():
                base = seconds[f"{name.split(':')[0]}: reidlib"]
                row = {"size": size, "features": difficulty, "name": name, "seconds": value, "ratio": value / base}
                rows.append(row | scores)
                print_row(rows[-1])
    return rows


def memory(peers: list[Peer], arguments: list[str]) -> list[dict]:
    """Growth of the peak of a fresh process beyond its input, at Market-1501's size, easy features."""
    rows = []
    names = ["distances: reidlib", "features: reidlib", "top-50: reidlib"] + [f"distances: {p.name}" for p in peers]
    with tempfile.TemporaryDirectory() as folder:
        x, y, labels = make_features(*SIZES["market"], NOISES["easy"])
        np.savez(Path(folder, "input.npz"), x=x, y=y, distance=one_minus_cosine(x, y), **labels)
        for name in names:
            command = [sys.executable, __file__, "--measure", name, "--input", str(Path(folder, "input.npz"))]
            grown = int(subprocess.run(command + arguments, check=True, capture_output=True, text=True).stdout)
            rows.append({"name": name, "bytes": grown})
            print(f"{name:<34} {grown / 1e6:8.1f} MB")
    return rows


def measure(name: str, path: Path, peers: list[Peer]) -> int:
    """Bytes by which the peak of this process grows while it evaluates."""
    if name.startswith("top-50"):
        x, y = million()
        topk(x, y[:100_000], 50)
        before = peak(reset=True)
        topk(x, y, 50)
        return peak() - before
    with np.load(path) as data:
        arrays = {key: data[key] for key in data.files if name.startswith("features") or key not in "xy"}
    x, y, distance = (arrays.pop(key, None) for key in ("x", "y", "distance"))
    source = {"distance": distance} if name.startswith("distances") else {"probe_features": x, "gallery_features": y}
    del x, y, distance
    by_name = {f"distances: {peer.name}": peer for peer in peers}

    def run(source: dict, labels: dict) -> None:
        if name in by_name:
            by_name[name].cython(source["distance"], labels)
        else:
            rank(**source, **labels)

    # A first small call loads what has to be loaded.
    small = {key: values[:1000] for key, values in arrays.items()}
    small["gallery_pids"] = small["probe_pids"]
    small["gallery_camids"] = 1 - small["probe_camids"]
    run({key: values[:1000, :1000] if key == "distance" else values[:1000] for key, values in source.items()}, small)
    before = peak(reset=True)
    run(source, arrays)
    return peak() - before


def peak(reset: bool = False) -> int:
    """Peak resident bytes of this process; `reset` (Linux only) starts it anew from what is resident now."""
    status = Path("/proc/self/status")
    if status.exists():
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        return 1024 * int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def million() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return tuple(rng.standard_normal((n, 128), dtype=np.float32) for n in (1024, 1_000_000))


def nearest(rounds: int) -> list[dict]:
    """Exact top-50 of 1,024 × 1,000,000 in 128 dimensions, checked by float64 brute force on some probes."""
    x, y = million()
    parts = [y[a : a + 4096] for a in range(0, len(y), 4096)]
    part_out = np.empty((len(x), 4096), np.float32)
    x_torch, y_torch = torch.from_numpy(x), torch.from_numpy(y)
    candidates = {
        "reidlib topk": lambda: topk(x, y, 50),
        "torch cdist + topk": lambda: torch.cdist(x_torch, y_torch).topk(50, largest=False).indices.numpy(),
        "matrix product alone": lambda: [np.matmul(x, part.T, out=part_out[:, : len(part)]).shape for part in parts],
    }
    seconds, results = timed(candidates, rounds)
    for probe in range(0, 1024, 128):
        distance = np.concatenate([((x[probe].astype(float) - part) ** 2).sum(axis=1) for part in np.split(y, 20)])
        if not np.array_equal(np.argsort(distance, kind="stable")[:50], results["reidlib topk"].items[probe]):
            raise SystemExit(f"reidlib's top-50 of probe {probe} is not brute force's")
    rows = []
    for name, value in seconds.items():
        rows.append({"name": name, "seconds": value, "ratio": value / seconds["reidlib topk"]})
        print(f"{name:<34} {value:8.2f} s {rows[-1]['ratio']:7.1f} ×")
    other = results["torch cdist + topk"]
    wrong = np.mean([len(np.setdiff1d(a, b)) for a, b in zip(other, results["reidlib topk"].items, strict=True)])
    rows[1]["items missed per probe"] = float(wrong)
    print(f"cdist's rounding misses {wrong:.4f} of the 50 items a probe")
    return rows


def print_row(row: dict) -> None:
    label = f"{row['size']}, {row['features']} (mAP {row['mAP']:.2f}, mINP {row['mINP']:.2f})"
    print(f"{label:<46} {row['name']:<30} {row['seconds']:8.3f} s {row['ratio']:7.1f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    peer_arguments(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--input", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if any(os.environ.get(key) != value for key, value in ONE_THREAD.items()):
        raise SystemExit(subprocess.call([sys.executable, *sys.argv], env=os.environ | ONE_THREAD))
    torch.set_num_threads(1)
    peers = load_peers(options.peer)
    if options.measure:
        print(measure(options.measure, options.input, peers))
        return
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    fast = bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    facts = machine(**{"bfloat16 in hardware": fast}, rounds=options.rounds, peers=[peer.name for peer in peers])
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    parts = {
        "agreement": lambda: agreement(peers),
        "ranking": lambda: ranking(peers, options.rounds),
        "memory": lambda: memory(peers, [f"--peer={given}" for given in options.peer]),
        "topk": lambda: nearest(options.rounds),
    }
    content = {"benchmark": "ranking", "facts": facts}
    for name in options.part or PARTS:
        print(f"\n{name}")
        content[name] = parts[name]()
    if options.json:
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
