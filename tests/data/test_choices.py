"""A thing by its name, or the nearest name in a sentence."""

from __future__ import annotations

import pytest

from reidlib.choices import check_options, chosen, nearest
from reidlib.errors import ReidError

KNOWN = {"mean": 1, "maximum": 2, "consensus": 3}


def test_a_known_name_gives_its_thing():
    assert [chosen(KNOWN, name, "head") for name in KNOWN] == [1, 2, 3]


@pytest.mark.parametrize(("name", "near"), [("men", "mean"), ("Consensus", "consensus"), ("maximum ", "maximum")])
def test_an_unknown_name_is_told_the_nearest(name, near):
    with pytest.raises(ReidError) as caught:
        chosen(KNOWN, name, "head")
    needed = "one of mean, maximum, consensus"
    assert str(caught.value) == f"Found the head {name!r}. Needed: {needed}. To do: pass {near!r}."


@pytest.mark.parametrize("name", ["zzzz", None, 3, ("q",)])
def test_where_nothing_is_near_the_usual_one_is_named(name):
    with pytest.raises(ReidError, match="type --head consensus"):
        chosen(KNOWN, name, "head", "type --head {}", "consensus")


def test_options_are_those_of_the_maker_but_the_callers_own():
    def maker(D, margin=1.0, scale=2.0):
        return D, margin, scale

    check_options(maker, ["margin", "scale"], "head", own=("D",))
    with pytest.raises(ReidError, match=r"'margn' of the head 'a'. Needed: margin, scale. To do: pass margin=…"):
        check_options(maker, {"margn": 1}, "head 'a'", own=("D",))
    with pytest.raises(ReidError, match="'D' of the head"):
        check_options(maker, ["D"], "head", own=("D",))
    with pytest.raises(ReidError, match=r"no options at all. To do: leave it out"):
        check_options(lambda: 0, ["x"], "head")


def test_nearest_is_always_one_of_the_known():
    assert nearest("", KNOWN) in KNOWN
    assert nearest("means", KNOWN) == "mean"
