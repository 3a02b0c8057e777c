"""Bad input is named where it is: which array, which index, what it holds."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.vectors import at_least, finite, finite_vector, fraction, groups, not_empty


def test_values_come_back_as_float64_and_unchanged():
    assert finite_vector("hits", np.array([True, False])).tolist() == [1.0, 0.0]
    assert finite_vector("d", np.float16([0.5, 2])).dtype == np.float64


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: finite_vector("hits", [1.0, np.nan, np.inf]), "hits holds nan at index 1 (2 of 3"),
        (lambda: finite("values", [[1.0, 2.0], [3.0, np.inf]]), "values holds inf at index (1, 1)"),
        (lambda: finite_vector("hits", np.zeros((2, 3))), "hits has shape (2, 3)"),
        (lambda: finite_vector("hits", ["a"]), "hits holds <U1"),
        (lambda: groups("pids", [1, 2], 3), "pids has shape (2,)"),
        (lambda: not_empty("hits", np.empty(0)), "hits is empty"),
        (lambda: fraction("level", 95), "level=95"),
        (lambda: fraction("level", float("nan")), "level=nan"),
        (lambda: at_least("n", 2.5, 1), "n=2.5"),
        (lambda: at_least("n", 0, 1), "n=0"),
    ],
)
def test_what_was_found_is_named(call, words):
    with pytest.raises(ReidError) as error:
        call()
    assert words in error.value.found


def test_groups_number_labels_in_order():
    assert groups("pids", ["b", "a", "b"], 3).tolist() == [1, 0, 1]
    assert groups("pids", None, 2).tolist() == [0, 1]
