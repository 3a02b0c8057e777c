"""`reidlib score-attention` on files as a user would bring them."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from reidlib.cli.score_attention import score_attention
from reidlib.errors import ReidError
from reidlib.evaluation.visibility import score_attention as score

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(score_attention)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 40, 60)
    frames = int(lengths.sum())
    visibility = np.clip(rng.normal(0.6, 0.4, frames), 0, 1).astype(np.float32)
    arrays = {
        "attention": (visibility + rng.normal(0, 0.5, frames)).astype(np.float16), "visibility": visibility,
        "lengths": lengths, "features_norm": rng.random(frames), "sharpness": rng.random(frames),
        "pids": np.arange(60) // 2,
    }  # fmt: skip
    path = tmp_path_factory.mktemp("attention") / "street.npz"
    np.savez(path, **arrays)
    return path, arrays


def _run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "80"})


def test_json_is_the_librarys_report(archive):
    path, arrays = archive
    result = _run(path, "--json", "--resamples", 300, "--seed", 2, "--threshold", 0.7)
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    report = score(**arrays, resamples=300, seed=2, threshold=0.7).as_dict()
    assert {key: printed[key] for key in report} == report
    assert printed["clusters"] == "identities"
    assert list(printed["floors"]) == ["uniform", "shuffled", "frame_index", "sharpness", "features_norm", "oracle"]
    assert sum(printed["calibration"]["frames"]) == printed["frames"]
    assert sum(s["tracklets"] for s in printed["auc_by_hidden_share"]) == printed["scored"]


def test_same_seed_same_bytes_and_another_seed_others(archive):
    once, twice, other = (_run(archive[0], "--json", "--resamples", 50, "--seed", s).stdout for s in (1, 1, 2))
    assert once == twice != other


def test_table_names_every_floor_and_fits_80_columns(archive):
    result = _run(archive[0], "--resamples", 200)
    report = score(**archive[1], resamples=200)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "…" not in result.output
    row = next(line for line in lines if line.startswith("attention "))
    assert f"{report.attention.auc.estimate:.3f}".removeprefix("0") in row
    for name in report.floors:
        assert any(line.startswith(name) for line in lines)
    assert f"{report.scored} tracklets have both classes" in " ".join(result.output.split())


def test_one_tracklet_has_scores_but_no_interval(tmp_path):
    np.savez(tmp_path / "one.npz", attention=[0.1, 0.4, 0.2], visibility=[0.1, 0.9, 0.8], lengths=[3])
    assert "no interval" in _run(tmp_path / "one.npz").output
    printed = json.loads(_run(tmp_path / "one.npz", "--json").stdout)
    assert printed["attention"]["auc"] == {
        "estimate": 1.0, "low": None, "high": None, "n": 1, "level": 0.95, "method": "bootstrap, percentile",
    }  # fmt: skip
    assert list(printed["floors"]) == ["uniform", "shuffled", "frame_index", "oracle"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"visibility": np.ones(3)}, "the visibility of all 3 frames of 1 tracklets is at or above 0.5"),
        ({"visibility": np.array([0.1, np.nan, 1])}, "visibility is nan at frame 1 of tracklet 0"),
        ({"lengths": np.array([4])}, "the lengths of 1 tracklets sum to 4, but attention holds 3"),
    ],
)
def test_a_users_mistake_names_what_and_where(tmp_path, change, words):
    good = {"attention": np.arange(3.0), "visibility": np.array([0.0, 1, 1]), "lengths": np.array([3])}
    np.savez(tmp_path / "bad.npz", **(good | change))
    result = _run(tmp_path / "bad.npz")
    assert isinstance(result.exception, ReidError)
    assert words in str(result.exception)
