"""The people that a notebook looks at: the rendered street, or those whom REIDLIB_DATA names."""

from __future__ import annotations

import os

import numpy as np

from reidlib.arm.batches import Source
from reidlib.arm.parts import Part
from reidlib.arm.stills import Stills
from reidlib.course.begin import Run
from reidlib.course.copied import copied
from reidlib.data.store import Store
from reidlib.data.two_cameras import FEWEST, two_cameras
from reidlib.errors import ReidError
from reidlib.flow.extract import find_store
from reidlib.world.build import street
from reidlib.world.versions import VERSIONS

VARIABLE = "REIDLIB_DATA"
NOBODY = (-1, 0)  # junk and distractors, in benchmarks; a street and one's own footage may have a person 0


def tracklets(run: Run, version: str | None = None, truth: bool = True) -> Store:
    """The street of the run's profile (or of `version`), or people of the store that REIDLIB_DATA names.

    Of a store that is no street the notebook gets a copy at 128×64: each person twice, once under each of two cameras,
    as many as the profile allows, with occluders of the street planted in front (`reidlib.world.planted`), since
    nobody knows what is hidden in a real frame. It keeps the store's name, so that a network knows whom it has seen.

    Parameters
    ----------
    truth : False leaves out the occluders, for notebooks that train and rank; a store of two cameras with one tracklet
        of each person under each then comes as it is.

    Raises
    ------
    ReidError : no such store, or one in which no four people were seen by two cameras.
    """
    version = version or run.profile.world
    store = named()
    if store is None:
        return street(version)
    if singles(store):
        print(f"{VARIABLE}: {store.name} holds single pictures; a notebook about video stays on {version}.")
        return street(version)
    found, cameras = in_pairs(store, run.profile.persons, truth)
    print(f"{VARIABLE}: {store.name} {store.version}, {len(people(found))} people, once under each of cameras "
          f"{cameras[0]} and {cameras[1]}")
    if truth and "visibility" not in store.columns:
        print("Occluders of the rendered street are planted in front of them; what else hides them counts as visible, "
              "and masks are an average person's.")
    return found


def rendered(store: Store) -> bool:
    """Whether the store is a street, about which everything is known: exact flow, who stands in front, what holds."""
    return store.spec.get("version") in VERSIONS


def people(store: Store) -> list[int]:
    """The pids with exactly one tracklet under each of the store's two cameras, sorted."""
    pids = _pairs(store)
    if not pids:
        raise ReidError(f"Found {len(np.unique(store.camids))} cameras in {store.name}, and not four people with just "
                        "one tracklet under each", "two cameras, as in iLIDS-VID and PRID-2011",
                        "take the store that course.tracklets gives")
    return pids


def own_pictures(persons: int, most: int) -> Source | None:
    """Pictures of people whom REIDLIB_DATA names, for episodes; None where it names nobody.

    Parameters
    ----------
    persons : at most so many who were seen by two cameras or more, those of the lowest pids.
    most : pictures of a person under one camera, spread over what there is.
    """
    store = named()
    if store is None:
        return None
    source = Stills(store if singles(store) else in_pairs(store, persons, truth=False)[0])
    items, nobody = source.items, _nobody(store)
    rows = {key: np.flatnonzero((items.pids == key[0]) & (items.camids == key[1]))
            for key in sorted(set(zip(items.pids.tolist(), items.camids.tolist(), strict=True)))}
    cameras = [pid for pid, _ in rows]
    pids = [pid for pid in dict.fromkeys(cameras) if cameras.count(pid) > 1 and pid not in nobody][:persons]
    if len(pids) < FEWEST:
        raise ReidError(f"Found {len(pids)} people whom two cameras saw in {store.name}", f"{FEWEST} or more",
                        f"unset {VARIABLE}, or name another store")
    spread = [each[np.linspace(0, len(each) - 1, min(most, len(each))).round().astype(int)]
              for (pid, _), each in rows.items() if pid in pids]
    return Part(source, np.concatenate(spread))


def named() -> Store | None:
    """The store that REIDLIB_DATA names; None without it."""
    name = os.environ.get(VARIABLE)
    return find_store(name) if name else None


def singles(store: Store) -> bool:
    """Whether its tracklets are single pictures."""
    return bool((store.lengths == 1).all())


def in_pairs(store: Store, persons: int, truth: bool) -> tuple[Store, tuple[int, int]]:
    """(a store of people once under each of two cameras, with visibility if `truth`; the cameras' own numbers)."""
    plant = truth and "visibility" not in store.columns
    if not plant and _pairs(store):
        return store, tuple(np.unique(store.camids).tolist())
    numbers = two_cameras(store, persons, _nobody(store))
    cameras = store.camids[numbers[:2]].tolist()
    return copied(store, numbers, plant), tuple(cameras)


def _pairs(store: Store) -> list[int]:
    """The people of a store of two cameras with just one tracklet under each; [] where that are fewer than four."""
    cameras = np.unique(store.camids)
    pids = [pid for pid in np.unique(store.pids[~np.isin(store.pids, _nobody(store))]).tolist()
            if sorted(store.camids[store.pids == pid].tolist()) == cameras.tolist()]
    return pids if len(cameras) == 2 and len(pids) >= FEWEST else []


def _nobody(store: Store) -> tuple[int, ...]:
    return NOBODY if "benchmark" in store.spec else NOBODY[:1]
