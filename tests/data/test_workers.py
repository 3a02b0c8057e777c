"""Results in order from several processes, and what happens when a worker fails."""

import operator
from itertools import islice

import pytest
import torch

from reidlib.data.workers import in_order
from reidlib.errors import ReidError


def threads(_: int) -> int:
    return torch.get_num_threads()


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ReidError("Found 3", "another number", "count differently")
    return number


def test_results_come_in_the_order_of_the_items():
    items = list(range(11))
    assert list(in_order(operator.neg, items, 2)) == [-item for item in items]
    assert list(in_order(operator.neg, items, 1)) == [-item for item in items]
    assert list(in_order(operator.neg, [], 2)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_computed_on_one_thread(workers):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert set(in_order(threads, [0, 1, 2], workers)) == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_through_after_the_results_before_it(workers):
    results = in_order(fail_at_three, list(range(6)), workers)
    assert list(islice(results, 3)) == [0, 1, 2]
    with pytest.raises(ReidError, match="Found 3"):
        next(results)
