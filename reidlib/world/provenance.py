"""What every picture made with a trained network must say about what it was trained on."""

from __future__ import annotations

NOTE = "trained on a rendered street, not validated on real footage"


def trained_on(data: str) -> str:
    """The sentence for a network trained on the store `data`; every store of the street is called street-…"""
    return NOTE if data.startswith("street-") else f"trained on {data}"
