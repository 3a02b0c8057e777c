"""The comparison of heads, killed at any moment and typed again, ends with the numbers of an undisturbed run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = {"mean": {"head": "mean"}, "consensus": {"head": "consensus"}, "oracle": {"head": "oracle"},
        "coupled": {"head": "coupled", "recipe": "spread"},
        "whole, coupled": {"head": "coupled", "recipe": "spread", "whole": True}}


def small_plan(path: Path) -> Path:
    plan = json.loads((ROOT / "benchmarks/plan_attention.json").read_bytes())
    plan |= {"worlds": ["street-v1-small"], "persons": 16, "test_people": 6, "seeds": [0, 1], "resamples": 50,
             "rows": ROWS, "comparisons": [["coupled", "consensus"], ["oracle", "mean"]]}
    for part, steps in (("trunk", 12), ("head", 4), ("whole", 4)):
        plan[part] |= {"steps": steps, "frames": 2}
    path.write_text(json.dumps(plan))
    return path


def started(plan: Path, cache: Path, out: Path) -> subprocess.Popen:
    command = [sys.executable, "benchmarks/attention.py", "--plan", plan, "--json", out]
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, env={**os.environ, "REIDLIB_CACHE": str(cache)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def numbers(out: Path) -> dict:
    """Without the seconds, which differ between any two runs."""
    found = json.loads(out.read_bytes())["worlds"]["street-v1-small"]
    for row in found["rows"].values():
        del row["seconds"]
    for cell in found["cells"]:
        for trunk in cell["trunks"].values():
            del trunk["seconds of the trunk"]
    return found


@pytest.mark.slow
def test_killed_five_times_it_ends_with_the_same_numbers(tmp_path):
    plan = small_plan(tmp_path / "plan.json")
    whole = started(plan, tmp_path / "a", tmp_path / "a.json")
    began = time.monotonic()
    assert whole.wait(600) == 0, whole.stderr.read().decode()
    seconds = time.monotonic() - began
    kills = 0
    for k in range(5):
        process = started(plan, tmp_path / "b", tmp_path / "b.json")
        try:
            process.wait(seconds * (0.35 + 0.13 * k))
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    assert kills >= 1
    last = started(plan, tmp_path / "b", tmp_path / "b.json")
    assert last.wait(600) == 0, last.stderr.read().decode()
    assert numbers(tmp_path / "b.json") == numbers(tmp_path / "a.json")
