"""What the optimiser does, as plain values that can be written to JSON and compared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from reidlib.errors import ReidError

KINDS, CLIPS, PRECISIONS = ("sgd", "adam"), (None, "norm", "value"), ("float32", "bfloat16")


@dataclass(frozen=True)
class Optimiser:
    """Settings of an optimiser. Steps are counted from 0.

    Parameters
    ----------
    kind : "sgd" (Polyak's momentum) or "adam" (Kingma & Ba 2015, Alg. 1; β₁ = `momentum`, β₂ = 0.999, ε = 1e-8).
    learning_rate : above 0.
    momentum : in [0, 1).
    weight_decay : times the parameter, added to its gradient after clipping (L2, for both kinds).
    clip : "norm" scales all gradients together so that their Euclidean norm is at most `clip_at`, "value" cuts every
        element to ±`clip_at`, None leaves them.
    milestones : at each the rate is multiplied by `factor`: a step number (int), or a fraction of all steps (float
        between 0 and 1).
    warm_up : steps over which the rate rises linearly; step s has (s + 1) / warm_up of it.
    multipliers : {"network.head": 20.0} gives the parameters of that module (or that one parameter) 20 times the rate;
        of several that fit the longest name counts.
    precision : of the forward pass, "float32" or "bfloat16" (autocast); parameters and their updates stay float32.
    """

    kind: str = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    clip: str | None = None
    clip_at: float = 5.0
    milestones: tuple[int | float, ...] = ()
    factor: float = 0.1
    warm_up: int = 0
    multipliers: Mapping[str, float] = field(default_factory=dict, hash=False)
    precision: str = "float32"

    def __post_init__(self) -> None:
        object.__setattr__(self, "milestones", tuple(self.milestones))
        object.__setattr__(self, "multipliers", dict(self.multipliers))
        for name, known in (("kind", KINDS), ("clip", CLIPS), ("precision", PRECISIONS)):
            if getattr(self, name) not in known:
                raise ReidError(f"Found {name}={getattr(self, name)!r}", f"one of {', '.join(map(repr, known))}",
                                f"pass {name}={known[-1]!r}")
        positive, at_least_zero = (lambda x: x > 0, "above 0"), (lambda x: x >= 0, "from 0")
        for name, (allowed, words), example in (
            ("learning_rate", positive, 1e-3), ("momentum", (lambda x: 0 <= x < 1, "from 0 to below 1"), 0.9),
            ("weight_decay", at_least_zero, 0.0), ("clip_at", positive, 5.0), ("factor", positive, 0.1),
        ):  # fmt: skip
            _check(name, getattr(self, name), allowed, words, example)
        if not _whole(self.warm_up) or self.warm_up < 0:
            raise ReidError(f"Found warm_up={self.warm_up!r}", "a number of steps from 0", "pass warm_up=0")
        for mark in self.milestones:
            if not ((_whole(mark) and mark > 0) or (isinstance(mark, float) and 0 < mark < 1)):
                raise ReidError(f"Found the milestone {mark!r}", "a step number from 1, or a fraction between 0 and 1",
                                "pass milestones=(0.3, 0.6)")
        for name, value in self.multipliers.items():
            _check(f"multipliers[{name!r}]", value, *at_least_zero, 20.0)

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of step `step` of `steps`, before multipliers."""
        marks = [mark if _whole(mark) else round(mark * steps) for mark in self.milestones]
        warm = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        return self.learning_rate * warm * self.factor ** sum(step >= mark for mark in marks)

    def multiplier(self, name: str) -> float:
        """Of the parameter called `name`."""
        fitting = [prefix for prefix in self.multipliers if name == prefix or name.startswith(prefix + ".")]
        return self.multipliers[max(fitting, key=len)] if fitting else 1.0

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {**asdict(self), "milestones": list(self.milestones)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Optimiser:
        """The inverse of `as_dict`; settings that are not named keep their defaults."""
        known = [each.name for each in fields(cls)]
        if unknown := [name for name in values if name not in known]:
            raise ReidError(f"Found the optimiser setting {unknown[0]!r}", f"one of {', '.join(known)}",
                            f"leave {unknown[0]!r} out, or use the version of reidlib that wrote it")
        return cls(**values)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check(name: str, value: object, allowed: Any, words: str, example: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not allowed(value):
        raise ReidError(f"Found {name}={value!r}", f"a number {words}", f"pass {name}={example}")
