"""What the rank wall computes in the browser is what reidlib.evaluation computes on the same rounded distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from wall_cases import case, shown

import reidlib.views
from reidlib.evaluation.ranking import rank
from reidlib.views import View
from reidlib.views.rank_wall import rank_wall

pytestmark = pytest.mark.browser
SCORES = Path(reidlib.views.__file__).with_name("rank_wall_scores.js")
TIES = ("stable", "pessimistic", "optimistic")


def expected(given: dict, view: View, camera_rule: bool, ties: str):
    """What Python says about the distances that the page has. No rule: all cameras differ from the probe's."""
    labels = {name: given[name] for name in ("probe_pids", "gallery_pids", "probe_camids", "gallery_camids")}
    if not camera_rule:
        labels["probe_camids"] = np.full(len(labels["probe_pids"]), 99)
    protocol = given["protocol"] if camera_rule else "market1501"
    return rank(np.array(view.data["distances"]), **labels, protocol=protocol, ap=given["ap"], ties=ties)


def test_the_browser_computes_what_python_computes(open_file, tmp_path):
    cases = [case(seed) for seed in range(24)]
    views = [rank_wall(**given) for given in cases]
    page = open_file(views[0].save(tmp_path / "wall.html"))
    page.add_script_tag(content=SCORES.read_text("utf-8"))
    script = """([data, settings]) => settings.map((each) => {
      const scores = wallScores(data, each, data.depth);
      const probes = scores.probes.map(({ first, ap }) => [first, ap]);
      return { probes, cmc: scores.cmc, mAP: scores.mAP, queries: scores.queries };
    })"""
    settings = [(rule, ties) for rule in (True, False) for ties in TIES]
    asked = [{"cameraRule": rule, "ties": ties} for rule, ties in settings]
    differ = 0
    for given, view in zip(cases, views, strict=True):
        answers = page.evaluate(script, [view.data, asked])
        for (rule, ties), answer in zip(settings, answers, strict=True):
            ranking = expected(given, view, rule, ties)
            first = [first for first, _ in answer["probes"]]
            ap = [np.nan if ap is None else ap for _, ap in answer["probes"]]
            assert first == ranking.first_rank.tolist()
            np.testing.assert_allclose(ap, ranking.average_precision, rtol=0, atol=1e-12)
            np.testing.assert_allclose(answer["cmc"], ranking.cmc[: len(answer["cmc"])], rtol=0, atol=1e-12)
            assert len(answer["cmc"]) == 24
            assert answer["mAP"] == pytest.approx(ranking.mAP, abs=1e-12)
            assert answer["queries"] == ranking.queries
        differ += answers[1]["probes"] != answers[2]["probes"]
        differ += answers[0]["probes"] != answers[3]["probes"]
    assert differ > 20  # else ties and the camera rule were not put to the test


@pytest.mark.parametrize("seed", [1, 3])
def test_the_controls_recompute_at_once(open_file, tmp_path, seed):
    given = case(seed)
    view = rank_wall(**given)
    page = open_file(view.save(tmp_path / "wall.html"))
    for rule in (True, False):
        page.locator(".reid-wall-camera").set_checked(rule)
        for ties in TIES:
            page.locator(".reid-wall-ties").select_option(ties)
            ranking = expected(given, view, rule, ties)
            listed = shown(page)
            assert {p: first for p, (first, _) in listed.items()} == dict(enumerate(ranking.first_rank.tolist()))
            for p, (first, ap) in listed.items():
                assert (ap is None) == (first == 0)
                assert ap is None or ap == pytest.approx(ranking.average_precision[p], abs=1e-12)
            order = [first or np.inf for first, _ in listed.values()]
            assert order == sorted(order)  # found early first, no match last
            table = page.locator(".reid-wall-table").inner_text()
            assert f"{100 * ranking.cmc[0]:.1f} %" in table
            assert f"mAP {100 * ranking.mAP:.1f} %" in table
            spoken = page.locator(".reid-wall-curve").get_attribute("aria-label")
            assert f"{100 * ranking.cmc[4]:.1f} % at rank 5" in spoken
            assert ("as given" in table) == (not rule or ties != "stable")
