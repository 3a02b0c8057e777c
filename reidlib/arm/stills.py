"""Stills: the visible frames of a store as items of episodes, at the size that a network looks at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import torch

from reidlib.arm.items import Items, device_of
from reidlib.data.files import canonical
from reidlib.data.resized import resized_frames
from reidlib.data.store import Store
from reidlib.errors import ReidError

SIZE = (64, 32)  # half of what the street is rendered at; the papers' backbones take (256, 128)
VISIBLE = 0.5


class Stills:
    """Every frame of a store whose visibility is at least `visible`, or every frame where nobody measured it.

    Parameters
    ----------
    store : rendered or real; `reidlib.world.stills.street_stills` gives one with two frames of each walk.
    size : height and width in pixels; frames of another size are resized once, into a column beside the store.
    visible : smallest visibility of an item, a fraction.
    progress : hears (tracklets resized, all) the first time.

    Attributes
    ----------
    items : Items; days from the tracklets' info["day"], 0 where they have none.
    rows : (n,) int64, the row of `store.frames` behind each item.

    Raises
    ------
    ReidError : no frame is visible enough.
    """

    def __init__(self, store: Store, size: tuple[int, int] = SIZE, visible: float = VISIBLE,
                 progress: Callable[[int, int], None] | None = None) -> None:
        self.store, self.visible = store, float(visible)
        frames = int(store.lengths.sum())
        self.rows = np.arange(frames)
        if "visibility" in store.columns:
            visibility = np.asarray(store.column("visibility"))
            self.rows = np.flatnonzero(visibility >= np.float32(visible))
        if len(self.rows) == 0:
            raise ReidError(f"Found no frame of visibility {visible:g} or more among the {frames} of {store.name}",
                            "one or more", "pass a lower bound, such as visible=0")
        self.size = tuple(size)
        self.frames = resized_frames(store, self.size, progress)
        owner = np.repeat(np.arange(len(store)), store.lengths)[self.rows]
        content = canonical({"store": store.hash, "size": list(self.size), "visible": self.visible})
        self.items = Items(store.pids[owner], store.camids[owner], _days(store)[owner], store.name,
                           hashlib.sha256(content).hexdigest())

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor:
        """Item numbers of any shape (...) -> images (..., 3, H, W) float32 in [−1, 1], on the numbers' device.

        (x / 255 − ½) · 2: the bytes travel, the arithmetic is done there. ReidError for numbers that do not exist.
        """
        rows = self.rows[self.items.rows(numbers)]
        pixels = torch.from_numpy(self.frames[rows.ravel()]).to(device_of(numbers))
        images = pixels.movedim(-1, -3).to(torch.float32, memory_format=torch.contiguous_format)
        return images.div_(127.5).sub_(1).view(*rows.shape, *images.shape[1:])

    def __len__(self) -> int:
        return len(self.items)

    def __reduce__(self):  # to a worker travels the store's path, not its pixels
        return type(self), (self.store, self.size, self.visible)


def _days(store: Store) -> np.ndarray:
    """(tracklets,) int64: info["day"], whose values may be text too; 0 unless every tracklet has one."""
    try:
        days = store.info("day")
    except ReidError:
        return np.zeros(len(store), np.int64)
    if days.dtype.kind not in "iu":
        days = np.unique(days, return_inverse=True)[1]
    return days.astype(np.int64)
