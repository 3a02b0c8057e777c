"""Videos and tracks, or a tree, as a store; every tracklet against values written by hand."""

from __future__ import annotations

import numpy as np
import pytest
from own_footage import HEIGHT, WIDTH, scene, write_picture, write_tracks, write_video

from reidlib.data.own import build as own_build
from reidlib.data.own.build import folder_store, own_store
from reidlib.data.store import Store
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError

RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)
SIZE = (32, 16)


@pytest.fixture
def footage(tmp_path):
    """Two cameras of 10 frames. Camera "2": track 3 green in 1, 2, 3, 6, 7; track 12 blue in 4 to 10, entering from the
    left. Camera "10": track 3 blue in 2 to 8 and, as its tracker says, in 9 to 12, which the video lacks; track 4 red
    in 9 to 12, of which two are there; track 5 red in 5, too short."""
    def places(rows, number):
        return {track: (left, top) for frame, track, left, top, _, _ in rows if frame == number}

    rows = {"2": [(k, 3, 20 + k, 10, 20, 40) for k in (1, 2, 3, 6, 7)]
            + [(k, 12, -38 + 5 * k, 50, 20, 40) for k in range(4, 11)],
            "10": [(k, 3, 60, 5 + k, 20, 40) for k in range(2, 13)] + [(k, 4, 100, 20, 20, 40) for k in range(9, 13)]
            + [(5, 5, 5, 5, 20, 40)]}
    colours = {"2": {3: GREEN, 12: BLUE}, "10": {3: BLUE, 4: RED, 5: RED}}
    cameras = {}
    for name, each in rows.items():
        video = write_video(tmp_path / f"cam{name}.mp4",
                            [scene(k, places(each, k), colours[name]) for k in range(1, 11)])
        cameras[name] = video, write_tracks(tmp_path / f"cam{name}.txt", each)
    return cameras


def described(store):
    return [(each.name, each.pid, each.camid, each.T, each.info["track"], each.info["first_frame"],
             each.info["missing_frames"]) for each in store]


def colour_of(tracklet):
    return np.median(tracklet.frames.reshape(-1, 3), 0)


def test_every_tracklet_of_two_cameras(footage, tmp_path):
    told = []
    store = own_store(footage, tmp_path / "mine", size=SIZE, tell=told.append)
    assert described(store) == [("2_3", 1, 0, 5, 3, 1, 2), ("2_12", 2, 0, 5, 12, 6, 0), ("10_3", 3, 1, 9, 3, 2, 0)]
    assert [each.info["camera"] for each in store] == ["2", "2", "10"]
    assert {each.info["fps"] for each in store} == {10.0}
    assert store[0].info["person"] == "track 3 of camera 2"
    for tracklet, colour in zip(store, (GREEN, BLUE, BLUE), strict=True):
        np.testing.assert_allclose(colour_of(tracklet), colour, atol=12)
        assert (np.abs(tracklet.frames[:, 4:-4, 4:-4].astype(int) - colour) < 25).all(), "each crop lies on its block"
    assert "2 of 2 tracks kept, 10 of 12 boxes, 2 frames missing inside tracks" in told[0]
    assert told[0].endswith("dropped: 2 boxes smaller than 16×8 pixels")
    assert "2 of 3 tracks kept" in told[1]
    assert told[1].endswith("dropped: 1 tracks of fewer than 4 frames")
    assert told[2] == "persons: 4, each track one of its own (no --identities)"
    assert told[3] == "dropped: 4 boxes after the end of the video, 1 tracks of fewer than 4 frames"
    assert not [each.name for each in tmp_path.iterdir() if "building" in each.name]


def test_a_map_joins_tracks_across_cameras(footage, tmp_path):
    (tmp_path / "who.csv").write_text("\ufeffCamera, Track ,person\n10,3,Zoë\n\n2,12,Zoë\n10,5,Ada\n", "utf-8")
    store = own_store({10: footage["10"], 2: footage["2"]}, tmp_path / "mine", identities=tmp_path / "who.csv",
                      size=SIZE)
    assert [(each.name, each.pid, each.camid) for each in store] == [("2_3", 3, 0), ("2_12", 2, 0), ("10_3", 2, 1)]
    assert store[1].info["person"] == "Zoë"


