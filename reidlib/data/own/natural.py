"""The order in which people number things: frame2 before frame10."""

from __future__ import annotations

import re


def natural(name: str) -> tuple:
    """Sort key of a name; names that only differ in leading zeros still have one order."""
    parts = re.split(r"(\d{1,400})", name)
    return [(int(each), "") if i % 2 else (-1, each) for i, each in enumerate(parts)], name
