"""Whole systems by name: input, frame CNN, head and losses, each with the recipe that belongs to it.

Everything that RAN leaves open is a field here, and says whose choice it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from reidlib.choices import chosen
from reidlib.flow.five_channels import MCLAUGHLIN, OURS, InputOptions
from reidlib.ran.frame_cnn import FrameCNN
from reidlib.ran.heads import make_head
from reidlib.ran.network import Network
from reidlib.ran.siamese import LossWeights, Siamese, SiameseOptions
from reidlib.training.seeded import seeded

FEATURES = 128  # D


@dataclass(frozen=True)
class Preset:
    """An architecture and its losses.

    Parameters
    ----------
    head, head_options : see `reidlib.ran.heads`.
    cnn_options : of `FrameCNN`.
    inputs, flow : what the CNN sees; see `InputOptions` and `reidlib.flow.extract.tracklet_flow`.
    losses : terms, margin and weights; see `SiameseOptions`.
    recipe : of the whole training; `quick` : its stand-in under the profiles ci and cpu.
    """

    name: str
    head: str
    head_options: dict[str, Any] = field(default_factory=dict)
    cnn_options: dict[str, Any] = field(default_factory=dict)
    inputs: InputOptions = OURS
    flow: str = "accurate"
    losses: SiameseOptions = field(default_factory=SiameseOptions)
    recipe: str = "spread"
    quick: str = "spread"

    def with_head(self, head: str, **options: Any) -> Preset:
        """The same system with another head; its options are the head's own defaults and `options`.

        ReidError for a head or an option that does not exist.
        """
        with seeded("trial"):  # so that a wrong name is found here, not after minutes of flow
            make_head(head, FEATURES, **options)
        return replace(self, head=head, head_options=options)

    def network(self, seed: int) -> Network:
        """A fresh network; the seed decides its weights, and the global random state is left alone."""
        with seeded("weights", seed):
            return Network(FrameCNN(features=FEATURES, **self.cnn_options),
                           make_head(self.head, FEATURES, **self.head_options))

    def siamese(self, classes: int, seed: int, network: Network | None = None) -> Siamese:
        """The network with its losses, for training on `classes` identities."""
        network = self.network(seed) if network is None else network
        with seeded("losses", seed):
            return Siamese(network, classes, self.losses)

    def as_dict(self) -> dict:
        """JSON values, for checkpoints and results."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping) -> Preset:
        """What `as_dict` gave."""
        losses = dict(content["losses"])
        return cls(**{**content, "inputs": InputOptions(**content["inputs"]),
                      "losses": SiameseOptions(**{**losses, "weights": LossWeights(**losses["weights"])})})


# He's variance is meant for ReLU. With tanh the features start some twenty times longer than with torch's own, narrower
# start (notebook 03 measures it), far beyond any margin; trials with it on street-v1 lagged behind or collapsed.
_OURS = {"cnn_options": {"init": "torch"},
         "losses": SiameseOptions(margin=1.0, init="torch", identity_scale=16.0)}

PRESETS = {
    preset.name: preset
    for preset in (
        # RAN as printed. Ours where it is silent: tanh between the fully connected layers, no dropout, no bias in the
        # score, the RNN of its predecessor dropped, θ′ tied over the iterations, and the similarity loss as hadamard
        # (taken literally it has no gradient).
        Preset("paper", head="ran", head_options={"R": 3, "normalise": "none", "feedback": "raw", "bias": False,
                                                  "unit": False},
               losses=SiameseOptions(margin=2.0), recipe="paper", quick="paper-pairs"),
        # The predecessor as its code ran, a compared system of RAN's tables.
        Preset("mclaughlin", head="rnn_mean", head_options={"unit": False},
               cnn_options={"hidden": None, "dropout": 0.6, "init": "torch"}, inputs=MCLAUGHLIN, flow="mclaughlin",
               losses=SiameseOptions(margin=2.0, hinge="linear", similarity=None, init="torch"), recipe="mclaughlin",
               quick="contiguous"),
        # Ours: divided by Σ α and of unit length, so that neither the number of frames nor the scale decides.
        Preset("corrected", head="ran", head_options={"R": 3, "normalise": "sum", "feedback": "unit", "bias": True},
               recipe="contiguous", quick="contiguous", **_OURS),
        # Ours, the default: look again three times, trusting the frames that agree with the mean of all. Nothing in it
        # is learned, and on the people of the planned comparison no learned head was ahead of it.
        Preset("consensus", head="consensus", recipe="spread", quick="spread", **_OURS),
        # Ours: a refinement that can re-order frames, starting as consensus and learning from there.
        Preset("coupled", head="coupled", recipe="spread", quick="spread", **_OURS),
    )
}


def preset(name: str) -> Preset:
    """The preset called `name`; ReidError with the known names otherwise."""
    return chosen(PRESETS, name, "preset", "type --preset {}", "consensus")
