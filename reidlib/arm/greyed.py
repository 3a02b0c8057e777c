"""A source whose pictures are brought to grey one by one: the oldest rival of learned colour constancy."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.arm.baselines import grey_world
from reidlib.arm.batches import Source


class Greyed:
    """Every picture of a source after grey-world: its channels scaled to equal means (Buchsbaum 1980).

    A network has to be trained on such pictures to profit. What it loses: a red coat that fills the picture is taken
    for red light.
    """

    def __init__(self, source: Source) -> None:
        self.source, self.items = source, source.items

    def gather(self, numbers: torch.Tensor | np.ndarray) -> torch.Tensor:
        """As the source's, brought to grey."""
        return grey_world(self.source.gather(numbers))
