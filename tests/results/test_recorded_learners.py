"""The recorded comparison of learners is the planned one, and its effects are differences of its means."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAN, RECORDED = ROOT / "benchmarks/plan_learners.json", ROOT / "docs/results/learners.json"


def complaints(recorded: dict, plan_file: bytes) -> list[str]:
    """What speaks against the recorded run, in sentences."""
    plan, found = json.loads(plan_file), []
    if recorded["plan_sha256"] != hashlib.sha256(plan_file).hexdigest() or recorded["plan"] != plan:
        found.append("plan: another one")
    learners = plan["learners"]
    runs = [[int(run["split"].removeprefix("seed-")), run["seed"]] for run in recorded["runs"]]
    if runs != learners["runs"]:
        found.append(f"runs: {runs}")
    if {(run["train"], run["test"]) for run in recorded["runs"]} != {(plan["train_people"], plan["test_people"])}:
        found.append("other people")
    if list(recorded["pictures"]) != [str(images) for images in learners["images"]]:
        return [*found, "other numbers of pictures"]
    for images, tasks in recorded["pictures"].items():
        if list(tasks) != list(plan["tasks"]):
            found.append(f"{images} pictures: other tasks")
        for task, entry in tasks.items():
            for measure in ("rank-1", "mAP"):
                rows = entry[measure]
                if list(rows) != learners["objectives"] or not all(0 < row["estimate"] <= 1 for row in rows.values()):
                    found.append(f"{images} pictures, {task}: {measure} of {list(rows)}")
                for rival, effect in entry[f"episodes minus, {measure}"].items():
                    if abs(effect["estimate"] - rows["episodes"]["estimate"] + rows[rival]["estimate"]) > 3e-5:
                        found.append(f"{images} pictures, {task}: {measure} minus {rival} is no difference of means")
    return found


def test_the_recorded_run_is_the_planned_one():
    assert complaints(json.loads(RECORDED.read_bytes()), PLAN.read_bytes()) == []


@pytest.mark.parametrize("doctor", ["plan", "run", "people", "effect", "rate", "task"])
def test_a_doctored_record_is_found_out(doctor):
    record = copy.deepcopy(json.loads(RECORDED.read_bytes()))
    entry = record["pictures"]["2"]["10-way 1-shot"]
    if doctor == "plan":
        record["plan"]["learners"]["steps"] = 100
    elif doctor == "run":
        record["runs"].pop()
    elif doctor == "people":
        record["runs"][0]["test"] -= 1
    elif doctor == "effect":
        entry["episodes minus, rank-1"]["triplet-all"]["estimate"] += 0.01
    elif doctor == "rate":
        entry["rank-1"]["episodes"]["estimate"] = 1.5
    else:
        del record["pictures"]["8"]["5-way 1-shot"]
    assert complaints(record, PLAN.read_bytes())
