"""Items: who is on which picture, taken by which camera on which day; what episodes are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from reidlib.errors import ReidError


@dataclass(frozen=True, eq=False)
class Items:
    """What is known about n pictures or features, besides their content.

    Parameters
    ----------
    pids, camids, days : (n,) int64; days 0 where unknown. Cameras count from 0.
    name : for titles.
    hash : names the content, so that results can say what they rest on.

    Raises
    ------
    ReidError : other dtypes, more axes than one, unequal lengths, cameras below 0.
    """

    pids: np.ndarray
    camids: np.ndarray
    days: np.ndarray
    name: str
    hash: str

    def __post_init__(self) -> None:
        for key in ("pids", "camids", "days"):
            ids = getattr(self, key)
            if not isinstance(ids, np.ndarray) or ids.dtype != np.int64 or ids.ndim != 1:
                found = f"{ids.dtype} {ids.shape}" if isinstance(ids, np.ndarray) else type(ids).__name__
                raise ReidError(f"Found {key} of {found} in {self.name}", "int64 (n,)",
                                f"pass numpy.asarray({key}, dtype=numpy.int64)")
        lengths = {key: len(getattr(self, key)) for key in ("pids", "camids", "days")}
        if len(set(lengths.values())) > 1:
            raise ReidError(f"Found {', '.join(f'{n} {key}' for key, n in lengths.items())} in {self.name}",
                            "one of each for every item", "pass arrays of equal length")
        if len(self) and self.camids.min() < 0:
            raise ReidError(f"Found camid {self.camids.min()} in {self.name}", "cameras counted from 0",
                            "number the cameras 0, 1, 2 and so on")

    def __len__(self) -> int:
        return len(self.pids)

    def __repr__(self) -> str:
        return (f"Items({self.name}: {len(self)} of {len(np.unique(self.pids))} identities, "
                f"{len(np.unique(self.camids))} cameras, {len(np.unique(self.days))} days, hash {self.hash[:12]})")

    def rows(self, numbers: torch.Tensor | np.ndarray) -> np.ndarray:
        """`numbers` as an int64 array of the same shape; ReidError unless they are whole and in 0 … n − 1."""
        found = numbers.detach().cpu().numpy() if isinstance(numbers, torch.Tensor) else np.asarray(numbers)
        if found.dtype.kind not in "iu" or (found.size and not 0 <= found.min() <= found.max() < len(self)):
            extent = f" from {found.min()} to {found.max()}" if found.size else ""
            raise ReidError(f"Found item numbers of dtype {found.dtype}{extent}", f"whole numbers in 0 … "
                            f"{len(self) - 1}, the items of {self.name}",
                            "pass what EpisodeSampler drew from these items")
        return found.astype(np.int64, copy=False)


def device_of(numbers: torch.Tensor | np.ndarray) -> torch.device:
    """Where gathered data belongs: where the numbers are."""
    return numbers.device if isinstance(numbers, torch.Tensor) else torch.device("cpu")
