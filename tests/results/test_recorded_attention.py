"""The recorded comparison of heads is the planned one, whole, and its controls sit at their floors.

What is checked is a JSON file, not a run; so the checks are tried on a sound sample and on doctored copies too.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAN, RECORDED = "benchmarks/plan_attention.json", "docs/results/attention.json"
CONFIRM = "street-v1-confirm"
SHUFFLED, UNTRAINED, NAMES = (f"control, {what}" for what in ("shuffled attention", "ran untrained",
                                                               "shuffled identities"))
needs_record = pytest.mark.skipif(not (ROOT / RECORDED).is_file(),
                                  reason=f"{RECORDED} is not there: the planned run has not been recorded")


def complaints(recorded: dict, plan_file: bytes) -> list[str]:
    """What speaks against the recorded run, in sentences; an empty list where nothing does."""
    plan = json.loads(plan_file)
    found = []
    if recorded["plan_sha256"] != hashlib.sha256(plan_file).hexdigest():
        found.append("plan: its sha256 is another file's")
    if recorded["plan"] != plan:
        found.append("plan: its text differs from the file")
    if set(recorded["worlds"]) != set(plan["worlds"]):
        found.append(f"worlds: {sorted(recorded['worlds'])}")
    for world in set(recorded["worlds"]) & set(plan["worlds"]):
        found += [f"{world}: {each}" for each in _incomplete(recorded["worlds"][world], plan, world)]
    return found or [f"{CONFIRM}: {each}" for each in _above_floor(recorded["worlds"][CONFIRM])]


def _incomplete(result: dict, plan: dict, world: str) -> list[str]:
    found, cells = [], result["cells"]
    if [cell["seed"] for cell in cells] != plan["seeds"] or {cell["world"] for cell in cells} != {world}:
        found.append("seeds or world of its cells are not the planned ones")
    if any(cell["test"] != plan["test_people"] or cell["train"] != plan["persons"] - plan["test_people"]
           for cell in cells):
        found.append("not the planned number of people")
    seeds = {name: how.get("seeds", plan["seeds"]) for name, how in plan["rows"].items()
             if world in how.get("worlds", plan["worlds"])}
    counts = {name: len(each) for name, each in seeds.items()}
    if {name: row["seeds"] for name, row in result["rows"].items()} != counts:
        found.append("rows or their seeds are not the planned ones")
    planned = {(first, second): len(set(seeds[first]) & set(seeds[second])) for first, second in plan["comparisons"]
               if first in seeds and second in seeds}
    if {(each["first"], each["second"]): each["seeds"] for each in result["comparisons"]} != planned:
        found.append("comparisons or their seeds are not the planned ones")
    for name, row in result["rows"].items():
        for key in ("rank-1", "mAP"):
            if abs(np.mean(row[f"{key} by seed"]) - row[key]["estimate"]) > 1e-3:
                found.append(f"{name}: {key} is not the mean of its seeds")
    for each in result["comparisons"]:
        difference = [result["rows"][each[side]]["mAP"]["estimate"] for side in ("first", "second")]
        alike = result["rows"][each["first"]]["seeds"] == result["rows"][each["second"]]["seeds"]
        if alike and abs(difference[0] - difference[1] - each["mAP"]["estimate"]) > 1e-4:
            found.append(f"{each['first']} − {each['second']}: not the difference of its rows")
    return found


def _above_floor(result: dict) -> list[str]:
    """Where a control finds people or hidden frames that it cannot know of."""
    over_mean = {each["first"]: each["mAP"] for each in result["comparisons"] if each["second"] == "mean"}
    auc = {name: result["rows"][name]["auc"] for name in (SHUFFLED, UNTRAINED, NAMES)}
    found = []
    # Shuffled inside a tracklet, weights know nothing of its frames: AUC is .5 but for chance (its standard error is
    # below .005 at 500 tracklets), and pooling by them can add noise to the mean, no gain.
    if abs(auc[SHUFFLED]["estimate"] - 0.5) >= 0.02:
        found.append("shuffled attention has an AUC")
    if over_mean[SHUFFLED]["high"] >= 0.01:
        found.append("shuffled attention leads the mean")
    # A random projection of trained features may lean to either side of visibility, a little.
    if not (auc[UNTRAINED]["low"] <= 0.5 <= auc[UNTRAINED]["high"] or auc[UNTRAINED]["estimate"] <= 0.6):
        found.append("an untrained head has an AUC")
    if over_mean[UNTRAINED]["estimate"] >= 0.01:
        found.append("an untrained head leads the mean")
    # Trained on names dealt out at random, a head has learned nothing about people.
    if over_mean[NAMES]["high"] > 0.01 and over_mean[NAMES]["low"] > 0:
        found.append("a head trained on shuffled identities leads the mean")
    return found


@pytest.fixture(scope="module")
def sample():
    """A sound record in the benchmark's own shape: its `summary` over made-up results of 30 probes a cell."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from attention import summary
    finally:
        sys.path.pop(0)
    plan = json.loads((ROOT / PLAN).read_bytes())
    worlds = {}
    for w, world in enumerate(plan["worlds"]):
        runs = []
        for seed in plan["seeds"]:
            rng = np.random.default_rng((w, seed))
            pid, tracklets = np.arange(30), np.arange(30).repeat(2)
            chance = rng.random((2, 30))  # the same ups and downs for all rows, as on the same probes
            facts = {"world": world, "seed": seed, "test": 300, "train": 300}
            rows = {name: {"hit": (chance[0] < 0.5) * 1.0, "ap": chance[1] * 0.8, "pid": pid, "seconds": np.ones(1),
                           "auc": np.tile([0.48, 0.52], 30), "auc_pid": tracklets}
                    for name, how in plan["rows"].items()
                    if world in how.get("worlds", plan["worlds"]) and seed in how.get("seeds", plan["seeds"])}
            runs.append((facts, rows))
        worlds[world] = summary(plan | {"resamples": 50}, runs)
    digest = hashlib.sha256((ROOT / PLAN).read_bytes()).hexdigest()
    return {"plan": plan, "plan_sha256": digest, "machine": {}, "worlds": worlds}