@pytest.mark.parametrize(("text", "sentence"), [
    ("camera,track,person\n2,4,a\n", "Line 2 of .* names track 4 of camera 2. .*which has 2"),
    ("camera,track,person\n3,3,a\n", "Line 2 of .* names the camera 3. .*one of the cameras 2, 10"),
    ("camera,track,person\n2,3,a\n2,3,a\n", "Lines 2 and 3 .* track 3 of camera 2 to the same person twice"),
    ("camera,track,person\n2,3,a\n2,3,b\n", "Lines 2 and 3 .* to a and b"),
    ("camera,track,person\n2,3\n", "Line 2 of .* is 2,3. "),
    ("camera,track,person\n2,3.0,a\n", "Line 2 of .* is 2,3.0,a"),
    ("camera,track,person\n2,3, \n", "Line 2 of "),
    ("2,3,a\n", "begins with 2,3,a"),
    ("", "begins with nothing"),
    ('camera,track,person\n2,3,"a\n', "cannot be read"),
])
def test_wrong_maps(footage, tmp_path, text, sentence):
    (tmp_path / "who.csv").write_text(text, "utf-8")
    with pytest.raises(ReidError, match=sentence):
        own_store(footage, tmp_path / "mine", identities=tmp_path / "who.csv", size=SIZE)
    assert not list(tmp_path.glob("mine*"))


def test_a_folder_of_frames_in_place_of_a_video_gives_the_same_tracklets(tmp_path):
    rows = [(k, 1, 10 * k, 20, 20, 40) for k in range(1, 6)]
    pictures = [scene(k, {1: (10 * k, 20)}, {1: RED}) for k in range(1, 6)]
    from PIL import Image

    (tmp_path / "frames").mkdir()
    for number, picture in enumerate(pictures, 1):
        Image.fromarray(picture).save(tmp_path / f"frames/{number}.png")
    store = own_store({"door": (tmp_path / "frames", write_tracks(tmp_path / "t.txt", rows))}, tmp_path / "mine",
                      size=(40, 20))
    assert described(store) == [("door_1", 1, 0, 5, 1, 1, 0)]
    assert (store[0].frames == np.array(RED, np.uint8)).all(), "PNG, same size: not a grey level changes"


def test_built_again_it_opens_and_other_content_is_refused(footage, tmp_path):
    told = []
    first = own_store(footage, tmp_path / "mine", size=SIZE)
    again = own_store(footage, tmp_path / "mine", size=SIZE, tell=told.append)
    assert again.hash == first.hash
    assert told[-1] == "complete: was built before"
    with pytest.raises(ReidError, match="already holds something else"):
        own_store(footage, tmp_path / "mine", size=SIZE, min_frames=2)
    write_tracks(footage["2"][1], [(k, 3, 20, 10, 20, 40) for k in range(1, 8)])
    with pytest.raises(ReidError, match="already holds something else"):
        own_store(footage, tmp_path / "mine", size=SIZE)


@pytest.mark.parametrize("safe", [0, 1, 2, 3])
def test_stopped_anywhere_it_goes_on_to_the_same_bytes(footage, tmp_path, monkeypatch, safe):
    whole = own_store(footage, tmp_path / "whole" / "mine", size=SIZE)
    append, count = StoreWriter.append, 0

    def stopping(self, tracklet):
        nonlocal count
        if count == safe:
            raise KeyboardInterrupt
        count += 1
        append(self, tracklet)

    finish = StoreWriter.finish
    monkeypatch.setattr(StoreWriter, "append", stopping)
    if safe == 3:
        monkeypatch.setattr(StoreWriter, "finish", lambda self, progress=None: stopping(self, None))
    with pytest.raises(KeyboardInterrupt):
        own_store(footage, tmp_path / "mine", size=SIZE)
    assert not (tmp_path / "mine").exists()
    monkeypatch.setattr(StoreWriter, "append", append)
    monkeypatch.setattr(StoreWriter, "finish", finish)
    told = []
    store = own_store(footage, tmp_path / "mine", size=SIZE, tell=told.append)
    assert (f"{safe} tracklets were safe from before" in told) == (safe > 0)
    assert store.hash == whole.hash
    assert (tmp_path / "mine/frames.npy").read_bytes() == (tmp_path / "whole/mine/frames.npy").read_bytes()


