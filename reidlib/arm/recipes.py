"""How an ARM network is trained: over episodes, or by one of the two rivals that the paper argues against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from reidlib.choices import chosen, one_of
from reidlib.errors import ReidError
from reidlib.training.settings import Optimiser

OBJECTIVES = ("episode", "triplet", "identity")
MINING = ("hard", "all")


@dataclass(frozen=True)
class Recipe:
    """One way of training. An `objective` other than "episode" trains z alone, without encoders.

    Parameters
    ----------
    objective : "episode" (−log P of the right identity, over galleries), "triplet" (Hermans et al. 2017) or "identity"
        (softmax over the training people).
    mining : of triplets, "hard" or "all". batch_norm : of z before the identity softmax.
    ways, shots, probes, mode, same_day, distractors, on_short, episodes : of `EpisodeSampler`.
    identities, images : of a batch of the other two objectives.
    identity_weight : of an identity softmax on z beside the episode's loss (0: none; ours).
    flip : mirror pictures at random, each by itself.
    steps : optimiser steps.
    """

    name: str
    objective: str = "episode"
    ways: tuple[int, int] = (8, 32)
    shots: tuple[int, int] = (1, 2)
    probes: int = 1
    mode: str = "pair"
    same_day: bool = True
    distractors: int = 0
    on_short: str = "ragged"
    episodes: int = 3
    identities: int = 30
    images: int = 4
    mining: str = "hard"
    batch_norm: bool = False
    identity_weight: float = 0.0
    flip: bool = True
    steps: int = 400
    optimiser: Optimiser = field(default_factory=lambda: Optimiser("adam", 1e-3, clip="norm", clip_at=1.0))

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise ReidError(f"Found objective={self.objective!r}", " or ".join(OBJECTIVES), "pass objective='episode'")
        one_of("mining", self.mining, MINING)
        for name in ("steps", "episodes", "identities", "images"):
            if getattr(self, name) < 1:
                raise ReidError(f"Found {name}={getattr(self, name)!r}", "1 or more", f"pass {name}=4")
        for name in ("ways", "shots"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given, given) if isinstance(given, int) else tuple(given))

    def sized(self, steps: int | None = None) -> Recipe:
        """The same recipe with another number of steps."""
        return self if steps is None else replace(self, steps=steps)

    def as_dict(self) -> dict:
        """JSON values, for checkpoints and results."""
        return {**asdict(self), "ways": list(self.ways), "shots": list(self.shots),
                "optimiser": self.optimiser.as_dict()}

    @classmethod
    def from_dict(cls, content: Mapping) -> Recipe:
        """What `as_dict` gave."""
        return cls(**{**content, "optimiser": Optimiser.from_dict(content["optimiser"])})


# Adam, its rate, the clipped gradient, 8 to 32 ways and 1 to 2 shots: ours. Every objective sees about as many pictures
# in a step: 3 episodes of on average 20 ways and 1.5 shots, with 20 probes, are 150; 30 identities × 5 images as well.
RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("episodes"),
        Recipe("any", mode="any", same_day=False),
        Recipe("with-identities", identity_weight=0.5),
        Recipe("triplet", objective="triplet", images=5),
        Recipe("triplet-all", objective="triplet", images=5, mining="all"),
        Recipe("identity", objective="identity", images=5),
        Recipe("identity-bn", objective="identity", images=5, batch_norm=True,
               optimiser=Optimiser("adam", 1e-3, clip="norm", clip_at=1.0, multipliers={"classifier": 30.0})),
    )
}


def recipe(name: str) -> Recipe:
    """The recipe called `name`; ReidError with the known names otherwise."""
    return chosen(RECIPES, name, "recipe", "type --recipe {}", "episodes")
