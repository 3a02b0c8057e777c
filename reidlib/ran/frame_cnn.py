"""RAN's frame CNN (§3.1): a 56×40 frame of five channels -> one feature, three stages of convolution and pooling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import max_pool2d

from reidlib.errors import ReidError

FRAME = (5, 56, 40)  # channels, height, width
FILTERS = (16, 32, 32)
KERNEL, PADDING, POOL = 5, 4, 2  # pixels; the padding is larger than half the kernel, so the maps first grow by 4
LAST_MAPS = (32, 10, 8)
ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "none": nn.Identity}
INITS = ("he", "torch")


class Field(NamedTuple):
    """What one cell of a stage's map sees: cell (i, j) covers the rows start + i·stride … + size − 1, columns alike.

    Input pixels; negative or beyond the frame means padding.
    """

    size: int
    stride: int
    start: int


class FrameCNN(nn.Module):
    """Frames (N, 5, 56, 40) -> features x (N, D): RAN §3.1 on the CNN of McLaughlin et al. (2016).

    Three times convolution 5×5 (zero padding 4), max-pooling 2×2, tanh, with 16, 32, 32 filters; then 2560 -> 1024 ->
    D (RAN), or 2560 -> D (McLaughlin, `hidden=None`). Nothing follows the last layer. Intuition: small local patterns
    of colour and motion, and at the end which of them are where on the body.

    Parameters
    ----------
    features : D.
    hidden : size of the layer in between, None for none.
    activation : after the layer in between, "tanh", "relu" or "none". Ours: the paper does not say.
    dropout : probability before the last layer. McLaughlin .6; RAN does not say.
    init : "he" as in RAN (He et al. 2015: normal with variance 2 / fan_in, biases 0), or "torch" as McLaughlin's
        code base (uniform within ±1/√fan_in, biases too).

    Raises
    ------
    ReidError : options outside these; in `forward`, anything but floats (N, 5, 56, 40) of the parameters' dtype.
    """

    def __init__(self, features: int = 128, hidden: int | None = 1024, activation: str = "tanh", dropout: float = 0.0,
                 init: str = "he") -> None:
        super().__init__()
        for name, size in (("features", features), ("hidden", hidden)):
            if not (isinstance(size, int) and size >= 1) and not (name == "hidden" and size is None):
                raise ReidError(f"Found {name}={size!r}", "a whole number from 1", "leave it out for the paper's size")
        if activation not in ACTIVATIONS:
            raise ReidError(f"Found activation={activation!r}", " or ".join(ACTIVATIONS), "pass activation='tanh'")
        if not 0 <= dropout < 1:
            raise ReidError(f"Found dropout={dropout!r}", "a probability of 0 up to, not including, 1",
                            "pass dropout=0.0")
        self.features = features
        sizes = (FRAME[0], *FILTERS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, KERNEL, padding=PADDING) for before, after in zip(sizes, FILTERS, strict=False))
        flat = LAST_MAPS[0] * LAST_MAPS[1] * LAST_MAPS[2]
        self.hidden = None if hidden is None else nn.Linear(flat, hidden)
        self.activation = ACTIVATIONS[activation]()
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(hidden or flat, features)
        initialise(self, init)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        for last in self._stages(frames):
            flat = last.flatten(1)
        if self.hidden is not None:
            flat = self.activation(self.hidden(flat))
        return self.last(self.dropout(flat))

    def maps(self, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What each stage sees: (N, 16, 30, 22), (N, 32, 17, 13), (N, 32, 10, 8), values in −1 … 1."""
        return tuple(self._stages(frames))

    def _stages(self, frames: torch.Tensor) -> Iterator[torch.Tensor]:
        self._check(frames)
        # Channels-last in memory, 1.3 times as fast on a CPU; by permute, because vmap knows no memory formats.
        maps = frames.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
        for convolution in self.convolutions:
            # The papers write pool(tanh(·)); tanh rises everywhere, so this is the same on a quarter of the values.
            maps = max_pool2d(convolution(maps), POOL).tanh()
            yield maps

    def _check(self, frames: torch.Tensor) -> None:
        needed = f"floats (N, {FRAME[0]}, {FRAME[1]}, {FRAME[2]})"
        if not isinstance(frames, torch.Tensor) or frames.ndim != 4 or tuple(frames.shape[1:]) != FRAME:
            shape = tuple(frames.shape) if isinstance(frames, torch.Tensor) else type(frames).__name__
            raise ReidError(f"Found frames of shape {shape}", needed,
                            "make them with reidlib.flow.five_channels and join tracklets and frames: .flatten(0, 1)")
        dtype = self.last.weight.dtype
        if not frames.dtype.is_floating_point or \
                (frames.dtype != dtype and not torch.is_autocast_enabled(frames.device.type)):
            raise ReidError(f"Found frames of {frames.dtype}", f"{needed} of {dtype}, the dtype of the parameters",
                            f"pass frames.to({dtype}); raw uint8 frames go through reidlib.flow.five_channels first")


def initialise(module: nn.Module, init: str) -> None:
    """Draws the weights of every convolution and linear layer in `module`, by torch's default generator.

    "he": normal, variance 2 / fan_in, biases 0 (He et al. 2015; what RAN §4.2 says). "torch": uniform within
    ±1/√fan_in, biases too (the default of Torch 7 and of PyTorch; what McLaughlin's code does).
    """
    if init not in INITS:
        raise ReidError(f"Found init={init!r}", " or ".join(INITS), "pass init='he'")
    for layer in module.modules():
        if not isinstance(layer, (nn.Conv2d, nn.Linear)):
            continue
        if init == "he":
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
        else:
            limit = layer.weight[0].numel() ** -0.5
            nn.init.uniform_(layer.weight, -limit, limit)
            nn.init.uniform_(layer.bias, -limit, limit)


def receptive_fields() -> tuple[Field, Field, Field]:
    """Of the three stages, so that a cell of a map can be drawn on the frame it came from.

    >>> receptive_fields()[0]
    Field(size=6, stride=2, start=-4)
    """
    fields, size, stride, start = [], 1, 1, 0
    for _ in FILTERS:
        size, start = size + (KERNEL - 1) * stride, start - PADDING * stride
        size, stride = size + (POOL - 1) * stride, stride * POOL
        fields.append(Field(size, stride, start))
    return tuple(fields)
