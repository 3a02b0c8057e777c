"""`check`: every way in which an answer can be missing, broken or wrong, on an exercise made for this test."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from reidlib import course
from reidlib.course import checking, definition
from reidlib.course.definition import Exercise, Mistake

SECRET = []


def reference(values, rng):
    """Twice the values, plus noise from rng."""
    return 2 * values + rng.normal(size=values.shape)


def cases(rng):
    return [(rng.normal(size=n), np.random.default_rng(n)) for n in (3, 6)]


def odd_sum(call, arguments, answer):
    values, rng = arguments
    if not np.array_equal(call(values, rng), answer):
        return "It answers differently the second time."
    return None


TOY = Exercise(
    key="99.1", title="Toy", reference=reference, cases=cases, hints=("one", "two"), rules=(odd_sum,), seconds=0.3,
    mistakes=(Mistake(lambda v, rng: v + rng.normal(size=v.shape), "You forgot the factor 2."),
              Mistake(lambda v, rng: v[99], "never reached")),
)  # fmt: skip


@pytest.fixture(autouse=True)
def toy(monkeypatch, tmp_path):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    monkeypatch.setattr(checking, "find", lambda key: TOY)
    monkeypatch.setattr(definition, "exercises", lambda: {"99.1": TOY})
    monkeypatch.setattr("reidlib.course.folded._given", {})


def check(function):
    return course.check(function, "99.1")


def test_the_reference_passes():
    result = check(reference)
    assert (result.status, result.kind, result.ok) == ("solved", "solved", True)
    assert "2 random cases and 1 rules hold" in result.message


def todo(values, rng):
    raise NotImplementedError


@pytest.mark.parametrize("function", [todo, lambda values, rng: None, lambda values, rng: ...,
                                      lambda values, rng: NotImplemented])  # fmt: skip
def test_a_stub_is_to_do_and_no_try(function):
    result = check(function)
    assert (result.status, result.kind, result.hints) == ("todo", "todo", ())
    assert "library's version" in result.message
    assert check(lambda values, rng: values).more_hints == 1  # the first try


def endless(values, rng):
    while True:
        values = values + 0


def sneaky(values, rng):
    random.random()
    return reference(values, rng)


def global_numpy(values, rng):
    np.random.random()  # noqa: NPY002
    return reference(values, rng)


def global_torch(values, rng):
    torch.rand(1)
    return reference(values, rng)


def in_place(values, rng):
    values *= 2
    return values + rng.normal(size=values.shape)


def zeroes_its_input(values, rng):
    """With shared input the reference would see the zeros too, and agree."""
    values[:] = 0
    return 2 * values + rng.normal(size=values.shape)


def remembers(values, rng):
    SECRET.append(values)
    for old in SECRET:
        old[:] = 0
    return 2 * values + rng.normal(size=values.shape)


def right_once(values, rng, calls=[]):  # noqa: B006
    calls.append(1)
    return reference(values, rng) if len(calls) == 1 else values


def breaks_the_second_time(values, rng, calls=[]):  # noqa: B006
    calls.append(1)
    return reference(values, rng) if len(calls) == 1 else calls[99]


def endless_the_second_time(values, rng, calls=[]):  # noqa: B006
    calls.append(1)
    return reference(values, rng) if len(calls) == 1 else endless(values, rng)


def deep(values, rng):
    return deep(values, rng)


class Odd:
    def __array__(self, *_, **__):
        raise RuntimeError("no array")


@pytest.mark.parametrize(
    ("function", "kind", "text"),
    [
        (lambda values: values, "signature", "Your function must take (values, rng)"),
        (lambda values, rng: values[99], "crash", "IndexError: index 99 is out of bounds"),
        (lambda values, rng: exit(3), "crash", "SystemExit: 3"),
        (deep, "crash", "RecursionError"),
        (endless, "time", "Stopped after 0.3 s: an endless loop"),
        (lambda values, rng: values[:-1], "shape", "Axis 0 is one too short: off by one"),
        (lambda values, rng: values * np.nan, "non-finite", "3 of 3 values are NaN"),
        (lambda values, rng: values + rng.normal(size=values.shape), "value", "You forgot the factor 2."),
        (lambda values, rng: -reference(values, rng), "value", "wrong sign"),
        (lambda values, rng: list(values), "type", "a list; needed: a numpy array"),
        (lambda values, rng: (v for v in values), "type", "a generator; needed: a numpy array"),
        (lambda values, rng: np.array(["a"] * 3), "type", "a numpy array of text or objects; needed: numbers"),
        (lambda values, rng: Odd(), "type", "an Odd; needed: a numpy array"),
        (sneaky, "global", "global random generator"),
        (global_numpy, "global", "global random generator"),
        (global_torch, "global", "global random generator"),
        (in_place, "input", "changed its input `values`"),
        (zeroes_its_input, "value", "The values differ"),
        (remembers, "value", "The values differ"),
        (right_once, "rule", "It answers differently the second time."),
        (breaks_the_second_time, "crash", "IndexError: list index out of range"),
        (endless_the_second_time, "time", "Stopped after 0.3 s"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_raised(function, kind, text):
    result = check(function)
    assert (result.status, result.kind) == ("wrong", kind)
    assert text in result.message


def test_global_generators_are_put_back():
    np.random.seed(3)  # noqa: NPY002
    torch.manual_seed(3)
    random.seed(3)
    expected = np.random.get_state()[1].tolist(), torch.get_rng_state().tolist(), random.getstate()  # noqa: NPY002
    for function in (sneaky, global_numpy, global_torch, reference):
        check(function)
    now = np.random.get_state()[1].tolist(), torch.get_rng_state().tolist(), random.getstate()  # noqa: NPY002
    assert now == expected


def test_the_inputs_that_show_the_fault_are_handed_out_fresh():
    result = check(zeroes_its_input)
    values, rng = result.inputs
    assert np.array_equal(values, TOY.all_cases()[0][0])
    assert np.abs(values).min() > 0
    assert rng.random() == np.random.default_rng(3).random()


def test_hints_come_one_by_one_and_then_the_solution():
    wrong = [check(lambda values, rng: values) for _ in range(3)]
    assert [result.hints for result in wrong] == [("one",), ("one", "two"), ("one", "two")]
    assert 'course.hint("99.1")` shows the next hint' in wrong[0].text()
    assert 'course.solution("99.1")` shows the answer' in wrong[1].text()
    assert check(reference).hints == ()


def test_a_function_without_the_decorator_gets_a_word_not_an_error():
    result = course.check(reference)
    assert (result.status, result.kind) == ("todo", "todo")
    assert "Put @course.exercise" in result.message


def test_an_interrupt_of_the_user_goes_through():
    def interrupted(values, rng):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(interrupted)


def test_a_mistake_that_would_have_failed_earlier_is_not_the_cause():
    """Both mistakes agree on the second case; only one of them is right on the first, like the answer."""
    early = Mistake(lambda x: 0, "wrong from the start")
    late = Mistake(lambda x: min(x, 2), "wrong for large numbers")
    stepped = Exercise("99.2", "Steps", lambda x: x, lambda rng: [(2,), (0,), (5,)], ("a",), mistakes=(early, late))
    with pytest.raises(checking.Refused, match="wrong for large numbers"):
        checking.examine(lambda x: min(x, 2), stepped)
    with pytest.raises(checking.Refused, match="wrong from the start"):
        checking.examine(lambda x: 0, stepped)


def test_cases_are_the_same_at_every_call():
    one, two = TOY.all_cases(), TOY.all_cases()
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(one, two, strict=True))
