"""From tracklets to features with a trained network: whole tracklets, whatever their lengths, and their attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch

from reidlib.data.transforms import CROP, SIZE, CropFlip, centre_crop
from reidlib.ran.heads.head import Head, Pooled
from reidlib.ran.inputs import TrackletInputs

FRAMES_AT_ONCE = 512  # keeps a CPU's caches warm and a GPU busy enough
TRACKLETS_AT_ONCE = 64


class Embedded(NamedTuple):
    """Features of n tracklets, in the order asked for.

    features : (n, D) float32.
    attention : n arrays (R + 1, T), iteration by iteration; empty for heads without attention.
    frames : n arrays (T,), which frames of the tracklet were used.
    """

    features: np.ndarray
    attention: list[np.ndarray]
    frames: list[np.ndarray]

    def part(self, chosen: slice) -> Embedded:
        """Some of the tracklets."""
        return Embedded(self.features[chosen], self.attention[chosen], self.frames[chosen])


def used_frames(lengths: Iterable[int], most: int | None = None, last: bool = False) -> list[np.ndarray]:
    """Which frames count at test: all, or at most `most`, the first ones (or the `last`: as McLaughlin's code takes
    of gallery tracklets; RAN §4.2 says only "at most 128 frames")."""
    chosen = []
    for length in map(int, lengths):
        count = length if most is None else min(length, most)
        chosen.append(np.arange(length - count, length) if last else np.arange(count))
    return chosen


@torch.no_grad()
def frame_features(frame_cnn: torch.nn.Module, inputs: TrackletInputs, numbers: Sequence[int],
                   frames: Sequence[np.ndarray], draw: CropFlip | None = None,
                   progress: Callable[[int, int], None] | None = None) -> list[np.ndarray]:
    """Features of the frames of each tracklet: n arrays (T, D) float32, T as many as `frames` names.

    `draw` holds one crop and flip, used for all tracklets; default the centre. `progress` hears (frames done, all).
    """
    starts = inputs.store.starts[np.asarray(numbers)]
    rows = np.concatenate([start + chosen for start, chosen in zip(starts, frames, strict=True)])
    draw = centre_crop(1, SIZE, CROP) if draw is None else draw
    training = frame_cnn.training
    frame_cnn.eval()
    done = []
    for first in range(0, len(rows), FRAMES_AT_ONCE):
        part = rows[None, first:first + FRAMES_AT_ONCE]
        done.append(frame_cnn(inputs.rows(part, draw).flatten(0, 1)).float().cpu().numpy())
        if progress is not None:
            progress(min(first + FRAMES_AT_ONCE, len(rows)), len(rows))
    frame_cnn.train(training)
    return np.split(np.concatenate(done), np.cumsum([len(chosen) for chosen in frames])[:-1])


@torch.no_grad()
def pool(head: Head, features: Sequence[np.ndarray], device: str | torch.device = "cpu",
         frames: Sequence[np.ndarray] | None = None) -> Embedded:
    """Pools features (T, D) of each tracklet with a head; tracklets of like length go through together.

    The result of a tracklet does not depend on its neighbours, but for the last bits of float32.
    """
    training = head.training
    head.eval()
    order = np.argsort([len(each) for each in features], kind="stable")
    vectors: list[np.ndarray] = [np.empty(0)] * len(features)
    attention: list[np.ndarray] = [np.empty(0)] * len(features)
    for first in range(0, len(order), TRACKLETS_AT_ONCE):
        chosen = order[first:first + TRACKLETS_AT_ONCE]
        padded, mask = _padded([features[k] for k in chosen])
        pooled: Pooled = head(padded.to(device), mask.to(device))
        stacked = torch.stack(pooled.attention, 1).cpu().numpy() if pooled.attention else None
        for place, k in enumerate(chosen):
            vectors[k] = pooled.video_feature[place].float().cpu().numpy()
            if stacked is not None:
                attention[k] = stacked[place, :, :len(features[k])]
    head.train(training)
    frames = [np.arange(len(each)) for each in features] if frames is None else list(frames)
    return Embedded(np.stack(vectors), attention if attention[0].size else [], frames)


def embed(network: torch.nn.Module, inputs: TrackletInputs, numbers: Sequence[int],
          frames: Sequence[np.ndarray] | None = None, *, draw: CropFlip | None = None,
          progress: Callable[[int, int], None] | None = None) -> Embedded:
    """Features and attention of whole tracklets, or of the `frames` of each; the rest as in `frame_features`."""
    frames = used_frames(inputs.store.lengths[np.asarray(numbers)]) if frames is None else frames
    features = frame_features(network.frame_cnn, inputs, numbers, frames, draw, progress)
    return pool(network.head, features, inputs.device, frames)


def _padded(features: list[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    T = max(len(each) for each in features)
    padded = np.zeros((len(features), T, features[0].shape[1]), np.float32)
    for row, each in zip(padded, features, strict=True):
        row[:len(each)] = each
    mask = np.arange(T) < np.array([len(each) for each in features])[:, None]
    return torch.from_numpy(padded), torch.from_numpy(mask)
