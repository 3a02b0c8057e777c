"""The column of exact flow: what the street moved, at the networks' size, whatever the number of workers."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError
from reidlib.world.build import flow_of, street
from reidlib.world.true_flow import true_flow


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    return street("street-v1-small", persons=2)


def test_it_is_the_flow_of_each_tracklet_scaled_to_the_size(store):
    column = true_flow(store, (64, 32), workers=1)
    assert column.shape == (int(store.lengths.sum()), 2, 64, 32)
    assert column.dtype == np.float16
    for number in range(len(store)):
        part = column[store.starts[number]:store.starts[number] + store.lengths[number]].astype(np.float64)
        whole = flow_of(store, number).astype(np.float64)
        assert not part[0].any()
        # Halving 128×64: a block of 2×2 pixels moves as its middle does, by half as many of the larger pixels. Away
        # from edges the four pixels agree, and no filter can matter.
        blocks = whole.reshape(len(whole), 2, 64, 2, 32, 2)
        smooth = np.ptp(blocks, axis=(3, 5)).max(1) < 0.02
        near = smooth.copy()
        for axis in (1, 2):
            near &= np.roll(smooth, 1, axis) & np.roll(smooth, -1, axis)
        near[:, [0, -1]] = near[:, :, [0, -1]] = False
        assert near.mean() > 0.2
        error = np.abs(part - blocks.mean((3, 5)) / 2).max(1)[near]
        assert np.quantile(error, 0.99) < 0.05
    assert np.abs(column).max() > 0.5


def test_workers_do_not_change_a_bit(store, tmp_path):
    one = np.array(true_flow(store, workers=1))
    shutil.rmtree(store.folder / "derived")
    assert np.array_equal(np.array(true_flow(store, workers=2)), one)


def test_a_store_that_was_not_rendered_is_refused(tmp_path):
    with StoreWriter(tmp_path / "own", name="own", version="1", height=128, width=64) as writer:
        writer.append(Tracklet(np.zeros((3, 128, 64, 3), np.uint8), 0, 0, "a"))
        own = writer.finish()
    with pytest.raises(ReidError, match="no rendered street"):
        true_flow(own, workers=1)
