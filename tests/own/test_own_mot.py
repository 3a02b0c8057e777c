"""Tracks as text: what is read, and which line is named when it cannot be right."""

from __future__ import annotations

import numpy as np
import pytest

from reidlib.data.own import mot
from reidlib.data.own.boxes import tracks_of
from reidlib.data.own.mot import read_rows
from reidlib.errors import ReidError


def read(tmp_path, text):
    path = tmp_path / "tracks.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_rows(path)


def test_every_form_of_line_is_read_and_sorted_by_track(tmp_path):
    rows = read(tmp_path, b"\xef\xbb\xbf1,2,10.5,20,30,40\r\n\n  \n1,1,1,2,30,40,0.9\n2, 1, -3.5, 2.25, 3e1, 40., 1, -1"
                          b"\n4,1,5,6,30,40,1,-1,-1\n2,2,11,20,30,40,0.2,-1,-1,-1\n7.0,0,0,0,20,20")
    np.testing.assert_array_equal(rows.ids, [0, 1, 1, 1, 2, 2])
    np.testing.assert_array_equal(rows.frames, [7, 1, 2, 4, 1, 2])
    np.testing.assert_array_equal(rows.boxes[1:4], [[1, 2, 30, 40], [-3.5, 2.25, 30, 40], [5, 6, 30, 40]])
    assert (len(rows), rows.flagged) == (6, 0)


def test_tracks_one_after_the_other_as_ground_truth_has_them_and_its_flags(tmp_path):
    rows = read(tmp_path, "1,1,0,0,20,20,1,1,1\n2,1,0,0,20,20,1,1,.5\n1,2,0,0,20,20,0,8,1\n2,2,0,0,20,20,1,1,1\n")
    np.testing.assert_array_equal(rows.ids, [1, 1, 2])
    np.testing.assert_array_equal(rows.frames, [1, 2, 2])
    assert rows.flagged == 1


def test_a_trackers_confidence_of_zero_is_no_flag(tmp_path):
    assert len(read(tmp_path, "1,1,0,0,20,20,0,-1,-1\n2,1,0,0,20,20,0,-1,-1,-1\n3,1,0,0,20,20,0\n")) == 3


GOOD = "1,1,0,0,20,40\n\n"


@pytest.mark.parametrize(("line", "sentence"), [
    ("2,1,nan,0,20,40", "has the left 'nan', which is no finite number"),
    ("2,1,0,inf,20,40", "has the top 'inf'"),
    ("2,1,0,0,20,40,1e999", "has a number that is not finite"),
    ("1e999,1,0,0,20,40", "has the frame inf"),
    ("2,1,1e308,0,1e308,40", "has a box with the value 1e+308"),
    ("2,1,0,0,-20,40", "has a box of -20 × 40 pixels"),
    ("2,1,0,0,20,-1e-3", "has a box of 20 × -0.001 pixels"),
    ("2,1,0,0,2000000,40", "has a box with the value 2e+06"),
    ("0,2,0,0,20,40", "has the frame 0"),
    ("-5,2,0,0,20,40", "has the frame -5"),
    ("1.5,2,0,0,20,40", "has the frame 1.5"),
    ("200000000,2,0,0,20,40", "has the frame 2e+08"),
    ("2,-1,0,0,20,40", "has the id -1"),
    ("2,1.5,0,0,20,40", "has the id 1.5"),
    ("2,1e18,0,0,20,40", "has the id 1e+18"),
    ("1,1,5,5,20,40", "is a second box of id 1 in frame 1"),
    ("2,1,0,0,20", "has 5 columns"),
    ("2 1 0 0 20 40", "has 1 columns"),
    ("2,1,0,0,20,40,1,1,1,1,1", "has 11 columns"),
    ("2,1,0,0,20,40,", "has the confidence ''"),
    ("2,1,0,0,1_0,40", "has the width '1_0'"),
    ("2,1,0,0,0x10,40", "has the width '0x10'"),
    ("frame,id,left,top,width,height", "has the frame 'frame'"),
    ("2,1,0,0,20,\x1b[31m", "has the height '\\x1b[31m'"),
    ("2,1,0,0,20,4\x000", "has the height '4\\x000'"),
    ("2,1,0,0,20,４０", "holds bytes that belong to no number"),
    ("2,1,0,0,20," + "4" * 400, "has a box with the value inf"),
    ("2,1,0,0,20," + "4" * 4000, "has more than 1000 bytes"),
])
def test_a_wrong_line_is_named_with_its_file(tmp_path, line, sentence):
    with pytest.raises(ReidError) as error:
        read(tmp_path, GOOD + line + "\n")
    assert sentence in str(error.value)
    assert str(error.value).startswith(f"Line 3 of {tmp_path / 'tracks.txt'} ")
    assert "\x1b" not in str(error.value)


