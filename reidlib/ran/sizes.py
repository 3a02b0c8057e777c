"""The recipe of a run: the preset's own where it can be afforded, a quick one of a profile's size elsewhere."""

from __future__ import annotations

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
