"""A source that shows every picture several times, each time changed a little: cameras made up where there is one."""

from __future__ import annotations

import hashlib

import numpy as np
import torch

from reidlib.arm.baselines import with_gains
from reidlib.arm.batches import Source
from reidlib.arm.items import Items
from reidlib.choices import at_least
from reidlib.data.files import canonical
from reidlib.errors import ReidError

DRAWS = 6  # of one change: three channels, brightness, rows, columns


class Changed:
    """Every picture of a source in `versions` versions; version 0 is the picture as it is (ours).

    Intuition: a match is one person in two cameras. With one picture of each person there is no second camera, so a
    made-up one must stand for it: another light, another white balance, a box drawn a little elsewhere. What is learned
    across such versions is to overlook what they change, and nothing that they do not. Each picture gets changes of
    its own, not one light for the whole camera, so there is no context in them to learn.

    Version v of item i is item v·n + i, n the source's length, and stands for camera v; identities and days are the
    source's. What a version changes is decided by (seed, i, v) alone. Mirroring is left to the recipe.

    Parameters
    ----------
    source : pictures (..., 3, H, W) of −1 … 1, such as `Stills` or a `Part` of it.
    versions : of each picture, 2 or more.
    gain : each channel's light times exp(u · gain), u uniform in [−1, 1] by channel; 0 leaves colours as they are.
    brightness : all channels' light times exp(u · brightness), one u. What gets lighter than white is cut off at 1.
    shift : pixels at most, up or down and left or right; what comes into view repeats the edge.
    seed : from 0.

    Attributes
    ----------
    gains : (versions, n, 3), each version's factors on light; 1 in version 0.
    shifts : (versions, n, 2) int64, rows and columns; 0 in version 0.

    Raises
    ------
    ReidError : fewer than two versions, sizes below 0; later, a source of features instead of pictures.
    """

    def __init__(self, source: Source, versions: int = 8, *, gain: float = 0.1, brightness: float = 0.1, shift: int = 4,
                 seed: int = 0) -> None:
        at_least("versions", versions, 2)
        at_least("shift", shift, 0)
        at_least("seed", seed, 0)
        for name, size in (("gain", gain), ("brightness", brightness)):
            if not 0 <= size < np.inf:
                raise ReidError(f"Found {name}={size!r}", "a number from 0", f"pass {name}=0.1")
        self.source, self.versions = source, versions
        items, n = source.items, len(source.items)
        # A stream for each version, a row for each item: further versions or items leave these as they are.
        u = np.stack([np.random.default_rng((seed, version, DRAWS)).uniform(-1, 1, (n, DRAWS))
                      for version in range(versions)])
        u[0] = 0
        self.gains = torch.from_numpy(np.exp(gain * u[..., :3] + brightness * u[..., 3:4]).astype(np.float32))
        self.shifts = torch.from_numpy(np.rint(shift * u[..., 4:]).astype(np.int64))
        how = canonical({"versions": versions, "gain": gain, "brightness": brightness, "shift": shift, "seed": seed})
        self.items = Items(np.tile(items.pids, versions), np.repeat(np.arange(versions, dtype=np.int64), n),
                           np.tile(items.days, versions), f"{items.name}, changed",
                           hashlib.sha256(items.hash.encode() + how).hexdigest())

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor:
        """Item numbers of any shape (...) -> pictures (..., 3, H, W) as the source's, each version changed as drawn."""
        rows, n = self.items.rows(numbers), len(self.source.items)
        which = torch.from_numpy(np.asarray(rows % n))  # 0-d comes back as a scalar
        pictures = self.source.gather(which.to(numbers.device) if isinstance(numbers, torch.Tensor) else which)
        if pictures.ndim != rows.ndim + 3:
            raise ReidError(f"Found items of shape {tuple(pictures.shape[rows.ndim:])} in {self.source.items.name}",
                            "pictures (3, H, W)", "pass Stills or a part of it: features cannot be changed like light")
        version, which = torch.from_numpy(np.atleast_1d(rows // n)).flatten(), which.flatten()
        gains, shifts = (each[version, which].to(pictures.device) for each in (self.gains, self.shifts))
        flat = pictures.reshape(-1, *pictures.shape[-3:])
        found = with_gains(moved(flat, shifts), gains.to(flat)).clamp_max(1)
        found = torch.where((version > 0).to(flat.device)[:, None, None, None], found, flat)  # exactly, not by rounding
        return found.reshape(pictures.shape)

    def __len__(self) -> int:
        return len(self.items)


def moved(pictures: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
    """Pictures (m, 3, H, W) whose content moved by shifts (m, 2) rows down and columns right; edges are repeated."""
    m, _, H, W = pictures.shape
    rows, columns = (
        (torch.arange(size, device=pictures.device) - by[:, None]).clamp(0, size - 1)
        for size, by in ((H, shifts[:, 0]), (W, shifts[:, 1])))
    each = torch.arange(m, device=pictures.device)[:, None, None]
    return pictures.movedim(1, -1)[each, rows[:, :, None], columns[:, None]].movedim(-1, 1)
