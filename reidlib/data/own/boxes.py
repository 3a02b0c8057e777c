"""From boxes to tracks that can be cut: clipped to the frame, and long enough."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from reidlib.data.own.mot import Rows

SMALLEST = (16, 8)  # H×W in pixels of the video, after clipping


@dataclass(frozen=True, eq=False)
class Track:
    """One track under one camera. frames : (n,) int64 from 1, ascending, gaps allowed; corners : (n, 4) int64, the
    first and last + 1 pixel: left, top, right, bottom."""

    id: int
    frames: np.ndarray
    corners: np.ndarray

    def until(self, last: int) -> Track:
        """Without the frames after `last`."""
        count = int(np.searchsorted(self.frames, last, "right"))
        return Track(self.id, self.frames[:count], self.corners[:count])

    @property
    def missing(self) -> int:
        """Frames between the first and the last in which it has no box."""
        return int(self.frames[-1] - self.frames[0]) + 1 - len(self.frames)


def tracks_of(rows: Rows, height: int, width: int, min_frames: int) -> tuple[list[Track], Counter[str]]:
    """Tracks in order of their ids, and {reason: how many} of what was dropped.

    Boxes are taken as pixels counted from 0, rounded to whole pixels and clipped to the frame of `height` × `width`
    (the MOTChallenge counts from 1, trackers mostly from 0: one pixel, which no crop shows). What is then outside, or
    smaller than 16×8, is dropped; afterwards tracks of fewer than `min_frames` boxes are.
    """
    first = np.rint(rows.boxes[:, :2])
    last = np.rint(rows.boxes[:, :2] + rows.boxes[:, 2:])
    corners = np.concatenate([first, last], 1).astype(np.int64).clip(0, np.array([width, height, width, height]))
    wide, high = (corners[:, 2:] - corners[:, :2]).T
    outside = (wide == 0) | (high == 0)
    small = ~outside & ((high < SMALLEST[0]) | (wide < SMALLEST[1]))
    small |= (rows.boxes[:, 2:] == 0).any(1)
    outside &= ~small
    dropped = Counter({"boxes outside the frame": int(outside.sum()),
                       f"boxes smaller than {SMALLEST[0]}×{SMALLEST[1]} pixels": int(small.sum()),
                       "boxes that a ground truth does not count": rows.flagged})
    keep = ~outside & ~small
    ids, starts = np.unique(rows.ids[keep], return_index=True)
    frames, corners = rows.frames[keep], corners[keep]
    ends = np.append(starts[1:], len(frames))
    tracks = [Track(int(ids[k]), frames[starts[k]:ends[k]], corners[starts[k]:ends[k]])
              for k in np.flatnonzero(ends - starts >= min_frames)]
    total = len(np.unique(rows.ids))
    dropped[f"tracks of fewer than {min_frames} frames"] = total - len(tracks)
    return tracks, +dropped
