"""The frames of a store at the size that a network looks at, as a column beside it: resized once, not in every step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reidlib.data.columns import ColumnWriter
from reidlib.data.store import Store
from reidlib.data.transforms import SIZE, resize_frames


def resized_frames(store: Store, size: tuple[int, int] = SIZE,
                   progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """(F, H, W, 3) uint8 memory map of all frames at `size`, made on first use: the 43,653 of street-v1 in 2 s.

    The column is called `frames_64x48` for size (64, 48); it lies in the cache where the store cannot be written.
    Killed and called again it goes on where it stopped. `progress` hears (tracklets done, all).
    """
    height, width = size
    if (store.height, store.width) == (height, width):
        return store.frames
    spec = {"filter": "bilinear, antialiased", "size": [height, width]}
    with ColumnWriter(store, f"frames_{height}x{width}", "uint8", (height, width, 3), spec=spec) as writer:
        if not writer.complete:
            for number in range(writer.done, len(store)):
                writer.append(resize_frames(store[number].frames, size))
                if progress is not None:
                    progress(number + 1, len(store))
            store.close()  # the large frames were read once; their pages need not stay in memory
        return writer.finish()
