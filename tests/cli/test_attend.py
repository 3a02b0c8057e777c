"""`reidlib attend` on folders, tracklets of a store and .npz files, with every mistake as one sentence."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from reidlib.cli import app
from reidlib.data.store import Store
from reidlib.ran.embed import embed
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.shipped import load_shipped
from reidlib.world.build import build
from reidlib.world.versions import specify

RNG = np.random.default_rng(2)
FRAMES = RNG.integers(0, 255, (5, 32, 20, 3), dtype=np.uint8)


def typed(*arguments):
    return CliRunner().invoke(app, ["attend", *map(str, arguments)])


def data_of(page: Path) -> dict:
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', page.read_text("utf-8")).group(1))


def saved_npz(path: Path, **arrays) -> Path:
    np.savez(path, **arrays)
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return build(specify("street-v1-small", 3), tmp_path_factory.mktemp("attend") / "street", workers=1)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Frames 2, 9 and 10, each of one grey, the last of another size; and a hidden file that does not count."""
    target = tmp_path / "somebody"
    target.mkdir()
    for number, size in ((2, (20, 32)), (9, (20, 32)), (10, (10, 16))):
        Image.new("RGB", size, (number * 20, 0, 0)).save(target / f"frame{number}.png")
    (target / ".DS_Store").write_text("hidden")
    return target


def test_attention_of_ones_own_model(tmp_path):
    weights = np.array([[0.2] * 5, [0.1, 0.9, 0.5, 0.5, 0.4]])
    file = saved_npz(tmp_path / "mine.npz", frames=FRAMES, attention=weights, visibility=[0.2, 1, 1, 1, 0.3],
                     features=RNG.normal(size=(5, 4)), gallery=RNG.normal(size=(3, 4)), gallery_pids=[7, 8, 7], pid=7)
    result = typed(file, "--save", tmp_path / "out.html")
    assert result.exit_code == 0, result.output
    data = data_of(tmp_path / "out.html")
    assert data["attention"] == weights.tolist()
    assert data["gallery"]["match"] == [0, 2]
    assert data["gallery"]["names"] == ["pid 7", "pid 8", "pid 7"]
    assert f"file: {(tmp_path / 'out.html').resolve()}" in result.stdout
    assert "frames: 5, of mine.npz, weights after 1 iteration\n" in result.stdout
    # Visible frames have 0.9, 0.5, 0.5, hidden ones 0.1 and 0.4: the visible one always leads.
    assert "AUC: 1.000" in result.stdout
    assert "largest weight: 0.9 at frame 1, 1.88 of an equal share" in result.stdout


def test_pooling_of_ones_own_model(tmp_path):
    file = saved_npz(tmp_path / "mine.npz", frames=FRAMES, attention=np.ones(5), features=np.ones((5, 2)))
    assert typed(file, "--save", tmp_path / "out.html", "--pooling", "other").exit_code == 0
    assert "does not pool" in data_of(tmp_path / "out.html")["why"]
    assert "no gallery" not in data_of(tmp_path / "out.html")["why"]


def test_a_folder_goes_through_the_shipped_network_in_the_order_of_numbers(folder, tmp_path):
    result = typed(folder, "--save", tmp_path / "out.html")
    assert result.exit_code == 0, result.output
    data = data_of(tmp_path / "out.html")
    assert np.shape(data["attention"]) == (4, 3)
    assert np.shape(data["features"]) == (3, 128)
    np.testing.assert_allclose(np.sum(data["attention"], 1), 1, atol=1e-3)
    assert "frames of 2 sizes were resized to that of the first, 32×20" in result.stdout
    assert "note: trained on a rendered street" in result.stdout
    assert "AUC" not in result.stdout
    from reidlib.cli.attend_sources import read_source

    frames = read_source(str(folder), None, 0, "sum", lambda *_: None).arrays["frames"]
    assert frames[:, 5, 5, 0].tolist() == [40, 180, 200]


