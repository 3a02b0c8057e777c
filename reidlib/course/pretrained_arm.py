"""`course.trained_arm("arm")`: a trained ARM, shipped or trained once and kept; other encoders on its features."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from reidlib.arm.batches import Source
from reidlib.arm.cached import Features
from reidlib.arm.evaluate import embed
from reidlib.arm.measured import days_apart
from reidlib.arm.parts import Part
from reidlib.arm.recipes import Recipe, recipe
from reidlib.arm.saved import Saved, load_network, load_shipped, save_network, shipped_path
from reidlib.arm.sizes import fitted, size
from reidlib.arm.stills import Stills
from reidlib.arm.systems import System, system
from reidlib.arm.train import train
from reidlib.course.chosen_data import named, own_pictures
from reidlib.data.cache import cache_folder
from reidlib.data.files import canonical
from reidlib.data.splits import Split, from_ids, halves
from reidlib.errors import ReidError
from reidlib.world.build import Counter
from reidlib.world.stills import street_stills

VERSION = "street-v1-days"
# Of encoders on features that stand still: about 50 steps a second and core for attention, 35 for the bi-LSTM.
STEPS = {"ci": 80, "cpu": 400, "gpu": 2000}


def pictures(profile: str = "cpu", version: str = VERSION) -> Source:
    """The pictures of a profile: some of each walk of a street, or of the people whom REIDLIB_DATA names."""
    sizes = size(profile)
    own = own_pictures(sizes.persons, sizes.stills)
    return own or Stills(street_stills(version, sizes.persons, per_tracklet=sizes.stills))


def trained_arm(name: str = "arm", profile: str = "cpu", seed: int = 0, device: str | torch.device = "cpu", *,
                frozen: bool = False) -> Saved:
    """A network in eval mode with its `facts`, and the `note` that every picture made with it shows.

    Parameters
    ----------
    name : a system of `reidlib.arm.systems`. "arm" comes with the library, or is trained on pictures at first use where
        the library lacks it, and where REIDLIB_DATA names people: then on half of those. For any other, encoders and
        temperature alone are trained, on the features z of "arm"; they take z where "arm" takes pictures, and differ in
        their encoders alone.
    profile, seed : of a training; the shipped network has its own. It sees the training people of "arm" on the first
        days, where there are days, shows a progress bar and is kept in the cache.
    frozen : train "arm" like the others, for a fair comparison with them.

    Raises
    ------
    ReidError : an unknown name or profile, a training that was stopped.
    """
    if name == "arm" and not frozen:
        shipped = shipped_path().is_file() and named() is None
        saved = load_shipped() if shipped else _whole(profile, seed, device)
    else:
        saved = _on_features(system(name), profile, seed, device)
    saved.network.to(device)
    return saved


def _whole(profile: str, seed: int, device: str | torch.device) -> Saved:
    """"arm" trained on pictures."""
    sizes = size(profile)
    how = recipe("episodes").sized(sizes.steps)
    how = how if sizes.ways is None else replace(how, ways=sizes.ways)

    known = days_apart(pictures(profile))[0]

    def make(folder: Path) -> Saved:
        return _trained(known, halves(known.items.pids.tolist(), 1)[0], system("arm"), how, seed, device, folder)

    whose = "" if named() is None else f"-{known.items.hash[:16]}"
    return _kept(cache_folder("trained", f"arm{whose}-{profile}-seed{seed}"), make)


def _on_features(chosen: System, profile: str, seed: int, device: str | torch.device) -> Saved:
    """The encoders of a system, trained on z of "arm"."""
    base = trained_arm("arm", profile, seed, device)
    known = days_apart(pictures(profile))[0]
    known = Part(known, np.isin(known.items.pids, base.facts["split"]["train"]))
    how = recipe("episodes").sized(STEPS[profile])
    digest = hashlib.sha256(canonical({"base": base.facts, "data": known.items.hash, "steps": how.steps})).hexdigest()

    def make(folder: Path) -> Saved:
        z = embed(base.network, known, device=device)
        items = known.items
        split = from_ids(train=set(items.pids.tolist()), test=base.facts["split"]["test"], name="as arm")
        source = Features(z.numpy(), items.pids, items.camids, items.days, items.name)
        return _trained(source, split, chosen.on_features(source.D, neck=False), how, seed, device, folder)

    return _kept(cache_folder("trained", f"arm-{chosen.name}-on-features-{profile}-seed{seed}-{digest[:10]}"), make)


def _trained(source: Part | Features, split: Split, chosen: System, how: Recipe, seed: int,
             device: str | torch.device, folder: Path) -> Saved:
    counter = Counter(f"training {chosen.name}", "steps")
    how = fitted(how, source.items, np.array(split.train))
    done = train(source, split, chosen, how, seed, device=str(device), folder=folder,
                 callbacks=[lambda heard: counter(heard.step, heard.steps)])
    if done.fit.interrupted:
        raise ReidError(f"The training of {chosen.name} was stopped after {done.fit.step} of {done.fit.steps} steps",
                        "a whole training", "run this cell again: it goes on from there")
    save_network(_file(folder), done)
    return load_network(_file(folder))


def _kept(folder: Path, make: Callable[[Path], Saved]) -> Saved:
    return load_network(_file(folder)) if _file(folder).is_file() else make(folder)


def _file(folder: Path) -> Path:
    return folder / "network.safetensors"
