"""Middlebury's format, byte by byte, and what is wrong with files that are not it."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reidlib.errors import ReidError
from reidlib.flow.flo_file import read_flo, write_flo


def test_bytes_by_hand(tmp_path):
    """1 row, 2 columns: width before height, x before y, pixel after pixel; 1e10 marks the unknown."""
    path = tmp_path / "a.flo"
    path.write_bytes(struct.pack("<fii4f", 202021.25, 2, 1, 0.5, -1.5, 1e10, 2.0))
    flow, known = read_flo(path)
    assert flow.dtype == np.float32
    assert flow.tolist() == [[[0.5, 0]], [[-1.5, 0]]]
    assert known.tolist() == [[True, False]]
    write_flo(tmp_path / "b.flo", flow)
    assert (tmp_path / "b.flo").read_bytes() == struct.pack("<fii4f", 202021.25, 2, 1, 0.5, -1.5, 0, 0)


@given(flow=arrays(np.float32, (2, 3, 5), elements=st.floats(-1e6, 1e6, width=32)), known=arrays(bool, (3, 5)))
def test_written_and_read_again(tmp_path_factory, flow, known):
    path = write_flo(tmp_path_factory.mktemp("flo") / "x.flo", flow, known)
    again, same = read_flo(path)
    np.testing.assert_array_equal(same, known)
    np.testing.assert_array_equal(again, np.where(known, flow, 0))


def test_nan_may_only_stand_where_nothing_is_known(tmp_path):
    flow = np.zeros((2, 2, 2), np.float32)
    flow[0, 1, 1] = np.nan
    with pytest.raises(ReidError, match="NaN"):
        write_flo(tmp_path / "x.flo", flow)
    assert not list(tmp_path.iterdir())
    write_flo(tmp_path / "x.flo", flow, np.isfinite(flow).all(axis=0))
    assert read_flo(tmp_path / "x.flo")[1].tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"P6 1 2", "begins with b'P6 1'"),
        (b"PIEH\x01", "begins with b'PIEH'"),
        (struct.pack("<fii", 202021.25, 2, 1), "promises 1×2 pixels and has 12 bytes.*28 bytes"),
        (struct.pack("<fii", 202021.25, -2, 1), "promises 1×-2"),
    ],
)
def test_other_files_are_named(tmp_path, content, sentence):
    (tmp_path / "x.flo").write_bytes(content)
    with pytest.raises(ReidError, match=sentence):
        read_flo(tmp_path / "x.flo")


def test_paths_and_shapes_that_cannot_be(tmp_path):
    with pytest.raises(ReidError, match=r"none\.flo"):
        read_flo(tmp_path / "none.flo")
    with pytest.raises(ReidError, match=r"shape \(3, 4, 2\).*x before y"):
        write_flo(tmp_path / "x.flo", np.zeros((3, 4, 2)))
    with pytest.raises(ReidError, match=r"mask of bool and shape \(4, 3\)"):
        write_flo(tmp_path / "x.flo", np.zeros((2, 3, 4)), np.ones((4, 3), bool))
    with pytest.raises(ReidError, match="no/such"):
        write_flo(tmp_path / "no/such/x.flo", np.zeros((2, 3, 4)))
