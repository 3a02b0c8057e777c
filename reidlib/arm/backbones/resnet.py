"""ResNets of torchvision, cut and frozen the way re-identification uses them; nothing is downloaded unasked."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

from reidlib.arm.backbones.backbone import Backbone
from reidlib.data.reading import MEAN, STD
from reidlib.errors import ReidError

OFFLINE = "REIDLIB_OFFLINE"
HEAD = ("avgpool", "fc")  # the classifier of ImageNet, replaced by the mean over the cells


class ResNet(Backbone):
    """ResNet-18 or -50 (He et al. 2016) up to its last maps, whose stage 4 keeps the stride: 256×128 -> 16×8 (ours).

    The stride of 1 in stage 4 keeps four times as many cells, for no further parameter (Sun et al. 2018, §3.1, and
    re-identification since). BatchNorm stays in eval mode always, also after `.train()`: its statistics are those
    of the weights, so that pictures never see each other; its scale and shift are trained. Without weights the
    statistics are 0 and 1, so that BatchNorm only scales and shifts; train from scratch with conv4 rather than this.

    Parameters
    ----------
    name : "resnet18" (`out_features` 512) or "resnet50" (2048).
    weights : None, random and never the network; the name of torchvision's weights, such as "IMAGENET1K_V1", taken from
        torch.hub's folder or downloaded into it, the latter never where REIDLIB_OFFLINE is set to anything but 0; or
        the path of a file of torch.save(state_dict), with or without the classifier, read with weights_only=True.
    size : H×W.

    Images come as −1 … 1 and are brought to ImageNet's mean and spread inside.

    Raises
    ------
    ReidError : no usable torchvision; weights that are no name and no file, that do not fit, that may not or cannot be
        downloaded; in `forward`, anything but floats (..., 3, *size).
    """

    def __init__(self, name: str, weights: str | Path | None = None, size: tuple[int, int] = (256, 128)) -> None:
        models = _models(name)
        whole_net = getattr(models, name)(weights=None)
        super().__init__(whole_net.fc.in_features, size)
        self.net = nn.Sequential(OrderedDict((part, each) for part, each in whole_net.named_children()
                                             if part not in HEAD))
        for layer in self.net.layer4.modules():
            if isinstance(layer, nn.Conv2d):
                layer.stride = (1, 1)
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("spread", torch.tensor(STD)[:, None, None], persistent=False)
        if weights is not None:
            _fill(self.net, _state(models, name, weights), name, weights)
        self.train(self.training)

    def train(self, mode: bool = True) -> ResNet:
        super().train(mode)
        for layer in self.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.training = False
        return self

    def _maps(self, images: torch.Tensor) -> torch.Tensor:
        return self.net((images * 0.5 + 0.5 - self.mean) / self.spread)


def _models(name: str) -> ModuleType:
    try:
        return import_module("torchvision.models")
    # A torchvision built for another torch fails with RuntimeError (no operator torchvision::nms), the second time with
    # AttributeError, or with OSError (a library that is not there).
    except (ImportError, RuntimeError, AttributeError, OSError) as error:
        raise ReidError(f"Found no usable torchvision ({error})", f"a torchvision built for torch {torch.__version__}, "
                        f"for {name}", "install torch and torchvision from the same place: "
                        "uv pip install torch torchvision; or pass name='conv4'") from error


def _state(models: ModuleType, name: str, weights: str | Path) -> dict[str, torch.Tensor]:
    """The tensors behind `weights`."""
    known = {each.name: each for each in models.get_model_weights(name)}
    if weights in known:
        return _published(known[weights].url)
    path = Path(weights)
    if not path.is_file():
        raise ReidError(f"Found weights={str(weights)!r}, neither a file nor a name",
                        f"None, {', '.join(known)}, or the path of a file of weights",
                        f"pass weights={next(iter(known))!r}, or weights=None")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise ReidError(f"Found the file {path}, which cannot be read as weights ({str(error).splitlines()[0]})",
                        "a file of torch.save(model.state_dict(), path), tensors only",
                        "save it so, or pass weights=None") from error


def _published(url: str) -> dict[str, torch.Tensor]:
    """From torch.hub's folder, else downloaded into it; its file name carries the head of its SHA-256, checked then."""
    stored = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[-1]
    if not stored.is_file() and os.environ.get(OFFLINE, "0") not in ("", "0"):
        raise ReidError(f"Found no file {stored} and {OFFLINE}={os.environ[OFFLINE]}", "the file, or leave to download",
                        f"put {url} there, unset {OFFLINE}, or pass weights=None")
    try:
        return torch.hub.load_state_dict_from_url(url, map_location="cpu", check_hash=True, weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise ReidError(f"Could not get {url} ({error})", f"the network, or the whole file at {stored}",
                        "put the file there, or pass weights=None") from error


def _fill(net: nn.Module, state: object, name: str, weights: str | Path) -> None:
    needed = f"the tensors of torchvision's {name}, with or without fc"
    if not isinstance(state, dict):
        raise ReidError(f"Found a {type(state).__name__} in {weights}", needed, "save model.state_dict()")
    wanted = net.state_dict()
    state = {key: value for key, value in state.items() if key.split(".")[0] not in HEAD}
    # num_batches_tracked only counts training steps; files of old versions lack it.
    missing = [key for key in wanted if key not in state and not key.endswith("num_batches_tracked")]
    extra = [key for key in state if key not in wanted]
    other = [key for key in wanted if key in state and getattr(state[key], "shape", None) != wanted[key].shape]
    for word, keys in (("without", missing), ("with the unknown", extra), ("with another shape of", other)):
        if keys:
            raise ReidError(f"Found weights in {weights} {word} {keys[0]} (and {len(keys) - 1} more)", needed,
                            f"pass the weights of {name}, or name the network that these belong to")
    net.load_state_dict(state, strict=False)
