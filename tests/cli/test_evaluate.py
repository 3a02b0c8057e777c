"""`reidlib evaluate` on files as a user would bring them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from reidlib.cli.evaluate import evaluate
from reidlib.errors import ReidError
from reidlib.evaluation.ranking import rank

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(evaluate)


def arrays(kind="distance", dtype=np.float32):
    rng = np.random.default_rng(0)
    shapes = {"distance": (30, 90)} if kind == "distance" else {"probe_features": (30, 8), "gallery_features": (90, 8)}
    measured = {key: rng.random(shape).astype(dtype) for key, shape in shapes.items()}
    return measured | {
        "probe_pids": rng.integers(0, 12, 30), "gallery_pids": rng.integers(-1, 10, 90),
        "probe_camids": rng.integers(0, 3, 30), "gallery_camids": rng.integers(0, 3, 90),
    }  # fmt: skip


def run(tmp_path, given, *arguments):
    path = tmp_path / "file.npz"
    np.savez(path, **given)
    return CliRunner().invoke(app, [str(path), *map(str, arguments)])


@pytest.mark.parametrize("kind", ["distance", "features"])
def test_json_is_the_librarys_summary(tmp_path, kind):
    given = arrays(kind)
    result = run(tmp_path, given, "--json", "--ap", "trapezoid", "--ties", "pessimistic")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    expected = rank(**given, ap="trapezoid", ties="pessimistic")
    assert summary == expected.summary()
    assert set(summary) >= {"cmc", "mAP", "mINP", "queries"}
    assert set(summary["cmc"]) >= {"1", "5"}
    assert 0 < summary["queries"] < 30
    assert 0 < summary["mAP"] < 1


def test_metric_and_protocol_options(tmp_path):
    given = arrays("features")
    arguments = ("--json", "--metric", "cosine", "--protocol", "camera_pair:probe_camera=1,gallery_camera=2")
    summary = json.loads(run(tmp_path, given, *arguments).stdout)
    assert summary == rank(**given, metric="cosine", protocol="camera_pair:probe_camera=1,gallery_camera=2").summary()
    assert summary["protocol"] == "camera_pair:probe_camera=1,gallery_camera=2"


def test_table_names_what_a_reader_must_know(tmp_path):
    given = arrays()
    output = run(tmp_path, given, "--protocol", "single_gallery_shot:repeats=3,seed=1").stdout
    ranking = rank(**given, protocol="single_gallery_shot:repeats=3,seed=1")
    assert f"{ranking.cmc[0]:.2%}" in output
    assert f"{ranking.mAP:.2%}   average precision: step" in output
    assert f"{ranking.queries} queries of 30 probes, single_gallery_shot:repeats=3,seed=1, mean of 3 draws" in output
    assert "note: " in output


def test_per_query_file(tmp_path):
    given = arrays()
    out = tmp_path / "per_query.npz"
    assert run(tmp_path, given, "--per-query", out).exit_code == 0
    expected = rank(**given).per_query()
    with np.load(out, allow_pickle=False) as saved:
        assert set(saved.files) == set(expected)
        for key, values in expected.items():
            np.testing.assert_array_equal(saved[key], values)
    assert {p.name for p in tmp_path.iterdir()} == {"file.npz", "per_query.npz"}


def without(key, **added):
    given = arrays()
    value = given.pop(key)
    return given | {name: value for name in added}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (without("gallery_camids"), "and not gallery_camids"),
        (without("probe_pids", probe_pid=1), "rename probe_pid to probe_pids"),
        (without("distance", scores=1), r"and not distance\..*write it with"),
        (without("distance", distances=1), "rename distances to distance"),
        ({k.replace("features", "feature"): v for k, v in arrays("features").items()}, "rename probe_feature to "),
        (arrays("features") | {"distance": np.zeros((30, 90))}, "Found distance and probe_features and"),
        ({k: v for k, v in arrays("features").items() if k != "gallery_features"}, "and not gallery_features"),
        (arrays() | {"probe_pids": np.array([object()] * 30)}, "cannot be read.*allow_pickle"),
        (arrays() | {"distance": np.full((30, 90), np.nan)}, r"nan at distance\[0, "),
        (arrays() | {"probe_pids": np.arange(4)}, "4 probe_pids for 30 probes"),
        (arrays() | {"gallery_pids": np.full(90, 99)}, "no valid query"),
        ({}, "Found the keys none"),
        (without("gallery_camids", gallery_cam=1), r"rename gallery_cam to gallery_camids\."),
        ({"features": 1, "gallery": 1}, r"Found the keys features, gallery in .* To do: write it with"),
        ({k: v for k, v in arrays().items() if "gallery" not in k} | {"gallery_ids": 1},
         r"To do: rename gallery_ids to gallery_pids\."),
    ],
)
def test_wrong_files(tmp_path, given, sentence):
    result = run(tmp_path, given)
    assert result.exit_code == 1
    assert isinstance(result.exception, ReidError)
    with pytest.raises(ReidError, match=sentence):
        raise result.exception


def test_what_is_no_npz(tmp_path):
    single, broken, cut = tmp_path / "a.npy", tmp_path / "b.npz", tmp_path / "c.npz"
    np.save(single, np.zeros(3))
    broken.write_bytes(b"not an archive at all")
    np.savez(cut, **arrays())
    cut.write_bytes(cut.read_bytes()[:2000])
    for path, sentence in (
        (tmp_path / "none.npz", "Found no file"), (single, "Found a single array"), (broken, "cannot be read"),
        (cut, "cannot be read"), (tmp_path, "Found no file"),
    ):  # fmt: skip
        result = CliRunner().invoke(app, [str(path)])
        assert isinstance(result.exception, ReidError)
        with pytest.raises(ReidError, match=sentence):
            raise result.exception


def test_out_folder_that_is_not_there(tmp_path):
    result = run(tmp_path, arrays(), "--per-query", tmp_path / "no" / "out.npz")
    assert isinstance(result.exception, ReidError)
    assert "out.npz" in str(result.exception)
