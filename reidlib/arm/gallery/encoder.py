"""What every gallery encoder is: features of a gallery in, features that know the rest of the gallery out."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn

from reidlib.choices import at_least
from reidlib.errors import ReidError


class GalleryEncoder(nn.Module):
    """g(x_i, S) of Vinyals et al. (2016) §2.1.2: item i of a gallery S, seen together with all of S.

    ARM's text asks for an "attention-based gallery encoder" of "intra-view and cross-view relationships" (paper); it
    gives no formula, so each encoder of this folder is a reading of it (ours). A subclass writes `encode`. Nothing in
    one episode depends on another: LayerNorm at most, no BatchNorm.

    Attributes
    ----------
    order_free : a permuted gallery gives the permuted features. False where items are read one after the other.
    """

    order_free: ClassVar[bool] = True

    def __init__(self, D: int) -> None:
        super().__init__()
        at_least("D", D, 1)
        self.D = D

    def encode(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        """z is 0 at padding; what is returned there does not matter."""
        raise NotImplementedError

    def forward(self, z: torch.Tensor, mask: torch.Tensor, camids: torch.Tensor) -> torch.Tensor:
        """Galleries of B episodes, each as if it stood alone.

        Parameters
        ----------
        z : (B, n, D), features of the items, each by itself.
        mask : (B, n) bool, True for real items. What stands at the others changes nothing, whatever it is.
        camids : (B, n), the camera of each item.

        Returns
        -------
        g (B, n, D), 0 at padding.

        Raises
        ------
        ReidError : shapes that do not fit each other, features of another size than D.
        """
        if z.ndim != 3 or z.shape[-1] != self.D:
            raise ReidError(f"Found gallery features of shape {tuple(z.shape)}",
                            f"(B, n, {self.D}), the size this {type(self).__name__} was built for",
                            "give one episode an axis with z[None], or another size with make_gallery(…, D=…)")
        if mask.dtype != torch.bool or mask.shape != z.shape[:2]:
            raise ReidError(f"Found a mask of {mask.dtype} {tuple(mask.shape)} for features {tuple(z.shape)}",
                            f"bool {tuple(z.shape[:2])}, True for real items", "pass the episodes' gallery_mask")
        if camids.shape != mask.shape:
            raise ReidError(f"Found camids of shape {tuple(camids.shape)} for features {tuple(z.shape)}",
                            f"{tuple(mask.shape)}, one for each item", "pass the episodes' gallery_camids")
        padding = ~mask[..., None]
        return self.encode(z.masked_fill(padding, 0), mask, camids).masked_fill(padding, 0)
