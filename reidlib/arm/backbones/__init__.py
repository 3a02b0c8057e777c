"""Backbones by name: from pictures, or from features extracted before, to one feature for each."""

from __future__ import annotations

import inspect
from functools import partial

from torch import nn

from reidlib.arm.backbones.backbone import Backbone, Features, Neck
from reidlib.arm.backbones.conv4 import Conv4
from reidlib.arm.backbones.resnet import ResNet
from reidlib.choices import check_options, chosen
from reidlib.errors import ReidError

__all__ = ["BACKBONES", "Backbone", "Conv4", "Features", "Neck", "ResNet", "make_backbone"]

BACKBONES = {"conv4": Conv4, "resnet18": partial(ResNet, "resnet18"), "resnet50": partial(ResNet, "resnet50"),
             "features": Features}


def make_backbone(name: str = "conv4", **options: object) -> nn.Module:
    """A backbone by its name in `BACKBONES`, with `out_features` and `size` (H×W, None for features); `options` as its
    class takes them.

    Raises
    ------
    ReidError : an unknown name or option, with the nearest known one, or what the class refuses.
    """
    maker = chosen(BACKBONES, name, "backbone")
    check_options(maker, options, f"backbone {name!r}")
    for option, parameter in inspect.signature(maker).parameters.items():
        if parameter.default is parameter.empty and option not in options:
            raise ReidError(f"Found the backbone {name!r} without {option}", f"{option}, the size of your features",
                            f"pass {option}=features.shape[-1]")
    return maker(**options)
