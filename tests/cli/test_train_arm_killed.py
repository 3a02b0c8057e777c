"""`reidlib train arm` killed without warning and typed again: not one bit differs."""

import os
import signal

import pytest
from arm_command import killed, outcome, typed
from tiny_people import clouds


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("step", [0, 7, 23])
def test_killed_it_ends_with_the_same_bits(tmp_path, step):
    clouds(30, days=3).save(tmp_path / "features.npz")
    arguments = ("--data", tmp_path / "features.npz", "--profile", "ci", "--steps", 60, "--every", 3)
    whole = typed(*arguments, "--out", tmp_path / "whole")
    assert whole.exit_code == 0, whole.output
    assert killed(step, tmp_path / "run", *arguments) == -signal.SIGKILL
    assert not (tmp_path / "run" / "network.safetensors").exists()
    again = typed(*arguments, "--out", tmp_path / "run")
    assert again.exit_code == 0, again.output
    assert again.stdout.splitlines()[-1] == whole.stdout.splitlines()[-1]
    assert outcome(tmp_path / "run") == outcome(tmp_path / "whole")
