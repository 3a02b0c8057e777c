"""The input of RAN's frame CNN: Y, U, V and two channels of flow, cropped to 56×40.

RAN (2019), §3.1, and the code it builds on (McLaughlin et al., 2016). The two disagree on almost every detail, and the
paper leaves most of them open, so each is a field of `InputOptions`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from reidlib.data.transforms import CropFlip, centre_crop
from reidlib.errors import ReidError
from reidlib.flow.colour import yuv
from reidlib.flow.single_scale import ZERO

SMALLEST_STD = 1e-4  # of a channel of 0 … 1: less than a fortieth of a grey level is a constant frame
CHOICES = {"deviation": ("std", "sqrt_std"), "flow": ("clip", "stored"), "channels": ("both", "colour", "flow")}


@dataclass(frozen=True)
class InputOptions:
    """How frames and flow become five channels.

    deviation : each colour channel of each frame loses its mean and is divided by its standard deviation ("std"), or
        by the root of it ("sqrt_std": McLaughlin's code takes the root twice, so colours come out with .5 and flow with
        .1 in place of 1).
    flow : "clip": cut to ± flow_limit pixels and divided by it (ours; the papers say nothing usable). "stored": as the
        code's PNGs, (flow + 127) / 255 in the order y, x, then treated like a colour.
    flow_limit : pixels per frame at 64×48. Ours: on street-v1, 99 % of the walkers' pixels move by less than 3.3.
    channels : "colour" leaves the flow channels at zero, "flow" the colours; the shape stays.
    flip_negates_flow : what moved right moves left in the mirror. The code did not do this.
    centre : subtract the mean over all five channels from each cropped frame, as the code did.
    """

    deviation: str = "std"
    flow: str = "clip"
    flow_limit: float = 4.0
    channels: str = "both"
    flip_negates_flow: bool = True
    centre: bool = False

    def __post_init__(self) -> None:
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise ReidError(f"Found {name}={getattr(self, name)!r}", " or ".join(known),
                                f"pass {name}={known[0]!r}")
        if not 0 < self.flow_limit < float("inf"):
            raise ReidError(f"Found flow_limit={self.flow_limit!r}", "pixels above 0", "pass flow_limit=4.0")


OURS = InputOptions()
MCLAUGHLIN = InputOptions(deviation="sqrt_std", flow="stored", flip_negates_flow=False, centre=True)


def standardise(planes: torch.Tensor, deviation: str = "std") -> torch.Tensor:
    """(..., H, W): minus the mean, over the standard deviation (or its root) of each plane. Constant planes give 0."""
    variance, mean = torch.var_mean(planes, dim=(-2, -1), keepdim=True, correction=1)
    std = variance.sqrt().clamp_min_(SMALLEST_STD)
    return (planes - mean) / (std if deviation == "std" else std.sqrt())


@torch.no_grad()
def five_channels(frames: torch.Tensor, flow: torch.Tensor, draw: CropFlip | None = None,
                  options: InputOptions = OURS) -> torch.Tensor:
    """Frames (B, T, 3, H, W) uint8 RGB and flow (B, T, 2, H, W) -> (B, T, 5, *crop) float32, channels Y, U, V, x, y.

    Parameters
    ----------
    frames : usually 64×48 (`reidlib.data.transforms.resize_frames`, then the colours before height and width).
    flow : of the same size and device, pixels per frame, float32 or half, such as a store's column "flow".
    draw : one crop and flip per tracklet; default the centre crop of 56×40. Drawn for sizes of H×W.

    The means and deviations are those of the whole frame, before the crop, as in McLaughlin's code.

    Raises
    ------
    ReidError : shapes, dtypes or devices that do not fit each other.
    """
    _check(frames, flow)
    B, T, _, H, W = frames.shape
    planes = torch.empty(B, T, 5, H, W, device=frames.device)
    if options.channels == "flow":
        planes[:, :, :3] = 0
    else:
        planes[:, :, :3] = standardise(yuv(frames), options.deviation)
    if options.channels == "colour":
        planes[:, :, 3:] = 0
    elif options.flow == "clip":
        planes[:, :, 3:] = flow.float().clamp(-options.flow_limit, options.flow_limit) / options.flow_limit
    else:
        planes[:, :, 3:] = standardise((flow.float().flip(2) + ZERO) / 255, options.deviation)
    draw = centre_crop(B, (H, W)) if draw is None else draw
    horizontal = 4 if options.flow == "stored" else 3
    result = draw(planes, flow_channel=horizontal if options.flip_negates_flow else None)
    if options.centre:
        result -= result.mean(dim=(2, 3, 4), keepdim=True)
    return result


def _check(frames: torch.Tensor, flow: torch.Tensor) -> None:
    there = [f"{each.dtype} {tuple(each.shape)}" if isinstance(each, torch.Tensor) else type(each).__name__
             for each in (frames, flow)]
    found = f"Found frames of {there[0]} and flow of {there[1]}"
    if not (isinstance(frames, torch.Tensor) and isinstance(flow, torch.Tensor)) or frames.ndim != 5 \
            or frames.dtype != torch.uint8 or frames.shape[2] != 3:
        raise ReidError(found, "uint8 tensors (B, T, 3, H, W) and flow (B, T, 2, H, W)",
                        "move the colours before height and width: torch.from_numpy(frames).movedim(-1, 2)")
    B, T, _, H, W = frames.shape
    if not flow.dtype.is_floating_point or flow.shape != (B, T, 2, H, W):
        raise ReidError(found, f"floating-point flow {(B, T, 2, H, W)}",
                        "resize the flow with reidlib.data.transforms.resize_flow, x before y on axis 2")
    if flow.device != frames.device:
        raise ReidError(f"Found frames on {frames.device} and flow on {flow.device}", "one device",
                        "pass flow.to(frames.device)")
