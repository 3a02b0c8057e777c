"""`reidlib world render` and `reidlib world show`."""

import pytest
from PIL import Image
from typer.testing import CliRunner

from reidlib.cli.world import app
from reidlib.data.store import Store
from reidlib.errors import ReidError


def _run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_render_prints_folder_counts_and_hash_and_is_complete_the_second_time(tmp_path):
    arguments = ("render", "street-v1-small", "--persons", 2, "--workers", 1, "--out", tmp_path / "s")
    first = _run(*arguments)
    assert first.exit_code == 0, first.output
    store = Store.open(tmp_path / "s")
    assert f"folder: {tmp_path / 's'}" in first.stdout
    frames = int(store.lengths.sum())
    assert f"counts: 2 persons, 2 cameras, 4 tracklets, {frames} frames of 128×64" in first.stdout
    assert f"hash: {store.hash}" in first.stdout
    assert "complete" not in first.stdout
    second = _run(*arguments)
    assert second.stdout == "complete: was rendered before\n" + first.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("render", "street"), "Found no version called 'street'"),
        (("render", "street-v1", "--persons", 0), "Found 0 persons"),
        (("render", "street-v1", "--cameras", 1), "Found 1 cameras"),
        (("render", "street-v1", "--workers", 0), "Found 0 workers"),
        (("render", "street-v1", "--persons", 10**12), "GB free"),
        (("show", "street-v2"), "Found no version called"),
        (("show", "street-v1", "--persons", 0), "Found 0 persons"),
        (("show", "street-v1", "--out", "sheet.jpg"), "ends in .png"),
        (("show", "street-v1-small", "--persons", 1, "--out", "no/such/folder.png"), "folder"),
    ],
)
def test_mistakes_are_sentences(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    result = _run(*arguments)
    assert isinstance(result.exception, ReidError)
    assert sentence in str(result.exception)
    assert not list(tmp_path.glob("*.png"))


def test_show_writes_a_contact_sheet(tmp_path):
    result = _run("show", "street-v1-small", "--persons", 1, "--frames", 2, "--out", tmp_path / "a.png")
    assert result.exit_code == 0, result.output
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2 * 2 * 64 + 6, 128)
