"""`reidlib tracklets` as people type it, and what they type next: flow, attention, search, ranking."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from reidlib.cli import app
from reidlib.data.store import Store
from reidlib.evaluation.ranking import rank
from reidlib.ran.embed import embed
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.shipped import load_shipped
from reidlib.world.build import build
from reidlib.world.versions import specify

sys.path.insert(0, str(Path(__file__).parents[1] / "own"))
from own_footage import write_picture, write_tracks, write_video


def typed(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Three people of the street, filmed by both of its cameras: pasted side by side into a video, and tracks."""
    folder = tmp_path_factory.mktemp("street")
    rendered = build(specify("street-v1-small", 3), folder / "rendered", workers=1)
    cameras, people = {}, ["camera,track,person"]
    for camid in (0, 1):
        chosen = [each for each in rendered if each.camid == camid]
        count = min(8, *(each.T for each in chosen))
        pictures = [np.concatenate([each.frames[k] for each in chosen], 1) for k in range(count)]
        rows = [(k + 1, place + 1, rendered.width * place, 0, rendered.width, rendered.height, 1, -1, -1, -1)
                for k in range(count) for place in range(len(chosen))]
        cameras[camid + 1] = (write_video(folder / f"{camid}.mp4", pictures),
                              write_tracks(folder / f"{camid}.txt", rows))
        people += [f"{camid + 1},{place + 1},person {each.pid}" for place, each in enumerate(chosen)]
    (folder / "who.csv").write_text("\n".join(people))
    return folder, cameras


@pytest.fixture(scope="module")
def made(street):
    folder, cameras = street
    given = [part for name, (video, tracks) in cameras.items() for part in ("--camera", f"{name}={video},{tracks}")]
    result = typed("tracklets", *given, "--identities", folder / "who.csv", "--out", folder / "mine")
    assert result.exit_code == 0, result.output
    return folder / "mine", result.stdout


def test_it_says_what_it_found_and_what_to_type_next(made):
    where, said = made
    store = Store.open(where, "hashes")
    assert (len(store), store.height, store.width) == (6, 128, 64)
    assert "camera 1: " in said
    assert "3 of 3 tracks kept, 24 of 24 boxes, 0 frames missing inside tracks" in said
    assert "counts: 6 tracklets, 3 persons (3 under two cameras or more), 2 cameras, 48 frames of 128×64" in said
    assert f"next: reidlib flow extract {where}\n" in said
    assert f"reidlib attend {where}:0 --save strip.html" in said
    assert f"reidlib search {where}:0\n" in said
    assert f"hash: {store.hash}" in said


def test_flow_attention_search_and_ranking_work_on_it(made, tmp_path):
    where, _ = made
    flow = typed("flow", "extract", where, "--workers", 1)
    assert flow.exit_code == 0, flow.output
    attend = typed("attend", f"{where}:0", "--save", tmp_path / "strip.html")
    assert attend.exit_code == 0, attend.output
    assert (tmp_path / "strip.html").stat().st_size > 10_000
    store, saved = Store.open(where), load_shipped()
    inputs = TrackletInputs(store, saved.preset.inputs, saved.preset.flow)
    features = embed(saved.network, inputs, np.arange(6)).features
    probe, gallery = store.camids == 0, store.camids == 1
    ranking = rank(probe_features=features[probe], gallery_features=features[gallery], probe_pids=store.pids[probe],
                   gallery_pids=store.pids[gallery], probe_camids=store.camids[probe],
                   gallery_camids=store.camids[gallery])
    assert ranking.summary()["queries"] == 3
    search = typed("search", f"{where}:1_2")
    assert search.exit_code == 0, search.output
    distance = np.linalg.norm(features[gallery].astype(float) - features[1].astype(float), axis=1)
    order = np.argsort(distance)
    lines = search.stdout.splitlines()
    assert lines[0] == "probe: 1_2, gallery: 3 tracklets"
    assert [line.split()[4] for line in lines[1:4]] == [f"2_{k + 1}" for k in order]
    np.testing.assert_allclose([float(line.split()[1]) for line in lines[1:4]], distance[order], atol=1e-3)
    assert f"first match at rank {list(order).index(1) + 1} of 3" in lines[4]
    inside = typed("search", f"{where}:0", "--any-camera", "--top", 2)
    assert inside.stdout.startswith("probe: 1_1, gallery: 5 tracklets")


