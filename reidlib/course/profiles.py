"""How large everything is: `ci` for seconds, `cpu` for minutes on a laptop, `gpu` for the papers' recipe.

The same code runs under every profile; only these sizes differ. Notebooks that need another size add a field here.
"""

from __future__ import annotations

from dataclasses import dataclass

from reidlib.choices import chosen


@dataclass(frozen=True)
class Profile:
    """Sizes of one profile.

    Parameters
    ----------
    world : version of the rendered street.
    persons : identities that a notebook takes from it.
    frames : frames of a tracklet in training (T).
    steps : optimiser steps of a training run.
    seeds : repetitions of a comparison.
    """

    name: str
    world: str
    persons: int
    frames: int
    steps: int
    seeds: int


# gpu: T = 16, ten splits and 1,000 epochs are RAN's (section 4.2); that an epoch is one positive and one negative pair
# for each of 150 persons, one pair a step, is ours. ci and cpu: ours, sized for seconds and minutes on two cores.
PROFILES = {
    profile.name: profile
    for profile in (
        Profile("ci", "street-v1-small", persons=100, frames=4, steps=120, seeds=1),
        Profile("cpu", "street-v1", persons=300, frames=8, steps=400, seeds=3),
        Profile("gpu", "street-v1", persons=300, frames=16, steps=300_000, seeds=10),
    )
}


def profile(name: str) -> Profile:
    """The profile called `name`; ReidError with the known names otherwise."""
    return chosen(PROFILES, name, "profile",
                  "pass --profile {0}, or set PROFILE = \"{0}\" in the parameters cell or REIDLIB_PROFILE", "cpu")
