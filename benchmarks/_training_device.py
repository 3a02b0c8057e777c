"""Ten trainings on a GPU: stacked against one after the other; and what the paper's whole recipe would take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from _training_pairs import turns
from _training_steps import sgd, siamese

from reidlib.ran.recipes import recipe
from reidlib.training.fit import fit
from reidlib.training.stacked import fit_stacked

SPLITS = 10
STACKED_STEPS, SEPARATE_STEPS, WARM_UP = 400, 60, 10
STACKED, SEPARATE, HALF = "10 stacked", "10 one after the other", "10 stacked, bfloat16"
GOAL_MINUTES = 15


def device_runs(device: str) -> dict[str, tuple[int, Callable[[int], None]]]:
    """Per way of training ten splits: timed steps, and a function that trains them all for so many."""
    models = [siamese(seed) for seed in range(SPLITS)]
    batches = [turns(1, seed, device) for seed in range(SPLITS)]

    def stacked(steps: int, precision: str = "float32") -> None:
        fit_stacked(models, lambda step: [batch_of(step) for batch_of in batches],
                    replace(sgd(), precision=precision), steps, seeds=range(SPLITS), device=device)

    def separate(steps: int) -> None:
        for seed, (model, batch_of) in enumerate(zip(models, batches, strict=True)):
            fit(model, batch_of, sgd(), steps, seed=seed, device=device)

    return {STACKED: (STACKED_STEPS, stacked), SEPARATE: (SEPARATE_STEPS, separate),
            HALF: (STACKED_STEPS, lambda steps: stacked(steps, "bfloat16"))}


def device_seconds(device: str, rounds: int, heard: Callable[[int], None]) -> dict[str, list[float]]:
    """Seconds of one step of all ten trainings, in each round."""
    runs = device_runs(device)
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _, run in runs.values():
        run(WARM_UP)
    for turn in range(rounds):
        for name, (steps, run) in runs.items():
            torch.cuda.synchronize()
            began = time.perf_counter()
            run(steps)
            torch.cuda.synchronize()
            seconds[name].append((time.perf_counter() - began) / steps)
        heard(turn + 1)
    return seconds


def device_rows(device: str, rounds: int, heard: Callable[[int], None]) -> list[dict[str, object]]:
    """Medians, the ratio to one after the other, and the projected minutes of the paper's recipe."""
    seconds, paper = device_seconds(device, rounds, heard), recipe("paper").steps
    rows = []
    for name, values in seconds.items():
        ratios = [alone / mine for alone, mine in zip(seconds[SEPARATE], values, strict=True)]
        rows.append({
            "device": torch.cuda.get_device_name(), "name": name,
            "milliseconds": round(1000 * statistics.median(values), 3),
            "lowest": round(1000 * min(values), 3), "highest": round(1000 * max(values), 3),
            "times_separate": round(statistics.median(ratios), 2),
            "projected_minutes": round(statistics.median(values) * paper / 60, 1),
            "projected_from_steps": rounds * (SEPARATE_STEPS if name == SEPARATE else STACKED_STEPS),
            "projected_steps": paper})
    return rows


def print_device(rows: list[dict[str, object]]) -> None:
    first = rows[0]
    print(f"\n{first['device']}: {SPLITS} splits of one pair a step each, random channels that are on the GPU already")
    print(f"{'':<24} {'ms a step':>9} {'lowest':>8} {'highest':>8} {'× one after the other':>22}")
    for row in rows:
        print(f"{row['name']:<24} {row['milliseconds']:>9.2f} {row['lowest']:>8.2f} {row['highest']:>8.2f} "
              f"{row['times_separate']:>22.2f}")
    print(f"the paper's recipe, {SPLITS} splits × {first['projected_steps']:,} steps of a pair of 2 × 16 frames, "
          "PROJECTED, without making the batches:")
    for row in rows:
        print(f"{row['name']:<24} {row['projected_minutes']:>9.1f} min, from {row['projected_from_steps']:,} steps")