def test_a_second_time_it_says_that_nothing_was_done(street, made):
    folder, cameras = street
    given = [part for name, (video, tracks) in cameras.items() for part in ("--camera", f"{name}={video},{tracks}")]
    again = typed("tracklets", *given, "--identities", folder / "who.csv", "--out", folder / "mine")
    assert again.exit_code == 0
    assert "complete: was built before" in again.stdout


def test_a_tree_and_a_store_of_one_camera(tmp_path):
    for person in ("ada", "bob"):
        for number in range(4):
            write_picture(tmp_path / f"tree/{person}/door/{number}.png", (90, number, 90), (64, 32))
    result = typed("tracklets", "--folder", tmp_path / "tree", "--out", tmp_path / "mine", "--size", "64x32")
    assert result.exit_code == 0, result.output
    assert "counts: 2 tracklets, 2 persons (0 under two cameras or more), 1 cameras, 8 frames of 64×32" in result.stdout
    assert f"reidlib search {tmp_path / 'mine'}:0 --any-camera\n" in result.stdout
    attend = typed("attend", f"{tmp_path / 'mine'}:1", "--save", tmp_path / "s.html")
    assert attend.exit_code == 0, attend.output
    assert "note: the store has no tracklet of another camera, so nothing is ranked" in attend.stdout
    lonely = typed("search", f"{tmp_path / 'mine'}:0")
    assert lonely.exit_code == 1
    assert "--any-camera" in lonely.output


def test_what_to_type_next_can_be_typed_where_a_path_has_a_space(tmp_path):
    for camera in ("door", "hall"):
        for number in range(4):
            write_picture(tmp_path / f"tree/ada/{camera}/{number}.png", (90, number, 90), (64, 32))
    where = tmp_path / "my store's"
    said = typed("tracklets", "--folder", tmp_path / "tree", "--out", where, "--size", "64x32").stdout
    lines = [shlex.split(line.removeprefix("next:")) for line in said.splitlines() if " reidlib " in line]
    assert lines == [["reidlib", "flow", "extract", str(where)],
                     ["reidlib", "attend", f"{where}:0", "--save", "strip.html"], ["reidlib", "search", f"{where}:0"]]


@pytest.mark.parametrize(("arguments", "sentence"), [
    ((), "Found neither --camera nor --folder"),
    (("--camera", "1=a.mp4,a.txt", "--folder", "tree"), "Found --camera and --folder"),
    (("--folder", "tree", "--identities", "who.csv"), "Found --folder and --identities"),
    (("--camera", "a.mp4,a.txt"), "Found --camera a.mp4,a.txt"),
    (("--camera", "1=a.mp4"), "Found --camera 1=a.mp4"),
    (("--camera", "1=,a.txt"), "Found --camera 1=,a.txt"),
    (("--camera", "1=a.mp4,a.txt", "--camera", "1=b.mp4,b.txt"), "Found the camera 1 twice"),
    (("--folder", "tree", "--size", "128"), "Found the size 128"),
    (("--folder", "tree", "--size", "0x64"), "Found the size 0x64. Needed: height x width, 8 to 1,024 pixels"),
    (("--folder", "tree", "--size", "999999x999999"),
     "Found the size 999999x999999. Needed: height x width, 8 to 1,024 pixels"),
    (("--folder", "tree", "--size", f"{'9' * 5000}x9"), "Found the size 999"),
    (("--folder", "tree"), "Found no folder tree"),
    (("--camera", "1=a.mp4,a.txt"), "Found no file a.txt"),
])
def test_mistakes_are_sentences(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    result = typed("tracklets", *arguments, "--out", "mine")
    assert result.exit_code == 1
    assert f"reidlib: {sentence}" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("source", "sentence"), [
    ("mine", "Found no tracklet in mine"), ("STORE:9", "Found tracklet 9 of store mine, which has 6"),
    ("STORE:nobody", "has no tracklet 'nobody'"), ("nowhere:0", "nowhere")])
def test_mistakes_of_search_are_sentences(made, source, sentence):
    result = typed("search", source.replace("STORE", str(made[0])))
    assert result.exit_code == 1
    assert sentence in result.output
