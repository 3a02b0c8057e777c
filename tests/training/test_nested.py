"""Batches of any nesting."""

from __future__ import annotations

import pytest
import torch
from toy_training import Batch

from reidlib.errors import ReidError
from reidlib.training.nested import in_dims, moved, stacked_leaves

CPU, META = torch.device("cpu"), torch.device("meta")


def nested(k):
    x = torch.full((2,), float(k))
    return {"pair": Batch(x, x + 1, None), "list": [x, (x * 2, "text", 3)]}


def test_moving_keeps_the_structure_and_moves_every_tensor():
    there = moved(nested(1), META)
    assert isinstance(there["pair"], Batch)
    assert there["pair"].mask is None
    assert isinstance(there["list"][1], tuple)
    assert there["list"][1][1:] == ("text", 3)
    for tensor in (*there["pair"][:2], there["list"][0], there["list"][1][0]):
        assert tensor.device == META


def test_stacking_is_leaf_by_leaf():
    together = stacked_leaves([nested(1), nested(5)], CPU)
    assert together["pair"].target.tolist() == [[2, 2], [6, 6]]
    assert together["list"][1][0].tolist() == [[2, 2], [10, 10]]
    assert together["list"][1][1:] == ("text", 3)
    assert in_dims(together) == {"pair": Batch(0, 0, None), "list": [0, (0, None, None)]}


@pytest.mark.parametrize(("one", "other", "words"), [
    ({"a": torch.ones(2)}, {"a": torch.ones(3)}, r"batch\['a'\] differs .*\(2,\).*\(3,\)"),
    ([torch.ones(2)], [torch.ones(2, dtype=torch.int64)], r"batch\[0\] differs .*float32.*int64"),
    (Batch(*[torch.ones(2)] * 3), Batch(torch.ones(2), torch.ones(2), None), r"batch\.mask differs .*NoneType"),
    (Batch(torch.ones(2), torch.ones(2), None), Batch(*[torch.ones(2)] * 3), r"batch\.mask differs .*NoneType"),
    ((torch.ones(2),), [torch.ones(2)], "tuple, list"),
    ([1], [2], r"batch\[0\] differs"),
])
def test_unequal_batches_are_named(one, other, words):
    with pytest.raises(ReidError, match=words):
        stacked_leaves([one, other], CPU)