def test_a_tracklet_gets_the_weights_that_embedding_the_store_gives(store, tmp_path):
    number = 2
    name = store.names[number]
    result = typed(f"{store.folder}:{name}", "--save", tmp_path / "out.html", "--gallery", 2)
    assert result.exit_code == 0, result.output
    data, network = data_of(tmp_path / "out.html"), load_shipped().network
    others = [store.names.index(each) for each in data["gallery"]["names"]]
    embedded = embed(network, TrackletInputs(store), [number, *others])
    np.testing.assert_allclose(data["attention"], embedded.attention[0], atol=2e-4)
    np.testing.assert_allclose(data["gallery"]["features"], embedded.features[1:], atol=2e-4)
    assert all(store.camids[k] != store.camids[number] for k in others)
    assert [store.pids[k] == store.pids[number] for k in others].index(True) == data["gallery"]["match"][0]
    assert data["visibility"] == np.round(np.asarray(store[number].visibility, float), 4).tolist()
    assert "no benchmark" in result.stdout
    assert data["note"] == "trained on a rendered street, not validated on real footage"
    by_number = typed(f"{store.folder}:{number}", "--save", tmp_path / "number.html", "--gallery", 0)
    assert by_number.exit_code == 0, by_number.output
    assert data_of(tmp_path / "number.html")["attention"] == data["attention"]
    assert data_of(tmp_path / "number.html")["gallery"] is None


def test_frames_of_an_npz_without_attention_go_through_the_network(tmp_path):
    file = saved_npz(tmp_path / "frames.npz", frames=FRAMES, visibility=np.ones(5))
    result = typed(file, "--save", tmp_path / "out.html")
    assert result.exit_code == 0, result.output
    assert "AUC: not defined, none of the frames is less than half visible" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names on Windows")
def test_a_hostile_name_stays_text(folder, tmp_path):
    hostile = folder.rename(tmp_path / "<script>window.pwned=1<\x1b[31m>")
    result = typed(hostile, "--save", tmp_path / "out.html")
    assert result.exit_code == 0, result.output
    assert "\x1b[31m" not in result.stdout
    page = (tmp_path / "out.html").read_text("utf-8")
    assert "<script>window.pwned" not in page
    assert "&lt;script&gt;window.pwned=1" in page


def _mistake(tmp_path: Path, kind: str) -> tuple:
    folder, file = tmp_path / "f", tmp_path / "f.npz"
    folder.mkdir()
    picture = Image.new("RGB", (20, 32))
    if kind == "empty":
        return (folder,)
    if kind == "mixed":
        picture.save(folder / "1.jpg")
        (folder / "notes.txt").write_text("x")
        return (folder,)
    if kind == "broken":
        (folder / "1.jpg").write_bytes(b"no picture")
        return (folder,)
    if kind == "pickled":
        return (saved_npz(file, frames=np.array([{"a": 1}], object)),)
    if kind == "single":
        np.save(tmp_path / "one.npy", FRAMES)
        return ((tmp_path / "one.npy").rename(file),)
    arrays = {
        "nan": {"frames": FRAMES, "attention": np.array([1, np.nan, 1, 1, 1])},
        "no frames": {"attention": np.ones(5)},
        "floats": {"frames": FRAMES / 255.0},
        "features alone": {"frames": FRAMES, "features": np.ones((5, 2))},
        "pids": {"frames": FRAMES, "attention": np.ones(5), "features": np.ones((5, 2)), "gallery": np.eye(2),
                 "gallery_pids": np.arange(3)},
        "lengths": {"frames": FRAMES, "attention": np.ones(4)},
    }  # fmt: skip
    return (saved_npz(file, **arrays[kind]),)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("empty", "Found no frame in"), ("mixed", "several kinds"), ("broken", "cannot be read"),
        ("pickled", "no pickled objects"), ("single", "a single array"), ("nan", "Found nan in attention at [1]"),
        ("no frames", "lacks frames"), ("floats", "float64"), ("features alone", "features and no attention"),
        ("pids", "gallery_pids of shape (3,)"), ("lengths", "(4,) for 5 frames"),
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence_and_leave_no_file(tmp_path, kind, sentence):
    result = typed(*_mistake(tmp_path, kind), "--save", tmp_path / "out.html")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out.html").exists()


def test_names_that_are_nothing(store, tmp_path):
    assert "nothing of that name" in typed(tmp_path / "nowhere").stderr
    assert "has no tracklet 'x'" in typed(f"{store.folder}:x").stderr
    assert "from 0 to 5 (or -1, -2, … from the end), or a name" in typed(f"{store.folder}:99").stderr
    assert "from 0 to 5 (or -1, -2, … from the end), or a name" in typed(f"{store.folder}:-7").stderr
    assert "ends in .html" in typed(tmp_path / "nowhere", "--save", "strip.png").stderr
    assert "no file" in typed(tmp_path / "nowhere.npz").stderr


