"""The recipe of a run: the preset's own where it can be afforded, a quick one of a profile's size elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from reidlib.ran.presets import Preset
from reidlib.ran.recipes import Recipe, recipe


def sized_recipe(preset: Preset, name: str | None = None, *, full: bool, frames: int | None = None,
                 steps: int | None = None, default_frames: int, default_steps: int) -> Recipe:
    """`name`, or the preset's recipe (`full`) or its quick stand-in, cut to size.

    Parameters
    ----------
    full : take frames and steps from the recipe itself (profile gpu); otherwise the defaults given here.
    frames, steps : win over both.
    """
    chosen = recipe(name or (preset.recipe if full else preset.quick))
    if full:
        return chosen.sized(frames=frames, steps=steps)
    return chosen.sized(frames=default_frames if frames is None else frames,
                        steps=default_steps if steps is None else steps)


def fitted(chosen: Recipe, pids: Iterable[int]) -> Recipe:
    """The recipe with no more identities a step than there are with enough tracklets, two at least.

    `pids` : of the training tracklets. A recipe of pairs needs no fitting; what cannot be fitted is refused by it.
    """
    people = sum(count >= chosen.tracklets for count in Counter(pids).values())
    if chosen.sampling != "identities" or not 2 <= people < chosen.identities:
        return chosen
    return replace(chosen, identities=people)
