"""PullPush in Python: what the page gets, its twin, and a sentence for each mistake."""

from __future__ import annotations

import time

import numpy as np
import pytest
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.ran.losses import SMALLEST_DISTANCE
from reidlib.views.pull_push import EPSILON, PullPush
from reidlib.views.pull_push_picture import pull_push

HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def view(**changes) -> PullPush:
    return PullPush(**{"first": [0.125, 0], "second": np.float32([0.725, 0.25])} | changes)


def test_the_page_gets_the_numbers_unrounded_and_the_epsilon_of_the_losses():
    given = view(same=np.bool_(True), margin=np.float32(0.3), rate=0.05, hinge="linear", names=("A", "B")).data
    assert given["points"] == [[0.125, 0.0], [float(np.float32(0.725)), 0.25]]
    assert given["margin"] == float(np.float32(0.3))
    assert (given["same"], given["hinge"], given["rate"], given["names"]) == (True, "linear", 0.05, ["A", "B"])
    assert given["epsilon"] == EPSILON == SMALLEST_DISTANCE


@pytest.mark.parametrize("changes", [{}, {"same": True}, {"hinge": "linear", "margin": 0.5, "names": ("A₁", "B₁")},
                                     {"second": [0.125, 0], "rate": 1.0, "note": "a note"}])
def test_the_twin_shows_what_the_view_begins_with(changes):
    made = view(**changes)
    data = made.data
    names, people = data["names"] or ["f₁", "f₂"], [0, 0 if data["same"] else 1]
    expected = pull_push(data["points"], people, data["margin"], names=names, hinge=data["hinge"], step=data["rate"],
                         note=data["note"])  # fmt: skip
    assert made.alt == expected.alt
    assert made.picture.render() == expected.render()


def test_equal_input_gives_equal_small_pages_and_costs_little():
    begun = time.perf_counter()
    made = view()
    assert time.perf_counter() - begun < 0.1
    assert made.html() == view().html()
    assert len(str(made.data)) < 1000


def test_hostile_texts_stay_text():
    page = view(names=(HOSTILE, HOSTILE), note=HOSTILE, title=HOSTILE).html()
    parts = Parts(page)
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["names"] == [HOSTILE, HOSTILE]
    assert HOSTILE in parts.one("img")["alt"]


@pytest.mark.parametrize(("changes", "message"), [
    ({"first": [np.nan, 0]}, "Found first="),
    ({"second": [0, np.inf]}, "Found second="),
    ({"first": []}, "two finite numbers"),
    ({"first": [[0, 1]]}, "two finite numbers"),
    ({"second": [1, 2, 3]}, "two finite numbers"),
    ({"second": "ab"}, "two finite numbers"),
    ({"first": [2e4, 0]}, "at most 10000"),
    ({"same": 1}, "same=1"),
    ({"margin": 0}, "margin=0"),
    ({"margin": np.nan}, "margin=nan"),
    ({"margin": "1"}, "a number from 0.001"),
    ({"margin": True}, "margin=True"),
    ({"rate": 2.0}, "rate=2.0"),
    ({"hinge": "cubic"}, "hinge='cubic'"),
    ({"names": ("A",)}, "two texts"),
    ({"names": (1, 2)}, "two texts"),
])
def test_what_cannot_be_shown_is_named(changes, message):
    with pytest.raises(ReidError, match=message):
        view(**changes)
