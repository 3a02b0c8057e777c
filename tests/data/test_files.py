"""Full and read-only disks: a sentence with the way out, and nothing lost."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest
from packing import H, W, assert_same, build, contents, make_tracklet, writer_for

from reidlib.data.cache import cache_path
from reidlib.data.files import explain, kind_of
from reidlib.data.store import Store
from reidlib.errors import ReidError


class FullDisk:
    """os.write that takes `room` bytes, the last piece only in part, and then reports a full disk."""

    def __init__(self, room: int) -> None:
        self.room, self.write = room, os.write

    def __call__(self, fd, data):
        data = memoryview(data)[:self.room]
        if not data:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= len(data)
        return self.write(fd, data)


def test_a_full_disk_loses_nothing_wherever_it_strikes(tmp_path, monkeypatch):
    enough = FullDisk(10**9)
    monkeypatch.setattr(os, "write", enough)
    undisturbed = contents(build(tmp_path / "undisturbed", 4).folder)
    written = 10**9 - enough.room
    for step, room in enumerate(np.linspace(0, written - 1, 40).astype(int).tolist()):
        folder = tmp_path / f"s{step}"
        monkeypatch.setattr(os, "write", FullDisk(room))
        with pytest.raises(ReidError, match=r"full.*run the same command again"):
            build(folder, 4)
        assert not folder.exists()
        monkeypatch.undo()
        build(folder, 4)
        assert contents(folder) == undisturbed


def test_finishing_without_the_tracklet_that_did_not_fit(tmp_path, monkeypatch):
    build(tmp_path / "undisturbed", 1)
    rows = sum(layout.row_bytes for layout in Store.open(tmp_path / "undisturbed").columns.values()) + H * W * 3
    for room in (100, make_tracklet(1).T * rows + 20):  # part of the frames; all rows, and part of the journal's line
        folder = tmp_path / f"s{room}"
        with writer_for(folder) as writer:
            writer.append(make_tracklet(0))
            with monkeypatch.context() as patch:
                patch.setattr(os, "write", FullDisk(room))
                with pytest.raises(ReidError, match="full"):
                    writer.append(make_tracklet(1))
            writer.finish()
        assert contents(folder) == contents(tmp_path / "undisturbed")


def test_after_making_room_the_same_writer_goes_on(tmp_path, monkeypatch):
    with writer_for(tmp_path / "s") as writer:
        writer.append(make_tracklet(0))
        monkeypatch.setattr(os, "write", FullDisk(100))
        with pytest.raises(ReidError, match=r"full.*1 tracklets are safe"):
            writer.append(make_tracklet(1))
        monkeypatch.undo()
        assert writer.done == 1
        writer.append(make_tracklet(1))
        writer.finish()
    build(tmp_path / "undisturbed", 2)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")


def append_all(writer, count):
    for number in range(writer.done, count):
        writer.append(make_tracklet(number))


def test_a_real_limit_on_file_size(tmp_path):
    resource = pytest.importorskip("resource", reason="only Unix limits file sizes")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with writer_for(tmp_path / "s") as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        try:
            with pytest.raises(ReidError, match=r"file size limit.*tracklets are safe.*ulimit -f"):
                append_all(writer, 8)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert 0 < writer.done < 8
    build(tmp_path / "s", 8)
    build(tmp_path / "undisturbed", 8)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")


def test_a_real_full_disk(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    try:
        with pytest.raises(ReidError, match=r"full \(0 MB free\).*tracklets are safe"):
            build(small / "s", 200)
        done = len((small / "s.building" / "index.jsonl").read_bytes().splitlines())
        assert done > 0
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
        with writer_for(small / "s") as writer:
            assert writer.done >= done - 1
        build(small / "s", 200)
        assert_same(Store.open(small / "s", verify="hashes"), 200)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_read_only_folder_is_a_sentence(read_only):
    with pytest.raises(ReidError, match=r"refused.*choose another folder, or ask for permission") as caught:
        build(read_only / "s", 1)
    assert str(read_only) in caught.value.found
    with read_only.writable():
        build(read_only / "s", 2)
    assert_same(build(read_only / "s", 2), 2)


@pytest.mark.parametrize(("number", "found", "todo"), [
    (errno.ENOSPC, "full", "choose a folder on another disk"), (errno.EFBIG, "file size limit", "ulimit -f"),
    (errno.EDQUOT, "quota", "another disk"), (errno.ENOENT, "could not be used", "check the path"),
    (errno.EROFS, "refused", "permission"), (errno.EACCES, "refused", "choose another folder"),
    (errno.EIO, "could not be used", "check the path"),
])
def test_each_error_of_the_system_is_a_sentence(tmp_path, number, found, todo):
    error = explain(OSError(number, os.strerror(number)), tmp_path / "not" / "there", "5 tracklets are safe")
    assert found in error.found
    assert "5 tracklets are safe" in error.found
    assert todo in error.todo
    assert "REIDLIB_CACHE" not in str(error)
    assert ("disk" in error.found) == (number in (errno.ENOSPC, errno.EDQUOT))
    assert ("free)" in error.found) == (number == errno.ENOSPC)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_only_inside_the_cache_another_cache_is_the_way_out(number):
    error = explain(OSError(number, os.strerror(number)), cache_path("runs", "mine"))
    assert "REIDLIB_CACHE" in error.todo
    assert "REIDLIB_CACHE" not in explain(OSError(number, "x"), cache_path().parent / "mine").todo


def test_a_file_that_may_not_be_read_asks_for_permission_to_read(tmp_path, monkeypatch):
    file = tmp_path / "mine.json"
    file.write_text("x")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    error = explain(PermissionError(errno.EACCES, "Permission denied"), file)
    assert (error.needed, "permission to read" in error.todo) == ("a file that you may read", True)


def test_what_a_path_is(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    kinds = [kind_of(tmp_path / name) for name in ("file", ".", "nothing", "file/below", "nul\0")]
    assert kinds == ["file", "folder", "", "", ""]
    assert kind_of(os.devnull) == "other"

    def refuse(path, **_):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(ReidError, match=r"file was refused.*permission"):
        kind_of(tmp_path / "file")
