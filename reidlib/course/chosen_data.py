"""The people that a notebook looks at: the rendered street, or those whom REIDLIB_DATA names."""

from __future__ import annotations

import os

import numpy as np

from reidlib.arm.batches import Source
from reidlib.arm.parts import Part
from reidlib.arm.stills import Stills
from reidlib.course.begin import Run
from reidlib.course.copied import copied
from reidlib.data.splits import Split, from_ids, halves
from reidlib.data.store import Store
from reidlib.data.two_cameras import two_cameras
from reidlib.errors import ReidError
from reidlib.flow.extract import find_store
from reidlib.ran.saved import Saved
from reidlib.world.build import street
from reidlib.world.versions import HEIGHT, VERSIONS, WIDTH

VARIABLE = "REIDLIB_DATA"
NOBODY = (-1, 0)  # junk and distractors, in benchmarks; a street and one's own footage may have a person 0
# Half of the people are learned from, a notebook asks for ten at a time, and shorter tracklets are seldom hidden.
FEWEST, SHORTEST = 20, 16


def tracklets(run: Run, version: str | None = None, truth: bool = True) -> Store:
    """The street of the run's profile (or of `version`), or people of the store that REIDLIB_DATA names.

    Of a store that is no street the notebook gets a copy at 128×64: each person twice, once under each of two cameras,
    as many as the profile allows, with occluders of the street planted in front (`reidlib.world.planted`), since
    nobody knows what is hidden in a real frame. It keeps the store's name, so that a network knows whom it has seen.

    Parameters
    ----------
    truth : False leaves out the occluders, for notebooks that train and rank.

    Raises
    ------
    ReidError : no such store, or one in which two cameras saw fewer than 20 people in 16 frames or more.
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
          f"{cameras[0]} and {cameras[1]}. Where the text says street or shipped, read: these people, and networks "
          "trained on half of them.")
    if found.spec.get("kind", "").startswith("planted"):
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
        raise ReidError(f"Found {len(np.unique(store.camids))} cameras in {store.name}, and nobody with just one "
                        "tracklet under each", "people seen once by each of two cameras",
                        "take the store that course.tracklets gives")
    return pids


def unseen(trained: Saved, store: Store) -> list[int]:
    """The people of a store on whom a network was not trained, sorted."""
    known = set(trained.facts["split"]["train"]) if _same_people(trained.facts["data"], store) else set()
    return [pid for pid in people(store) if pid not in known]


def dealt(trained: Saved, store: Store) -> Split:
    """Those on whom a network was trained and all others; the first of the `halves` where it saw nobody of them."""
    pids = people(store)
    others = unseen(trained, store)
    if len(others) == len(pids):
        return halves(pids, 1)[0]
    return from_ids(train=set(pids) - set(others), test=others, name=trained.facts["split"]["name"])


def own_pictures(persons: int, most: int) -> Source | None:
    """Pictures of people whom REIDLIB_DATA names, for episodes; None where it names nobody.

    Parameters
    ----------
    persons : at most so many who were seen by two cameras or more, those of the lowest pids.
    most : pictures of a person under one camera on one day, spread over what there is.
    """
    store = named()
    if store is None:
        return None
    source = Stills(store if singles(store) or rendered(store) else in_pairs(store, persons, truth=False)[0])
    items, nobody = source.items, _nobody(store)
    keys = list(zip(items.pids.tolist(), items.camids.tolist(), items.days.tolist(), strict=True))
    rows: dict[tuple[int, int, int], list[int]] = {key: [] for key in sorted(set(keys))}
    for row, key in enumerate(keys):
        rows[key].append(row)
    cameras: dict[int, set[int]] = {}
    for pid, camid, _ in rows:
        cameras.setdefault(pid, set()).add(camid)
    pids = {*[pid for pid, seen in cameras.items() if len(seen) > 1 and pid not in nobody][:persons]}
    if len(pids) < FEWEST:
        raise ReidError(f"Found {len(pids)} people whom two cameras saw in {store.name}", f"{FEWEST} or more",
                        f"unset {VARIABLE}, or name another store")
    spread = [np.array(each)[np.linspace(0, len(each) - 1, min(most, len(each))).round().astype(int)]
              for (pid, _, _), each in rows.items() if pid in pids]
    return Part(source, np.concatenate(spread))


def named() -> Store | None:
    """The store that REIDLIB_DATA names; None without it."""
    name = os.environ.get(VARIABLE)
    return find_store(name) if name else None


def singles(store: Store) -> bool:
    """Whether its tracklets are single pictures."""
    return bool((store.lengths == 1).all())


def in_pairs(store: Store, persons: int, truth: bool) -> tuple[Store, tuple[int, int]]:
    """(a store of people once under each of two cameras, with visibility if `truth`; the cameras' own numbers).

    The people are the same with and without truth. A street comes as it is, and so does, without truth, a store in
    which all who were seen by both of its cameras were seen just once by each and long enough.
    """
    numbers = two_cameras(store, persons, nobody=_nobody(store), shortest=SHORTEST, fewest=FEWEST)
    cameras = tuple(store.camids[numbers[:2]].tolist())
    pairs = _pairs(store)
    alone = pairs[:persons] == sorted(set(store.pids[numbers].tolist())) and pairs == _both(store)
    if alone and (rendered(store) or not truth):
        return store, cameras
    known = {"visibility", "mask"} <= set(store.columns) and (store.height, store.width) == (HEIGHT, WIDTH)
    return copied(store, numbers, truth and not known), cameras


def _both(store: Store) -> list[int]:
    """Who was seen by both of two cameras, however often; sorted."""
    seen = [set(store.pids[store.camids == camid].tolist()) - set(_nobody(store)) for camid in np.unique(store.camids)]
    return sorted(set.intersection(*seen)) if len(seen) == 2 else []


def _pairs(store: Store) -> list[int]:
    """Who has just one tracklet under each of the store's two cameras; sorted, [] where there are not two cameras."""
    cameras = np.unique(store.camids).tolist()
    return [pid for pid in _both(store) if sorted(store.camids[store.pids == pid].tolist()) == cameras]


def _nobody(store: Store) -> tuple[int, ...]:
    return NOBODY if "benchmark" in store.spec else NOBODY[:1]


def _same_people(data: str, store: Store) -> bool:
    """Whether pids of the data set called `data` name people of `store`, too: versions of a street share theirs."""
    if data == store.name:
        return True
    version = store.spec.get("version")
    return data in VERSIONS and version in VERSIONS and VERSIONS[data].people_seed == VERSIONS[version].people_seed
