"""The exact flow of a whole rendered store as a column beside it, at the size that networks look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reidlib.data.columns import ColumnWriter
from reidlib.data.store import Store
from reidlib.data.transforms import SIZE, resize_flow
from reidlib.data.workers import in_order, refuse_in_worker
from reidlib.world.build import flow_of


@dataclass(frozen=True)
class _Task:
    """What a worker is sent: the store travels as its path."""

    store: Store
    size: tuple[int, int]

    def __call__(self, number: int) -> np.ndarray:
        return resize_flow(flow_of(self.store, number), self.size).astype(np.float16)


def true_flow(store: Store, size: tuple[int, int] = SIZE, *, workers: int | None = None,
              progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """(F, 2, *size) float16 memory map of the flow that the street knows: the column `flow_true`, made on first use.

    The same shape, units and sign as `reidlib.flow.extract.extract_flow`, which has to estimate it. Every tracklet is
    rendered again for it. Killed and called again it goes on where it stopped. `progress` hears (tracklets done, all).

    Raises
    ------
    ReidError : a store that was not rendered, or by another revision of the street.
    """
    refuse_in_worker()
    with ColumnWriter(store, "flow_true", "float16", (2, *size), spec={"method": "true"}) as writer:
        if not writer.complete:
            for flow in in_order(_Task(store, tuple(size)), list(range(writer.done, len(store))), workers):
                writer.append(flow)
                if progress is not None:
                    progress(writer.done, len(store))
        return writer.finish()
