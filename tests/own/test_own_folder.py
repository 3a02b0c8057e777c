"""A tree person/camera/*.jpg|png, picture by picture."""

from __future__ import annotations

import os

import numpy as np
import pytest
from own_footage import write_picture

from reidlib.data.own.folder_tree import read_tree, tracklets_from_folder
from reidlib.errors import ReidError


@pytest.fixture
def tree(tmp_path):
    """p2 under both cameras, p10 under one, ünï only with one picture; greys tell the pictures apart."""
    root = tmp_path / "tree"
    for place, grey in (("p10/cam 2/1.PNG", 30), ("p10/cam 2/2.png", 40), ("p2/cam 10/frame10.png", 60),
                        ("p2/cam 10/frame2.png", 50), ("p2/cam 2/a.png", 70), ("p2/cam 2/b.png", 80),
                        ("ünï/cam 2/1.jpg", 90)):
        write_picture(root / place, (grey, grey, grey))
    for place in ("Thumbs.db", ".DS_Store", "p2/notes.txt", "p2/cam 2/Thumbs.db", "p2/cam 2/._a.png"):
        (root / place).write_bytes(b"no picture")
    write_picture(root / "p2/cam 2/deeper/1.png", (1, 1, 1))
    (root / "__MACOSX").mkdir()
    (root / "empty").mkdir()
    return root


def test_names_order_ids_and_what_was_passed_over(tree):
    found = read_tree(tree)
    assert [(each.person, each.camera, each.files, each.pid, each.camid) for each in found.sequences] == [
        ("p2", "cam 2", ("a.png", "b.png"), 1, 0), ("p2", "cam 10", ("frame2.png", "frame10.png"), 1, 1),
        ("p10", "cam 2", ("1.PNG", "2.png"), 2, 0), ("ünï", "cam 2", ("1.jpg",), 3, 0)]
    assert found.dropped == {"files of other kinds": 1, "files that lie too high": 2, "folders that lie too deep": 1,
                             "hidden": 3}
    assert (found.persons, found.cameras, found.frames) == (["p2", "p10", "ünï"], ["cam 2", "cam 10"], 7)


def test_tracklets_hold_the_pictures_in_order_at_the_size_asked_for(tree):
    tracklets = list(tracklets_from_folder(tree, (32, 16), min_frames=2))
    assert [(each.name, each.pid, each.camid, each.info) for each in tracklets] == [
        ("p2_cam 2", 1, 0, {"person": "p2", "camera": "cam 2"}),
        ("p2_cam 10", 1, 1, {"person": "p2", "camera": "cam 10"}),
        ("p10_cam 2", 2, 0, {"person": "p10", "camera": "cam 2"})]
    assert all(each.frames.shape == (2, 32, 16, 3) for each in tracklets)
    np.testing.assert_array_equal([each.frames[:, 5, 5, 0] for each in tracklets], [[70, 80], [50, 60], [30, 40]])
    assert [each.name for each in tracklets_from_folder(tree, (32, 16), 2, skip=2)] == ["p10_cam 2"]


def test_progress_counts_every_picture_once(tree):
    heard = []
    list(tracklets_from_folder(tree, (32, 16), progress=lambda done, total: heard.append((done, total))))
    assert heard == [(k, 7) for k in range(1, 8)]


def test_a_short_sequence_is_dropped_and_counted_and_keeps_its_pid_from_others(tree):
    found = read_tree(tree, min_frames=2)
    assert found.dropped["sequences of too few frames"] == 1
    assert [each.pid for each in found.sequences] == [1, 1, 2]


def test_no_tree_no_picture_and_a_broken_picture_are_sentences(tree, tmp_path):
    with pytest.raises(ReidError, match="Found no folder"):
        read_tree(tmp_path / "none")
    flat = write_picture(tmp_path / "flat/1.png", (1, 2, 3)).parent
    with pytest.raises(ReidError, match=r"no picture two folders below .*1 × files that lie too high.*person/camera"):
        read_tree(flat)
    (tree / "p2/cam 2/b.png").write_bytes((tree / "p2/cam 2/a.png").read_bytes()[:40])
    with pytest.raises(ReidError, match=r"The picture .*b\.png cannot be read"):
        list(tracklets_from_folder(tree))


def test_names_that_would_fall_together_and_names_that_command_a_terminal(tmp_path):
    write_picture(tmp_path / "a/a_b/1.png", (1, 1, 1))
    write_picture(tmp_path / "a_a/b/1.png", (1, 1, 1))
    with pytest.raises(ReidError, match="both be called a_a_b"):
        read_tree(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names and no pipes in folders")
def test_strange_names_and_a_pipe(tmp_path):
    write_picture(tmp_path / "\x1b[31mred/cam/1.png", (1, 1, 1))
    os.mkfifo(tmp_path / "\x1b[31mred/cam/2.png")
    (tracklet,) = tracklets_from_folder(tmp_path)
    assert tracklet.name == "\\x1b[31mred_cam"
    assert tracklet.T == 1
