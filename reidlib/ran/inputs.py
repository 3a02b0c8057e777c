"""From a store to the channels that the frame CNN sees: small frames and flow, computed once and kept beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reidlib.data.reading import FrameReader, row_numbers
from reidlib.data.resized import resized_frames
from reidlib.data.store import Store
from reidlib.data.transforms import SIZE, CropFlip
from reidlib.errors import ReidError
from reidlib.flow.extract import extract_flow
from reidlib.flow.five_channels import OURS, InputOptions, five_channels

COLUMNS = {"accurate": "flow"}  # other methods keep their name: flow_fast, flow_mclaughlin


class TrackletInputs:
    """Windows of a store's tracklets as (B, T, 5, 56, 40).

    Parameters
    ----------
    store : its columns `flow` and `frames_64x48` are computed here if they are not there yet (half a minute for
        300 persons on two cores, then at once).
    options : see `five_channels`; RAN §3.1 leaves nearly all of it open.
    flow : method of `reidlib.flow.extract.tracklet_flow`, or the name of a column (F, 2, 64, 48) of the store, such as
        one with exact flow.
    progress : hears (what, done, all).
    """

    def __init__(self, store: Store, options: InputOptions = OURS, flow: str = "accurate",
                 device: str | torch.device = "cpu",
                 progress: Callable[[str, int, int], None] | None = None) -> None:
        def hear(what: str) -> Callable[[int, int], None] | None:
            return None if progress is None else lambda done, total: progress(what, done, total)

        self.store, self.options, self.flow_name, self.device = store, options, flow, _usable(device)
        self.frames = resized_frames(store, SIZE, hear("small frames"))
        self._reader = FrameReader(self.frames, device=self.device)
        if flow in store.derived or flow in store.columns:
            self.flow = store.column(flow)
        else:
            self.flow = extract_flow(store, flow, column=COLUMNS.get(flow, f"flow_{flow}"), progress=hear("flow"))
        if self.flow.shape[1:] != (2, *SIZE):
            raise ReidError(f"Found flow of shape {self.flow.shape}", f"(F, 2, {SIZE[0]}, {SIZE[1]})",
                            "extract it with reidlib flow extract")

    def channels(self, numbers: np.ndarray, frames: np.ndarray, draw: CropFlip | None = None) -> torch.Tensor:
        """(B,) numbers of tracklets and (B, T) frames inside each -> (B, T, 5, 56, 40) on the device.

        `draw` is one crop and flip for each tracklet (default: the centre). Frames that a mask hides are read all the
        same: `contiguous` and `spread` repeat the last frame there.
        """
        return self.rows(row_numbers(self.store.starts[numbers], frames), draw)

    def rows(self, rows: np.ndarray, draw: CropFlip | None = None) -> torch.Tensor:
        """(B, T) rows of the store's frames -> (B, T, 5, 56, 40)."""
        frames = self._reader.gather(rows).to(self.device)
        flow = torch.from_numpy(np.take(self.flow, rows, axis=0)).to(self.device)
        return five_channels(frames, flow, draw, self.options)

    @property
    def facts(self) -> dict[str, str]:
        """What these inputs were made from, for checkpoints and results."""
        return {"data": self.store.name, "data_version": self.store.version, "data_hash": self.store.hash,
                "flow": self.flow_name}


def _usable(device: str | torch.device) -> torch.device:
    try:
        return torch.zeros(0, device=device).device
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ReidError(f"Found the device {str(device)!r}, which torch cannot use here", "one that it can use",
                        "leave --device or device= out for the CPU") from error
