"""The recorded follow-up of the comparison of contexts is the planned one, and its effects are differences of means."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAN, RECORDED = ROOT / "benchmarks/plan_arm_more.json", ROOT / "docs/results/arm_more.json"
MEASURES = ("rank-1", "mAP")
pytestmark = pytest.mark.skipif(not RECORDED.is_file(), reason="docs/results/arm_more.json is not there: the planned "
                                                               "run has not been recorded")


def complaints(recorded: dict, plan_file: bytes) -> list[str]:
    """What speaks against the recorded run, in sentences; an empty list where nothing does."""
    plan, found = json.loads(plan_file), []
    if recorded["plan_sha256"] != hashlib.sha256(plan_file).hexdigest() or recorded["plan"] != plan:
        found.append("plan: another one")
    everywhere = [[split, seed] for split in plan["splits"] for seed in plan["seeds"]]
    wanted = {f"frozen, {people['train_people']} people": (everywhere, people, list(plan["encoders"]))
              for people in (plan, plan["many"])}
    wanted["end to end"] = plan["end_to_end"]["runs"], plan, plan["end_to_end"]["encoders"]
    if set(recorded["parts"]) != set(wanted):
        return [*found, f"parts: {sorted(recorded['parts'])}"]
    for name, (runs, people, encoders) in wanted.items():
        part = recorded["parts"][name]
        found += _wrong_runs(name, part["runs"], runs, people)
        if list(part["tasks"]) != list(plan["tasks"]):
            found.append(f"{name}: other tasks")
        for task, entry in part["tasks"].items():
            for measure in MEASURES:
                rows, effects = entry[measure], entry[f"effects on {measure}"]
                if set(effects["learned minus"]) != set(encoders):
                    found.append(f"{name}, {task}: other encoders")
                differences = [(one, other, effect) for one, against in effects["learned minus"].items()
                               for other, effect in against.items()]
                differences += [(*pair, part["pairs"][task][measure][" minus ".join(pair)]) for pair in plan["pairs"]
                                if set(pair) <= set(rows)]
                found += [f"{name}, {task}: {measure} of {one} minus {other} is no difference of means"
                          for one, other, effect in differences
                          if abs(effect["estimate"] - rows[one]["estimate"] + rows[other]["estimate"]) > 3e-5]
    return found + _wrong_pictures(recorded["one picture"], plan)


def _wrong_runs(name: str, runs: list[dict], wanted: list[list[int]], people: dict) -> list[str]:
    there = sorted({(int(run["split"].removeprefix("seed-")), run["seed"]) for run in runs})
    sizes = {(run["train"], run["test"]) for run in runs}
    return [f"{name}: runs {there} with {sizes}"] * (
        there != sorted(map(tuple, wanted)) or sizes != {(people["train_people"], people["test_people"])})


def _wrong_pictures(part: dict, plan: dict) -> list[str]:
    found = _wrong_runs("one picture", part["runs"], plan["learners"]["runs"], plan)
    for task in plan["tasks"]:
        for measure in MEASURES:
            rows = part["tasks"][task][measure]
            rates = [row["estimate"] for row in rows.values()]
            if list(rows) != plan["learners"]["objectives"] or not 0 < min(rates) <= max(rates) <= 1:
                found.append(f"one picture, {task}: {measure} of {list(rows)}")
            found += [f"one picture, {task}: {measure} minus {rival} is no difference of means"
                      for rival, effect in part["tasks"][task][f"episodes minus, {measure}"].items()
                      if abs(effect["estimate"] - rows["episodes"]["estimate"] + rows[rival]["estimate"]) > 3e-5]
    return found


def test_the_recorded_run_is_the_planned_one():
    assert complaints(json.loads(RECORDED.read_bytes()), PLAN.read_bytes()) == []


@pytest.mark.parametrize("doctor", ["plan", "part", "run", "people", "effect", "pair", "picture"])
def test_a_doctored_record_is_found_out(doctor):
    record = copy.deepcopy(json.loads(RECORDED.read_bytes()))
    parts = list(record["parts"].values())
    task = next(iter(parts[0]["tasks"]))
    if doctor == "plan":
        record["plan"]["frozen"]["steps"] += 1
    elif doctor == "part":
        del record["parts"]["end to end"]
    elif doctor == "run":
        parts[0]["runs"].pop()
    elif doctor == "people":
        parts[-1]["runs"][0]["train"] -= 1
    elif doctor == "effect":
        against = parts[0]["tasks"][task]["effects on rank-1"]["learned minus"]
        next(iter(against.values()))["no context"]["estimate"] += 0.01
    elif doctor == "pair":
        next(iter(parts[0]["pairs"][task]["mAP"].values()))["estimate"] -= 0.01
    else:
        record["one picture"]["tasks"][task]["rank-1"]["episodes"]["estimate"] += 0.01
    assert complaints(record, PLAN.read_bytes())
