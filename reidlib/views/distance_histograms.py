"""Distances of one person's frames under two cameras beside those of different people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation.within import pooled_placements
from reidlib.views.arrays import as_array
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.palette import bar_style


def distance_histograms(distances: Mapping[str, np.ndarray], same: np.ndarray, bins: int = 30) -> DescribedFigure:
    """A panel for each feature: two histograms, each of area 1, and how often a match is the nearer one (AUC).

    distances : name of a feature -> (n, m) distances between frames of two cameras; same : (n, m) bool, one person.
    """
    same = as_array("same", same).astype(bool)
    tables = {name: as_array(name, table).astype(np.float64) for name, table in distances.items()}
    if not tables or any(table.shape != same.shape for table in tables.values()) or same.all() or not same.any():
        raise ReidError(f"Found distances {[t.shape for t in tables.values()]} and same {same.shape} with {same.sum()} "
                        "matches", "arrays (n, m) of one shape with matches and others",
                        "same = pids_first[:, None] == pids_second[None]")
    auc = {name: pooled_placements(-table.ravel(), same.ravel())[0] for name, table in tables.items()}
    parts = [f"{name} {table[same].mean():.2f} against {table[~same].mean():.2f}, the match is nearer in "
             f"{auc[name]:.0%}" for name, table in tables.items()]
    picture = figure(alt=f"Histograms of the distances between frames of one person and of two people. Means: "
                     f"{'; '.join(parts)} of the comparisons.", columns=len(tables), width=9, height=2.9, share_y=False)
    for axes, (name, table) in zip(np.atleast_1d(picture.axes), tables.items(), strict=True):
        edges = np.linspace(table.min(), max(table.max(), table.min() + 1e-6), bins + 1)
        for role, chosen, label in (("nonmatch", ~same, "two people"), ("match", same, "one person")):
            axes.hist(table[chosen], edges, density=True, alpha=0.65, label=label, **bar_style(role))
        axes.set(xlabel="distance", yticks=[], title=f"{name}: AUC {auc[name]:.2f}")
    np.atleast_1d(picture.axes)[0].set_ylabel("share of the pairs")
    np.atleast_1d(picture.axes)[0].legend(fontsize=9)
    return picture
