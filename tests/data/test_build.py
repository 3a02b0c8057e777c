"""Killed at any moment and started again: byte for byte what an undisturbed build gives.

Twice over: in this process, stopping at *every* single system call that changes the disk; and with real processes and
SIGKILL, which no handler sees.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from packing import assert_same, build, contents, make_tracklet, writer_for

from reidlib.data.columns import ColumnWriter
from reidlib.data.store import Store
from reidlib.errors import ReidError

COUNT = 3
CALLS = ("write", "ftruncate", "replace", "fsync", "mkdir", "rmdir", "unlink", "open")
PACKING = Path(__file__).with_name("packing.py")


class Killed(BaseException):
    """Not an Exception, so no clean-up that a real kill would skip runs."""


class Kill:
    """Lets `after` disk-changing calls pass, then dies in the middle of the next one."""

    def __init__(self, monkeypatch, after: int) -> None:
        self.left = after
        for name in CALLS:
            monkeypatch.setattr(os, name, self.wrapped(name, getattr(os, name)))

    def wrapped(self, name, call):
        def stop_here(*args, **kwargs):
            self.left -= 1
            if self.left < 0:
                if name == "write" and len(args[1]) > 1:
                    call(args[0], bytes(args[1])[:len(args[1]) // 2])
                raise Killed
            return call(*args, **kwargs)
        return stop_here


def run_killed(monkeypatch, after: int, job, folder: Path) -> bool:
    """Runs `job` and says whether it was killed."""
    with monkeypatch.context() as patch:
        Kill(patch, after)
        try:
            job()
        except Killed:
            killed = True
        else:
            killed = False
    for leftover in folder.parent.rglob(f"{folder.name}*/**/*.tmp"):
        leftover.rename(leftover.with_name("store.json.1-1.tmp"))  # the next process has another number
    return killed


def store_job(folder):
    return lambda: build(folder, COUNT)


def stale_job(folder):
    with writer_for(folder, spec={"seed": 1}) as writer:
        writer.append(make_tracklet(5))
    return lambda: build(folder, COUNT, tell=lambda sentence: None)


def column_job(folder):
    store = build(folder, COUNT)
    return lambda: build_column(store)


def build_column(store):
    with ColumnWriter(store, "twice", "float32", (2,), spec={"factor": 2}) as writer:
        for number in range(writer.done, len(store)):
            writer.append(store[number].columns["speed"].astype(np.float32) * 2)
        writer.finish()


@pytest.mark.parametrize("make_job", [store_job, stale_job, column_job])
def test_stopping_at_every_system_call(tmp_path, monkeypatch, make_job):
    job = make_job(tmp_path / "undisturbed")
    job()
    wanted = contents(tmp_path / "undisturbed")
    rng = np.random.default_rng(0)
    killed = 0
    while True:
        folder = tmp_path / f"s{killed}"
        job = make_job(folder)
        if not run_killed(monkeypatch, killed, job, folder):
            break
        killed += 1
        run_killed(monkeypatch, int(rng.integers(0, 40)), job, folder)  # and again while it resumes
        job()
        assert contents(folder) == wanted
        assert not list(tmp_path.glob(f"{folder.name}.building*"))
    assert contents(folder) == wanted
    assert killed > 30


def test_after_a_power_cut_only_what_reached_the_disk_counts(tmp_path):
    with writer_for(tmp_path / "s") as writer:
        for number in range(5):
            writer.append(make_tracklet(number))
    path = tmp_path / "s.building" / "mask.npy"
    content = bytearray(path.read_bytes())
    content[-1 - 15 * make_tracklet(4).T - 15 * make_tracklet(3).T] ^= 1  # in the last row of tracklet 2
    path.write_bytes(content)
    with writer_for(tmp_path / "s") as writer:
        assert writer.done == 2
    (tmp_path / "s.building" / "frames.npy").unlink()
    with writer_for(tmp_path / "s") as writer:
        assert writer.done == 0
    build(tmp_path / "s", 5)
    build(tmp_path / "undisturbed", 5)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")


@pytest.mark.parametrize("tail", [b"\0\0\0\0", b"\0\0\0\n", b'{"name": "x"}\n', b"[]\n", b'{"crc32', b"\xff\n"])
def test_a_torn_journal_ends_where_it_tears(tmp_path, tail):
    with writer_for(tmp_path / "s") as writer:
        for number in range(3):
            writer.append(make_tracklet(number))
    with open(tmp_path / "s.building" / "index.jsonl", "ab") as journal:
        journal.write(tail)
    with writer_for(tmp_path / "s") as writer:
        assert writer.done == 3
    build(tmp_path / "s", 4)
    build(tmp_path / "undisturbed", 4)
    assert contents(tmp_path / "s") == contents(tmp_path / "undisturbed")


# Real processes from here on.

PACKED = 24  # tracklets of 128×64, about 9 MB


def start(folder, count=PACKED, pause=0.0):
    return subprocess.Popen([sys.executable, str(PACKING), str(folder), str(count), str(pause)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.split("\n")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "s"
    process = start(folder)
    assert process.stdout.readline() == "open 0\n"
    began = time.perf_counter()
    finish(process)
    return contents(folder), time.perf_counter() - began


def kill_and_restart(folder, undisturbed, rng, kills):
    """Kills the build of one folder `kills` times at random moments, then lets it finish."""
    wanted, duration = undisturbed
    hits = 0
    for attempt in range(40 * kills):
        process = start(folder)
        assert process.stdout.readline().startswith("open"), process.stderr.read()
        time.sleep(rng.uniform(0, duration))
        process.kill()
        process.communicate()
        if folder.exists():  # the kill came too late: begin anew, so that every kill has something to hit
            assert contents(folder) == wanted
            folder.rename(folder.with_name(f"{folder.name}-finished-{attempt}"))
            continue
        with pytest.raises(ReidError):
            Store.open(folder)
        hits += 1
        if hits == kills:
            break
    assert hits == kills
    finish(start(folder))
    assert contents(folder) == wanted
    Store.open(folder, verify="hashes")


def test_two_kills(tmp_path, undisturbed):
    kill_and_restart(tmp_path / "s", undisturbed, np.random.default_rng(1), 2)


@pytest.mark.slow
def test_thirty_kills(tmp_path, undisturbed):
    rng = np.random.default_rng(30)
    for number in range(10):
        kill_and_restart(tmp_path / f"s{number}", undisturbed, rng, 3)


def test_two_processes_at_once_do_no_harm(tmp_path, undisturbed):
    folder = tmp_path / "s"
    first = start(folder, pause=0.02)
    assert first.stdout.readline() == "open 0\n"
    second = start(folder)
    said = second.stderr.readline()
    assert "Another process" in said
    assert str(folder) in said
    assert finish(first)[:PACKED] == [str(number) for number in range(PACKED)]
    assert finish(second)[0] == f"open {PACKED}"  # waited, found it complete, packed nothing
    assert contents(folder) == undisturbed[0]


def test_the_waiting_process_takes_over_when_the_first_is_killed(tmp_path, undisturbed):
    folder = tmp_path / "s"
    first = start(folder, pause=0.05)
    for expected in ["open 0\n", "0\n", "1\n", "2\n"]:
        assert first.stdout.readline() == expected
    second = start(folder)
    assert "Another process" in second.stderr.readline()
    first.kill()
    first.communicate()
    lines = finish(second)
    done = int(lines[0].split()[1])
    assert 3 <= done < PACKED
    assert lines[1:PACKED - done + 1] == [str(number) for number in range(done, PACKED)]
    assert contents(folder) == undisturbed[0]


def test_readers_see_all_or_nothing_while_it_is_built(tmp_path):
    folder = tmp_path / "s"
    process = start(folder, pause=0.005)
    looks, store = 0, None
    while store is None:
        assert process.poll() in (None, 0)
        try:
            store = Store.open(folder, verify="hashes")
        except ReidError as error:
            assert "no folder" in error.found  # noqa: PT017 - it may appear between any look and the next
            looks += 1
    assert_same(store, PACKED)
    finish(process)
    assert looks > 3


def test_threads_of_one_process_wait_for_each_other(tmp_path):
    said, stores = [], []
    inside, go_on = threading.Event(), threading.Event()

    def work(name):
        with writer_for(tmp_path / "s", tell=said.append) as writer:
            inside.set()
            assert go_on.wait(30)
            for number in range(writer.done, 3):
                writer.append(make_tracklet(number))
            stores.append((name, writer.finish()))

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    threads[0].start()
    assert inside.wait(30)
    threads[1].start()
    while not said:
        time.sleep(0.01)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert [name for name, _ in stores] == ["a", "b"]
    assert_same(stores[1][1], 3)
