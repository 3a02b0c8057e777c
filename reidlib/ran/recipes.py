"""How a network is trained: which tracklets and frames meet in a step, what the optimiser does, what is done at test.

A recipe knows nothing of the architecture, so that every head can be trained by the same one. `paper` and `mclaughlin`
follow the texts as far as they go; each field says who decided it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from reidlib.choices import chosen
from reidlib.errors import ReidError
from reidlib.training.settings import Optimiser

SAMPLINGS, WINDOWS, TEST_CROPS = ("pairs", "identities"), ("contiguous", "spread"), ("centre", "sixteen")


@dataclass(frozen=True)
class Recipe:
    """One way of training.

    Parameters
    ----------
    sampling : "pairs" (`pairs` a step, half positive) or "identities" (`identities` × `tracklets`, all pairs of them).
    window : T `frames`, "contiguous" as the papers take them, or "spread" over the tracklet (ours).
    shortest : shorter tracklets are left out of training; 1 keeps all, and pads and masks.
    first_offset : smallest offset of the random 56×40 crop; the mirror has probability ½.
    steps : optimiser steps. An epoch of the paper is a positive and a negative pair of each identity.
    test_frames : at most so many frames of a tracklet at test; None: all.
    test_last : of gallery tracklets the last frames are taken, as McLaughlin's code does.
    test_crops : "centre", or "sixteen": eight crops down the diagonal, each also mirrored, distances summed.
    """

    name: str
    sampling: str = "identities"
    pairs: int = 8
    identities: int = 8
    tracklets: int = 2
    window: str = "contiguous"
    frames: int = 16
    shortest: int = 1
    first_offset: int = 0
    steps: int = 400
    test_frames: int | None = None
    test_last: bool = False
    test_crops: str = "centre"
    optimiser: Optimiser = field(default_factory=Optimiser)

    def __post_init__(self) -> None:
        for name, known in (("sampling", SAMPLINGS), ("window", WINDOWS), ("test_crops", TEST_CROPS)):
            if getattr(self, name) not in known:
                raise ReidError(f"Found {name}={getattr(self, name)!r}", " or ".join(known),
                                f"pass {name}={known[0]!r}")
        for name in ("frames", "steps", "shortest"):
            if getattr(self, name) < 1:
                raise ReidError(f"Found {name}={getattr(self, name)!r}", "1 or more", f"pass {name}=16")

    def sized(self, *, frames: int | None = None, steps: int | None = None) -> Recipe:
        """The same recipe with another T or another number of steps."""
        given = {"frames": frames, "steps": steps}
        return replace(self, **{name: value for name, value in given.items() if value is not None})

    @property
    def tracklets_a_step(self) -> int:
        """B."""
        return 2 * self.pairs if self.sampling == "pairs" else self.identities * self.tracklets

    def as_dict(self) -> dict:
        """JSON values, for checkpoints and results."""
        return {**asdict(self), "optimiser": self.optimiser.as_dict()}

    @classmethod
    def from_dict(cls, content: Mapping) -> Recipe:
        """What `as_dict` gave."""
        return cls(**{**content, "optimiser": Optimiser.from_dict(content["optimiser"])})


# A learned score of a frame moves little at the network's own rate: with ×20 the prototype's attention got contrast.
_FASTER = {"network.head": 20.0, "classifier": 10.0, "similarity": 10.0}
_PAPER_STEPS = 300_000  # 1,000 epochs × 150 identities × 2 pairs, one pair a step

RECIPES = {
    recipe.name: recipe
    for recipe in (
        # RAN §4.2: one pair a step, as many positive as negative, T = 16 contiguous, SGD 1e-3, 1,000 epochs, at most
        # 128 frames at test. Silent, so ours: momentum .9 and every gradient cut to ±5, both from McLaughlin's code;
        # no weight decay; the first 128 frames; the rate stays (divided by ten at 300 and 600 epochs on PRID only).
        Recipe("paper", sampling="pairs", pairs=1, steps=_PAPER_STEPS, test_frames=128,
               optimiser=Optimiser("sgd", 1e-3, momentum=0.9, clip="value", clip_at=5.0)),
        # The same with eight pairs a step, so that it can be looked at in minutes (ours).
        Recipe("paper-pairs", sampling="pairs", pairs=8, steps=37_500, test_frames=128,
               optimiser=Optimiser("sgd", 1e-3, momentum=0.9, clip="value", clip_at=5.0)),
        Recipe("paper-prid", sampling="pairs", pairs=1, steps=200_000, test_frames=128,
               optimiser=Optimiser("sgd", 1e-3, momentum=0.9, clip="value", clip_at=5.0, milestones=(0.3, 0.6))),
        # McLaughlin et al. (2016) as their code ran: pairs with a tracklet below 16 frames are skipped, offsets begin
        # at 1, the last frames of gallery tracklets, sixteen crops at test.
        Recipe("mclaughlin", sampling="pairs", pairs=1, shortest=16, first_offset=1, steps=_PAPER_STEPS,
               test_frames=128, test_last=True, test_crops="sixteen",
               optimiser=Optimiser("sgd", 1e-3, momentum=0.9, clip="value", clip_at=5.0)),
        # Ours, so that a laptop gets there in minutes: all pairs of 8 people × 2 cameras, Adam.
        Recipe("contiguous", steps=3_000, optimiser=Optimiser("adam", 3e-4, clip="norm", multipliers=_FASTER)),
        Recipe("spread", window="spread", steps=3_000,
               optimiser=Optimiser("adam", 3e-4, clip="norm", multipliers=_FASTER)),
        # Ours: the pairs of the paper, eight a step; for comparing batches at equal frames.
        Recipe("pairs", sampling="pairs", pairs=8, steps=3_000,
               optimiser=Optimiser("adam", 3e-4, clip="norm", multipliers=_FASTER)),
    )
}


def recipe(name: str) -> Recipe:
    """The recipe called `name`; ReidError with the known names otherwise."""
    return chosen(RECIPES, name, "recipe", "type --recipe {}", "spread")
