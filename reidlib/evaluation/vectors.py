"""What every judge asks of its inputs, said once: one axis, finite numbers, lengths that agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reidlib.errors import ReidError


def finite_vector(name: str, values: ArrayLike) -> np.ndarray:
    """`values` as a float64 vector (n,); a ReidError names the first number that is not finite."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ReidError(f"{name} has shape {array.shape}", "one axis", f"pass {name}.ravel() if its order is right")
    return finite(name, array)


def finite(name: str, values: ArrayLike) -> np.ndarray:
    """`values` as float64 in their own shape; a ReidError names the first number that is missing or infinite."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise ReidError(f"{name} holds {array.dtype}", "real numbers", f"convert {name} with .astype(float)")
    array = array.astype(np.float64)
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = place[0] if len(place) == 1 else place
        raise ReidError(
            f"{name} holds {array[place]} at index {where} ({int(bad.sum())} of {array.size} values are not finite)",
            "finite numbers",
            f"drop those entries or repair what computed {name}",
        )
    return array


def groups(name: str, labels: ArrayLike | None, count: int) -> np.ndarray:
    """Labels of `count` observations as 0 … K−1 in order of label; without labels each observation is its own group."""
    if labels is None:
        return np.arange(count)
    array = np.asarray(labels)
    if array.shape != (count,):
        needed = f"one label for each of {count} observations"
        raise ReidError(f"{name} has shape {array.shape}", needed, f"check that {name} belongs to these results")
    return np.unique(array, return_inverse=True)[1].reshape(-1)


def not_empty(name: str, values: np.ndarray) -> None:
    """A ReidError when there is nothing to average."""
    if values.shape[0] == 0:
        raise ReidError(f"{name} is empty", "1 observation or more", "check the filter that left nothing over")


def fraction(name: str, value: float) -> float:
    """A number strictly between 0 and 1, such as a confidence level or a power."""
    if not 0 < value < 1:
        raise ReidError(f"{name}={value}", "a number between 0 and 1", f"pass {name}=0.95, for instance")
    return float(value)


def at_least(name: str, value: int, smallest: int) -> int:
    """A whole number not below `smallest`."""
    if int(value) != value or value < smallest:
        raise ReidError(f"{name}={value}", f"a whole number, {smallest} or more", f"pass {name}={max(smallest, 1)}")
    return int(value)
