"""What was logged at each step: kept on the device, fetched now and then, because each fetch makes a GPU wait."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch

from reidlib.errors import ReidError
from reidlib.training.result import NORM, RATE, TOTAL, Columns


class History:
    """Of S runs. `columns[s]` is the history of run s, as in `Fit`, up to the last `fetch`.

    rate : the learning rate as a function of the step.
    """

    def __init__(self, runs: int, rate: Callable[[int], float]) -> None:
        self.columns: list[Columns] = [{} for _ in range(runs)]
        self.names: list[str] = []
        self.broken = False
        self._rate, self._pending = rate, []

    def __len__(self) -> int:
        """Steps fetched."""
        return len(self.columns[0].get(TOTAL, ()))

    def add(self, terms: Mapping[str, torch.Tensor], total: torch.Tensor, norm: torch.Tensor) -> None:
        """One step; each tensor is () or (S,)."""
        self._name([*terms, TOTAL, NORM])
        row = torch.stack([*terms.values(), total, norm], dim=-1).detach()
        self._pending.append(row.reshape(len(self.columns), -1))

    @property
    def waiting(self) -> int:
        return len(self._pending)

    def fetch(self) -> None:
        """Brings what waits into `columns`. ReidError at the first step whose loss or gradient is not finite."""
        if not self._pending:
            return
        rows = torch.stack(self._pending).cpu().tolist()
        self._pending = []
        for row in rows:
            if not all(math.isfinite(value) for run in row for value in run):
                self.broken = True
                raise self._not_finite(row)
            rate = self._rate(len(self))
            for columns, run in zip(self.columns, row, strict=True):
                for name, value in zip(self.names, run, strict=True):
                    columns[name].append(value)
                columns[RATE].append(rate)

    def mean(self) -> Columns:
        """Over the runs; of one run, its lists themselves."""
        if len(self.columns) == 1:
            return self.columns[0]
        return {name: [sum(each) / len(each) for each in zip(*(run[name] for run in self.columns), strict=True)]
                for name in self.columns[0]}

    def tensor(self) -> torch.Tensor:
        """(S, names, steps) float64: exactly what was fetched, for a checkpoint. The rates follow from the settings."""
        return torch.tensor([[run[name] for name in self.names] for run in self.columns], dtype=torch.float64)

    def load(self, names: list[str], values: torch.Tensor) -> None:
        """The inverse of `tensor`."""
        self._name(names)
        for columns, run in zip(self.columns, values.tolist(), strict=True):
            columns.update(zip(names, run, strict=True))
            columns[RATE] = [self._rate(step) for step in range(values.shape[2])]

    def _name(self, names: list[str]) -> None:
        if names == self.names:
            return
        if self.names or len(set(names) | {RATE}) <= len(names):
            terms, before = names[:-2], self.names[:-2]
            after = f" after {', '.join(before)}" if before else ""
            raise ReidError(f"Found the loss terms {', '.join(terms)}{after}",
                            f"the same terms at each step, none called {TOTAL}, {NORM} or {RATE}",
                            "return every term at every step, a tensor of 0 where it does not apply")
        self.names = names
        for columns in self.columns:
            columns.update({name: [] for name in (*names[:-2], TOTAL, RATE, NORM)})

    def _not_finite(self, row: list[list[float]]) -> ReidError:
        bad, run = next((s, run) for s, run in enumerate(row) if not all(map(math.isfinite, run)))
        *terms, total, norm = run
        what = f"a loss of {total:.4g}" if not math.isfinite(total) else f"a gradient of norm {norm:.4g}"
        of_run = f" of run {bad}" if len(row) > 1 else ""
        each = ", ".join(f"{name} {value:.4g}" for name, value in zip(self.names, terms, strict=False))
        return ReidError(f"Found {what} at step {len(self)}{of_run} ({each})", "finite losses and gradients",
                         "lower learning_rate, add warm_up or clip='norm', and train into a new folder; if a term is "
                         "not finite at step 0, look at the batch. The last checkpoint is still there")
