"""The tracklets that a notebook on training looks at: the rendered street, or a benchmark that the reader prepared."""

from __future__ import annotations

import os

import numpy as np

from reidlib.course.begin import Run
from reidlib.data.store import Store
from reidlib.errors import ReidError
from reidlib.flow.extract import find_store
from reidlib.world.build import street

VARIABLE = "REIDLIB_DATA"


def tracklets(run: Run) -> Store:
    """The street of the run's profile, or the store that REIDLIB_DATA names: a prepared benchmark, or a folder.

    A benchmark has no true visibility, no masks and no true flow; notebooks that need them stay on the street.

    Raises
    ------
    ReidError : no such store, or one in which no two people have one tracklet under each of two cameras.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return street(run.profile.world)
    store = find_store(name)
    print(f"{VARIABLE}: {store.name} {store.version}, {len(people(store))} people with one tracklet under each camera")
    return store


def people(store: Store) -> list[int]:
    """The pids with exactly one tracklet under each of the store's two cameras, sorted."""
    cameras = np.unique(store.camids)
    pids = [pid for pid in np.unique(store.pids[store.pids >= 0]).tolist()
            if sorted(store.camids[store.pids == pid].tolist()) == cameras.tolist()]
    if len(cameras) != 2 or len(pids) < 4:
        raise ReidError(f"Found {len(cameras)} cameras and {len(pids)} people with one tracklet under each in "
                        f"{store.name}", "two cameras and four people or more, as in iLIDS-VID and PRID-2011",
                        f"unset {VARIABLE}, or type reidlib train ran --data {store.name} --protocol …")
    return pids
