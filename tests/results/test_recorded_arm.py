"""The recorded comparison of contexts is the planned one, whole, and its effects are differences of its means.

What is checked is a JSON file, not a run; so the checks are tried on doctored copies of it too.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAN, RECORDED = ROOT / "benchmarks/plan_arm.json", ROOT / "docs/results/arm.json"
needs_record = pytest.mark.skipif(not RECORDED.is_file(),
                                  reason="docs/results/arm.json is not there: the planned run has not been recorded")


def complaints(recorded: dict, plan_file: bytes) -> list[str]:
    """What speaks against the recorded run, in sentences; an empty list where nothing does."""
    plan, found = json.loads(plan_file), []
    if recorded["plan_sha256"] != hashlib.sha256(plan_file).hexdigest() or recorded["plan"] != plan:
        found.append("plan: another one")
    pairs = len(plan["splits"]) * len(plan["seeds"])
    learned, tasks = list(plan["encoders"]), list(plan["tasks"])
    wanted = {f"frozen, strength {strength:g}": (pairs, learned, tasks) for strength in plan["strengths"]}
    wanted[f"end to end, strength {plan['main_strength']:g}"] = (
        len(plan["end_to_end"]["runs"]), plan["end_to_end"]["encoders"], tasks)
    wanted["greyed"] = len(plan["greyed"]["runs"]), [], tasks
    wanted["views"] = len(plan["views"]["runs"]), list(plan["views"]["encoders"]), plan["views"]["tasks"]
    many = plan["many"]
    wanted[f"frozen, {many['train_people']} people"] = len(many["runs"]), learned, tasks
    for images in plan["learners"]["images"]:
        wanted[f"learners, {images} images"] = (
            len(plan["learners"]["runs"]) * len(plan["learners"]["objectives"]), [], tasks)
    wanted["grid"] = len(plan["grid"]["runs"]), [], plan["grid"]["tasks"]
    if set(recorded["parts"]) != set(wanted):
        return [*found, f"parts: {sorted(set(recorded['parts']) ^ set(wanted))}"]
    for name, (runs, encoders, asked) in wanted.items():
        part = recorded["parts"][name]
        if len(part["runs"]) != runs:
            found.append(f"{name}: {len(part['runs'])} runs for {runs}")
        sizes = {(run["train"], run["test"]) for run in part["runs"]}
        people = many if "people" in name else plan
        if sizes != {(people["train_people"], people["test_people"])}:
            found.append(f"{name}: other people, {sizes}")
        if list(part["tasks"]) != list(asked):
            found.append(f"{name}: other tasks")
        for task, entry in part["tasks"].items():
            for measure in ("rank-1", "mAP"):
                found += [f"{name}, {task}: {each}" for each in _wrong(entry, measure, encoders)]
    return found


def _wrong(entry: dict, measure: str, encoders: list[str]) -> list[str]:
    rows, found = entry[measure], []
    if any(not 0 <= row["estimate"] <= 1 for row in rows.values()):
        found.append(f"{measure} outside 0 … 1")
    if not set(encoders) <= set(rows):
        found.append(f"{measure} of {sorted(set(encoders) - set(rows))} is missing")
    for answer, against in entry.get(f"effects on {measure}", {}).get("learned minus", {}).items():
        for rival, effect in against.items():
            if abs(effect["estimate"] - (rows[answer]["estimate"] - rows[rival]["estimate"])) > 3e-5:
                found.append(f"{measure} of {answer} minus {rival} is not the difference of their means")
            best = entry[f"effects on {measure}"]["best centring"]
            if rival == best and any(rows[other]["estimate"] > rows[best]["estimate"] + 1e-9 for other in rows
                                     if other.startswith(("centred", "own means", "z-scored", "camera-centred"))):
                found.append(f"{measure}: {best} is not the best centring")
    return found


@needs_record
def test_the_recorded_run_is_the_planned_one():
    assert complaints(json.loads(RECORDED.read_bytes()), PLAN.read_bytes()) == []


@needs_record
@pytest.mark.parametrize("doctor", ["plan", "part", "run", "people", "effect", "best"])
def test_a_doctored_record_is_found_out(doctor):
    record = copy.deepcopy(json.loads(RECORDED.read_bytes()))
    part = record["parts"]["frozen, strength 1"]
    effects = part["tasks"]["10-way 1-shot"]["effects on rank-1"]
    if doctor == "plan":
        record["plan"]["seeds"] = [7]
    elif doctor == "part":
        del record["parts"]["greyed"]
    elif doctor == "run":
        part["runs"].pop()
    elif doctor == "people":
        part["runs"][0]["test"] += 1
    elif doctor == "effect":
        effects["learned minus"]["view"]["no context"]["estimate"] += 0.001
    else:
        worst = min((name for name in part["tasks"]["10-way 1-shot"]["rank-1"] if name.startswith("own means")),
                    key=lambda name: part["tasks"]["10-way 1-shot"]["rank-1"][name]["estimate"])
        part["tasks"]["10-way 1-shot"]["rank-1"][effects["best centring"]]["estimate"] = 0.0
        assert worst != effects["best centring"]
    assert complaints(record, PLAN.read_bytes())


def test_the_centrings_to_beat_are_all_there_are():
    """The names that the summary counts as centring are the rivals' own."""
    import ast

    import torch

    from reidlib.arm.rivals import rivals

    tree = ast.parse((ROOT / "benchmarks/_arm_summary.py").read_text(encoding="utf-8"))
    (names,) = [ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
                and node.targets[0].id == "CENTRING"]
    known = rivals(torch.randn(6, 4, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1] * 3))
    assert set(names) == {name for name in known if " " in name}
