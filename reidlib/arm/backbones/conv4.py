"""Four small convolutions: the backbone that trains on a CPU."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import max_pool2d

from reidlib.arm.backbones.backbone import Backbone
from reidlib.choices import at_least
from reidlib.errors import ReidError

BLOCKS = 4
# Images at a time on a CPU: 32 keep each map below 32 MiB, beyond which the C library maps fresh memory for each.
CHUNK = 32


class Conv4(Backbone):
    """Four times convolution 3×3, GroupNorm, max-pooling 2×2, ReLU; then the mean over the 4×2 cells (ours).

    The usual network of few-shot learning (Vinyals et al. 2016, §4.1.1: four blocks of 64 filters) with GroupNorm (Wu
    & He 2018) in the place of BatchNorm, so that images never see each other. 112 832 parameters at width 64:
    convolutions have no bias, GroupNorm brings it.

    Parameters
    ----------
    width : channels of each block = `out_features`.
    groups : of channels that share mean and variance; 8 groups of 8.
    size : H×W, at least 16×16.

    Raises
    ------
    ReidError : options outside these; in `forward`, anything but floats (..., 3, *size).
    """

    def __init__(self, width: int = 64, groups: int = 8, size: tuple[int, int] = (64, 32)) -> None:
        super().__init__(width, size)
        at_least("width", width, 1, 64)
        at_least("groups", groups, 1, 8)
        if width % groups:
            raise ReidError(f"Found width={width} and groups={groups}", "groups that divide the width",
                            f"pass width={max(1, width // groups) * groups}")
        self.convolutions = nn.ModuleList(
            nn.Conv2d(width if block else self.channels, width, 3, padding=1, bias=False) for block in range(BLOCKS))
        self.norms = nn.ModuleList(nn.GroupNorm(groups, width) for _ in range(BLOCKS))

    def _maps(self, images: torch.Tensor) -> torch.Tensor:
        # Images are independent, so parts give the same; on a CPU 1.3 to 1.7 times as fast as 256 at once.
        if images.device.type != "cpu" or len(images) <= CHUNK:
            return self._blocks(images)
        return torch.cat([self._blocks(part) for part in images.split(CHUNK)])

    def _blocks(self, images: torch.Tensor) -> torch.Tensor:
        # Channels-last in memory, 1.4 to 2 times as fast on a CPU; by permute, because vmap knows no memory formats.
        maps = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            # ReLU never falls, so it may follow the maximum: the same on a quarter of the values.
            maps = max_pool2d(norm(convolution(maps)), 2).relu()
        return maps
