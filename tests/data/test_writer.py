"""What the writer takes, refuses and never overwrites."""

import errno
import os
import sys

import numpy as np
import pytest
from packing import H, W, assert_same, build, contents, make_tracklet, writer_for

from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError


def test_the_same_tracklets_give_the_same_bytes(tmp_path):
    build(tmp_path / "a", 6)
    build(tmp_path / "b", 6)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert sorted(contents(tmp_path / "a")) == ["frames.npy", "index.jsonl", "mask.npy", "speed.npy", "store.json",
                                                "visibility.npy"]


def test_a_finished_store_is_opened_not_built(tmp_path):
    build(tmp_path / "s", 3)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").iterdir()}
    writer = writer_for(tmp_path / "s")
    assert writer.complete
    with writer:
        assert writer.done == 3
        with pytest.raises(ReidError, match="not open"):
            writer.append(make_tracklet(3))
        assert len(writer.finish()) == 3
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "s").iterdir()}


def pack(writer, numbers):
    for number in numbers:
        writer.append(make_tracklet(number))


def interrupted(folder, numbers):
    with writer_for(folder) as writer:
        pack(writer, numbers)
        raise KeyboardInterrupt


def test_leaving_the_block_keeps_what_was_done(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "s", range(4))
    with writer_for(tmp_path / "s") as writer:
        assert writer.done == 4
        assert not writer.complete
    build(tmp_path / "s", 6)
    build(tmp_path / "undisturbed", 6)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")


def test_names_from_before_an_interruption_count(tmp_path):
    with writer_for(tmp_path / "s") as writer:
        pack(writer, range(2))
    with writer_for(tmp_path / "s") as writer, pytest.raises(ReidError, match="already has a tracklet p0000_c1"):
        writer.append(make_tracklet(1))


def test_looking_through_earlier_work_reports_progress(tmp_path):
    with writer_for(tmp_path / "s") as writer:
        pack(writer, range(3))
    seen = []
    with writer_for(tmp_path / "s", progress=lambda done, total: seen.append((done, total))):
        pass
    assert seen == [(done, 12) for done in range(1, 13)]  # 3 tracklets in 4 files


def test_a_finished_store_of_another_spec_is_never_touched(tmp_path):
    build(tmp_path / "s", 2)
    before = contents(tmp_path / "s")
    for changes, found in [({"spec": {"seed": 7, "made": "test"}}, r"spec\.seed is 2024 there and 7 here"),
                           ({"version": "2"}, "version is '1' there and '2' here"),
                           ({"columns": {}}, r"columns\.mask"),
                           ({"height": H + 1}, rf"columns\.mask is \['bool', \[{H}, {W}\]\] there")]:
        with pytest.raises(ReidError, match=found):
            writer_for(tmp_path / "s", **changes)
    assert contents(tmp_path / "s") == before


def test_an_unfinished_build_of_another_spec_is_never_resumed(tmp_path):
    with writer_for(tmp_path / "s", spec={"seed": 7}) as writer:
        writer.append(make_tracklet(9))
    said = []
    with writer_for(tmp_path / "s", tell=said.append) as writer:
        assert writer.done == 0
    assert len(said) == 1
    assert "spec.made is None there and 'test' here" in said[0]
    build(tmp_path / "s", 2)
    build(tmp_path / "undisturbed", 2)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s", "s.lock", "undisturbed", "undisturbed.lock"]


def test_a_foreign_folder_in_the_way_is_set_aside_whole(tmp_path):
    for number in (1, 2):
        (tmp_path / "s.building").mkdir()
        (tmp_path / "s.building" / "thesis.txt").write_text(f"years of work {number}")
        said = []
        with writer_for(tmp_path / "s", tell=said.append):
            pass
        assert f"s.building.aside-{number}" in said[0]
        assert (tmp_path / f"s.building.aside-{number}" / "thesis.txt").read_text() == f"years of work {number}"
        (tmp_path / "s.building").rename(tmp_path / f"gone-{number}")


