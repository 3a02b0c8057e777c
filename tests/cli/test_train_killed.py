"""`reidlib train ran` killed without warning and typed again: not one bit differs."""

import os
import random
import signal
import sys
from pathlib import Path

import pytest
from ran_command import SMALL, killed, outcome, typed

sys.path.append(str(Path(__file__).resolve().parents[1] / "ran"))
from tiny_street import tiny_street

STEPS = 60
pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The arguments of an undisturbed run, and what it left."""
    folder = tmp_path_factory.mktemp("killed")
    arguments = ("--data", tiny_street(folder / "street").folder, *SMALL, "--steps", STEPS)
    result = typed(*arguments, "--out", folder / "run")
    assert result.exit_code == 0, result.output
    return arguments, outcome(folder / "run"), result.stdout.splitlines()[-1]


def _kill_and_compare(whole, out, moments):
    arguments, expected, line = whole
    for moment in moments:
        assert killed(moment, out, *arguments) == -signal.SIGKILL
        assert not (out / "network.safetensors").exists()
    again = typed(*arguments, "--out", out)
    assert again.exit_code == 0, again.output
    assert outcome(out) == expected
    assert again.stdout.splitlines()[-1] == line


def moments(seed: int, count: int) -> list[tuple[int, float]]:
    """Steps of the checkpoint to wait for, ascending, and seconds after it."""
    rng = random.Random(seed)
    return [(step, rng.uniform(0, 0.05)) for step in sorted(rng.sample(range(1, 33), count))]


def test_killed_twice_it_ends_with_the_same_bits(whole, tmp_path):
    _kill_and_compare(whole, tmp_path / "run", moments(1, 2))


@pytest.mark.slow
@pytest.mark.parametrize("moment", [(0, 0.0), *moments(2, 9)])
def test_killed_anywhere_it_ends_with_the_same_bits(whole, tmp_path, moment):
    _kill_and_compare(whole, tmp_path / "run", [moment])
