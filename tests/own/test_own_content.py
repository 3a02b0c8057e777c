"""Files that were replaced after a store was made from them, by others of the same name, size and date."""

from __future__ import annotations

import os
import shutil

import pytest
from own_footage import HEIGHT, WIDTH, scene, write_picture, write_tracks, write_video

from reidlib.data.own.build import folder_store, own_store
from reidlib.data.store import Store
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError

SIZE = (32, 16)


def grey_tree(root):
    for person in ("p1", "p2"):
        for camera in ("a", "b"):
            for number in range(1, 5):
                write_picture(root / person / camera / f"{number}.png", (10 * number,) * 3)
    return root


def replaced(path, colour, size=(16, 8)):
    """Another picture of the same name, size in bytes and date."""
    before = path.stat()
    write_picture(path, colour, size)
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_picture_replaced_by_one_of_its_size_and_date_is_noticed(tmp_path):
    tree, mine = grey_tree(tmp_path / "tree"), tmp_path / "mine"
    first = folder_store(tree, mine, size=SIZE)
    replaced(tree / "p2" / "a" / "3.png", (33, 33, 33))
    with pytest.raises(ReidError, match=r"mine was made from other pictures than .*tree holds now.*--out, or delete"):
        folder_store(tree, mine, size=SIZE)
    assert Store.open(mine, "hashes").hash == first.hash, "what was there is left alone"
    shutil.rmtree(mine)
    again = folder_store(tree, mine, size=SIZE)
    assert again[2].frames[:, 3, 3, 0].tolist() == [10, 20, 33, 40]


def test_an_untouched_tree_and_a_mere_copy_of_it_are_the_same(tmp_path):
    tree, mine, heard, told = grey_tree(tmp_path / "tree"), tmp_path / "mine", [], []
    first = folder_store(tree, mine, size=SIZE)
    for path in tree.rglob("*.png"):
        os.utime(path, (1, 1))
    shutil.copytree(tree, tmp_path / "copy", copy_function=shutil.copyfile)
    for place in (tree, tmp_path / "copy"):
        again = folder_store(place, mine, size=SIZE, tell=told.append, progress=lambda *each: heard.append(each))
        assert again.hash == first.hash
        assert told[-1] == "complete: was built before"
    assert heard == [("Checking pictures", k, 16) for k in range(1, 17)] * 2


def test_an_unfinished_store_of_replaced_pictures_is_begun_anew(tmp_path, monkeypatch):
    tree, mine = grey_tree(tmp_path / "tree"), tmp_path / "mine"
    monkeypatch.setattr(StoreWriter, "finish", lambda self, progress=None: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        folder_store(tree, mine, size=SIZE)
    monkeypatch.undo()
    replaced(tree / "p1" / "a" / "1.png", (77, 77, 77))
    told = []
    store = folder_store(tree, mine, size=SIZE, tell=told.append)
    assert store[0].frames[:, 3, 3, 0].tolist() == [77, 20, 30, 40]
    assert not any("safe from before" in sentence for sentence in told)


def test_other_settings_and_added_pictures_are_told_apart(tmp_path):
    tree, mine = grey_tree(tmp_path / "tree"), tmp_path / "mine"
    folder_store(tree, mine, size=SIZE)
    with pytest.raises(ReidError, match=r"already holds something else: spec\.min_frames"):
        folder_store(tree, mine, size=SIZE, min_frames=2)
    write_picture(tree / "p1" / "a" / "5.png", (1, 1, 1))
    with pytest.raises(ReidError, match="was made from other pictures"):
        folder_store(tree, mine, size=SIZE)


@pytest.mark.parametrize("what", ["frame", "tracks", "map", "video"])
def test_every_file_of_a_camera_counts_by_its_bytes(tmp_path, what):
    """A replaced file of the same size and date, whichever it is."""
    rows = [(k, 1, 10 * k, 20, 20, 40) for k in range(1, 6)]
    for number in range(1, 6):
        write_picture(tmp_path / f"frames/{number}.png", (50 + number,) * 3, (HEIGHT, WIDTH))
    video = write_video(tmp_path / "a.mp4", [scene(k, {}, {}) for k in range(1, 6)])
    tracks = write_tracks(tmp_path / "t.txt", rows)
    (tmp_path / "who.csv").write_text("camera,track,person\ndoor,1,ada\nhall,1,bob\n")
    cameras = {"door": (tmp_path / "frames", tracks), "hall": (video, tracks)}
    own_store(cameras, tmp_path / "mine", identities=tmp_path / "who.csv", size=SIZE)
    own_store(cameras, tmp_path / "mine", identities=tmp_path / "who.csv", size=SIZE)
    path = {"frame": tmp_path / "frames/4.png", "tracks": tracks, "map": tmp_path / "who.csv", "video": video}[what]
    if what == "frame":
        replaced(path, (99, 99, 99), (HEIGHT, WIDTH))
    else:
        before, content = path.stat(), path.read_bytes()
        old, new = {"tracks": (b"4,1,40", b"4,1,41"), "map": (b"bob", b"eve"), "video": (b"Lavf", b"Lavg")}[what]
        assert content.count(old) >= 1
        path.write_bytes(content.replace(old, new))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
    with pytest.raises(ReidError, match="already holds something else"):
        own_store(cameras, tmp_path / "mine", identities=tmp_path / "who.csv", size=SIZE)
