"""`course.trained("consensus")`: a trained network, from the library where it ships one, else trained once and kept.

Where REIDLIB_DATA names tracklets, those that the library ships are trained on them instead, in the same way.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch

from reidlib.course.chosen_data import in_pairs, named, people, rendered, singles
from reidlib.course.profiles import profile as find_profile
from reidlib.data.cache import cache_folder, cache_path
from reidlib.data.files import canonical, kind_of
from reidlib.data.splits import halves
from reidlib.data.store import Store
from reidlib.errors import ReidError
from reidlib.ran.family import train_family
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.presets import preset
from reidlib.ran.run import NETWORK, run
from reidlib.ran.saved import Saved, load_network
from reidlib.ran.shipped import load_shipped, save_shipped, shipped_names
from reidlib.ran.sizes import sized_recipe
from reidlib.world.build import Counter, street

UNITS = {"small frames": "tracklets", "flow": "tracklets", "training": "steps", "embedding": "frames"}


def trained(name: str = "consensus", profile: str = "cpu", seed: int = 0,
            device: str | torch.device = "cpu") -> Saved:
    """A network in eval mode with its `facts`, and the `note` that every picture made with it shows.

    Parameters
    ----------
    name : a preset. `consensus`, `corrected` and `coupled` come with the library; the others are trained on the
        training half of the profile's street at first use, with a progress bar, and kept in the cache. With
        REIDLIB_DATA the three are too, on the first half of the people there that `halves` gives.
    profile, seed : of that training; the shipped networks have their own.
    """
    if name in shipped_names():
        store = named()
        own = store is not None and not rendered(store) and not singles(store)
        return _on(load_shipped(name, _own(store, profile, seed, device) if own else None), device)
    system, sizes = preset(name), find_profile(profile)
    recipe = sized_recipe(system, full=sizes.name == "gpu", default_frames=sizes.frames, default_steps=sizes.steps)
    folder = cache_folder("trained", f"{name}-{recipe.name}-{profile}-seed{seed}")
    saved = load_network(folder / NETWORK) if (folder / NETWORK).is_file() else None
    if saved is None or saved.facts["results"]["interrupted"]:
        counters = {what: Counter(what, unit) for what, unit in UNITS.items()}
        store = street(sizes.world)
        inputs = TrackletInputs(store, system.inputs, system.flow, device,
                                progress=lambda what, done, total: counters[what](done, total))
        done, _ = run(inputs, halves(store.pids.tolist(), 1)[0], system, recipe, seed, folder,
                      callbacks=[lambda heard: counters["training"](heard.step, heard.steps)],
                      progress=counters["embedding"])
        if done.fit.interrupted:
            raise ReidError(f"The training of {name} was stopped after {done.fit.step} of {done.fit.steps} steps",
                            "a whole training", "run this cell again: it goes on from there")
        saved = load_network(folder / NETWORK)
    return _on(saved, device)


def _own(store: Store, profile: str, seed: int, device: str | torch.device) -> Path:
    """The checkpoint of the networks that were trained on `store` as the shipped ones were on the street."""
    sizes = find_profile(profile)
    store, _ = in_pairs(store, sizes.persons, truth=False)
    whose = hashlib.sha256(canonical([store.name, store.hash])).hexdigest()[:16]
    parts = "trained", f"ran-{whose}-{profile}-seed{seed}"
    path = cache_path(*parts) / "networks.safetensors"
    if kind_of(path) == "file":  # also in a cache that cannot be written
        return path
    cache_folder(*parts)
    counters = {what: Counter(what, unit) for what, unit in UNITS.items()}
    inputs = TrackletInputs(store, device=device, progress=lambda what, done, total: counters[what](done, total))
    split = halves(people(store)[: sizes.persons], 1)[0]
    full = sizes.name == "gpu"  # then as many steps as the recipes say
    trunk, heads = train_family(
        inputs, split, steps=None if full else sizes.steps, head_steps=None if full else sizes.steps,
        frames=sizes.frames, seed=seed, folder=path.parent,
        hear=lambda what, heard: counters.setdefault(what, Counter(what, "steps"))(heard.step, heard.steps))
    if stopped := next((each for each in (trunk, *heads.values()) if each.fit.interrupted), None):
        what = "frame CNN" if stopped is trunk else f"head of {stopped.preset.name}"
        raise ReidError(f"The training on {store.name} was stopped after {stopped.fit.step} of {stopped.fit.steps} "
                        f"steps of the {what}", "a whole training", "run this cell again: it goes on from there")
    save_shipped(path, trunk, heads, {})
    return path


def _on(saved: Saved, device: str | torch.device) -> Saved:
    saved.network.to(device)
    return saved
