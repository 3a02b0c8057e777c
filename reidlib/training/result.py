"""What a training tells while it runs, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass

TOTAL, RATE, NORM = "total", "learning_rate", "gradient_norm"
Columns = dict[str, list[float]]


@dataclass(frozen=True, eq=False)
class Progress:
    """What callbacks and `stop` hear; of several runs trained at once, the mean over them.

    step : steps done, from 1. steps : of the whole training.
    terms : the loss terms of the last step. learning_rate : of the last step.
    seconds : spent so far, those before a resume included.
    done : True in the last call, however the training ended.
    history : as in `Fit`, up to this step; it grows, so copy what must stay.
    """

    step: int
    steps: int
    terms: dict[str, float]
    learning_rate: float
    seconds: float
    done: bool
    history: Columns

    @property
    def total(self) -> float:
        """The loss of the last step."""
        return sum(self.terms.values())


@dataclass(frozen=True, eq=False)
class Fit:
    """What a training did; the weights are in the model.

    history : one list for each loss term, and "total", "learning_rate" (before multipliers) and "gradient_norm"
        (Euclidean, of all gradients before clipping), with one value for each step.
    step : steps done. steps : steps asked for.
    seconds : spent, those before a resume included.
    interrupted : by Ctrl-C; called again with the same folder, the training goes on.
    stopped : the reason `stop` gave, or "".
    """

    history: Columns
    step: int
    steps: int
    seconds: float
    interrupted: bool
    stopped: str
