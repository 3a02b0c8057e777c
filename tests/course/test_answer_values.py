"""Copying and comparing what exercises pass around."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reidlib.course.values import copied, difference, same
from reidlib.data.tracklet import Tracklet

numbers = st.one_of(st.integers(-9, 9), st.floats(-9, 9), st.booleans(), st.text(max_size=3))
arrays = st.lists(st.floats(-9, 9, width=32), max_size=4).map(lambda v: np.array(v, np.float32))
leaves = st.one_of(numbers, arrays, arrays.map(torch.from_numpy))
nested = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.tuples(inner, inner),
                                    st.dictionaries(st.text(max_size=2), inner, max_size=3)), max_leaves=6
)  # fmt: skip


def compare(got, want):
    return difference(got, want, 1e-4, 1e-6)


@given(nested)
def test_a_copy_is_the_same_and_equal(value):
    assert same(value, copied(value))
    assert compare(copied(value), value) is None


def tracklet():
    frames = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)
    return Tracklet(frames, 3, 0, "p0003_c1", {"visibility": np.ones(2, np.float32)})


@pytest.mark.parametrize(
    ("make", "spoil"),
    [
        (lambda: np.zeros(3), lambda v: v.__setitem__(0, 1)),
        (lambda: torch.zeros(3), lambda v: v.add_(1)),
        (lambda: [np.zeros(2)], lambda v: v[0].__iadd__(1)),
        (lambda: {"a": {1, 2}}, lambda v: v["a"].add(3)),
        (lambda: {"a": 1}, lambda v: v.update(b=2)),
        (lambda: [3, 1], lambda v: v.sort()),
        (tracklet, lambda v: v.frames.__setitem__(0, 9)),
        (tracklet, lambda v: v.columns["visibility"].__setitem__(0, 0)),
    ],
)
def test_spoiling_a_copy_is_noticed_and_leaves_the_original(make, spoil):
    original = make()
    copy = copied(original)
    spoil(copy)
    assert same(original, make())
    assert not same(original, copy)


def test_a_generator_is_copied_with_its_state():
    rng = np.random.default_rng(0)
    assert copied(rng).random() == copied(rng).random() == rng.random()


def test_a_tensor_stays_in_its_graph():
    weight = torch.ones(2, requires_grad=True)
    copied(weight * 3).sum().backward()
    assert weight.grad.tolist() == [3, 3]


def test_nan_equals_nan_and_bfloat16_is_read():
    assert same(np.array([np.nan]), np.array([np.nan]))
    assert compare(torch.tensor([1.5], dtype=torch.bfloat16), torch.tensor([1.5], dtype=torch.bfloat16)) is None


@pytest.mark.parametrize(
    ("got", "want", "kind", "text"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape", "The shape is (2, 3); needed: (3, 2)."),
        (torch.zeros(2), np.zeros(2), "type", "The answer is a torch tensor; needed: a numpy array."),
        (np.zeros(2), torch.zeros(2), "type", "The answer is a numpy array; needed: a torch tensor."),
        ([0.0, 0.0], np.zeros(2), "type", "The answer is a list; needed: a numpy array."),
        ("x", 1.0, "type", "The answer is a str; needed: a single number."),
        (np.array(["a"]), np.zeros(1), "type", "The answer is a numpy array of text or objects; needed: numbers."),
        (np.array([True, False]), np.array([True, True]), "value", "most at [1]: 0 instead of 1."),
        (True, False, "value", "The answer is 1; needed: 0."),
        (object(), np.zeros(2), "type", "The answer is an object; needed: a numpy array."),
        (object(), 1.0, "type", "The answer is an object; needed: a single number."),
        (np.array([1, 2]), np.array([1.0, 2.0]), "dtype", "right but of type int64; needed: float64."),
        (np.array([1.0, np.inf]), np.array([1.0, 2.0]), "non-finite", "1 of 2 values are NaN or infinite"),
        (np.array([1.0, 3.0]), np.array([1.0, 2.0]), "value", "most at [1]: 3 instead of 2."),
        (3, 4.0, "value", "The answer is 3; needed: 4."),
        ({1, 2}, {2, 3}, "items", "The set lacks 3 and holds 1, which does not belong there."),
        ([1], {1}, "type", "The answer is a list; needed: a set."),
        ((1,), (1, 2), "items", "The answer has 1 parts; needed: 2."),
        ((1, np.zeros(2)), (1, np.ones(2)), "value", "part 1: The values differ"),
        (1, (1, 2), "type", "a single number; needed: a tuple."),
        ({"a": 1}, {"b": 1}, "items", "The dictionary lacks 'b' and holds 'a' too much."),
        ({"a": 1}, {"a": 2}, "value", "['a']: The answer is 1; needed: 2."),
        ([], {"a": 2}, "type", "The answer is a list; needed: a dict."),
        ("no", "yes", "value", "The answer is 'no'; needed: 'yes'."),
    ],
)
def test_differences_are_told_in_words(got, want, kind, text):
    found = compare(got, want)
    assert found.kind == kind
    assert text in found.text


def test_small_rounding_is_no_difference():
    assert compare(np.float32([0.1, 0.2]), np.array([0.1, 0.2])) is None
    assert compare(1.00001, 1.0) is None
    assert compare(np.array(2.0), 2.0) is None
