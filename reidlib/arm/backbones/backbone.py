"""What every backbone is, pictures in and one feature for each out; the identity for cached features; the neck."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn

from reidlib.choices import at_least
from reidlib.errors import ReidError

STRIDE = 16  # pixels of the picture for one cell of the last maps, in every backbone here


class Backbone(nn.Module):
    """φ of ARM: images (..., 3, H, W), values −1 … 1, to features (..., out_features).

    Images never see each other, not even in training: what one picture gives does not depend on its batch (ours; ARM's
    text does not name a backbone). A batch statistic would let probes tell each other who they are. A subclass writes
    `_maps`; the feature is the mean over the cells of the last maps.

    Attributes
    ----------
    out_features : size of a feature.
    size : H×W that it takes.
    """

    channels: ClassVar[int] = 3

    def __init__(self, out_features: int, size: tuple[int, int]) -> None:
        super().__init__()
        size = tuple(size)
        if len(size) != 2 or not all(isinstance(side, int) and side >= STRIDE for side in size):
            raise ReidError(f"Found size={size!r}", f"(height, width), whole numbers from {STRIDE}",
                            "leave size out, or pass size=(64, 32)")
        self.out_features, self.size = out_features, size

    def _maps(self, images: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

    def maps(self, images: torch.Tensor) -> torch.Tensor:
        """The last maps, (..., out_features, height, width), where it can be seen which part of a picture gave what.

        Raises
        ------
        ReidError : anything but float images (..., 3, *size), among them a list of images of mixed sizes.
        """
        self._check(images)
        maps = self._maps(images.reshape(-1, *images.shape[-3:]))
        return maps.reshape(*images.shape[:-3], *maps.shape[1:])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.maps(images).mean((-2, -1))

    def _check(self, images: torch.Tensor) -> None:
        H, W = self.size
        needed = f"one float tensor (..., {self.channels}, {H}, {W})"
        resize = f"resize first: reidlib.data.transforms.resize_frames(frames, ({H}, {W}))"
        if not isinstance(images, torch.Tensor):
            sizes = [tuple(getattr(image, "shape", ()))[-2:] for image in images] if isinstance(images, list | tuple) \
                else []
            if len(set(sizes)) > 1:
                found = ", ".join(sorted({"×".join(map(str, each)) or "?" for each in sizes}))
                raise ReidError(f"Found images of mixed sizes, {found}", needed, f"{resize}, then torch.stack")
            raise ReidError(f"Found images as {type(images).__name__}", needed, "pass torch.stack(images)")
        if images.ndim < 3 or images.shape[-3] != self.channels:
            raise ReidError(f"Found images of shape {tuple(images.shape)}", needed,
                            "put the three colours before height and width: images.movedim(-1, -3)")
        if tuple(images.shape[-2:]) != self.size:
            raise ReidError(f"Found images of {images.shape[-2]}×{images.shape[-1]}", needed, resize)
        dtype = next(self.parameters()).dtype
        if not images.dtype.is_floating_point or \
                (images.dtype != dtype and not torch.is_autocast_enabled(images.device.type)):
            raise ReidError(f"Found images of {images.dtype}", f"{needed} of {dtype}, values −1 … 1",
                            f"pass images.to({dtype}); uint8 becomes images / 127.5 - 1")


class Features(nn.Module):
    """The backbone of features that were extracted before: (..., D) -> the same tensor.

    Raises
    ------
    ReidError : D below 1; in `forward`, anything but floats (..., D).
    """

    size: ClassVar[None] = None

    def __init__(self, D: int) -> None:
        super().__init__()
        at_least("D", D, 1, 128)
        self.out_features = D

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        _check_features(features, self.out_features)
        return features


class Neck(nn.Module):
    """z = LN(W φ(x)): (..., d_in) -> (..., D), what the gallery and the probe encoder read (ours).

    Intuition: LayerNorm gives every z the length √D at first, whatever the backbone, so that an LSTM's correction,
    which lies in −1 … 1, is neither lost in it nor drowns it. It looks at one feature only, so probes stay apart. W has
    no bias: LayerNorm brings one.

    Raises
    ------
    ReidError : sizes below 1; in `forward`, anything but floats (..., d_in).
    """

    def __init__(self, d_in: int, D: int = 128) -> None:
        super().__init__()
        at_least("d_in", d_in, 1, 128)
        at_least("D", D, 1, 128)
        self.d_in, self.D = d_in, D
        self.linear = nn.Linear(d_in, D, bias=False)
        self.norm = nn.LayerNorm(D)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        _check_features(features, self.d_in)
        return self.norm(self.linear(features))


def _check_features(features: torch.Tensor, D: int) -> None:
    found = f"{features.dtype} {tuple(features.shape)}" if isinstance(features, torch.Tensor) else type(features)
    if not isinstance(features, torch.Tensor) or features.ndim < 1 or features.shape[-1] != D or \
            not features.dtype.is_floating_point:
        raise ReidError(f"Found features {found}", f"floats (..., {D})",
                        "build it for your features: size features.shape[-1]")
