"""What every picture made with a trained network must say about what it was trained on."""

from __future__ import annotations

from reidlib.world.versions import VERSIONS

NOTE = "trained on a rendered street, not validated on real footage"


def trained_on(data: str) -> str:
    """The sentence for a network trained on the store `data`: a version of the street, or stills of one."""
    return NOTE if data.removesuffix("-stills") in VERSIONS else f"trained on {data}"
