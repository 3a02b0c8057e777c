"""`reidlib data`, the scripts of data_scripts/, and training on what they prepare: made-up people in CUHK01's form."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from reidlib.cli import app
from reidlib.data.benchmarks.division import divisions_of
from reidlib.data.benchmarks.registry import KNOWN
from reidlib.data.store import Store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    """CUHK01's layout with 12 people of noise: PPPPNNN.png."""
    folder = tmp_path_factory.mktemp("brought") / "campus"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for person in range(1, 13):
        coat = generator.integers(0, 256, 3)
        for image in range(1, 5):
            pixels = np.clip(coat + generator.normal(0, 20, (32, 16, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{person:04d}{image:03d}.png")
    return folder.parent


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def typed(*arguments):
    return CliRunner().invoke(app, ["data", *map(str, arguments)])


def test_the_list_names_every_benchmark_its_holder_and_what_is_here(cache):
    said = typed("list").output
    for name in KNOWN:
        assert f"\n{name}  " in f"\n{said}"
    assert said.count("given out by:") == said.count("consent:") == len(KNOWN)
    assert "not prepared" in said
    assert "Not supported: DukeMTMC" in said


def test_check_differs_and_partial_converts(campus, cache):
    checked = typed("prepare", "cuhk01", campus, "--check")
    assert checked.exit_code == 1
    assert "identities" in checked.output
    assert "differs" in checked.output
    refused = typed("prepare", "cuhk01", campus)
    assert refused.exit_code == 1
    assert "--partial" in refused.output
    done = typed("prepare", "cuhk01", campus, "--partial", "--size", "64x32")
    assert done.exit_code == 0, done.output
    assert "converted: 48 tracklets, 48 are there" in done.output
    assert "reidlib train arm --data cuhk01 --protocol " in done.output
    assert "complete: was prepared before" in typed("prepare", "cuhk01", campus, "--partial", "--size", "64x32").output
    listed = typed("list").output
    assert "64x32 (a part of the data set)" in listed
    assert "half, half-single, 871-100, 871-100-single" in listed
    assert typed("prepare", "cuhk01", campus, "--partial", "--size", "32x16").exit_code == 0
    both = typed("prepare", "cuhk01", campus, "--partial", "--size", "32x16").output
    assert f"next: reidlib train arm --data {cache / 'stores' / 'cuhk01' / '32x16'} " in both
    assert f"or, the course's notebooks on it: reidlib report --data {cache / 'stores' / 'cuhk01' / '32x16'}" in both


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("marz", "."), "type mars"),
    (("duke", "."), "withdrawn"),
    (("mars", "nowhere"), "Found nothing at nowhere"),
    (("mars", ".", "--size", "big"), "Found the size big"),
    (("mars", ".", "--size", "1x1"), "8 to 1,024"),
])
def test_mistakes_end_with_a_sentence(arguments, sentence, cache):
    result = typed("prepare", *arguments)
    assert result.exit_code == 1
    assert sentence in result.output.replace("\n", " ")
    assert "Traceback" not in result.output


def test_a_network_is_trained_and_ranked_by_the_benchmarks_own_division(campus, cache):
    assert typed("prepare", "cuhk01", campus, "--partial", "--size", "64x32").exit_code == 0
    store = Store.open(cache / "stores" / "cuhk01" / "64x32")
    protocol = next(iter(divisions_of(store)))
    run = ["train", "arm", "--data", "cuhk01", "--protocol", protocol, "--profile", "ci", "--steps", "2", "--out",
           str(cache / "run")]
    result = CliRunner().invoke(app, run)
    assert result.exit_code == 0, result.output
    assert f"{protocol}-0 (not published): in context rank-1" in result.output
    assert "NOT THE WHOLE DATA SET" in result.output
    found = json.loads((cache / "run" / "result.json").read_text())["results"]["ranked"]
    assert 0 <= found["context"]["cmc"]["1"] <= 1
    assert found["alone"]["queries"] > 0
    wrong = CliRunner().invoke(app, [*run[:4], "--protocol", "official", *run[6:]])
    assert wrong.exit_code == 1
    assert protocol in wrong.output


@pytest.fixture(scope="module")
def airport(tmp_path_factory):
    """iLIDS-VID's layout with 8 people of noise, 3 frames under each camera."""
    root = tmp_path_factory.mktemp("airport") / "i-LIDS-VID"
    generator = np.random.default_rng(1)
    for camera in (1, 2):
        for person in range(1, 9):
            folder = root / "sequences" / f"cam{camera}" / f"person{person:03d}"
            folder.mkdir(parents=True)
            for t in range(1, 4):
                pixels = generator.integers(0, 256, (128, 64, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"cam{camera}_person{person:03d}_{t:05d}.png")
    return root


def test_a_video_network_is_trained_and_ranked_by_the_benchmarks_own_division(airport, cache):
    assert typed("prepare", "ilids-vid", airport, "--partial").exit_code == 0
    run = ["train", "ran", "--data", "ilids-vid", "--preset", "mclaughlin", "--recipe", "paper", "--frames", "2",
           "--steps", "2", "--profile", "ci", "--out", str(cache / "run")]
    result = CliRunner().invoke(app, [*run, "--protocol", "half", "--split", "3"])
    assert result.exit_code == 0, result.output
    assert "half-3 (not published): " in result.output
    found = json.loads((cache / "run" / "result.json").read_text())
    assert found["results"]["part"] == "half-3 (not published)"
    assert found["results"]["protocol"].startswith("camera_pair")
    division = json.loads((cache / "stores" / "ilids-vid" / "128x64" / "divisions" / "half-3.json").read_text())
    people = {int(name[-3:]) for name in division["train"]}
    assert set(found["split"]["train"]) == people
    assert not people & {int(name[-3:]) for name in division["probes"] + division["gallery"]}
    wrong = CliRunner().invoke(app, [*run, "--protocol", "half", "--split", "10"])
    assert wrong.exit_code == 1
    assert "half (0 … 9)" in wrong.output
    wrong = CliRunner().invoke(app, [*run, "--protocol", "half", "--split", str(cache / "run" / "split.json")])
    assert "beside --protocol half" in wrong.output


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "data_scripts").glob("prepare_*.py")))
def test_every_script_is_its_command(script, tmp_path):
    result = subprocess.run([sys.executable, ROOT / "data_scripts" / script, str(tmp_path), "--check"],
                            capture_output=True, text=True, timeout=120)
    assert result.returncode == 1
    assert "Found no" in result.stderr or "Found" in result.stderr
    assert "Traceback" not in result.stderr