@pytest.fixture(params=["sample", *(["recorded run"] if (ROOT / RECORDED).is_file() else [])])
def sound(request):
    """A record without fault: the sample, and what the repository holds where it holds one."""
    if request.param == "sample":
        return copy.deepcopy(request.getfixturevalue("sample"))
    return json.loads((ROOT / RECORDED).read_bytes())


def test_a_sound_sample_has_no_complaints(sample):
    assert complaints(sample, (ROOT / PLAN).read_bytes()) == []


@needs_record
def test_the_recorded_run_is_the_planned_one_with_its_controls_at_their_floors():
    assert complaints(json.loads((ROOT / RECORDED).read_bytes()), (ROOT / PLAN).read_bytes()) == []


def _shifted(content: dict, name: str, key: str, by: float) -> None:
    """Raise one row's measure, or its difference to the mean, with both ends of the interval."""
    result = content["worlds"][CONFIRM]
    intervals = [result["rows"][name][key]] if key == "auc" else []
    if key == "mAP":
        result["rows"][name]["mAP by seed"] = [each + by for each in result["rows"][name]["mAP by seed"]]
        intervals = [result["rows"][name]["mAP"]]
        intervals += [each["mAP"] for each in result["comparisons"] if each["first"] == name]
        assert len(intervals) == 2, "a control is compared with the mean alone"
    for interval in intervals:
        for end in ("estimate", "low", "high"):
            interval[end] += by


# Each far enough for a real run, whose floors may lie some points below the mean.
DOCTORED = {
    "shuffled attention has an AUC": lambda c: _shifted(c, SHUFFLED, "auc", 0.08),
    "shuffled attention leads the mean": lambda c: _shifted(c, SHUFFLED, "mAP", 0.25),
    "an untrained head has an AUC": lambda c: _shifted(c, UNTRAINED, "auc", 0.5),
    "an untrained head leads the mean": lambda c: _shifted(c, UNTRAINED, "mAP", 0.25),
    "a head trained on shuffled identities leads the mean": lambda c: _shifted(c, NAMES, "mAP", 0.25),
    "its sha256 is another": lambda c: c.update(plan_sha256="0" * 64),
    "its text differs": lambda c: c["plan"].update(primary="coupled minus max"),
    "worlds: ": lambda c: c["worlds"].pop("street-v1-heavy-confirm"),
    "heavy-confirm: seeds or world": lambda c: c["worlds"]["street-v1-heavy-confirm"]["cells"].pop(),
    "objects-confirm: not the planned number": lambda c: c["worlds"]["street-v1-objects-confirm"]["cells"][0].update(
        test=299),
    "rows or their seeds": lambda c: c["worlds"][CONFIRM]["rows"].pop("max"),
    "comparisons or their": lambda c: c["worlds"][CONFIRM]["comparisons"].pop(),
    "mAP is not the mean of its seeds": lambda c: c["worlds"][CONFIRM]["rows"]["max"]["mAP"].update(estimate=0.999),
    "not the difference of its rows": lambda c: c["worlds"][CONFIRM]["comparisons"][0]["mAP"].update(estimate=0.5),
}  # fmt: skip


@pytest.mark.parametrize("expected", DOCTORED)
def test_a_doctored_copy_is_found_out(sound, expected):
    DOCTORED[expected](sound)
    assert any(expected in each for each in complaints(sound, (ROOT / PLAN).read_bytes()))


def late_plan(folder: Path) -> str | None:
    """What is wrong with the order of plan and results in the history at `folder`; None where nothing is.

    Skips where there is no history to read: no git, no clone, a shallow clone, or results that are not committed.
    """
    if shutil.which("git") is None:
        pytest.skip("no git on this machine")

    def git(*words: str) -> subprocess.CompletedProcess:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, env=clean)

    if git("rev-parse", "--is-shallow-repository").stdout.strip() != "false":
        pytest.skip("no full history here")
    planned = git("log", "-1", "--format=%H", "--", PLAN).stdout.split()
    added = git("log", "--diff-filter=A", "--format=%H", "--", RECORDED).stdout.split()
    if not planned or not added:
        pytest.skip(f"{PLAN} or {RECORDED} is not committed")
    if planned[0] == added[0]:
        return "the plan came with its results, in one commit"
    if git("merge-base", "--is-ancestor", planned[0], added[0]).returncode:
        return "the plan was changed after its results were recorded"
    return None


@needs_record
def test_the_plan_was_committed_before_its_results():
    assert late_plan(ROOT) is None


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine")
@pytest.mark.parametrize(("commits", "expected"), [
    ([[PLAN], [RECORDED]], None),
    ([[PLAN], [PLAN], [RECORDED], [RECORDED]], None),
    ([[PLAN, RECORDED]], "in one commit"),
    ([[RECORDED], [PLAN]], "after its results"),
    ([[PLAN], [RECORDED], [PLAN]], "after its results"),
    ([[PLAN], [PLAN, RECORDED]], "in one commit"),
])  # fmt: skip
def test_a_plan_that_is_not_older_than_its_results_is_found_out(tmp_path, commits, expected):
    settings = ["-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *settings, *words], check=True, capture_output=True, env=clean)

    git("init", "-q")
    for number, files in enumerate(commits):
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(f"{number}")
        git("add", ".")
        git("commit", "-q", "-m", f"{number}")
    told = late_plan(tmp_path)
    assert told is None if expected is None else expected in told
