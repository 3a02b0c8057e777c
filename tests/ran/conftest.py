"""The tiny street, made once, and what is usually made of it."""

from __future__ import annotations

import pytest
from tiny_street import tiny_street

from reidlib.data.splits import Split, halves
from reidlib.data.store import Store
from reidlib.ran.inputs import TrackletInputs


@pytest.fixture(scope="session")
def street(tmp_path_factory) -> Store:
    """20 persons, 2 cameras, with the flow of every preset."""
    return tiny_street(tmp_path_factory.mktemp("tiny") / "street")


@pytest.fixture(scope="session")
def inputs(street) -> TrackletInputs:
    return TrackletInputs(street)


@pytest.fixture(scope="session")
def half(street) -> Split:
    return halves(street.pids.tolist(), 1)[0]
