"""Many small frames as one picture inside the page: one decode in the browser instead of hundreds."""

from __future__ import annotations

import base64
import io
import math
from typing import Any, Literal

import numpy as np
from PIL import Image

from reidlib.errors import ReidError
from reidlib.views.arrays import as_pictures

# JPEG codes blocks of 8 × 8 pixels; a frame that ends inside a block would bleed into its neighbour.
_BLOCK = 8
_LARGEST_SIDE = 16384  # what browsers on phones still decode


def sprite_sheet(frames: np.ndarray, *, kind: Literal["jpeg", "png"] = "jpeg", quality: int = 85) -> dict[str, Any]:
    """Frames (T, H, W, 3) uint8 RGB -> one data URI and where to find frame t in it.

    Frame t lies at (x, y) = (t % columns · cell_width, t // columns · cell_height), `width` × `height` pixels, in the
    image `src`. JPEG is about a seventh of PNG's size; PNG is exact. ReidError for another shape or type, for no frame,
    and for more pixels than a browser decodes.
    """
    frames = as_pictures("frames", frames)
    count, height, width, _ = frames.shape
    cell_height, cell_width = (math.ceil(side / _BLOCK) * _BLOCK for side in (height, width))
    columns = min(count, max(1, round(math.sqrt(count * cell_height / cell_width))))
    rows = math.ceil(count / columns)
    if max(columns * cell_width, rows * cell_height) > _LARGEST_SIDE:
        raise ReidError(f"Found {count} frames of {height}×{width}, too many pixels for one picture",
                        f"a sheet of at most {_LARGEST_SIDE} pixels a side", "show fewer frames or smaller ones")
    padding = ((0, 0), (0, cell_height - height), (0, cell_width - width), (0, 0))
    cells = np.zeros((rows * columns, cell_height, cell_width, 3), np.uint8)
    cells[:count] = np.pad(frames, padding, mode="edge")
    sheet = cells.reshape(rows, columns, cell_height, cell_width, 3).swapaxes(1, 2)
    image = Image.fromarray(sheet.reshape(rows * cell_height, columns * cell_width, 3))
    target = io.BytesIO()
    # Without chroma subsampling a block is 8 pixels wide, not 16.
    image.save(target, kind, **({"quality": quality, "subsampling": 0} if kind == "jpeg" else {}))
    source = f"data:image/{kind};base64,{base64.b64encode(target.getvalue()).decode()}"
    return {"src": source, "count": count, "columns": columns, "rows": rows, "width": width, "height": height,
            "cell_width": cell_width, "cell_height": cell_height}
