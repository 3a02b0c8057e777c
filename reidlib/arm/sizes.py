"""How large a training of ARM is: seconds, minutes or hours; and a recipe cut to the people there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reidlib.arm.items import Items
from reidlib.arm.recipes import Recipe
from reidlib.arm.tables import Sets, Views
from reidlib.choices import chosen


@dataclass(frozen=True)
class Size:
    """Sizes of one profile.

    Parameters
    ----------
    persons : of the street, half of them for training.
    stills : kept of each walk past a camera.
    steps : optimiser steps.
    ways : N of training episodes, (low, high); None as the recipe says.
    """

    name: str
    persons: int
    stills: int
    steps: int
    ways: tuple[int, int] | None = None


# All ours. Four convolutions train on about 450 pictures a second and core: at that rate and on two idle cores the 200
# steps of ci with 75 pictures each take 17 s, the 600 of cpu with 150 take 100 s, and gpu is an afternoon without one.
SIZES = {
    size.name: size
    for size in (
        Size("ci", persons=60, stills=1, steps=200, ways=(5, 20)),
        Size("cpu", persons=300, stills=2, steps=600),
        Size("gpu", persons=300, stills=4, steps=10_000),
    )
}


def size(name: str) -> Size:
    """The size called `name`; ReidError with the known names otherwise."""
    return chosen(SIZES, name, "profile", "type --profile {}", "cpu")


def at_once(items: Items, pids: np.ndarray, mode: str, same_day: bool, probes: int = 1, shots: int = 1) -> int:
    """The most identities of `pids` that one episode can hold, as `EpisodeSampler` counts them."""
    return Sets(Views(items, pids, by_day=mode == "pair" and same_day), mode, probes, shots).best()[0]


def fitted(recipe: Recipe, items: Items, pids: np.ndarray) -> Recipe:
    """The recipe with no more ways than `pids` can fill; as it is where they fill less than 2, which is refused then.

    Distractors come first: they are people too.
    """
    if recipe.objective != "episode":
        return recipe
    least = (recipe.probes, recipe.shots[1]) if recipe.on_short == "skip" else (1, 1)
    most = at_once(items, pids, recipe.mode, recipe.same_day, *least) - recipe.distractors
    if most < 2 or most >= recipe.ways[1]:
        return recipe
    return replace(recipe, ways=(min(recipe.ways[0], most), most))
