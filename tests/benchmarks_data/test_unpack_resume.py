"""Killed at any moment, or out of room, and started again: the same tree, and no complete member written twice."""

import errno
import os
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest
from archive_maker import MAKERS, TREE, contents, image, make_tar, make_zip

from reidlib.data.benchmarks import unpack as module
from reidlib.data.benchmarks.unpack import unpack
from reidlib.errors import ReidError

CALLS = ("write", "replace", "mkdir", "rmdir", "unlink", "open", "fsync")


@pytest.fixture(params=sorted(MAKERS))
def pack(request, tmp_path):
    """pack(members) -> archive, once for each kind."""
    return lambda members: MAKERS[request.param](tmp_path / f"prid.{request.param}", members)


class Killed(BaseException):
    """Not an Exception, so no clean-up that a real kill would skip runs."""


def killed(monkeypatch, after, job) -> bool:
    """Runs `job`, dies in the middle of the disk-changing call number `after`, and says whether it came so far."""
    left = [after]

    def wrapped(name, call):
        def stop_here(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                if name == "write" and len(args[1]) > 1:
                    call(args[0], bytes(args[1])[:len(args[1]) // 2])
                raise Killed
            return call(*args, **kwargs)
        return stop_here
    with monkeypatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, wrapped(name, getattr(os, name)))
        try:
            job()
        except Killed:
            return True
    return False


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_stopping_at_every_system_call(tmp_path, monkeypatch, kind):
    archive = MAKERS[kind](tmp_path / "a.bin", TREE.items())
    monkeypatch.setattr(os, "sync", lambda: None)
    number, target = 0, tmp_path / "out" / "o0"
    while killed(monkeypatch, number, partial(unpack, archive, target)):
        if target.exists():
            assert contents(target) == TREE  # never a part of it
        result = unpack(archive, target)
        assert (result.members, contents(target)) == (4, TREE)
        assert not target.with_name(f"{target.name}.unpacking").exists()
        number += 1
        target = tmp_path / "out" / f"o{number}"
    assert number > 25
    assert {each.name.partition(".")[2] for each in (tmp_path / "out").iterdir()} == {"", "unpacking.lock"}


CHILD = """
import sys, time
from reidlib.data.benchmarks.unpack import unpack
def progress(done, total):
    print(done, flush=True)
    time.sleep(0.003)
unpack(sys.argv[1], sys.argv[2], progress=progress)
"""


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_kill_9_and_again(tmp_path, kind):
    members = {f"seq/cam{number % 2}/{number:04d}.jpg": image(number, 3000) for number in range(200)}
    members["last.avi"] = image(7, 5_000_000)
    archive = MAKERS[kind](tmp_path / "a.bin", members.items())
    target = tmp_path / "out"
    there = {}
    for lines in (40, 190, 202):  # the last one strikes inside the large member
        child = subprocess.Popen([sys.executable, "-c", CHILD, archive, target], stdout=subprocess.PIPE, text=True)
        for _ in range(lines):
            assert child.stdout.readline()
        child.kill()
        child.communicate()
        assert not target.exists()
        tree = tmp_path / "out.unpacking" / "tree"
        now = {path.relative_to(tree).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
               for path in tree.rglob("*") if path.is_file()}
        assert len(now) >= lines - 3
        assert there.items() <= now.items()
        there = now
    assert "last.avi" not in there
    assert unpack(archive, target).members == 201
    assert contents(target) == members
    kept = {name: ((target / name).stat().st_ino, (target / name).stat().st_mtime_ns) for name in there}
    assert kept == there  # not one of them was written again
    assert {each.name for each in tmp_path.iterdir()} == {"a.bin", "out", "out.unpacking.lock"}


def interrupted(archive, target):
    """Leaves three of four members of TREE in the work in progress."""
    def stop(done, total):
        if done >= 70_900:
            raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, target, progress=stop)
    return target.with_name(f"{target.name}.unpacking") / "tree"


def test_what_a_power_cut_or_a_stranger_left_is_put_right(pack, tmp_path):
    archive = pack(TREE.items())
    tree = interrupted(archive, tmp_path / "out")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "person_0001.png").write_bytes(TREE["prid/cam_b/person_0001.png"])
    (tree / "prid/cam_a/person_0001.png").write_bytes(bytes(900))  # the size is right
    (tree / "prid/cam_a/stranger.png").write_bytes(b"1")
    (tree / "prid/read me.txt").mkdir(parents=True)
    (tree / "prid/cam_b/person_0001.png").unlink()
    (tree / "prid/cam_b").rmdir()
    (tree / "prid/cam_b").symlink_to(tmp_path / "outside")
    os.mkfifo(tree / "pipe")
    (tree.parent / "part").symlink_to(tmp_path / "victim")
    with pytest.raises(ReidError, match="could not be used"):  # the spare name leads out: not followed
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "victim").exists()
    (tree.parent / "part").unlink()
    unpack(archive, tmp_path / "out")
    assert contents(tmp_path / "out") == TREE
    assert (tmp_path / "outside" / "person_0001.png").exists()


