"""Whole systems by name, so that runs, checkpoints and tables say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from torch import nn

from reidlib.arm.backbones import Neck, make_backbone
from reidlib.arm.gallery import make_gallery
from reidlib.arm.matching import Matching
from reidlib.arm.model import Arm
from reidlib.arm.probe import make_probe
from reidlib.choices import chosen
from reidlib.errors import ReidError
from reidlib.training.seeded import seeded

FEATURES = 128  # D


@dataclass(frozen=True)
class System:
    """An architecture.

    Parameters
    ----------
    backbone, backbone_options : see `reidlib.arm.backbones`; "features" for features that were extracted before.
    neck : False takes the backbone's feature as z, which then has size D.
    gallery, probe and their options : the two encoders; "none" for each is matching without context.
    temperature, learned : of the matching.
    D : size of z.
    """

    name: str
    gallery: str = "view"
    probe: str = "attlstm"
    gallery_options: dict[str, Any] = field(default_factory=dict)
    probe_options: dict[str, Any] = field(default_factory=dict)
    backbone: str = "conv4"
    backbone_options: dict[str, Any] = field(default_factory=dict)
    neck: bool = True
    temperature: float = 0.1
    learned: bool = True
    D: int = FEATURES

    def network(self, seed: int) -> Arm:
        """A fresh network; the seed decides its weights part by part, so that two systems that share a part and a seed
        start with the same weights there."""
        def part(what: str, make, *arguments, **options):
            with seeded("arm", what, seed):
                return make(*arguments, **options)

        backbone = part("backbone", make_backbone, self.backbone, **self.backbone_options)
        neck = part("neck", Neck, backbone.out_features, self.D) if self.neck else nn.Identity()
        if not self.neck and backbone.out_features != self.D:
            raise ReidError(f"Found a backbone with {backbone.out_features} features, no neck and D = {self.D}",
                            "equal sizes", f"pass D={backbone.out_features}, or neck=True")
        return Arm(backbone, neck, part("gallery", make_gallery, self.gallery, self.D, **self.gallery_options),
                   part("probe", make_probe, self.probe, self.D, **self.probe_options),
                   Matching(self.temperature, self.learned))

    def on_features(self, D_in: int, *, neck: bool = True) -> System:
        """The same system for features of size `D_in` that were extracted before."""
        return replace(self, backbone="features", backbone_options={"D": D_in}, neck=neck,
                       D=self.D if neck else D_in)

    def with_encoders(self, gallery: str | None = None, probe: str | None = None, *,
                      gallery_options: Mapping[str, Any] | None = None,
                      probe_options: Mapping[str, Any] | None = None) -> System:
        """Another gallery or probe encoder, with its own defaults and the options given."""
        changed = self
        if gallery is not None or gallery_options is not None:
            changed = replace(changed, gallery=gallery or self.gallery, gallery_options=dict(gallery_options or {}))
        if probe is not None or probe_options is not None:
            changed = replace(changed, probe=probe or self.probe, probe_options=dict(probe_options or {}))
        return changed

    def as_dict(self) -> dict:
        """JSON values, for checkpoints and results."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping) -> System:
        """What `as_dict` gave; sizes come back as tuples."""
        options = {key: tuple(value) if isinstance(value, list) else value
                   for key, value in content["backbone_options"].items()}
        return cls(**{**content, "backbone_options": options})


SYSTEMS = {
    system.name: system
    for system in (
        # Ours: every choice that ARM's text leaves open, see the parts.
        System("arm"),
        # No context: each picture is looked at alone. Matching networks without their full context embeddings.
        System("matching", gallery="none", probe="none"),
        # Vinyals et al. 2016, App. A as printed, but for a temperature (ours): at τ = 1 a cosine cannot be sure.
        System("fce", gallery="bilstm", gallery_options={"start": "plain"}, probe="attlstm",
               probe_options={"scaled": False, "view_bias": False, "start": "plain", "layer_norm": False}),
        # The probe reads the gallery, and forgets each read: what the memory is good for is the difference to `arm`.
        System("no-memory", probe="cross"),
    )
}


def system(name: str) -> System:
    """The system called `name`; ReidError with the known names otherwise."""
    return chosen(SYSTEMS, name, "system", "type --system {}", "arm")
