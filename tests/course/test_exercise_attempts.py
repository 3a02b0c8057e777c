"""`@exercise`: the student's function with the library behind it."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest
import torch

from reidlib import course
from reidlib.course.attempt import Attempt
from reidlib.course.definition import find
from reidlib.course.exercises.e00_1_mean import mean_over_frames as library
from reidlib.course.leak import find_leak
from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError

X = torch.arange(24.0).reshape(2, 3, 4)
KEY = "00.1"


def not_implemented(x):
    raise NotImplementedError


def ellipsis(x):
    return ...


def nothing(x):
    x.mean(1)


def breaks(x):
    return x.mean(1) / [][0]


def leaves(x):
    raise SystemExit


def spoils_and_breaks(x):
    x.zero_()
    raise ValueError("half way")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (not_implemented, "is not written yet"),
        (ellipsis, "returns nothing yet"),
        (nothing, "returns nothing yet"),
        (breaks, "stopped with IndexError: list index out of range"),
        (leaves, "stopped with SystemExit"),
        (spoils_and_breaks, "stopped with ValueError: half way"),
    ],
)
def test_what_does_not_answer_is_replaced_by_the_library_and_said_once(function, said, capsys):
    attempted = course.exercise(KEY)(function)
    x = X.clone()
    assert torch.equal(attempted(x), library(X))
    assert torch.equal(x, X)
    told = capsys.readouterr().out
    assert f"your {function.__name__} {said}" in told
    assert "the library's version is used" in told
    assert torch.equal(attempted(x), library(X))
    assert capsys.readouterr().out == ""


def test_the_line_that_broke_is_shown(capsys):
    course.exercise(KEY)(breaks)(X)
    assert "`return x.mean(1) / [][0]`" in capsys.readouterr().out


def test_before_the_check_the_own_answer_is_used():
    assert course.exercise(KEY)(lambda x: "mine")(X) == "mine"


def test_after_a_refused_check_the_library_answers(capsys):
    attempted = course.exercise(KEY)(lambda x: x.sum(1))
    assert torch.equal(attempted(X), X.sum(1))
    assert not course.check(attempted).ok
    capsys.readouterr()
    assert torch.equal(attempted(X), library(X))
    assert "did not pass its check" in capsys.readouterr().out
    assert torch.equal(attempted.mine(X), X.sum(1))


def test_after_an_accepted_check_the_own_function_runs_on_the_real_input():
    seen = []

    def mine(x):
        seen.append(x)
        return x.mean(1)

    attempted = course.exercise(KEY)(mine)
    assert course.check(attempted).ok
    seen.clear()
    attempted(X)
    assert seen[0] is X
    assert attempted.state == "solved"
    assert "solved" in repr(attempted)


def test_a_solved_function_that_breaks_later_does_not_stop_the_notebook(capsys):
    def mine(x):
        assert x.shape[0] < 50
        return x.mean(1)

    attempted = course.exercise(KEY)(mine)
    assert course.check(attempted).ok
    capsys.readouterr()
    assert attempted(torch.ones(60, 2, 3)).shape == (60, 3)
    assert "stopped with AssertionError" in capsys.readouterr().out


def test_gradients_flow_through_an_unchecked_function():
    weight = torch.ones(4, requires_grad=True)
    course.exercise(KEY)(lambda x: x.mean(1))(X * weight).sum().backward()
    assert torch.allclose(weight.grad, X.mean(1).sum(0))


def endless(x):
    while True:
        x = x + 0


@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_endless_function_ends(elsewhere, capsys):
    attempted, answers = Attempt(endless, dataclasses.replace(find(KEY), call_seconds=0.2)), []
    if elsewhere:  # as a widget's callback
        thread = threading.Thread(target=lambda: answers.append(attempted(X)))
        thread.start()
        thread.join(30)
    else:
        answers.append(attempted(X))
    assert torch.equal(answers[0], library(X))
    assert "ran longer than 0.2 s" in capsys.readouterr().out


def test_a_solved_function_that_is_too_slow_for_real_data_is_replaced(capsys):
    def slow_for_many(x):
        while x.shape[0] > 50:
            pass
        return x.mean(1)

    attempted = Attempt(slow_for_many, dataclasses.replace(find(KEY), call_seconds=0.2))
    assert course.check(attempted).ok
    assert attempted(torch.ones(60, 2, 3)).shape == (60, 3)
    assert "ran longer than 0.2 s" in capsys.readouterr().out


def test_a_data_set_is_not_copied_and_cannot_be_spoiled(capsys):
    """Notebook 01 hands over every frame of the street: a copy for each unsolved call would fill the memory."""
    frames = np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3)
    tracklets = [Tracklet(frames.copy(), pid, 0, f"p{pid}") for pid in (1, 2)]
    seen = []

    def spoils(train, test):
        seen.append(train[0].frames)
        train.clear()
        test[0].frames[:] = 0
        return {(7, 7)}

    attempted = course.exercise("01.3")(spoils)
    assert attempted(tracklets[:1], tracklets[1:]) == {(1, 2)}
    assert np.shares_memory(seen[0], tracklets[0].frames)
    assert (tracklets[1].frames == frames).all()
    assert "read-only" in capsys.readouterr().out
    assert tracklets[0].frames.flags.writeable


def test_a_keyboard_interrupt_is_the_users():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        course.exercise(KEY)(interrupted)(X)


def test_what_the_library_refuses_is_refused():
    """A wrong call is a mistake of the caller: the library's own error comes through."""
    with pytest.raises(AttributeError):
        course.exercise(KEY)(not_implemented)("no tensor")


def test_it_looks_like_the_function():
    def mean_over_frames(frame_features):
        """My words."""

    attempted = course.exercise(KEY, reference=library)(mean_over_frames)
    assert (attempted.__name__, attempted.__doc__) == ("mean_over_frames", "My words.")
    assert attempted.__wrapped__ is attempted.mine is mean_over_frames


def test_an_unknown_key_and_a_foreign_reference_are_refused():
    with pytest.raises(ReidError, match=r"no exercise '0\.1'.*00\.1"):
        course.exercise("0.1")
    with pytest.raises(ReidError, match=r"no exercise None"):
        course.exercise(None)
    with pytest.raises(ReidError, match=r"reference 'find_leak' for exercise 00\.1"):
        course.exercise(KEY, reference=find_leak)
