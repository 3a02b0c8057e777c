"""A training that was stopped, by whatever, goes on bit for bit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from toy_training import SETTINGS, Asked, batch_of, same_bits, toy, weights

from reidlib.errors import ReidError
from reidlib.training.fit import fit

STEPS = 20
TOY = Path(__file__).with_name("toy_training.py")


class Fell(Exception):
    """What the tests throw."""


def whole(kind, seed=5):
    model = toy()
    return model, fit(model, batch_of, SETTINGS[kind], STEPS, seed=seed)


def falls_at(step, error=Fell):
    def stopping(asked):
        if asked == step:
            raise error("the batch fell over")
        return batch_of(asked)

    return stopping


@pytest.mark.parametrize("kind", ["sgd", "adam"])
@pytest.mark.parametrize("steps", [(1,), (7, 8), (2, 13, 19)])
def test_stopped_and_resumed_is_bit_identical(tmp_path, kind, steps):
    model, expected = whole(kind)
    for step in steps:
        with pytest.raises(Fell):
            fit(toy(), falls_at(step), SETTINGS[kind], STEPS, seed=5, folder=tmp_path / "run", every=3)
    again, asked = toy(seed=99), Asked()  # other first weights: the checkpoint's count
    done = fit(again, asked, SETTINGS[kind], STEPS, seed=5, folder=tmp_path / "run", every=3)
    assert asked.steps == list(range(steps[-1], STEPS))
    assert done.step == STEPS
    assert same_bits(weights(model), weights(again))
    assert done.history == expected.history
    assert len(done.history["error"]) == STEPS


def test_dropout_and_the_seed_do_matter():
    """Otherwise the tests above would pass for a fit that ignores both."""
    model, _ = whole("sgd")
    assert not same_bits(weights(model), weights(whole("sgd", seed=6)[0]))
    still = toy(dropout=0.0)
    fit(still, batch_of, SETTINGS["sgd"], STEPS, seed=5)
    assert not same_bits(weights(model), weights(still))


def _kill_after(folder, kind, line, pause=0.01):
    """Runs the toy training in a process and kills it when it has said `line` steps."""
    process = subprocess.Popen([sys.executable, str(TOY), str(folder), kind, str(STEPS), str(pause)],
                               stdout=subprocess.PIPE, text=True, cwd=TOY.parents[2],
                               env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(TOY.parents[2])})
    with process:
        for said in process.stdout:
            if said.split()[0] in (str(line), "finished"):
                os.kill(process.pid, signal.SIGKILL)
                break
    return process.returncode


def _kill_and_compare(tmp_path, kind, lines):
    model, expected = whole(kind)
    folder = tmp_path / "killed"
    for line in lines:
        assert _kill_after(folder, kind, line) == -signal.SIGKILL
    assert (folder / "training.safetensors").exists() == (lines[-1] >= 3)
    again, asked = toy(), Asked()
    done = fit(again, asked, SETTINGS[kind], STEPS, seed=5, folder=folder, every=3)
    assert asked.steps == list(range(lines[-1] // 3 * 3, STEPS))
    assert same_bits(weights(model), weights(again))
    assert done.history == expected.history


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_killed_twice_and_resumed_is_bit_identical(tmp_path):
    _kill_and_compare(tmp_path, "adam", sorted(random.Random(3).sample(range(4, STEPS), 2)))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("kind", ["sgd", "adam"])
@pytest.mark.parametrize("line", sorted(random.Random(4).sample(range(STEPS), 10)))
def test_killed_anywhere_and_resumed_is_bit_identical(tmp_path, kind, line):
    _kill_and_compare(tmp_path, kind, [line])


def test_what_a_killed_writer_left_is_removed(tmp_path):
    left = tmp_path / "training.safetensors.123-4.tmp"
    left.write_bytes(b"half")
    fit(toy(), batch_of, SETTINGS["sgd"], 2, folder=tmp_path)
    assert not left.exists()


def test_a_finished_training_returns_at_once(tmp_path):
    model = toy()
    expected = fit(model, batch_of, SETTINGS["adam"], 5, folder=tmp_path / "run")
    again, heard = toy(seed=99), []
    done = fit(again, falls_at(0), SETTINGS["adam"], 5, folder=tmp_path / "run", callbacks=[heard.append])
    assert (done.step, done.interrupted, done.stopped) == (5, False, "")
    assert done.history == expected.history
    assert same_bits(weights(model), weights(again))
    assert [(each.step, each.done) for each in heard] == [(5, True)]
    assert heard[0].terms["error"] == expected.history["error"][-1]


@pytest.mark.parametrize(("change", "words"), [
    ({"seed": 1}, r"seeds is \[0\] there and \[1\] here"),
    ({"steps": 6}, "steps is 5 there and 6 here"),
    ({"optimiser": SETTINGS["sgd"]}, "optimiser.clip is 'value' there and 'norm' here"),
    ({"facts": {"split": {"name": "b"}}}, "facts.split.name is 'a' there and 'b' here"),
])
def test_a_folder_of_another_training_is_refused(tmp_path, change, words):
    asked = {"optimiser": SETTINGS["adam"], "steps": 5, "seed": 0, "facts": {"split": {"name": "a"}}}
    fit(toy(), batch_of, folder=tmp_path / "run", **asked)
    before, model = (tmp_path / "run" / "training.safetensors").read_bytes(), toy(seed=1)
    with pytest.raises(ReidError, match=words):
        fit(model, batch_of, folder=tmp_path / "run", **{**asked, **change})
    assert (tmp_path / "run" / "training.safetensors").read_bytes() == before
    assert same_bits(weights(model), weights(toy(seed=1)))


def test_a_damaged_checkpoint_is_named(tmp_path):
    fit(toy(), batch_of, SETTINGS["adam"], 3, folder=tmp_path / "run")
    file = tmp_path / "run" / "training.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(ReidError, match=r"training\.safetensors"):
        fit(toy(), batch_of, SETTINGS["adam"], 3, folder=tmp_path / "run")


def test_frozen_and_tied_parameters_resume_too(tmp_path):
    def tied():
        model = toy()
        model.body[0].requires_grad_(False)
        model.twin = model.head
        return model

    model, again = tied(), tied()
    fit(model, batch_of, SETTINGS["sgd"], STEPS, seed=5)
    with pytest.raises(Fell):
        fit(tied(), falls_at(8), SETTINGS["sgd"], STEPS, seed=5, folder=tmp_path / "run")
    fit(again, batch_of, SETTINGS["sgd"], STEPS, seed=5, folder=tmp_path / "run")
    assert same_bits(weights(model), weights(again))
    assert torch.equal(again.body[0].weight, toy().body[0].weight)
