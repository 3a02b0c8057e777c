"""Reading a finished store: round trip, views, pickling, and every kind of damage."""

import json
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packing import H, W, assert_same, build, contents, make_tracklet, writer_for

from reidlib.data.document import sealed
from reidlib.data.store import Store
from reidlib.errors import ReidError

COUNT = 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("reading") / "store"
    build(place, COUNT)
    return place


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def test_round_trip(folder):
    assert_same(Store.open(folder, verify="hashes"), COUNT)


def test_arrays_of_facts(folder):
    store = Store.open(folder)
    lengths = [make_tracklet(number).T for number in range(COUNT)]
    assert store.lengths.tolist() == lengths
    assert store.starts.tolist() == [sum(lengths[:number]) for number in range(COUNT)]
    assert store.pids.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert store.camids.tolist() == [0, 1, 0, 1, 0, 1, 0]
    assert {array.dtype for array in (store.lengths, store.starts, store.pids, store.camids)} == {np.dtype(np.int64)}
    assert store.names == [make_tracklet(number).name for number in range(COUNT)]
    assert store.info("gait").tolist() == [number / 7 for number in range(COUNT)]
    assert store.position("p0002_c1") == 5
    assert (store.name, store.version, store.spec) == ("seeded", "1", {"seed": 2024, "made": "test"})


def test_plain_numpy_reads_the_files(folder):
    store = Store.open(folder)
    frames = np.load(folder / "frames.npy", mmap_mode="r")
    np.testing.assert_array_equal(frames, np.concatenate([make_tracklet(number).frames for number in range(COUNT)]))
    np.testing.assert_array_equal(frames, store.frames)
    visibility = np.load(folder / "visibility.npy")
    np.testing.assert_array_equal(visibility, store.column("visibility"))
    packed = np.load(folder / "mask.npy")
    np.testing.assert_array_equal(store.layout("mask").unpack(packed)[:, -1, -1],
                                  np.concatenate([make_tracklet(number).mask[:, -1, -1] for number in range(COUNT)]))
    assert [json.loads(line)["name"] for line in (folder / "index.jsonl").open()] == store.names


def test_nothing_read_can_be_written(folder):
    store = Store.open(folder)
    t = store[0]
    for array in (t.frames, *t.columns.values(), store.frames, store.column("speed"), store.pids, store.starts,
                  t.window(0, 1).frames, t.window(0, 1).mask):
        assert not array.flags.writeable
    assert isinstance(store.frames, np.memmap)


def test_numbers_and_names_outside(folder):
    store = Store.open(folder)
    assert store[-1].name == store[COUNT - 1].name == store[np.int32(COUNT - 1)].name
    for number in (COUNT, -COUNT - 1):
        with pytest.raises(IndexError):
            store[number]
    with pytest.raises(ReidError, match="p9999_c0"):
        store.position("p9999_c0")
    near = store.names[-1]
    with pytest.raises(ReidError, match=f"such as {near}.*from 0 to {COUNT - 1}"):
        store.position(near[1:])
    with pytest.raises(ReidError, match=f"such as .*{near}"):
        store.position(near + "x")
    with pytest.raises(ReidError, match=r"'weather'.*'day', 'gait'"):
        store.info("weather")
    with pytest.raises(ReidError, match="'depth'"):
        store.column("depth")


def test_the_hash_knows_content_and_not_the_name(folder, tmp_path):
    store = Store.open(folder)
    assert build(tmp_path / "again", COUNT).hash == store.hash
    assert build(tmp_path / "renamed", COUNT, name="other", spec={"seed": 1}).hash == store.hash
    assert build(tmp_path / "shorter", COUNT - 1).hash != store.hash


