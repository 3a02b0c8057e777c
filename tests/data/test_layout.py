"""The bytes of one array: header, packing, names."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reidlib.data.layout import DTYPES, HEADER_BYTES, Layout, checked_layouts
from reidlib.errors import ReidError


@given(rows=st.integers(0, 10**12), dtype=st.sampled_from(DTYPES),
       shape=st.lists(st.integers(1, 10**4), max_size=4).map(tuple))
def test_numpy_reads_every_header_and_its_size_never_changes(rows, dtype, shape):
    layout = Layout.checked("x", dtype, shape)
    header = layout.header(rows)
    assert len(header) == HEADER_BYTES
    stream = io.BytesIO(header)
    assert np.lib.format.read_magic(stream) == (1, 0)
    found = np.lib.format.read_array_header_1_0(stream)
    assert found == ((rows, *layout.stored_shape), False, layout.stored_dtype)
    assert stream.tell() == HEADER_BYTES


@given(T=st.integers(1, 5), shape=st.lists(st.integers(1, 7), max_size=3).map(tuple), seed=st.integers(0, 99))
def test_packed_bits_come_back_and_each_row_stands_alone(T, shape, seed):
    layout = Layout.checked("mask", bool, shape)
    rows = np.random.default_rng(seed).random((T, *shape)) < 0.5
    packed = layout.pack(rows)
    assert packed.shape == (T, *layout.stored_shape)
    assert packed.nbytes == T * layout.row_bytes
    np.testing.assert_array_equal(layout.unpack(packed), rows)
    np.testing.assert_array_equal(layout.unpack(packed[-1:]), rows[-1:])


def test_a_known_row_packs_to_known_bytes():
    row = np.array([[1, 0, 0, 0, 0, 0, 0, 1, 1]], dtype=bool)
    assert Layout("bool", (9,)).pack(row).tolist() == [[0b10000001, 0b10000000]]


def test_an_array_that_is_not_contiguous_is_packed_in_order():
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2]
    assert Layout("float32", (2,)).pack(rows).tobytes() == np.array([0, 2, 4, 6, 8, 10], "<f4").tobytes()


@pytest.mark.parametrize("columns", [
    {"frames": ("uint8", ())}, {"Mask": ("bool", ())}, {"a/b": ("bool", ())}, {"../x": ("bool", ())},
    {"nul": ("bool", ())}, {7: ("bool", ())}, {"x": ("object", ())}, {"x": ("complex64", ())}, {"x": ("no such", ())},
    {"x": ("float32", (0,))}, {"x": ("float32", (-1,))}, {"x": ("float32", (1,) * 5)}, {"x": ("float32", 3)},
    {"x": "bool"}, {"x": None},
])
def test_what_cannot_be_stored_is_refused(columns):
    with pytest.raises(ReidError, match="Column"):
        checked_layouts(columns)