def test_other_peoples_folders_and_files_are_not_overwritten(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.txt").write_text("mine")
    for name in ("file", "folder"):
        with pytest.raises(ReidError, match="not a store"):
            writer_for(tmp_path / name)
    assert (tmp_path / "file").read_text() == (tmp_path / "folder" / "thesis.txt").read_text() == "mine"


def test_an_empty_folder_made_beforehand_and_missing_parents_are_fine(tmp_path):
    (tmp_path / "s").mkdir()
    assert_same(build(tmp_path / "s", 2), 2)
    assert_same(build(tmp_path / "deep" / "er" / "s", 2), 2)


def test_where_a_folder_cannot_replace_another(tmp_path, monkeypatch):
    """Windows refuses to rename onto a folder, even an empty one, and onto or from one with an open file in it."""
    replace, opened = os.replace, set()

    def strict_replace(source, target):
        if os.path.isdir(target):
            raise PermissionError(errno.EACCES, "Access is denied")
        if os.path.isdir(source) and sys.platform == "linux":
            here = {os.readlink(path) for path in sorted(os.scandir("/proc/self/fd"), key=str) if os.path.lexists(path)}
            opened.update(path for path in here if path.startswith(os.path.join(source, "")))
        replace(source, target)

    monkeypatch.setattr(os, "replace", strict_replace)
    (tmp_path / "s").mkdir()
    with writer_for(tmp_path / "s", spec={"seed": 1}) as writer:
        writer.append(make_tracklet(5))
    assert_same(build(tmp_path / "s", 2, tell=lambda sentence: None), 2)
    assert opened == set()


def test_a_writer_outside_its_block(tmp_path):
    writer = writer_for(tmp_path / "s")
    for call in (lambda: writer.append(make_tracklet(0)), writer.finish):
        with pytest.raises(ReidError, match="with"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_two_writers_in_one_thread_do_not_wait_for_each_other_for_ever(tmp_path):
    with writer_for(tmp_path / "s"), pytest.raises(ReidError, match="one writer"), writer_for(tmp_path / "s"):
        pass
    assert_same(build(tmp_path / "s", 1), 1)


def refusals():
    good = make_tracklet(0)

    def changed(**changes):
        parts = {"frames": good.frames, "pid": 0, "camid": 0, "name": "x", "columns": good.columns, **changes}
        return Tracklet(**parts)

    tall = np.zeros((good.T, H + 1, W, 3), np.uint8)
    without_mask = {key: value for key, value in good.columns.items() if key != "mask"}
    yield "duplicate", good, "already has a tracklet p0000_c0"
    yield "size", changed(frames=tall, columns=without_mask), "13×10"
    yield "missing column", changed(columns=without_mask), "columns"
    yield "undeclared column", changed(columns={**good.columns, "depth": np.zeros(good.T)}), "columns"
    yield "dtype", changed(columns={**good.columns, "speed": np.zeros((good.T, 2))}), "float64"
    yield "row shape", changed(columns={**good.columns, "speed": np.zeros((good.T, 3), np.float16)}), r"\(3,\)"
    yield "info", changed(info={"light": float("nan")}), "finite"
    yield "type", good.frames, "ndarray"


@pytest.mark.parametrize(("wrong", "found"), [pytest.param(*case[1:], id=case[0]) for case in refusals()])
def test_a_refused_tracklet_leaves_no_trace(tmp_path, wrong, found):
    with writer_for(tmp_path / "s") as writer:
        writer.append(make_tracklet(0))
        with pytest.raises(ReidError, match=found):
            writer.append(wrong)
        assert writer.done == 1
        writer.append(make_tracklet(1))
        assert_same(writer.finish(), 2)
    build(tmp_path / "undisturbed", 2)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")


@pytest.mark.parametrize(("changes", "found"), [
    ({"name": ""}, "name"), ({"version": 1}, "version 1"), ({"height": 0}, "height 0"), ({"width": 6.5}, "width 6.5"),
    ({"spec": {"made": object()}}, "spec"), ({"spec": {"x": float("inf")}}, "spec"),
])
def test_settings_that_make_no_sense(tmp_path, changes, found):
    with pytest.raises(ReidError, match=found):
        writer_for(tmp_path / "s", **changes)


def test_a_spec_with_numpy_values_and_tuples_equals_its_plain_form(tmp_path):
    build(tmp_path / "s", 1, spec={"size": (4, 5), "seed": np.int64(3), "levels": np.array([0.5, 1])})
    assert writer_for(tmp_path / "s", spec={"size": [4, 5], "seed": 3, "levels": [0.5, 1.0]}).complete


def test_finishing_reports_progress_in_bytes(tmp_path):
    seen = []
    with writer_for(tmp_path / "s") as writer:
        writer.append(make_tracklet(0))
        writer.finish(progress=lambda done, total: seen.append((done, total)))
    total = sum(len(content) for name, content in contents(tmp_path / "s").items() if name != "store.json")
    assert seen[-1] == (total, total)


def test_one_pixel_and_one_frame(tmp_path):
    t = Tracklet(np.full((1, 1, 1, 3), 9, np.uint8), -1, 0, "junk")
    with StoreWriter(tmp_path / "s", name="tiny", version="1", height=1, width=1) as writer:
        writer.append(t)
        store = writer.finish()
    assert store[0].frames.tolist() == [[[[9, 9, 9]]]]
    assert store.pids.tolist() == [-1]
