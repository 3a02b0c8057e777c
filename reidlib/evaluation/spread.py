"""What several splits and seeds say together, without pretending that overlapping splits are independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval
from reidlib.evaluation.vectors import finite, fraction


@dataclass(frozen=True)
class Spread:
    """Mean over splits × seeds, the two scatters, the interval for new persons and the one that most papers imply."""

    mean: float
    sd_splits: float  # of the splits' means over their seeds; NaN with one split
    sd_seeds: float  # within a split, pooled; NaN with one seed
    splits: int
    seeds: int
    interval: Interval
    naive: Interval


def spread(values: ArrayLike, *, test_share: float = 0.5, level: float = 0.95) -> Spread:
    """Mean, standard deviations and an honest interval of results `values` (splits, seeds) or (splits,).

    Random splits of one set of N persons share most of them, so ten splits are not ten experiments. The interval uses
    the corrected variance of Nadeau and Bengio (Machine Learning 52 (2003) 239–281), (1/S + n_test/n_train) · s²,
    s the standard deviation over splits, with S − 1 degrees of freedom. `test_share` = n_test / N, by persons; one
    half in the iLIDS-VID and PRID-2011 protocols. Intuition: if persons had fixed outcomes, splits would scatter by
    σ²(1 − share)/(share·N), and the persons themselves add σ²/N, which is exactly share/(1 − share) times that.
    `naive` is mean ± t · s/√S: right only for a new split of the *same* persons.
    """
    table = finite("values", values)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2 or 0 in table.shape:
        raise ReidError(f"values has shape {table.shape}", "(splits, seeds) or (splits,)", "one row for each split")
    share, level = fraction("test_share", test_share), fraction("level", level)
    splits, seeds = table.shape
    means = table.mean(axis=1)
    sd_splits = float(means.std(ddof=1)) if splits > 1 else float("nan")
    sd_seeds = float(np.sqrt(table.var(axis=1, ddof=1).mean())) if seeds > 1 else float("nan")
    reach = stats.t.ppf((1 + level) / 2, splits - 1) * sd_splits if splits > 1 else float("nan")
    mean = float(table.mean())

    def around(factor: float, method: str) -> Interval:
        half = reach * np.sqrt(factor)
        return Interval(mean, float(mean - half), float(mean + half), splits, level, method)

    return Spread(
        mean, sd_splits, sd_seeds, splits, seeds,
        around(1 / splits + share / (1 - share), "corrected t over splits"),
        around(1 / splits, "t over splits as if independent"),
    )
