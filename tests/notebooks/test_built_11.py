"""What notebook 11 builds in a few lines is what the library does: one line of a tracker, clipped to the picture."""

from __future__ import annotations

import numpy as np
import pytest
from test_built_equals_library import built

from reidlib.data.own.boxes import tracks_of
from reidlib.data.own.mot import read_rows

NOTEBOOK, HEIGHT, WIDTH = "11_your_own_tracklets", 90, 160


def mine(lines) -> set:
    clipped = built(NOTEBOOK, "clipped")["clipped"]
    return {clipped(line, HEIGHT, WIDTH) for line in lines} - {None}


def theirs(path, lines) -> set:
    path.write_text("\n".join(lines))
    tracks, _ = tracks_of(read_rows(path), HEIGHT, WIDTH, min_frames=1)
    return {(frame, track.id, *corners) for track in tracks
            for frame, corners in zip(track.frames.tolist(), track.corners.tolist(), strict=True)}


@pytest.mark.parametrize("seed", range(5))
def test_a_line_clipped(seed, tmp_path):
    rng = np.random.default_rng(seed)
    places, sizes = rng.uniform((-60, -60), (180, 110), (300, 2)), rng.uniform(1, 70, (300, 2))
    if seed > 2:  # halves, where rounding is a choice
        places, sizes = np.round(places * 2) / 2, np.round(sizes * 2) / 2
    lines = [f"{n // 3 + 1},{n % 3},{x!r},{y!r},{w!r},{h!r}{',0.9,-1,-1,-1' * (n % 2)}"
             for n, ((x, y), (w, h)) in enumerate(zip(places.tolist(), sizes.tolist(), strict=True))]
    kept = theirs(tmp_path / "tracks.txt", lines)
    assert mine(lines) == kept
    assert 30 < len(kept) < 270  # some are dropped, some are not
    assert any(left == 0 or right == WIDTH for _, _, left, _, right, _ in kept)


def test_the_ends_of_what_is_kept(tmp_path):
    lines = ["1,1,0,0,8,16", "2,1,0,0,7,16", "3,1,0,0,8,15", "4,1,152,74,30,30", "5,1,153,74,30,30",
             "6,1,160,0,20,40", "7,1,-20,0,20,40", "8,1,-300,-300,900,900"]
    assert mine(lines) == theirs(tmp_path / "tracks.txt", lines) == {
        (1, 1, 0, 0, 8, 16), (4, 1, 152, 74, 160, 90), (8, 1, 0, 0, 160, 90)}
