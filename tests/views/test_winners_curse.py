"""WinnersCurse in Python: exact chances against counting and against the library's own, the twin, and mistakes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from page_parts import Parts
from scipy.stats import binom

from reidlib.errors import ReidError
from reidlib.evaluation.chance import best_by_chance
from reidlib.views import WinnersCurse
from reidlib.views.winners_curse_chances import checked_setting, luck, percent, points
from reidlib.views.winners_curse_picture import winners_curse_picture

HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def counted(n: int, p: float, m: int, alike: float) -> np.ndarray:
    """The best of m by going through every outcome of every person: hits of m methods, with their chance."""
    person = {}
    for hits in product((0, 1), repeat=m):
        apart = np.prod([p if hit else 1 - p for hit in hits])
        together = p if all(hits) else 1 - p if not any(hits) else 0
        person[hits] = alike * together + (1 - alike) * apart
    best = np.zeros(n + 1)
    for outcome in product(person, repeat=n):
        best[np.sum(outcome, axis=0).max()] += np.prod([person[each] for each in outcome])
    return best


@pytest.mark.parametrize(("n", "p", "m", "alike"), [
    (4, 0.6, 2, 0.0), (3, 0.3, 3, 0.4), (4, 0.7, 2, 0.9), (1, 0.5, 3, 0.2), (3, 1.0, 2, 0.5), (3, 0.0, 2, 0.5),
])  # fmt: skip
def test_the_best_is_what_counting_all_outcomes_gives(n, p, m, alike):
    np.testing.assert_allclose(luck(n, p, m, alike).best, counted(n, p, m, alike), atol=1e-12)


@pytest.mark.parametrize(("n", "p", "m"), [(40, 0.675, 6), (150, 0.6, 6), (1000, 0.03, 20), (1, 0.5, 2)])
def test_independent_methods_agree_with_the_library(n, p, m):
    chances = luck(n, p, m)
    for hits in {0, 1, n // 2, n}:
        expected = best_by_chance(n, m, p, hits)
        assert chances.reach(hits) == pytest.approx((binom.sf(hits - 1, n, p), expected.probability), abs=1e-9)
    assert chances.mean - p == pytest.approx(expected.flattery, abs=1e-9)


def test_two_methods_that_agree_on_a_share_correlate_by_it():
    rng, p, alike, n = np.random.default_rng(0), 0.6, 0.45, 200_000
    hits = np.where(rng.random((n, 1)) < alike, rng.random((n, 1)) < p, rng.random((n, 2)) < p)
    assert np.corrcoef(hits.T)[0, 1] == pytest.approx(alike, abs=0.01)


def test_more_alike_means_less_luck_and_alone_there_is_none():
    optimism = [luck(60, 0.6, 6, alike).mean - 0.6 for alike in (0, 0.3, 0.6, 0.9)]
    assert optimism == sorted(optimism, reverse=True)
    assert optimism[-1] < optimism[0] / 2
    assert luck(60, 0.6, 1, 0.5).mean == pytest.approx(0.6)
    for alike in (0.0, 0.37):
        assert luck(60, 0.6, 6, alike).best.sum() == pytest.approx(1)


@pytest.mark.parametrize(("n", "p", "lead", "hits"), [
    (40, 0.675, 10, 31), (150, 0.6, 5, 98), (1, 1.0, 0, 1), (10, 1.0, 5, 11), (7, 0.0, 0, 0), (20, 0.6, 5, 13),
])  # fmt: skip
def test_the_least_hits_of_a_lead(n, p, lead, hits):
    assert checked_setting(n, p, 6, 0.0, lead).hits == hits


def test_numbers_as_text():
    assert [percent(x) for x in (0, 1e-5, 0.0123, 0.49499, 0.495, 0.978, 0.9999, 1)] == [
        "0 %", "under 0.1 %", "1.2 %", "49 %", "50 %", "97.8 %", "over 99.9 %", "100 %"]  # fmt: skip
    assert [points(x) for x in (0.675, 0.6, -0.02, 0, -0.0001, 1)] == ["67.5", "60", "−2", "0", "0", "100"]


@pytest.mark.parametrize(("given", "lead"), [((40, 0.675, 6), 10), ((150, 0.6, 6), 5), ((12, 0.1, 3), 20)])
def test_the_sentence_says_the_numbers(given, lead):
    n, p, m = given
    text = winners_curse_picture(n, p, m, lead=lead).alt
    hits = checked_setting(n, p, m, 0.0, lead).hits
    expected, alone = best_by_chance(n, m, p, hits), binom.sf(hits - 1, n, p)
    assert f"in {percent(expected.probability)} of comparisons, one method alone in {percent(alone)}." in text
    assert f"{points(expected.flattery)} points too good" in text
    assert text.startswith(f"{m} methods are each truly right for {points(p)} % of people, tested on {n}.")
    assert "same result on 40 % of them" in winners_curse_picture(n, p, m, alike=0.4, lead=lead).alt


def test_one_method_is_nobodys_winner():
    text = winners_curse_picture(150, 0.6, 1).alt
    assert text.endswith(f"5 points or more above the truth in {percent(binom.sf(97, 150, 0.6))} of tests.")


def test_the_picture_draws_the_chances():
    picture = winners_curse_picture(40, 0.675, 6, lead=10)
    best, beyond, one = (patch.get_data() for patch in picture.axes.patches)
    np.testing.assert_allclose(best.values, np.diff(binom.cdf(np.arange(41), 40, 0.675) ** 6, prepend=0))
    np.testing.assert_allclose(beyond.values, best.values[31:])
    np.testing.assert_allclose(one.values, binom.pmf(np.arange(41), 40, 0.675))
    np.testing.assert_allclose(best.edges[[0, 31]], [-1.25, 76.25])


@pytest.mark.parametrize("given", [(1, 0.5, 6), (1000, 0.0, 2), (1000, 1.0, 1), (5, 1.0, 50)])
def test_edges_can_be_drawn(given):
    assert len(winners_curse_picture(*given, alike=0.5).render()) > 1000


def test_the_page_gets_the_setting_and_hostile_text_stays_text():
    view = WinnersCurse(80, 0.6123, 4, alike=0.2, lead=7.5, title=HOSTILE)
    parts = Parts(view.html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["given"] == {"n": 80, "p": 0.612, "m": 4, "alike": 0.2, "lead": 7.5}
    assert parts.one("img")["alt"] == view.alt
    assert view.html() == WinnersCurse(80, 0.6123, 4, alike=0.2, lead=7.5, title=HOSTILE).html()


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"n": 0}, "n=0"), ({"n": 1001}, "1 to 1000"), ({"n": 10.0}, "whole number"), ({"n": True}, "n=True"),
    ({"m": 0}, "m=0"), ({"m": 51}, "1 to 50"), ({"p": float("nan")}, "p=nan"), ({"p": 60}, "from 0 to 1"),
    ({"p": "0.6"}, "p='0.6'"), ({"p": -0.1}, "p=-0.1"), ({"alike": 1}, "alike=1"), ({"lead": -1}, "lead=-1"),
    ({"lead": 31}, "0 to 30"), ({"n": np.array([])}, "whole number"),
])  # fmt: skip
def test_mistakes_are_sentences(changes, sentence):
    with pytest.raises(ReidError, match=sentence):
        WinnersCurse(**changes)