def test_long_tracks_are_never_all_in_memory(tmp_path):
    """30 tracks of 40 frames of 256×256 are 236 MB; what Python holds at once is a fraction."""
    import tracemalloc

    rows = [(k, track, track, 20, 20, 40) for k in range(1, 41) for track in range(30)]
    video = write_video(tmp_path / "a.mp4", [scene(k, {}, {}) for k in range(1, 41)])
    tracks = write_tracks(tmp_path / "a.txt", rows)
    tracemalloc.start()
    try:
        store = own_store({1: (video, tracks)}, tmp_path / "mine", size=(256, 256))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert store.frames.nbytes == 30 * 40 * 256 * 256 * 3
    assert peak < 40e6


def test_nothing_left_to_cut(footage, tmp_path):
    video, tracks = footage["2"]
    write_tracks(tracks, [(k, 1, WIDTH + 5, HEIGHT, 20, 40) for k in range(1, 9)])
    with pytest.raises(ReidError, match="Found no track that can be kept"):
        own_store({1: (video, tracks)}, tmp_path / "mine")
    write_tracks(tracks, [(k, 1, 5, 5, 20, 40) for k in range(100, 109)])
    with pytest.raises(ReidError, match="Found no tracklet that can be kept; dropped: 9 boxes after the end"):
        own_store({1: (video, tracks)}, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(("settings", "sentence"), [
    ({"size": (4, 64)}, r"Found the size \(4, 64\)"), ({"size": 128}, "Found the size 128"),
    ({"min_frames": 0}, "Found min_frames 0"), ({"out": "/"}, "Found the place /")])
def test_settings_that_cannot_be(footage, tmp_path, settings, sentence):
    with pytest.raises(ReidError, match=sentence):
        own_store(footage, **{"out": tmp_path / "mine", **settings})
    for cameras in ({}, {1: footage["2"], "1": footage["2"]}, {"": footage["2"]}):
        with pytest.raises(ReidError, match="Found the cameras"):
            own_store(cameras, tmp_path / "mine")


def test_a_tree_becomes_a_store_and_goes_on_after_a_stop(tmp_path, monkeypatch):
    for person, grey in (("p2", 40), ("p10", 80)):
        for camera in ("a", "b"):
            for number in (1, 2, 10):
                write_picture(tmp_path / f"tree/{person}/{camera}/{number}.png", (grey + number,) * 3)
    write_picture(tmp_path / "tree/p3/a/1.png", (1, 1, 1))
    told = []
    whole = folder_store(tmp_path / "tree", tmp_path / "whole" / "mine", size=SIZE, min_frames=3, tell=told.append)
    assert [(each.name, each.pid, each.camid, each.frames[:, 3, 3, 1].tolist()) for each in whole] == [
        ("p2_a", 1, 0, [41, 42, 50]), ("p2_b", 1, 1, [41, 42, 50]),
        ("p10_a", 3, 0, [81, 82, 90]), ("p10_b", 3, 1, [81, 82, 90])]
    assert "2 persons, 2 cameras, 4 tracklets, 12 pictures; dropped: 1 sequences of too few frames" in told[0]
    read, opened = own_build.tracklets_from_folder, []

    def broken(*arguments):
        for number, tracklet in enumerate(read(*arguments)):
            opened.append(tracklet.name)
            if number == 2:
                raise KeyboardInterrupt
            yield tracklet

    monkeypatch.setattr(own_build, "tracklets_from_folder", broken)
    with pytest.raises(KeyboardInterrupt):
        folder_store(tmp_path / "tree", tmp_path / "mine", size=SIZE, min_frames=3)
    opened.clear()
    store = folder_store(tmp_path / "tree", tmp_path / "mine", size=SIZE, min_frames=3)
    assert opened == ["p10_a", "p10_b"], "what was safe is not read again"
    assert store.hash == whole.hash == Store.open(tmp_path / "mine", "hashes").hash
