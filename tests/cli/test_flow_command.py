"""`reidlib flow extract` as people type it, stopped by Ctrl-C and typed again."""

import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from reidlib.cli.flow import app
from reidlib.data.store import Store
from reidlib.errors import ReidError
from reidlib.world.build import build
from reidlib.world.versions import specify


def _run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path):
    return build(specify("street-v1-small", 2), tmp_path / "street", workers=1).folder


def test_extract_says_what_it_made_and_is_complete_the_second_time(folder):
    first = _run("extract", folder, "--method", "fast", "--workers", 1)
    assert first.exit_code == 0, first.output
    frames = int(Store.open(folder).lengths.sum())
    assert f"folder: {folder / 'derived' / 'flow'}" in first.stdout
    assert f"column: flow, fast, float16 ({frames}, 2, 64, 48)" in first.stdout
    assert f"{frames} frames in" in first.stderr
    second = _run("extract", folder, "--method", "fast", "--workers", 1)
    assert second.stdout == "complete: was computed before\n" + first.stdout


def test_a_store_that_cannot_be_written_gets_its_flow_in_the_cache(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("reidlib.data.beside.may_write", lambda place: False)
    store = Store.open(folder)
    flow = tmp_path / "cache" / "derived" / store.hash / "flow"
    first = _run("extract", folder, "--method", "fast", "--workers", 2)
    assert first.exit_code == 0, first.output
    assert f"folder: {flow}" in first.stdout
    assert first.stderr.count(f"{folder} cannot be written; what is computed from it goes to {flow.parent}.") == 1
    assert not (folder / "derived").exists()
    second = _run("extract", folder, "--method", "fast", "--workers", 1)
    assert second.stdout == "complete: was computed before\n" + first.stdout
    assert "cannot be written" not in second.stderr


def test_sizes_and_names_reach_the_column(folder):
    result = _run("extract", folder, "--column", "flow_128", "--height", 128, "--width", 64, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert Store.open(folder).column("flow_128").shape[1:] == (2, 128, 64)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("extract", "no-such-store"), "no-such-store"),
        (("extract", "FOLDER", "--method", "farneback"), "method 'farneback'"),
        (("extract", "FOLDER", "--workers", 0), "Found 0 workers"),
        (("extract", "FOLDER", "--column", "mask"), "has its own column mask"),
        (("extract", "FOLDER", "--height", 8), "8×48"),
    ],
)
def test_mistakes_are_sentences(folder, arguments, sentence):
    result = _run(*(folder if argument == "FOLDER" else argument for argument in arguments))
    assert isinstance(result.exception, ReidError)
    assert sentence in str(result.exception)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of Windows consoles differ")
def test_control_c_leaves_a_column_that_is_finished_the_next_time(tmp_path):
    script = os.path.join(os.path.dirname(__file__), "../../data_scripts/extract_flow.py")
    folder = build(specify("street-v1-small", 40), tmp_path / "street").folder
    command = [sys.executable, script, str(folder), "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    journal = folder / "derived" / "flow.building" / "index.jsonl"
    limit = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size) and time.monotonic() < limit:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert not (folder / "derived" / "flow").exists()
    assert subprocess.run(command, check=False).returncode == 0
    store = Store.open(folder, verify="hashes")
    _run("extract", folder, "--workers", 1, "--column", "undisturbed")
    undisturbed = folder / "derived" / "undisturbed" / "undisturbed.npy"
    assert (folder / "derived" / "flow" / "flow.npy").read_bytes() == undisturbed.read_bytes()
    assert len(store.column("flow")) == int(store.lengths.sum())