def test_a_store_alone_is_told_its_own_name_and_count(store, tmp_path, monkeypatch):
    said = typed(store.folder).stderr
    assert f"Found the store {store.folder} of 6 tracklets" in said
    assert f"type reidlib attend {store.folder}:0" in said
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    assert "nothing of that name: street-v1-small" in typed("street-v1-small").stderr
    build(specify("street-v1-small", 1), workers=1)
    assert "Found the store street-v1-small of 2 tracklets" in typed("street-v1-small").stderr
    missing = typed("nostore:0").stderr
    assert "there is street-v1-small" in missing
    assert "world render" not in missing


def test_a_wrong_name_is_shown_close_ones(store):
    said = typed(f"{store.folder}:{store.names[4]}x").stderr
    assert store.names[4] in said.partition("such as")[2]
    assert "store.names" not in said


def test_files_that_are_there_are_told_what_they_are(folder, tmp_path):
    picture = typed(folder / "frame2.png").stderr
    assert f"Found a single picture: {folder / 'frame2.png'}" in picture
    assert f"type reidlib attend {folder}." in picture
    for name, todo in (("strip.html", "open that page in a browser"), ("door.mp4", "reidlib tracklets"),
                       ("12:30.mp4", "reidlib tracklets")):
        if ":" in name and sys.platform == "win32":
            continue
        (tmp_path / name).write_text("x")
        said = typed(tmp_path / name).stderr
        assert f"Found a file of another kind: {tmp_path / name}" in said
        assert todo in said
        assert "nothing of that name" not in said


@pytest.mark.parametrize("command", [("attend", "secret"), ("attend", "secret:0"), ("search", "secret:0"),
                                     ("flow", "extract", "secret"), ("attend", "secret/mine.npz")])
def test_a_locked_folder_is_a_sentence(tmp_path, monkeypatch, command):
    (tmp_path / "secret").mkdir()
    monkeypatch.chdir(tmp_path)
    stat = os.stat

    def refuse(path, *arguments, **named):
        if not isinstance(path, int) and os.path.basename(os.path.dirname(os.fspath(path))) == "secret":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return stat(path, *arguments, **named)

    monkeypatch.setattr(os, "stat", refuse)
    result = CliRunner().invoke(app, list(command))
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert re.search(r"secret.*was refused \(Permission denied\).*ask for permission", result.stderr)


def test_a_pid_that_the_gallery_lacks_is_said(tmp_path):
    arrays = {"frames": FRAMES, "attention": np.ones(5), "features": RNG.normal(size=(5, 4)),
              "gallery": RNG.normal(size=(3, 4)), "gallery_pids": [7, 8, 7]}
    for pid, warned in ((9, True), (8, False)):
        file = saved_npz(tmp_path / f"{pid}.npz", **arrays, pid=pid)
        result = typed(file, "--save", tmp_path / "out.html")
        assert result.exit_code == 0, result.output
        said = f"pid {pid} is not among the gallery_pids of {file}, so there is no match"
        assert (said in result.stderr) == warned
        assert "no match" not in result.stdout
    assert "no match" not in typed(saved_npz(tmp_path / "x.npz", **arrays), "--save", tmp_path / "out.html").stderr


def test_an_npz_that_may_not_be_read_asks_for_permission(tmp_path, monkeypatch):
    import builtins

    file, opened = saved_npz(tmp_path / "mine.npz", frames=FRAMES), builtins.open

    def refuse(path, *arguments, **named):
        if str(path) == str(file):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    monkeypatch.setattr(builtins, "open", refuse)
    said = typed(file).stderr
    assert re.search(r"mine\.npz was refused \(Permission denied\).*permission", said)
    assert "savez" not in said


def test_help_says_that_a_rank_needs_a_gallery_and_what_minus_one_is():
    said = re.sub(r"[\s│]+", " ", typed("--help").stdout)
    assert "needs a gallery: STORE:TRACKLET has one, an .npz may bring one, a folder has none" in said
    assert "see the rank move" not in said
    assert "-1 is the last" in said
    assert "-1 is the last" in re.sub(r"[\s│]+", " ", CliRunner().invoke(app, ["search", "--help"]).stdout)
