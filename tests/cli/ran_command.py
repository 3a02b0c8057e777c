"""`reidlib train ran` on the tiny street, in this process or in one that can be killed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import trained_command as command

# The predecessor's network is small and has dropout; one pair a step.
SMALL = ("--preset", "mclaughlin", "--recipe", "paper", "--frames", 2, "--every", 4)


def typed(*arguments):
    """The result of the command typed with these arguments."""
    return command.typed("ran", *arguments)


def killed(moment: tuple[int, float], out: Path, *arguments) -> int:
    """Starts the command and kills it `moment[1]` seconds after its checkpoint has reached step `moment[0]`."""
    step, after = moment
    return command.killed("ran", step, out, *arguments, after=after)


def outcome(out: Path) -> tuple[dict[str, bytes], dict[str, bytes], dict]:
    """Everything that a run leaves but the clock: weights, ranks and results, to be compared bit for bit."""
    weights, result = command.weights_and_result(out)
    with np.load(out / "ranks.npz") as ranks:
        return weights, {name: ranks[name].tobytes() for name in ranks.files}, result
