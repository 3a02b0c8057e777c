"""Training steps: reidlib against the loop over frames that RAN's code lineage runs; and what heads cost.

python benchmarks/training.py [--rounds 5] [--json FILE] [--device cpu]

One thread; in each round every candidate does the same work one after the other, and the tables give medians over
rounds, so that a busy machine slows all of them. Ratios count: they are taken within a round, and stand with their
smallest and largest. A step is forward, backward, cutting the gradients and SGD with momentum, of the preset `paper`
(RAN-3) on random pairs of 2 × 16 frames of 5×56×40. Reading frames and computing flow are not in it.

    frame loop, 1 pair      one call of the CNN for each frame, tanh before pooling, as the original code runs
    frames batched, 1 pair  the same with all 32 frames in one call, in PyTorch's default memory order
    reidlib                 `reidlib.training.fit` on `Siamese`, with all that it does beside the step

Before anything is timed, the first three must give the same loss and gradients from the same weights.

--device cuda measures something else, and only that: ten trainings stacked into one on the GPU against ten one after
the other, with the wall time of the paper's whole recipe projected from the steps that were run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from _machine import machine
from _training_device import GOAL_MINUTES, STACKED, device_rows, print_device
from _training_heads import TRACKLETS, head_seconds
from _training_steps import ALIKE, BATCHED, LOOP, OURS, OURS_8, disagreement, step_rates

RATIOS = [(OURS, LOOP, 3.5), (OURS, BATCHED, 1.3), (OURS_8, LOOP, None), (OURS_8, BATCHED, None)]
LENGTHS = (16, 128)


def rounded(number: float) -> float:
    return float(f"{number:.4g}")


def spread(values: list[float]) -> dict[str, float]:
    return {"median": rounded(statistics.median(values)), "lowest": rounded(min(values)),
            "highest": rounded(max(values))}


def within_rounds(above: list[float], below: list[float]) -> dict[str, float]:
    """The ratio of each round, summed up."""
    return spread([a / b for a, b in zip(above, below, strict=True)])


def heard(what: str, rounds: int) -> Callable[[int], None]:
    return lambda turn: print(f"{what}: round {turn} of {rounds}", end="\r", file=sys.stderr, flush=True)


def check_agreement() -> list[dict[str, object]]:
    rows = []
    for dtype, alike in ALIKE.items():
        for name, gap in disagreement(dtype).items():
            kind = str(dtype).removeprefix("torch.")
            print(f"{name} against {OURS}, {kind}: losses and gradients {gap:.1e} apart")
            if not gap <= alike:
                sys.exit(f"{alike:g} is allowed. These are not the same network, so there is nothing to compare.")
            rows.append({"peer": name, "dtype": kind, "apart": rounded(gap), "allowed": alike})
    return rows


def steps_table(rounds: int) -> dict[str, object]:
    rates = step_rates(rounds, heard("steps", rounds))
    rows = {name: spread(values) for name, values in rates.items()}
    print(f"\n{'the training step, frames/s':<32} {'median':>9} {'lowest':>9} {'highest':>9}")
    for name, row in rows.items():
        print(f"{name:<32} {row['median']:>9,.0f} {row['lowest']:>9,.0f} {row['highest']:>9,.0f}")
    ratios = []
    print()
    for above, below, goal in RATIOS:
        ratio = {"of": above, "over": below, **within_rounds(rates[above], rates[below])}
        verdict = ""
        if goal is not None:
            ratio |= {"goal": goal, "met": ratio["median"] >= goal}
            verdict = f", goal >= {goal:g}: {'met' if ratio['met'] else 'MISSED'}"
        print(f"{above} over {below}: {ratio['median']:.2f} ({ratio['lowest']:.2f}–{ratio['highest']:.2f}){verdict}")
        ratios.append(ratio)
    return {"frames_per_second": rows, "ratios": ratios}


def heads_table(rounds: int) -> list[dict[str, object]]:
    print(f"\n{f'heads, forward + backward, B = {TRACKLETS}, ms':<40} {'median':>9} {'lowest':>9} {'highest':>9} "
          f"{'RNN attention takes':>24}")
    rows = []
    for T in LENGTHS:
        seconds = head_seconds(T, rounds, heard(f"heads, T = {T}", rounds))
        for name, values in seconds.items():
            row = {"head": name, "T": T, "milliseconds": spread([1000 * value for value in values]),
                   "rnn_attention_over": within_rounds(seconds["RNN attention"], values)}
            ms, times = row["milliseconds"], row["rnn_attention_over"]
            print(f"{f'{name}, T = {T}':<40} {ms['median']:>9.2f} {ms['lowest']:>9.2f} {ms['highest']:>9.2f} "
                  f"{times['median']:>8.1f} × ({times['lowest']:.1f}–{times['highest']:.1f})")
            rows.append(row)
    return rows


def on_gpu(rounds: int) -> dict[str, object] | None:
    if not torch.cuda.is_available():
        print("no CUDA device: the stacked trainings are left out, and nothing is written")
        return None
    rows = device_rows("cuda", rounds, heard("stacked", rounds))
    print_device(rows)
    minutes = next(row["projected_minutes"] for row in rows if row["name"] == STACKED)
    met = minutes < GOAL_MINUTES
    print(f"{'met   ' if met else 'MISSED'} {STACKED}, projected minutes < {GOAL_MINUTES}: {minutes:g}")
    return {"device": rows, "goals": [{"goal": f"{STACKED}, projected minutes < {GOAL_MINUTES}", "measured": minutes,
                                       "met": met}]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(1)
    facts = machine(rounds=options.rounds)
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    if options.device == "cuda":
        content = on_gpu(options.rounds)
    else:
        content = {"agreement": check_agreement(), "steps": steps_table(options.rounds),
                   "heads": heads_table(options.rounds)}
    if options.json and content is not None:
        content = {"benchmark": "training", "facts": facts, **content}
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
