"""Backbones by name: from pictures, or from features extracted before, to one feature for each."""

from __future__ import annotations

import difflib
import inspect
from functools import partial

from torch import nn

from reidlib.arm.backbones.backbone import Backbone, Features, Neck
from reidlib.arm.backbones.conv4 import Conv4
from reidlib.arm.backbones.resnet import ResNet
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
    if name not in BACKBONES:
        raise ReidError(f"Found the backbone {name!r}", ", ".join(BACKBONES), f"pass {_near(name, list(BACKBONES))!r}")
    parameters = inspect.signature(BACKBONES[name]).parameters
    for option in options:
        if option not in parameters:
            raise ReidError(f"Found the option {option!r} of the backbone {name!r}", ", ".join(parameters),
                            f"pass {_near(option, list(parameters))}=…, or leave it out")
    for option, parameter in parameters.items():
        if parameter.default is parameter.empty and option not in options:
            raise ReidError(f"Found the backbone {name!r} without {option}", f"{option}, the size of your features",
                            f"pass {option}=features.shape[-1]")
    return BACKBONES[name](**options)


def _near(name: object, known: list[str]) -> str:
    return (difflib.get_close_matches(str(name), known, 1, 0) or known)[0]
