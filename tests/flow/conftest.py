"""A rendered tracklet with its exact flow, and a small store."""

from __future__ import annotations

import pytest

from reidlib.world.build import build
from reidlib.world.render import render
from reidlib.world.truth import exact_flow
from reidlib.world.versions import specify


@pytest.fixture(scope="session")
def walk():
    """One rendered tracklet without lens blur, light drift or noise: frames (T, H, W, 3), exact flow, part numbers."""
    spec = specify("street-v1-small")
    drawn = render(spec, *spec.index(6), clean=True)
    return drawn.tracklet.frames, exact_flow(drawn.scene, drawn.parts), drawn.parts


@pytest.fixture
def small_store(tmp_path):
    """Two persons under two cameras, 128×64."""
    return build(specify("street-v1-small", 2), tmp_path / "street", workers=1)
