"""What a Tracklet accepts, and what its windows hold."""

import pickle

import numpy as np
import pytest
from packing import make_tracklet

from reidlib.data.tracklet import Tracklet
from reidlib.errors import ReidError

FRAMES = np.arange(4 * 2 * 5 * 3, dtype=np.uint8).reshape(4, 2, 5, 3)


def tracklet(**changes) -> Tracklet:
    return Tracklet(**{"frames": FRAMES, "pid": 5, "camid": 1, "name": "p0005_c1", **changes})


def test_sizes_and_the_two_named_columns():
    visibility = np.array([1, 0.5, 0, 0.25], dtype=np.float32)
    mask = np.ones((4, 2, 5), dtype=bool)
    t = tracklet(columns={"visibility": visibility, "mask": mask})
    assert (t.T, t.H, t.W) == (4, 2, 5)
    assert t.visibility is visibility
    assert t.mask is mask
    bare = tracklet()
    assert bare.visibility is None
    assert bare.mask is None


def test_window_is_a_view_and_take_follows_the_indices():
    t = tracklet(columns={"order": np.arange(4)}, info={"day": 3})
    window = t.window(1, 2)
    assert np.shares_memory(window.frames, FRAMES)
    np.testing.assert_array_equal(window.frames, FRAMES[1:3])
    np.testing.assert_array_equal(window.columns["order"], [1, 2])
    taken = t.take(np.array([3, 0, 0]))
    np.testing.assert_array_equal(taken.frames, FRAMES[[3, 0, 0]])
    np.testing.assert_array_equal(taken.columns["order"], [3, 0, 0])
    assert (taken.name, taken.pid, taken.camid, taken.info) == ("p0005_c1", 5, 1, {"day": 3})


def test_one_frame_is_enough():
    t = tracklet(frames=FRAMES[:1])
    assert t.window(0, 1).T == t.take([0]).T == 1


@pytest.mark.parametrize(("start", "length"), [(-1, 2), (0, 0), (0, 5), (3, 2), (4, 1)])
def test_a_window_stays_inside(start, length):
    with pytest.raises(ReidError, match="4 frames"):
        tracklet().window(start, length)


@pytest.mark.parametrize("indices", [[-1], [4], [], [[0]], [0.5], [True]])
def test_take_stays_inside(indices):
    with pytest.raises(ReidError):
        tracklet().take(indices)


@pytest.mark.parametrize(("changes", "found"), [
    ({"frames": FRAMES.astype(np.float32)}, "float32"),
    ({"frames": FRAMES.tolist()}, "list"),
    ({"frames": FRAMES[0]}, r"\(2, 5, 3\)"),
    ({"frames": FRAMES.transpose(0, 3, 1, 2)}, r"\(4, 3, 2, 5\)"),
    ({"frames": FRAMES[:0]}, r"\(0, 2, 5, 3\)"),
    ({"pid": 1.5}, "pid 1.5"),
    ({"pid": 2**63}, str(2**63)),
    ({"camid": -1}, "camid -1"),
    ({"name": ""}, "''"),
    ({"columns": {"visibility": np.ones(3, np.float32)}}, r"\(3,\)"),
    ({"columns": {"visibility": np.ones(4)}}, "float64"),
    ({"columns": {"visibility": np.full(4, 1.5, np.float32)}}, "1.5"),
    ({"columns": {"visibility": np.full(4, np.nan, np.float32)}}, "nan"),
    ({"columns": {"mask": np.ones((4, 5, 2), bool)}}, r"\(4, 5, 2\)"),
    ({"columns": {"mask": np.ones((4, 2, 5), np.uint8)}}, "uint8"),
    ({"columns": {"flow": [1, 2, 3, 4]}}, "list"),
    ({"info": {"day": [1]}}, "day"),
])
def test_wrong_parts_are_refused_in_a_sentence(changes, found):
    with pytest.raises(ReidError, match=found) as caught:
        tracklet(**changes)
    assert caught.value.needed
    assert caught.value.todo


def test_numpy_numbers_become_plain_and_pickling_keeps_all():
    t = tracklet(pid=np.int32(7), info={"day": np.int64(2), "light": np.float32(0.5)})
    assert type(t.pid) is int
    assert type(t.info["day"]) is int
    assert type(t.info["light"]) is float
    again = pickle.loads(pickle.dumps(make_tracklet(5)))
    np.testing.assert_array_equal(again.frames, make_tracklet(5).frames)
    np.testing.assert_array_equal(again.mask, make_tracklet(5).mask)
