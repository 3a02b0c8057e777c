"""When does a look at the whole gallery help? The planned comparison of ARM's encoders with centring, on new people.

    python benchmarks/arm.py [--plan benchmarks/plan_arm.json] [--json docs/results/arm.json] [--part 0/2]
                            [--only "frozen, strength"]

The plan names the world, strengths, splits, seeds, encoders, rivals' tasks; it was committed before the run. Every step
leaves a file in the cache (`arm-PLAN/`), so a killed run goes on; `--part k/n` does every n-th cell, for n processes at
once, and a last call without it collects.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
from _arm_cell import Cell
from _arm_summary import print_tables, summary
from _machine import machine
from _planned import planned
from _record import record


def main() -> None:
    asked, digest, folder, part, parts = planned(
        __doc__, "plan_arm.json", "arm",
        only={"action": "append", "help": "only parts whose name begins so; may be repeated"})
    plan = json.loads(asked.plan.read_text(encoding="utf-8"))

    began, gathered = time.perf_counter(), {}
    wanted = [(name, work) for name, work in jobs(plan, folder)
              if not asked.only or name.startswith(tuple(asked.only))]
    for name, work in wanted[part::parts]:
        facts, arrays = work()
        gathered.setdefault(name, []).append((facts, arrays))
        print(f"{name}, {facts['split']}, seed {facts['seed']}: {time.perf_counter() - began:.0f} s", flush=True)
    if parts > 1:
        return
    content = {"plan": plan, "plan_sha256": digest, "machine": machine(),
               "seconds_of_this_call": round(time.perf_counter() - began),
               "seconds_of_all_steps": sum(sum(facts["seconds"].values()) for facts in
                                           {json.dumps(f): f for runs in gathered.values() for f, _ in runs}.values()),
               "parts": {name: summary(plan, name, runs) for name, runs in gathered.items()}}
    print_tables(content["parts"])
    if asked.json:
        record(asked.json, content)


def jobs(plan: dict, folder: Path):
    """(part of the results, function that gives facts and arrays), the most important first."""
    pairs = [(split, seed) for split in plan["splits"] for seed in plan["seeds"]]

    def job(strength: float, split: int, seed: int, what: str, *how, sizes=None):
        def work() -> tuple[dict, dict[str, np.ndarray]]:
            cell = Cell(plan, strength, split, seed, folder, sizes)
            arrays = getattr(cell, what)(*how)
            return cell.facts(), arrays

        return work

    for strength in plan["strengths"]:
        for split, seed in pairs:
            yield f"frozen, strength {strength:g}", job(strength, split, seed, "answers_on_features")
    strength = plan["main_strength"]
    for split, seed in plan["end_to_end"]["runs"]:
        yield f"end to end, strength {strength:g}", job(strength, split, seed, "answers_end_to_end")
    for name in ("greyed", "views"):
        for split, seed in plan[name]["runs"]:
            yield name, job(strength, split, seed, name)
    many = plan["many"]
    for split, seed in many["runs"]:
        yield f"frozen, {many['train_people']} people", job(strength, split, seed, "answers_on_features", sizes=many)
    for images in plan["learners"]["images"]:
        for objective in plan["learners"]["objectives"]:
            for split, seed in plan["learners"]["runs"]:
                yield f"learners, {images} images", job(strength, split, seed, "learner", objective, images)
    for split, seed in plan["grid"]["runs"]:
        yield "grid", job(strength, split, seed, "grid")


if __name__ == "__main__":
    main()
