"""What every test gets: a cache of its own and none of the user's settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent / "report"))  # notebook_maker, used by several folders


# The same examples in every run: a failure is then a change of the code, never of the dice.
settings.register_profile("reidlib", derandomize=True, deadline=None)
settings.load_profile("reidlib")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Tests never read or write the user's cache; what one session renders is shared by its tests."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "reidlib-cache"
    monkeypatch.setenv("REIDLIB_CACHE", str(shared))
    for name in ("REIDLIB_PROFILE", "REIDLIB_SEED", "REIDLIB_DEVICE", "REIDLIB_DEBUG", "REIDLIB_DATA"):
        monkeypatch.delenv(name, raising=False)
