"""How ARM takes galleries far larger than those of its training, and what a whole one costs.

python benchmarks/gallery_size.py [--part market] [--part curve] [--seeds 1] [--steps 1200] [--sizes 16,64] [--json F]

curve: systems trained on 16-way episodes of a toy (8-d identities, a fresh shift of the gallery's camera on each day;
`_gallery_size_toy.py`), then asked about galleries of 16 to 20,000 unseen identities under fresh shifts: rank-1 with
the whole gallery as context, with a shortlist of the nearest 100, with chunks of 64, and with none; share of rank-1
items that change when the gallery is listed in another order; rivals that learn nothing beside them. ± is one standard
deviation over galleries (and seeds); systems meet the same galleries. One thread. A gallery of one camera knows no
cross-view relation, so there the gallery encoder `view` of `arm` is `sab`.

market: 3,368 probes × 19,732 items of 256 random numbers, 6 cameras, `arm` with all weights drawn, in a fresh process
with two threads: seconds to encode, read and rank, and how far its peak grows beyond the input. Goal: below 60 s.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from _gallery_size_toy import SYSTEMS_TRIED, Asked, D, World, rivals
from _machine import machine

from reidlib.arm.context import features_in_context, flip_rate, rank_in_context
from reidlib.arm.model import Arm
from reidlib.arm.systems import SYSTEMS
from reidlib.evaluation.ranking import rank

SIZES = {16: 64, 64: 32, 256: 16, 1024: 8, 4096: 4, 20000: 2}  # identities: galleries
PROBES = 256  # at most, in each gallery
K, M = 100, 64
PARTS = ("market", "curve")
MARKET = {"probes": 3368, "items": 19732, "D": 256, "cameras": 6}
GOAL = 60.0  # seconds


def curve(sizes: list[int], seeds: int, steps: int) -> list[dict]:
    found: dict[tuple[str, str, int], list[float]] = {}
    seconds: dict[tuple[str, str, int], float] = {}
    for seed in range(seeds):
        world = World(seed)
        for name in SYSTEMS_TRIED:
            began = time.perf_counter()
            network = world.trained(name, steps)
            print(f"{name}: trained, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            for n in sizes:
                for number in range(SIZES[n]):
                    for mode, value, spent in answers(network, world.asked(n, min(n, PROBES), number)):
                        found.setdefault((name, mode, n), []).append(value)
                        seconds[name, mode, n] = spent
        for n in sizes:
            for number in range(SIZES[n]):
                for name, value in rivals(world.asked(n, min(n, PROBES), number), world.probe_mean).items():
                    found.setdefault((name, "rival", n), []).append(value)
    return [{"name": name, "mode": mode, "n": n, "value": float(np.mean(values)),
             "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None, "galleries": len(values),
             "seconds": seconds.get((name, mode, n))} for (name, mode, n), values in found.items()]


@torch.no_grad()
def answers(network: Arm, asked: Asked) -> list[tuple[str, float, float]]:
    """(mode, rank-1, seconds) and flips; modes that would see the whole gallery are left out."""
    z = {"probe_z": network.features(torch.from_numpy(asked.probes)),
         "gallery_z": network.features(torch.from_numpy(asked.gallery))}
    context = network.gallery.__class__.__name__ != "NoContext" or network.probe.M > 0
    n, done = len(asked.gallery), []
    for mode in ("full", "independent", "shortlist", "chunk"):
        if (mode != "independent" and not context) or (mode == "shortlist" and n <= K) or (mode == "chunk" and n <= M):
            continue
        began = time.perf_counter()
        value = rank_in_context(network, **z, **asked.labels, mode=mode, k=K, m=M).cmc[0]
        done.append((mode, float(value), time.perf_counter() - began))
    if context:
        began = time.perf_counter()
        done.append(("flips", flip_rate(network, **z, **asked.camids), time.perf_counter() - began))
    return done


def show(rows: list[dict]) -> None:
    sizes = sorted({row["n"] for row in rows})
    print(f"{'rank-1, or share of flips':<38}" + "".join(f"{n:>14,}" for n in sizes))
    cells = {(row["name"], row["mode"], row["n"]): row for row in rows}
    for name, mode in dict.fromkeys((row["name"], row["mode"]) for row in rows):
        line = ""
        for n in sizes:
            row = cells.get((name, mode, n))
            spread = f" ± {row['sd']:.3f}" if row and row["sd"] is not None else ""
            text = f"{row['value']:.3f}{spread}" if row else ""
            line += f"{text:>14}"
        label = f"{name} ({mode})"
        print(f"{label:<38}{line}")


def market(small: bool) -> dict:
    """In a fresh process, so that the peak is its own."""
    command = [sys.executable, __file__, "--measure"] + ["--small"] * small
    row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"encode {row['encode']:.1f} s, read {row['read']:.1f} s, rank {row['rank']:.1f} s: {row['seconds']:.1f} s "
          f"(goal < {GOAL:g} s: {'met' if row['seconds'] < GOAL else 'MISSED'}); "
          f"peak + {row['bytes'] / 1e6:.0f} MB beyond the input")
    return row


@torch.no_grad()
def measure(small: bool) -> dict:
    size = {**MARKET, **({"probes": 100, "items": 1000} if small else {})}
    torch.set_num_threads(2)
    rng = np.random.default_rng(0)
    network = SYSTEMS["arm"].on_features(size["D"], neck=False).network(0)
    drawn = torch.Generator().manual_seed(0)
    for parameter in [*network.gallery.parameters(), *network.probe.parameters()]:
        parameter.add_(0.05 * torch.randn(parameter.shape, generator=drawn))

    def side(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return (rng.standard_normal((n, size["D"]), dtype=np.float32), rng.integers(0, 751, n),
                rng.integers(0, size["cameras"], n))

    (probe_z, probe_pids, probe_camids), (gallery_z, gallery_pids, gallery_camids) = map(
        side, (size["probes"], size["items"]))
    features_in_context(network, probe_z[:9], gallery_z[:99], probe_camids[:9], gallery_camids[:99])  # loads what must
    before, moments = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, [time.perf_counter()]

    def heard(done: int, total: int) -> None:
        moments.append(time.perf_counter())

    f, g = features_in_context(network, probe_z, gallery_z, probe_camids, gallery_camids, progress=heard)
    rank(probe_features=f, gallery_features=g, probe_pids=probe_pids, gallery_pids=gallery_pids, metric="cosine",
         probe_camids=probe_camids, gallery_camids=gallery_camids)
    ranked = time.perf_counter()
    began, first, read = moments[0], moments[1], moments[-1]
    # The first block of probes has waited for the encoder, the others have not.
    encode = first - began - (read - first) / max(1, len(moments) - 2)
    unit = 1 if sys.platform == "darwin" else 1024
    return {**size, "threads": torch.get_num_threads(), "encode": encode, "read": read - began - encode,
            "rank": ranked - read, "seconds": ranked - began,
            "bytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each system, and toys")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="of " + ", ".join(map(str, SIZES)))
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--small", action="store_true", help="a small market")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.small)))
        return
    torch.set_num_threads(1)
    facts = machine(seeds=options.seeds, steps=options.steps, shortlist=K, chunk=M, D=D)
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    content: dict[str, object] = {"benchmark": "gallery_size", "facts": facts}
    for part in options.part or PARTS:
        print(f"\n{part}")
        if part == "market":
            content[part] = market(options.small)
        else:
            content[part] = curve([int(n) for n in options.sizes.split(",")], options.seeds, options.steps)
            show(content[part])
        if options.json:
            options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
