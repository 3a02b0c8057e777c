"""One crop and one flip for a whole tracklet, so that motion inside it stays true; resizing of frames and of flow.

Sizes are H×W. RAN's way: frames of 64×48, from which 56×40 is cropped at random in training, in the middle in testing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import interpolate

from reidlib.errors import ReidError

SIZE = (64, 48)
CROP = (56, 40)


@dataclass(frozen=True, eq=False)
class CropFlip:
    """What was drawn for B tracklets: the same window and the same flip for every frame of one.

    top, left : (B,) int64, first row and column of the crop.
    flip : (B,) bool, mirrored left to right after the crop.
    crop : H×W of the result.
    """

    top: np.ndarray
    left: np.ndarray
    flip: np.ndarray
    crop: tuple[int, int]

    def __call__(self, batch: torch.Tensor, flow_channel: int | None = None) -> torch.Tensor:
        """(B, T, C, H, W) of any dtype -> (B, T, C, *crop), a copy, stored channels-last.

        `flow_channel` names the channel that holds horizontal flow: mirrored, what moved right moves left, so a flip
        negates it. Use the same draw for the frames, the flow and the masks of a tracklet.
        """
        h, w = self.crop
        if batch.ndim != 5 or len(batch) != len(self.top):
            raise ReidError(f"A batch of shape {tuple(batch.shape)}", f"({len(self.top)}, T, C, H, W), one draw for "
                            "each tracklet", "draw again for this batch; a mask needs an axis C of 1")
        down, right = self.top.max(initial=0), self.left.max(initial=0)
        inside = down + h <= batch.shape[3] and right + w <= batch.shape[4]
        if not inside or self.top.min(initial=0) < 0 or self.left.min(initial=0) < 0:
            raise ReidError(f"Crops of {h}×{w} with offsets up to {down}, {right} from frames of {batch.shape[3]}×"
                            f"{batch.shape[4]}", "crops inside the frames", "draw with size equal to the batch's H×W")
        B, T, C = batch.shape[:3]
        result = batch.new_empty((B, T, h, w, C)).movedim(-1, 2)
        for b in range(B):
            top, left = int(self.top[b]), int(self.left[b])
            part = batch[b, :, :, top:top + h, left:left + w]
            if self.flip[b]:
                part = part.flip(-1)
                if flow_channel is not None:
                    part[:, flow_channel].neg_()  # flip() copies, so the input keeps its sign
            result[b] = part
        return result


def random_crop_flip(B: int, rng: np.random.Generator, size: tuple[int, int] = SIZE, crop: tuple[int, int] = CROP,
                     flip: float = 0.5, first: int = 0) -> CropFlip:
    """Draws for B tracklets: offsets in `first` .. size - crop, both ends included, and a flip with probability `flip`.

    `first=1` is what McLaughlin's code does, which never uses offset 0.
    """
    _check_sizes(size, crop)
    if not 0 <= flip <= 1 or not 0 <= first <= min(size[0] - crop[0], size[1] - crop[1]):
        raise ReidError(f"flip {flip} and first offset {first}", "a probability, and an offset inside size - crop",
                        "pass flip=0.5, first=0")
    top = rng.integers(first, size[0] - crop[0] + 1, B)
    left = rng.integers(first, size[1] - crop[1] + 1, B)
    return CropFlip(top, left, rng.random(B) < flip, crop)


def centre_crop(B: int, size: tuple[int, int] = SIZE, crop: tuple[int, int] = CROP) -> CropFlip:
    """The middle window of each tracklet, not mirrored: for validation and test."""
    _check_sizes(size, crop)
    top, left = ((full - part) // 2 for full, part in zip(size, crop, strict=True))
    return CropFlip(np.full(B, top), np.full(B, left), np.zeros(B, dtype=bool), crop)


def _check_sizes(size: tuple[int, int], crop: tuple[int, int]) -> None:
    if not all(1 <= part <= full for full, part in zip(size, crop, strict=True)):
        raise ReidError(f"A crop of {crop[0]}×{crop[1]} from {size[0]}×{size[1]}",
                        "a crop of 1×1 up to the whole frame", "pass sizes as (H, W), with crop no larger than size")


def resize_frames(frames: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    """(T, H, W, 3) uint8 -> (T, *size, 3) uint8, bilinear with antialiasing, all frames in one call.

    Within one grey level of Pillow's BILINEAR; two machines may differ by that level as well.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or 0 in frames.shape:
        raise ReidError(f"Frames of dtype {frames.dtype} and shape {frames.shape}", "uint8 (T, H, W, 3)",
                        "pass tracklet.frames")
    _check_sizes(size, (1, 1))
    if frames.shape[1:3] == tuple(size):
        return np.array(frames)
    # A read-only map would make torch warn, and the copy costs little beside the resizing.
    planes = torch.from_numpy(np.array(frames)).movedim(-1, 1)
    resized = interpolate(planes, size=tuple(size), mode="bilinear", antialias=True, align_corners=False)
    return np.ascontiguousarray(resized.movedim(1, -1).numpy())


def resize_flow(flow: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    """(T, 2, H, W) pixels per frame at H×W -> (T, 2, *size) pixels per frame at `size`, float32.

    A frame of half the width shows half the motion in pixels: x is scaled by size[1] / W, y by size[0] / H.
    """
    if flow.dtype.kind != "f" or flow.ndim != 4 or flow.shape[1] != 2 or 0 in flow.shape:
        raise ReidError(f"Flow of dtype {flow.dtype} and shape {flow.shape}", "floats (T, 2, H, W)",
                        "put x before y on axis 1")
    _check_sizes(size, (1, 1))
    planes = torch.from_numpy(np.array(flow, dtype=np.float32))
    if flow.shape[2:] != tuple(size):
        planes = interpolate(planes, size=tuple(size), mode="bilinear", antialias=True, align_corners=False)
    scale = torch.tensor([size[1] / flow.shape[3], size[0] / flow.shape[2]])
    return (planes * scale[:, None, None]).numpy()
