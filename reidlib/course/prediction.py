"""`predict`: say a number before it is computed. A guess that turns out wrong is remembered better than a result."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reidlib.course.panel import Panel, box, prose, show

NEAR = 0.15  # relative distance that counts as close


@dataclass(eq=False, repr=False)
class Prediction(Panel):
    """A question with the reader's guess, or None where the reader passed on."""

    question: str
    guess: float | None
    unit: str

    def text(self) -> str:
        mine = "no guess yet: put a number in place of None" if self.guess is None else f"your guess: {self._said()}"
        return f"{self.question} ({mine})"

    def html(self) -> str:
        return box("note", "Prediction", f"<p>{prose(self.text())}</p>")

    def compare(self, value: float) -> Outcome:
        """Show the guess beside what came out."""
        return show(Outcome(self, float(value)))

    def _said(self, value: float | None = None) -> str:
        return f"{self.guess if value is None else value:.4g}{self.unit}"


@dataclass(eq=False, repr=False)
class Outcome(Panel):
    """A guess and the truth."""

    prediction: Prediction
    value: float

    def text(self) -> str:
        guess, came = self.prediction.guess, self.prediction._said(self.value)
        if guess is None:
            return f"It is {came}. Next time, guess first."
        if abs(guess - self.value) <= NEAR * abs(self.value):
            return f"You said {self.prediction._said()}; it is {came}. Close."
        return f"You said {self.prediction._said()}; it is {came}. What did you expect that did not happen?"

    def html(self) -> str:
        return box("note", "Prediction and result", f"<p>{prose(self.text())}</p>")


def predict(question: str, guess: float | None = None, unit: str = "") -> Prediction:
    """Show `question` with the reader's `guess`; later call `.compare(value)` with what was computed.

    A guess that is no number counts as none, since a prediction must not stop a notebook.

    >>> guess = predict("Which share of the frames shows less than half of the person?", None, " %")
    Which share of the frames shows less than half of the person? (no guess yet: put a number in place of None)
    >>> outcome = guess.compare(50)
    It is 50 %. Next time, guess first.
    """
    try:
        number = float(guess)
    except (TypeError, ValueError):
        number = math.nan
    return show(Prediction(question, number if math.isfinite(number) else None, unit))