def test_a_track_that_goes_back_in_time_is_named(tmp_path):
    with pytest.raises(ReidError, match=r"Line 3 of .*goes back from frame 9 to frame 4 of id 7"):
        read(tmp_path, "1,7,0,0,20,40\n9,7,0,0,20,40\n4,7,0,0,20,40\n")


@pytest.mark.parametrize("content", ["", "\n\n \n", "1,1,0,0,20,20,0,3,1\n"])
def test_nothing_to_read(tmp_path, content):
    with pytest.raises(ReidError, match="Found no box in"):
        read(tmp_path, content)


def test_too_many_tracks_or_rows_stop_early(tmp_path, monkeypatch):
    monkeypatch.setattr(mot, "MOST_IDS", 10)
    with pytest.raises(ReidError, match=r"Line 11 of .*begins track number 11"):
        read(tmp_path, "".join(f"1,{k},0,0,20,40\n" for k in range(50)))
    monkeypatch.setattr(mot, "MOST_ROWS", 5)
    with pytest.raises(ReidError, match=r"Line 6 of .*is box number 6"):
        read(tmp_path, "".join(f"{k},1,0,0,20,40\n" for k in range(1, 50)))


def test_no_file_a_folder_and_a_pipe_are_sentences(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ReidError, match="Found no file"):
            read_rows(path)


def test_boxes_are_clipped_dropped_and_counted(tmp_path):
    rows = read(tmp_path, "".join(f"{line}\n" for line in (
        "1,1,-10,-5,30,45", "2,1,10.4,20.6,20,40.2", "5,1,150,80,100,100", "6,1,10,10,20,0",
        "1,2,200,10,20,40", "2,2,10,10,20,40", "3,2,10,10,7,40", "4,2,10,10,20,15",
        "1,3,-30,10,30,40", "1,4,0,0,1000000,1000000")))
    tracks, dropped = tracks_of(rows, 100, 160, 1)
    assert [track.id for track in tracks] == [1, 2, 4]
    np.testing.assert_array_equal(tracks[0].frames, [1, 2, 5])
    np.testing.assert_array_equal(tracks[0].corners, [[0, 0, 20, 40], [10, 21, 30, 61], [150, 80, 160, 100]])
    np.testing.assert_array_equal(tracks[1].frames, [2])
    np.testing.assert_array_equal(tracks[2].corners, [[0, 0, 160, 100]])
    assert tracks[0].missing == 2
    assert dropped == {"boxes outside the frame": 2, "boxes smaller than 16×8 pixels": 3,
                       "tracks of fewer than 1 frames": 1}
    kept, dropped = tracks_of(rows, 100, 160, 3)
    assert [track.id for track in kept] == [1]
    assert dropped["tracks of fewer than 3 frames"] == 3


def test_until_cuts_behind_a_frame(tmp_path):
    (track,), _ = tracks_of(read(tmp_path, "1,1,0,0,20,40\n2,1,0,0,20,40\n5,1,0,0,20,40\n"), 100, 100, 1)
    assert [track.until(last).frames.tolist() for last in (0, 1, 4, 5)] == [[], [1], [1, 2], [1, 2, 5]]
