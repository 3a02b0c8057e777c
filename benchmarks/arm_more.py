"""What the comparison of contexts left open: 2,000 people more than once, training on large galleries, the grid's best
end to end, one picture of each training person.

    python benchmarks/arm_more.py [--json docs/results/arm_more.json] [--plan PLAN] [--part 0/2]
                                  [--only "frozen, 300"]

The plan was committed before the run. Networks without context are those of `plan_arm.json`, read from the cache where
they are still there and otherwise trained again, which gives the same ones. Killed and started again, it goes on;
`--part k/n` does every n-th step, for n processes at once, and a last call without it collects.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from _arm_cell import Cell
from _arm_summary import MEASURES, interval, print_tables, summary
from _machine import machine
from _planned import HERE, planned
from _record import record
from learners import compared

from reidlib.data.cache import cache_folder

PICTURE = "one picture"
Job = tuple[str, tuple, Callable[[], tuple[dict, dict[str, np.ndarray]]]]


def main() -> None:
    asked, digest, folder, part, parts = planned(
        __doc__, "plan_arm_more.json", "arm",
        only={"action": "append", "help": "only parts whose name begins so; may be repeated"})
    plan = json.loads(asked.plan.read_text(encoding="utf-8"))
    began, gathered, pictures = time.perf_counter(), {}, {}
    shared = bases(plan) if "bases" in plan else folder
    wanted = [job for job in jobs(plan, folder, shared) if not asked.only or job[0].startswith(tuple(asked.only))]
    for name, key, work in wanted[part::parts]:
        facts, arrays = work()
        gathered.setdefault(name, []).append((facts, arrays))
        if name == PICTURE:
            pictures[key] = arrays
        print(f"{name}, {', '.join(map(str, key))}: {time.perf_counter() - began:.0f} s", flush=True)
    if parts > 1:
        return
    found = {name: summary(plan, name, runs) | {"pairs": pairs(plan, runs)} for name, runs in gathered.items()
             if name != PICTURE}
    content = {"plan": plan, "plan_sha256": digest, "machine": machine(),
               "seconds_of_this_call": round(time.perf_counter() - began), "parts": found}
    print_tables(found)
    for name, entry in found.items():
        print_pairs(name, entry["pairs"])
    if pictures:
        content[PICTURE] = {"runs": [facts for facts, _ in gathered[PICTURE]], "tasks": compared(plan, 1, pictures)}
        print_pictures(content[PICTURE]["tasks"])
    if asked.json:
        record(asked.json, content)


def jobs(plan: dict, folder: Path, shared: Path) -> Iterator[Job]:
    """(part of the results, what tells its steps apart, function that gives facts and arrays)."""
    everywhere = [(split, seed) for split in plan["splits"] for seed in plan["seeds"]]

    def job(split: int, seed: int, what: str, *how, sizes: dict | None = None) -> Callable:
        def work() -> tuple[dict, dict[str, np.ndarray]]:
            cell = Cell(plan, plan["main_strength"], split, seed, folder, sizes, bases=shared)
            arrays = getattr(cell, what)(*how)
            return cell.facts(), arrays

        return work

    for split, seed in everywhere:
        yield f"frozen, {plan['train_people']} people", (split, seed), job(split, seed, "answers_on_features")
    for split, seed in plan["end_to_end"]["runs"]:
        yield "end to end", (split, seed), job(split, seed, "answers_end_to_end")
    for split, seed in plan["learners"]["runs"]:
        for images in plan["learners"]["images"]:
            for objective in plan["learners"]["objectives"]:
                yield PICTURE, (images, objective, split, seed), job(split, seed, "learner", objective, images)
    many = plan["many"]
    for split, seed in everywhere:
        yield (f"frozen, {many['train_people']} people", (split, seed),
               job(split, seed, "answers_on_features", sizes=many))


def bases(plan: dict) -> Path:
    """The folder of the plan whose networks without context these are: same world, people, recipe and seeds."""
    same = (HERE / plan["bases"]).read_bytes()
    other = json.loads(same)
    for key in ("world", "stills_a_walk", "train_people", "test_people", "train_days", "test_days", "base", "many"):
        if key == "many":
            other[key] = {name: other[key][name] for name in plan[key]}
        if other[key] != plan[key]:
            raise SystemExit(f"{plan['bases']} has another {key}: its networks are not those of this plan")
    return cache_folder(f"arm-{hashlib.sha256(same).hexdigest()[:12]}")


def pairs(plan: dict, runs: list[tuple[dict, dict[str, np.ndarray]]]) -> dict:
    """By task and measure: the first answer of each planned pair minus the second, on the same episodes."""
    keys, found = [(facts["split"], facts["seed"]) for facts, _ in runs], {}
    for task in plan["tasks"]:
        for measure in MEASURES:
            for one, other in plan["pairs"]:
                names = [f"{answer} / {task} / {measure}" for answer in (one, other)]
                if all(name in arrays for _, arrays in runs for name in names):
                    found.setdefault(task, {}).setdefault(measure, {})[f"{one} minus {other}"] = interval(
                        [arrays[names[0]] - arrays[names[1]] for _, arrays in runs], keys)
    return found


def print_pairs(part: str, tasks: dict) -> None:
    for task, measures in tasks.items():
        print(f"\n{part}, {task}, rank-1")
        for name, row in measures["rank-1"].items():
            print(f"    {name}: {100 * row['estimate']:+.1f}" + (
                f" [{100 * row['low']:+.1f}, {100 * row['high']:+.1f}]" if "low" in row else ""))


def print_pictures(tasks: dict) -> None:
    for task, entry in tasks.items():
        for title, sign in (("rank-1", ""), ("episodes minus, rank-1", "+")):
            print(f"\n{PICTURE} of each training person, {task}, {title}: " + ", ".join(
                f"{name} {100 * row['estimate']:{sign}.1f}" + (
                    f" [{100 * row['low']:{sign}.1f}, {100 * row['high']:{sign}.1f}]" if "low" in row else "")
                for name, row in entry[title].items()))


if __name__ == "__main__":
    main()
