"""The follow-up of the comparison of contexts goes through on a tiny plan, and goes on where it was stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TASKS = {"5-way 1-shot": [5, 1, 20], "full gallery 1-shot": ["all", 1, 2]}
READS = {"gallery": "none", "probe": "attlstm", "probe_options": {"M": 1}}
FROZEN = ["frozen, 40 people", "frozen, 41 people"]


def tiny_plan(path: Path) -> Path:
    plan = json.loads((ROOT / "benchmarks/plan_arm_more.json").read_bytes())
    del plan["bases"]
    plan |= {"world": "street-v1-days", "train_people": 40, "test_people": 16, "stills_a_walk": 1, "splits": [0, 1],
             "seeds": [0], "tasks": TASKS, "frozen": {"steps": 2},
             "many": {"train_people": 41, "test_people": 15, "steps": 3},
             "encoders": {"reads": READS, "reads, large galleries": READS | {"ways": [12, 30]},
                          "centred reads": READS | {"centred": True, "steps": 1}},
             "pairs": [["reads, large galleries", "reads"], ["centred reads", "centred cosine"]]}
    plan["base"] |= {"steps": 2}
    plan["end_to_end"] |= {"steps": 1, "runs": [[0, 0], [1, 0]], "encoders": ["reads"]}
    plan["learners"] |= {"steps": 1, "runs": [[0, 0], [1, 0]]}
    path.write_text(json.dumps(plan))
    return path


def run(folder: Path, *more: str) -> dict:
    command = [sys.executable, "benchmarks/arm_more.py", "--plan", folder / "plan.json", "--json", folder / "out.json"]
    subprocess.run([*map(str, command), *more], cwd=ROOT, env={**os.environ, "REIDLIB_CACHE": str(folder / "cache")},
                   check=True, stdout=subprocess.PIPE)
    return json.loads((folder / "out.json").read_bytes())


def effects(found: dict) -> dict:
    """Without the seconds, which differ between any two runs."""
    parts = {name: [part["tasks"], part["pairs"]] for name, part in found["parts"].items()}
    return parts | {"one picture": found["one picture"]["tasks"]}


@pytest.mark.slow
def test_a_tiny_plan_goes_through_and_on(tmp_path):
    plan = json.loads(tiny_plan(tmp_path / "plan.json").read_text())
    found = run(tmp_path)
    assert list(found["parts"]) == [FROZEN[0], "end to end", FROZEN[1]]
    for name in FROZEN:
        part = found["parts"][name]
        assert [run["split"] for run in part["runs"]] == ["seed-0", "seed-1"]
        for task in TASKS:
            rows, best = part["tasks"][task]["rank-1"], part["tasks"][task]["effects on rank-1"]["best centring"]
            against = part["tasks"][task]["effects on rank-1"]["learned minus"]
            assert list(against) == list(plan["encoders"])
            for one, other, effect in [
                *((answer, best, row[best]) for answer, row in against.items()),
                *((one, other, part["pairs"][task]["rank-1"][f"{one} minus {other}"]) for one, other in plan["pairs"]),
            ]:
                wanted = rows[one]["estimate"] - rows[other]["estimate"]
                assert effect["estimate"] == pytest.approx(wanted, abs=3e-5)
                assert effect["low"] <= effect["estimate"] <= effect["high"]
    assert {run["train"] for run in found["parts"][FROZEN[1]]["runs"]} == {41}
    assert list(found["one picture"]["tasks"]["5-way 1-shot"]["rank-1"]) == plan["learners"]["objectives"]

    steps = sorted(tmp_path.glob("cache/arm-*/strength 1, 40 people, split 1, seed 0/*.npz"))
    gone = [step for step in steps if step.stem in ("frozen", "end to end, reads", "learner, triplet-all, 1 images")]
    assert len(gone) == 3
    kept = {step: step.stat().st_mtime_ns for step in steps if step not in gone}
    for step in gone:
        step.unlink()
    again = run(tmp_path)
    assert effects(again) == effects(found)
    assert all(step.stat().st_mtime_ns == before for step, before in kept.items())
    only = run(tmp_path, "--only", "frozen, 41")
    assert list(only["parts"]) == FROZEN[1:]
    assert "one picture" not in only


def test_the_bases_are_those_of_a_plan_that_trains_them_alike():
    """What the follow-up reads from the cache of the first plan is what it would train itself."""
    more, first = (json.loads((ROOT / f"benchmarks/{name}").read_bytes())
                   for name in ("plan_arm_more.json", "plan_arm.json"))
    assert more["bases"] == "plan_arm.json"
    for key in ("world", "stills_a_walk", "train_days", "test_days", "base", "train_people", "test_people",
                "main_strength", "task_seed"):
        assert more[key] == first[key], key
    assert all(more["many"][key] == first["many"][key] for key in ("train_people", "test_people", "steps"))
    assert more["learners"]["objectives"] == json.loads(
        (ROOT / "benchmarks/plan_learners.json").read_bytes())["learners"]["objectives"]
    assert {task: first["tasks"][task] for task in more["tasks"]} == more["tasks"]
    assert {name for pair in more["pairs"] for name in pair} <= set(more["encoders"]) | {"centred cosine"}
    assert set(more["end_to_end"]["encoders"]) <= set(more["encoders"])