def test_the_work_in_progress_of_another_archive_is_started_anew(tmp_path):
    interrupted(make_zip(tmp_path / "a.zip", TREE.items()), tmp_path / "out")
    other = make_tar(tmp_path / "b.tar", [("prid/cam_a/person_0001.png", b"another")])
    unpack(other, tmp_path / "out")
    assert contents(tmp_path / "out") == {"prid/cam_a/person_0001.png": b"another"}


def test_a_damaged_archive_takes_its_work_in_progress_with_it(tmp_path):
    archive = make_zip(tmp_path / "a.zip", TREE.items())
    tree = interrupted(archive, tmp_path / "out")
    assert tree.exists()
    ends = module._ENDS
    module._ENDS = 40  # so that the damage lies between the ends that are compared
    try:
        unpack(make_zip(tmp_path / "b.zip", [("x", image(1))]), tmp_path / "b")
        data = bytearray((tmp_path / "b.zip").read_bytes())
        with zipfile.ZipFile(tmp_path / "b.zip") as file:
            assert file.testzip() is None
        data[300] ^= 1
        (tmp_path / "b.zip").write_bytes(data)
        assert unpack(tmp_path / "b.zip", tmp_path / "b").before  # known by its ends alone
        with pytest.raises(ReidError, match="damaged"):
            unpack(tmp_path / "b.zip", tmp_path / "c")
        assert not (tmp_path / "c.unpacking").exists()
    finally:
        module._ENDS = ends


def test_two_at_once_wait_for_each_other(tmp_path):
    archive = make_zip(tmp_path / "a.zip", [(f"{number}", image(number)) for number in range(150)])
    run = [sys.executable, "-c", CHILD, str(archive), str(tmp_path / "out")]
    children = [subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [child.communicate()[1] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert len(contents(tmp_path / "out")) == 150
    assert all(not each or "waiting" in each for each in said)
    assert not Path(tmp_path / "out.unpacking").exists()


def test_no_room_is_found_before_anything_is_written(pack, tmp_path, monkeypatch):
    archive = pack(TREE.items())
    monkeypatch.setattr(module, "free_bytes", lambda folder: 80_000)
    with pytest.raises(ReidError, match=r"needs 0\.1 MB.*has 0\.1 MB free.*run the same command again"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert contents(tmp_path / "out.unpacking").keys() == {"plan.json"}
    monkeypatch.setattr(module, "free_bytes", lambda folder: 90_000)  # 4096 · (1 + 18 + 1), and nothing for 0 bytes
    assert unpack(archive, tmp_path / "out").members == 4
    assert {each.name for each in tmp_path.iterdir()} == {archive.name, "out", "out.unpacking.lock"}


def test_a_disk_that_fills_up_on_the_way(pack, tmp_path, monkeypatch):
    archive = pack(TREE.items())
    real = os.write
    for room in (10, 1500, 40_000):
        left = [room]

        def write(fd, data, left=left):
            data = memoryview(data)[:left[0]]
            if not data:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            left[0] -= len(data)
            return real(fd, data)
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write)
            with pytest.raises(ReidError, match=r"full.*run the same command again"):
                unpack(archive, tmp_path / f"out{room}")
        assert not (tmp_path / f"out{room}").exists()
        assert unpack(archive, tmp_path / f"out{room}").members == 4
        assert contents(tmp_path / f"out{room}") == TREE


def test_a_real_limit_on_file_size(pack, tmp_path):
    resource = pytest.importorskip("resource", reason="only Unix limits file sizes")
    archive = pack(TREE.items())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(ReidError, match=r"limit was reached.*2 of 4 members are safe"):
            unpack(archive, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "out").exists()
    unpack(archive, tmp_path / "out")
    assert contents(tmp_path / "out") == TREE
