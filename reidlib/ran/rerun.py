"""A tracklet through the whole network again and again, while few of its frames change: what `Occlude` asks for."""

from __future__ import annotations

import numpy as np
import torch

from reidlib.data.transforms import SIZE, resize_frames
from reidlib.errors import ReidError
from reidlib.flow.extract import tracklet_flow
from reidlib.flow.five_channels import five_channels
from reidlib.ran.embed import FRAMES_AT_ONCE
from reidlib.ran.saved import Saved


class Rerun:
    """A function from frames to attention that remembers one tracklet, so that a changed frame costs two, not T.

    A frame's channels hang on its own pixels and, by the flow, on those of the frame before. So only changed frames and
    their successors are resized, get flow anew and go through the frame CNN; the head sees all T features each time.
    The answer is that of the whole tracklet, but for the last bits of float32.

    Parameters
    ----------
    saved : network, input options and method of flow; the network stays on its device.
    frames : (T, H, W, 3) uint8, the tracklet as it is.

    Raises
    ------
    ReidError : a head without one set of weights an iteration; other frames than (T, H, W, 3) uint8.
    """

    def __init__(self, saved: Saved, frames: np.ndarray) -> None:
        if not saved.network.head.attention_count:
            raise ReidError(f"The head {saved.preset.head} gives no attention to look at",
                            "a head with one set of weights an iteration", 'take course.trained("corrected")')
        self._saved, self._device = saved, next(saved.network.parameters()).device
        self._frames = np.array(frames)
        _check(self._frames, None)
        self._x = self._features(self._frames, np.arange(len(frames)))  # (T, D)
        self._before = self._pooled(self._x)[1]

    def __call__(self, frames: np.ndarray) -> dict[str, np.ndarray | float]:
        """(T, H, W, 3) uint8 of the same shape -> {"attention": (T,) of the last iteration, "feature_shift": degrees
        between the video feature and that of the tracklet as it is}."""
        _check(frames, self._frames.shape)
        changed = np.flatnonzero((frames != self._frames).any((1, 2, 3)))
        rows = np.union1d(changed, changed + 1)
        x = self._x.clone()
        if len(changed):
            rows = rows[rows < len(frames)]
            x[torch.from_numpy(rows).to(self._device)] = self._features(frames, rows)
        attention, feature = self._pooled(x)
        cosine = feature @ self._before / (np.linalg.norm(feature) * np.linalg.norm(self._before))
        shift = float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))) if len(changed) else 0.0
        return {"attention": attention, "feature_shift": shift}

    @torch.no_grad()
    def _features(self, frames: np.ndarray, rows: np.ndarray) -> torch.Tensor:
        """Of some frames, numbers (n,) in rising order: (n, D)."""
        small = torch.from_numpy(resize_frames(frames[rows], SIZE)).movedim(-1, 1)[None].to(self._device)
        flow = torch.from_numpy(self._flow(frames, rows))[None].to(self._device)
        channels = five_channels(small, flow, None, self._saved.preset.inputs)
        parts = channels.split(FRAMES_AT_ONCE, 1)
        return torch.cat([self._saved.network.frame_features(part)[0] for part in parts])

    def _flow(self, frames: np.ndarray, rows: np.ndarray) -> np.ndarray:
        method = self._saved.preset.flow
        if method == "mclaughlin":  # its frame 0 is not without flow, so a piece would begin otherwise than the whole
            return tracklet_flow(frames, method)[rows]
        pieces = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        flow = []
        for piece in pieces:
            first = max(piece[0] - 1, 0)
            flow.append(tracklet_flow(frames[first:piece[-1] + 1], method)[piece[0] - first:])
        return np.concatenate(flow)

    @torch.no_grad()
    def _pooled(self, x: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        pooled = self._saved.network.head(x[None])
        return pooled.attention[-1][0].cpu().numpy(), pooled.video_feature[0].double().cpu().numpy()


def _check(frames: np.ndarray, shape: tuple[int, ...] | None) -> None:
    if frames.dtype != np.uint8 or (frames.shape != shape if shape else frames.ndim != 4 or frames.shape[-1] != 3) \
            or not len(frames):
        raise ReidError(f"Found frames of {frames.dtype} {frames.shape}", f"uint8 {shape or '(T, H, W, 3)'}",
                        "pass the frames of one tracklet, such as store[0].frames")
