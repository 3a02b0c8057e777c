"""ARM's argument, tried: matching over episodes against triplets and an identity softmax, each as it learns best.

    python benchmarks/learners.py [--plan benchmarks/plan_learners.json] [--json docs/results/learners.json]
                                  [--part 0/2]

One backbone, one budget of steps and pictures a step, few pictures of each training person. `plan_arm.json` gave every
objective the same loss settings; triplets collapsed and the softmax hardly began. Here settings were chosen for each on
other people first, and the plan says which. Killed and started again, it goes on.
"""

from __future__ import annotations

import json
import time

from _arm_cell import Cell
from _arm_summary import MEASURES, interval
from _machine import machine
from _planned import planned
from _record import record


def main() -> None:
    asked, digest, folder, part, parts = planned(__doc__, "plan_learners.json", "arm")
    plan = json.loads(asked.plan.read_text(encoding="utf-8"))
    learners, began = plan["learners"], time.perf_counter()
    jobs = [(images, objective, split, seed) for split, seed in learners["runs"] for images in learners["images"]
            for objective in learners["objectives"]]
    found, facts = {}, {}
    for images, objective, split, seed in jobs[part::parts]:
        cell = Cell(plan, plan["main_strength"], split, seed, folder)
        found[images, objective, split, seed] = cell.learner(objective, images)
        facts[split, seed] = cell.facts()
        print(f"{images} pictures, {objective}, split {split}: {time.perf_counter() - began:.0f} s", flush=True)
    if parts > 1:
        return
    content = {"plan": plan, "plan_sha256": digest, "machine": machine(), "runs": list(facts.values()),
               "pictures": {str(images): compared(plan, images, found) for images in learners["images"]}}
    for images, tasks in content["pictures"].items():
        print(f"\n{images} pictures of each training person, rank-1")
        for task, entry in tasks.items():
            print(f"  {task}: " + ", ".join(f"{name} {100 * row['estimate']:.1f} [{100 * row['low']:.1f}, "
                                            f"{100 * row['high']:.1f}]" for name, row in entry["rank-1"].items()))
    if asked.json:
        record(asked.json, content)


def compared(plan: dict, images: int, found: dict) -> dict:
    """By task: every objective, and episodes minus each of the others on the same test episodes."""
    learners, result = plan["learners"], {}
    keys = [tuple(run) for run in learners["runs"]]
    for task in plan["tasks"]:
        result[task] = {}
        for measure in MEASURES:
            rows = {objective: [found[images, objective, *key][f"{objective} / {task} / {measure}"] for key in keys]
                    for objective in learners["objectives"]}
            result[task][measure] = {name: interval(each, keys) for name, each in rows.items()}
            result[task][f"episodes minus, {measure}"] = {
                name: interval([a - b for a, b in zip(rows["episodes"], each, strict=True)], keys)
                for name, each in rows.items() if name != "episodes"}
    return result


if __name__ == "__main__":
    main()
