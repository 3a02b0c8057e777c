"""Contact sheets: a data set at one glance, as a plain picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from reidlib.world.render import render
from reidlib.world.versions import Spec

_GAP = 6


def strip(frames: np.ndarray, count: int) -> np.ndarray:
    """`count` frames spread over a tracklet (T, H, W, 3), side by side: (H, count · W, 3)."""
    chosen = [(2 * k + 1) * len(frames) // (2 * count) for k in range(count)]
    return np.concatenate([frames[min(i, len(frames) - 1)] for i in chosen], 1)


def stack(rows: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Rows of pictures of equal height, with white gaps."""
    height = rows[0][0].shape[0]
    gap = np.full((height, _GAP, 3), 255, np.uint8)
    lines = []
    for row in rows:
        cells = [row[0]]
        for cell in row[1:]:
            cells += [gap, cell]
        lines.append(np.concatenate(cells, 1))
    between = np.full((2, lines[0].shape[1], 3), 255, np.uint8)
    out = [lines[0]]
    for line in lines[1:]:
        out += [between, line]
    return np.concatenate(out)


def contact_sheet(spec: Spec, persons: int = 8, frames: int = 8) -> np.ndarray:
    """The first `persons` people, one a row; cameras (and days) side by side, `frames` frames of each: uint8 RGB."""
    views = [(camid, day) for camid in range(spec.cameras) for day in range(spec.days)]
    count = frames if len(views) <= 2 else max(1, 2 * frames // len(views))
    rows = []
    for pid in range(min(persons, spec.persons)):
        rows.append([strip(render(spec, pid, camid, day).tracklet.frames, count) for camid, day in views])
    return stack(rows)


def png(picture: np.ndarray) -> bytes:
    """A picture (H, W, 3) uint8 as PNG."""
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "PNG")
    return target.getvalue()
