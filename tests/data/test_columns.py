"""Columns added to a finished store: they leave it as it was, and never meet other frames."""

import json
import shutil

import numpy as np
import pytest
from packing import build, contents, make_tracklet

from reidlib.data.columns import DOCUMENT, ColumnWriter
from reidlib.data.store import Store
from reidlib.errors import ReidError

COUNT = 5
SHAPE = (2, 4, 3)


def flow_of(number: int) -> np.ndarray:
    T = make_tracklet(number).T
    return np.random.default_rng(number).standard_normal((T, *SHAPE)).astype(np.float16)


def add_flow(store: Store, **changes) -> np.ndarray:
    settings = {"name": "flow", "dtype": "float16", "shape": SHAPE, "spec": {"method": "drawn"}, **changes}
    with ColumnWriter(store, **settings) as writer:
        for number in range(writer.done, len(store)):
            writer.append(flow_of(number))
        return writer.finish()


@pytest.fixture
def store(tmp_path):
    return build(tmp_path / "s", COUNT)


def test_round_trip_and_the_store_stays_the_same(store):
    before = contents(store.folder)
    flow = add_flow(store)
    np.testing.assert_array_equal(flow, np.concatenate([flow_of(number) for number in range(COUNT)]))
    assert flow.dtype == np.float16
    assert not flow.flags.writeable
    after = contents(store.folder)
    assert {name: after[name] for name in before} == before
    again = Store.open(store.folder, verify="hashes")
    assert again.hash == store.hash
    assert again.derived == ["flow"]
    np.testing.assert_array_equal(again.column("flow"), flow)
    np.testing.assert_array_equal(np.load(store.folder / "derived" / "flow" / "flow.npy"), flow)
    assert json.loads((store.folder / "derived" / "flow" / DOCUMENT).read_text())["store"] == store.hash


def test_tracklets_carry_it_only_when_asked(store):
    add_flow(store)
    assert "flow" not in store[2].columns
    t = store.tracklet(2, derived=("flow",))
    np.testing.assert_array_equal(t.columns["flow"], flow_of(2))
    np.testing.assert_array_equal(t.window(1, 2).columns["flow"], flow_of(2)[1:3])


def test_it_is_still_found_after_closing_the_store(store):
    add_flow(store)
    store.close()
    np.testing.assert_array_equal(store.column("flow")[:1], flow_of(0)[:1])
    assert store.layout("flow").shape == SHAPE


def test_a_bool_column_is_packed_and_unpacked(store):
    rows = [np.random.default_rng(number).random((make_tracklet(number).T, 9)) < 0.5 for number in range(COUNT)]
    with ColumnWriter(store, "edges", "bool", (9,)) as writer:
        for row in rows:
            writer.append(row)
        assert writer.finish().shape == (store.lengths.sum(), 2)
    np.testing.assert_array_equal(store.tracklet(1, derived=("edges",)).columns["edges"], rows[1])


def test_resuming_and_being_complete(store, tmp_path):
    with ColumnWriter(store, "flow", "float16", SHAPE, spec={"method": "drawn"}) as writer:
        writer.append(flow_of(0))
        writer.append(flow_of(1))
    with ColumnWriter(store, "flow", "float16", SHAPE, spec={"method": "drawn"}) as writer:
        assert writer.done == 2
        with pytest.raises(ReidError, match="2 tracklets"):
            writer.finish()
    assert store.derived == []
    add_flow(store)
    writer = ColumnWriter(store, "flow", "float16", SHAPE, spec={"method": "drawn"})
    assert writer.complete
    assert writer.done == COUNT
    other = build(tmp_path / "other", COUNT)
    add_flow(other)
    assert contents(other.folder) == contents(store.folder)


def test_wrong_rows_and_too_many(store):
    with ColumnWriter(store, "flow", "float16", SHAPE) as writer:
        for wrong in (flow_of(0)[:-1], flow_of(0).astype(np.float32), flow_of(0)[:, :1], flow_of(0).tolist()):
            with pytest.raises(ReidError, match="p0000_c0"):
                writer.append(wrong)
        for number in range(COUNT):
            writer.append(flow_of(number))
        with pytest.raises(ReidError, match="all 5"):
            writer.append(flow_of(0))


def test_another_spec_and_names_that_are_taken(store):
    add_flow(store)
    with pytest.raises(ReidError, match=r"spec\.method is 'drawn' there and 'lk' here"):
        add_flow(store, spec={"method": "lk"})
    for name in ("visibility", "frames", "Flow", "a/b"):
        with pytest.raises(ReidError):
            add_flow(store, name=name)
    with pytest.raises(ReidError, match=r"no column 'depth'.*'visibility', 'flow'"):
        store.column("depth")


def test_a_column_of_other_frames_is_refused(store, tmp_path):
    add_flow(store)
    other = build(tmp_path / "other", COUNT, spec={"seed": 5})
    assert other.hash == store.hash  # same content: may share it
    fewer = build(tmp_path / "fewer", COUNT - 1)
    shutil.copytree(store.folder / "derived", fewer.folder / "derived")
    with pytest.raises(ReidError, match="another store"):
        fewer.column("flow")


def test_damage_in_a_column(store):
    add_flow(store)
    path = store.folder / "derived" / "flow" / "flow.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    Store.open(store.folder).column("flow")
    with pytest.raises(ReidError, match=r"flow.npy .* first in tracklet p0002_c0"):
        Store.open(store.folder, verify="hashes").column("flow")
    path.write_bytes(content[:-1])
    with pytest.raises(ReidError, match=r"flow\.npy"):
        Store.open(store.folder).column("flow")
