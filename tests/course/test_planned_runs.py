"""`course.planned`: the rival, the leads and the shares are those of the file, chosen by the plan's own sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reidlib import course
from reidlib.course.planned_runs import Planned
from reidlib.errors import ReidError

ROOT = Path(__file__).resolve().parents[2]


def _interval(middle, half=0.01):
    return {"estimate": middle, "low": middle - half, "high": middle + half, "n": 7, "level": 0.95, "method": "made up"}


def _record():
    """Two worlds with other best rivals: b in main, mean beside it."""
    plan = {"primary": "coupled minus the best of a, b and mean, in mAP, on main; it holds if …",
            "seen before": "Some."}
    worlds = {}
    for world, levels in (("beside", {"a": 0.1, "b": 0.2, "mean": 0.5, "coupled": 0.52, "oracle": 0.505}),
                          ("main", {"a": 0.3, "b": 0.6, "mean": 0.4, "coupled": 0.5, "oracle": 0.8})):
        pairs = [("coupled", "a"), ("coupled", "b"), ("coupled", "mean"), ("oracle", "mean"), ("a", "b"),
                 ("whole, mean", "mean"), ("coupled", "coupled R1")]
        level = {"whole, mean": 0.9, "coupled R1": 0.4} | levels
        worlds[world] = {
            "cells": [{"world": world, "seed": seed, "train": 30, "test": 20} for seed in (8, 9)],
            "rows": {name: {"mAP": _interval(value), "auc": _interval(value)}
                     | ({} if name == "mean" else {"mAP minus mean": _interval(value - level["mean"])})
                     for name, value in level.items()},
            "comparisons": [{"first": a, "second": b, "seeds": 2, "mAP": _interval(level[a] - level[b])}
                            for a, b in pairs]}
    return {"plan": plan, "plan_sha256": "0123456789abcdef", "machine": {"cpu": "C", "torch": "2.x"}, "worlds": worlds}


def test_the_primary_world_comes_first_and_the_best_rival_is_that_of_each_world():
    run = Planned(_record())
    assert run.worlds == ["main", "beside"]
    assert run.rivals == ["a", "b", "mean"]
    assert [run.best_rival(world) for world in run.worlds] == ["b", "mean"]
    assert run.primary("main") == ("b", run.lead("main", "coupled", "b"))
    assert run.lead("main", "coupled", "b").estimate == pytest.approx(-0.1)
    assert run.lead("main", "coupled", "b").high == pytest.approx(-0.09)
    assert run.auc("beside", "a").estimate == 0.1


def test_the_rivals_of_the_committed_plan_are_all_compared():
    plan = json.loads((ROOT / "benchmarks" / "plan_attention.json").read_bytes())
    run = Planned({"plan": plan, "worlds": dict.fromkeys(sorted(plan["worlds"]))})
    assert run.worlds[0] == "street-v1-confirm"
    assert run.rivals == ["sigmoid", "ran R3", "softmax", "norm mean", "consensus", "mean", "RNN mean", "RNN attention",
                          "ASTPN"]
    assert all(["coupled", rival] in plan["comparisons"] for rival in run.rivals)


def test_share_of_the_oracle_s_lead_only_where_that_lead_is_clear():
    run = Planned(_record())
    assert run.share("main", "coupled") == "25% of the oracle's lead"  # .1 of .4
    assert run.share("beside", "coupled").startswith("no share")  # its lead is .005 ± .01


def test_forest_has_the_leads_over_the_mean_and_over_the_rivals_and_nothing_else():
    rows = Planned(_record()).forest()
    assert [(row["world"], row["group"], row["name"]) for row in rows] == [
        (world, *about) for world in ("main", "beside") for about in (
            ("over the plain mean", "a"), ("over the plain mean", "b"), ("over the plain mean", "coupled"),
            ("over the plain mean", "oracle"), ("coupled over", "a"), ("coupled over", "b"))]
    assert [(row["world"], row["name"]) for row in rows if row["primary"]] == [("main", "b")]
    assert [row["estimate"] for row in rows[:6]] == pytest.approx([-0.1, 0.2, 0.1, 0.4, 0.2, -0.1])
    assert rows[5]["low"] == pytest.approx(-0.11)


def test_where_the_mean_is_the_best_rival_its_row_is_the_primary():
    record = _record()
    record["worlds"]["main"]["rows"]["mean"]["mAP"]["estimate"] = 0.99
    (row,) = [row for row in Planned(record).forest() if row["primary"]]
    assert (row["world"], row["group"], row["name"]) == ("main", "over the plain mean", "coupled")


def test_printed_it_says_where_the_numbers_come_from():
    text = str(Planned(_record()))
    assert "Plan 0123456789ab, run on: cpu C, torch 2.x." in text
    assert "main: seeds 8, 9, each with 30 training and 20 test people; 7 different people tested in all." in text
    assert text.index("main:") < text.index("beside:")
    assert text.endswith("Seen before: Some.")


def test_without_a_record_it_says_so_in_a_sentence_and_has_nothing(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_start.ipynb").write_text("{}")
    run = course.planned("attention", tmp_path)
    assert run.worlds == []
    assert run.forest() == []
    told = " ".join(str(run).split())
    assert told.startswith("The planned run is not recorded here: this section stays empty. Found no recorded run")
    (tmp_path / "docs" / "results").mkdir(parents=True)
    (tmp_path / "docs" / "results" / "attention.json").write_text(json.dumps(_record()))
    assert course.planned("attention", tmp_path).worlds == ["main", "beside"]


def test_what_the_plan_does_not_compare_or_say_is_refused():
    with pytest.raises(ReidError, match="no comparison of b with a on main"):
        Planned(_record()).lead("main", "b", "a")
    record = _record()
    record["plan"]["primary"] = "all of them"
    with pytest.raises(ReidError, match="primary comparison 'all of them'"):
        _ = Planned(record).worlds