def test_a_store_travels_to_another_process_as_a_path(folder):
    store = Store.open(folder)
    store.frames.sum()
    message = pickle.dumps(store)
    assert len(message) < 1000
    code = ("import pickle, sys; store = pickle.loads(bytes.fromhex(sys.argv[1])); "
            "print(store.hash, int(store.frames.sum()), store[3].T)")
    answer = subprocess.run([sys.executable, "-c", code, message.hex()], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [store.hash, str(int(store.frames.sum())), "1"]


def test_a_store_replaced_under_a_worker_is_noticed(copied):
    message = pickle.dumps(Store.open(copied))
    shutil.rmtree(copied)
    build(copied, COUNT - 1)
    with pytest.raises(ReidError, match="replaced"):
        pickle.loads(message)


def test_a_store_works_from_another_folder_and_after_close(folder, monkeypatch, tmp_path):
    monkeypatch.chdir(folder.parent)
    with Store.open("store") as store:
        store[0]
    monkeypatch.chdir(tmp_path)
    assert_same(store, COUNT)


def test_a_store_without_tracklets(tmp_path):
    store = build(tmp_path / "empty", 0)
    assert len(store) == 0
    assert list(store) == []
    assert store.frames.shape == (0, H, W, 3)
    assert store.pids.shape == store.starts.shape == (0,)
    assert np.load(tmp_path / "empty" / "mask.npy").shape == (0, 15)
    Store.open(tmp_path / "empty", verify="hashes")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_flipped_bit_is_found(folder, tmp_path_factory, data):
    broken = shutil.copytree(folder, tmp_path_factory.mktemp("flip") / "store")
    path = data.draw(st.sampled_from(sorted(broken.iterdir())))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    with pytest.raises(ReidError):
        Store.open(broken, verify="hashes")


def test_a_flipped_pixel_is_located(copied):
    store = Store.open(copied)
    content = bytearray((copied / "frames.npy").read_bytes())
    content[128 + int(store.starts[4]) * H * W * 3 + 5] ^= 16
    (copied / "frames.npy").write_bytes(content)
    Store.open(copied)  # sizes alone cannot see it
    with pytest.raises(ReidError, match=r"frames.npy .* first in tracklet p0002_c0\b.*delete the folder"):
        Store.open(copied, verify="hashes")


def test_a_changed_header_is_found_cheaply(copied):
    content = (copied / "speed.npy").read_bytes()
    (copied / "speed.npy").write_bytes(content.replace(b"<f2", b"<i2", 1))
    with pytest.raises(ReidError, match=r"speed.npy .* header"):
        Store.open(copied)


@pytest.mark.parametrize("name", ["frames.npy", "mask.npy", "speed.npy", "visibility.npy", "index.jsonl", "store.json"])
@pytest.mark.parametrize("harm", ["cut", "lengthen", "empty", "remove"])
def test_truncated_and_missing_files_are_found_cheaply(copied, name, harm):
    path = copied / name
    content = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes({"cut": content[:-3], "lengthen": content + b"00", "empty": b""}[harm])
    with pytest.raises(ReidError, match=name) as caught:
        Store.open(copied)
    assert caught.value.todo


def test_folders_that_are_no_store(tmp_path, copied):
    with pytest.raises(ReidError, match="no folder"):
        Store.open(tmp_path / "nowhere")
    with pytest.raises(ReidError, match="not a store"):
        Store.open(tmp_path)
    (copied / "store.json").write_text('{"format": "something else"}')
    with pytest.raises(ReidError, match="not written by reidlib"):
        Store.open(copied)
    with pytest.raises(ReidError, match="verify"):
        Store.open(build(tmp_path / "fine", 1).folder, verify="everything")


def test_a_newer_format_asks_for_an_upgrade(copied):
    document = json.loads((copied / "store.json").read_bytes())
    (copied / "store.json").write_bytes(sealed({**document, "format_version": 2}))
    with pytest.raises(ReidError, match=r"format 2.*upgrade"):
        Store.open(copied)


def test_an_unfinished_build_is_not_a_store(tmp_path):
    with writer_for(tmp_path / "half") as writer:
        writer.append(make_tracklet(0))
    with pytest.raises(ReidError, match="no folder"):
        Store.open(tmp_path / "half")
    with pytest.raises(ReidError, match="unfinished"):
        Store.open(tmp_path / "half.building")


def test_verifying_reports_progress_in_bytes(folder):
    seen = []
    Store.open(folder, verify="hashes", progress=lambda done, total: seen.append((done, total)))
    total = sum(len(content) for name, content in contents(folder).items() if name.endswith(".npy"))
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
