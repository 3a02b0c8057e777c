"""The column of resized frames holds what resizing each tracklet gives, and goes on after a stop."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.data.resized import resized_frames
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.transforms import resize_frames
from reidlib.data.writer import StoreWriter


@pytest.fixture
def store(tmp_path):
    rng = np.random.default_rng(0)
    with StoreWriter(tmp_path / "s", name="s", version="1", height=20, width=12) as writer:
        for k, length in enumerate((3, 1, 5)):
            writer.append(Tracklet(rng.integers(0, 256, (length, 20, 12, 3), dtype=np.uint8), k, 1, f"t{k}"))
        return writer.finish()


def test_column_equals_resizing_each_tracklet(store):
    column = resized_frames(store, (10, 6))
    for k, start in enumerate(store.starts):
        np.testing.assert_array_equal(column[start:start + store.lengths[k]], resize_frames(store[k].frames, (10, 6)))
    assert store.derived == ["frames_10x6"]


def test_the_stored_size_needs_no_column(store):
    assert resized_frames(store, (20, 12)) is store.frames
    assert store.derived == []


def test_goes_on_after_a_stop(store):
    heard = []

    def stop_at_two(done, total):
        heard.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resized_frames(store, (10, 6), progress=stop_at_two)
    again = []
    column = resized_frames(Store.open(store.folder), (10, 6), progress=lambda done, total: again.append(done))
    assert heard == [(1, 3), (2, 3)]
    assert again == [3]
    np.testing.assert_array_equal(column[:3], resize_frames(store[0].frames, (10, 6)))
