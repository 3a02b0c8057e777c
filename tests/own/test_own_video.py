"""Frames of videos made here, of folders, and of files that are no video."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from own_footage import write_picture, write_sound, write_video

from reidlib.data.own import video
from reidlib.data.own.video import FrameFolder, Video, open_frames
from reidlib.errors import ReidError

ALL = range(1, 1000)


def greys(count, height=48, width=64):
    return [np.full((height, width, 3), 20 + 10 * k, np.uint8) for k in range(count)]


def corners():
    """Red above left, green above right, blue below left, white below right: 48×64."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32], picture[:24, 32:] = (220, 0, 0), (0, 220, 0)
    picture[24:, :32], picture[24:, 32:] = (0, 0, 220), (220, 220, 220)
    return picture


def names(picture):
    def name(colour):
        return {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w"}[tuple(int(c > 110) for c in colour)]

    return "".join(name(picture[y, x]) for y in (5, -5) for x in (5, -5))


@pytest.mark.parametrize(("file", "codec"), [("a.mp4", "libx264"), ("a.avi", "mpeg4"), ("a.mkv", "libx264")])
def test_every_frame_comes_once_in_order_and_only_wanted_ones_are_made(tmp_path, file, codec):
    found = open_frames(write_video(tmp_path / file, greys(12), codec))
    assert (found.height, found.width, found.fps) == (48, 64, 10)
    frames = list(found.frames({2, 5, 12}))
    assert [number for number, _ in frames] == list(range(1, 13))
    assert [number for number, picture in frames if picture is not None] == [2, 5, 12]
    means = [picture.mean() for _, picture in frames if picture is not None]
    np.testing.assert_allclose(means, [30, 60, 130], atol=3)
    assert len(list(found.frames(ALL))) == 12, "a second pass begins anew"


@pytest.mark.parametrize(("angle", "shown"), [(0, "rgbw"), (90, "gwrb"), (180, "wbgr"), (-90, "brwg")])
def test_pictures_come_upright(tmp_path, angle, shown):
    """90 turns counter-clockwise: what was above right is then above left."""
    found = Video(write_video(tmp_path / "turned.mp4", [corners()] * 3, rotate=angle))
    assert (found.height, found.width) == ((48, 64) if angle in (0, 180) else (64, 48))
    assert [names(picture) for _, picture in found.frames(ALL)] == [shown] * 3


def test_a_mirrored_picture_is_mirrored_back():
    class Stored:
        def __init__(self, *values):
            matrix = np.zeros(9, np.int32)
            matrix[[0, 1, 3, 4]] = np.array(values) * 65536
            self.side_data = {"DISPLAYMATRIX": matrix.tobytes()}

        def to_ndarray(self, format):
            return corners()

    assert names(video._upright(Stored(-1, 0, 0, 1))) == "grwb"
    assert names(video._upright(Stored(1, 0, 0, -1))) == "bwrg"
    assert names(video._upright(Stored(0, 1, 1, 0))) == "rbgw"
    assert names(video._upright(Stored(1, 1, -1, 1))) == "rgbw", "an eighth of a turn is not followed"


def test_files_that_are_no_video(tmp_path):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("1,1,0,0,20,40\n" * 100)
    whole = write_video(tmp_path / "whole.mp4", greys(12)).read_bytes()
    (tmp_path / "half.mp4").write_bytes(whole[:len(whole) // 2])
    (tmp_path / "playlist.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path / 'whole.mp4'}\n#EXT-X-ENDLIST\n")
    for name in ("empty.mp4", "text.mp4", "half.mp4"):
        with pytest.raises(ReidError, match=f"{name} cannot be read"):
            list(Video(tmp_path / name).frames(ALL))
    with pytest.raises(ReidError):
        Video(tmp_path / "playlist.m3u8")
    with pytest.raises(ReidError, match="holds audio and no pictures"):
        Video(write_sound(tmp_path / "sound.mp4"))
    with pytest.raises(ReidError, match="Found no file"):
        Video("http://127.0.0.1:9/video.mp4")


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_video_ends_in_a_sentence_or_gives_whole_frames(tmp_path, seed):
    rng = np.random.default_rng(seed)
    path = write_video(tmp_path / "a.mkv", [rng.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(12)])
    content = bytearray(path.read_bytes())
    for place in rng.integers(len(content) // 5, len(content), 60):
        content[place] = rng.integers(256)
    path.write_bytes(content)
    frames, said = [], "a.mkv"
    try:
        frames = list(Video(path).frames(ALL))
    except ReidError as error:
        said = str(error)
    assert "a.mkv" in said
    assert all(picture.shape == (48, 64, 3) for _, picture in frames)


def test_frames_too_large_are_refused_before_one_is_decoded(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.mp4", greys(2))
    monkeypatch.setattr(video, "MOST_PIXELS", 48 * 64 - 1)
    with pytest.raises(ReidError, match="48×64"):
        Video(path)


def test_without_pyav_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.mp4", greys(2))
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ReidError, match=r'pip install "reidlib\[data\]"'):
        Video(path)


def test_a_folder_of_numbered_frames(tmp_path):
    for number in (1, 2, 10):
        write_picture(tmp_path / f"{number}.png", (number * 10,) * 3, (48, 64))
    (tmp_path / ".DS_Store").write_bytes(b"")
    found = open_frames(tmp_path)
    assert isinstance(found, FrameFolder)
    assert (found.height, found.width, found.fps, found.count) == (48, 64, 0, 3)
    assert [(number, None if picture is None else int(picture[0, 0, 0])) for number, picture in found.frames({1, 3})] \
        == [(1, 10), (2, None), (3, 100)]
    write_picture(tmp_path / "11.png", (5, 5, 5), (48, 32))
    with pytest.raises(ReidError, match=r"11\.png is 48×32, the first frame 48×64"):
        list(found.__class__(tmp_path).frames(ALL))
    write_picture(tmp_path / "12.jpg", (5, 5, 5), (48, 64))
    with pytest.raises(ReidError, match=r"several kinds .*jpg, \.png"):
        open_frames(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(ReidError, match="Found no picture in"):
        open_frames(tmp_path / "none")
