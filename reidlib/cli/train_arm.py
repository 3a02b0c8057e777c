"""`reidlib train arm`: train ARM over episodes, test it on people and days it never saw, end with one line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

STREET = "street-v1-days"


def arm(
    data: Annotated[str, typer.Option(help="Version of the street, a cached store's name or a folder, or a .npz of "
                                           "features (feats, pids, camids, days).")] = STREET,
    system: Annotated[str, typer.Option(help="arm, matching, fce or no-memory.")] = "arm",
    gallery: Annotated[str | None, typer.Option(help="Another gallery encoder than the system's, as sab or "
                                                     "bilstm.")] = None,
    probe: Annotated[str | None, typer.Option(help="Another probe encoder than the system's: none, cross or "
                                                   "attlstm.")] = None,
    recipe: Annotated[str, typer.Option(help="episodes, any, with-identities, triplet, "
                                                "triplet-all, identity or identity-bn.")] = "episodes",
    persons: Annotated[int | None, typer.Option(help="Persons of the street; default: the profile's.")] = None,
    days: Annotated[int | None, typer.Option(help="Days of the street (versions with days).")] = None,
    strength: Annotated[float | None, typer.Option(help="Differences between its days: 0, 0.5, 1, 2 …")] = None,
    images: Annotated[int | None, typer.Option(min=1, help="At most so many pictures of each training person.")] = None,
    split: Annotated[str, typer.Option(help="Number of a random half (0 … 99), or a split's JSON file.")] = "0",
    protocol: Annotated[str | None, typer.Option(help="A prepared image benchmark's own way to test, as official; "
                                                      "--split is then its number.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides weights, batches and the episodes of the test.")] = 0,
    profile: Annotated[str, typer.Option(help="ci (seconds), cpu (minutes) or gpu (as long as it learns).")] = "cpu",
    steps: Annotated[int | None, typer.Option(min=1, help="Optimiser steps; default: the profile's.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Steps between two checkpoints.")] = 100,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1 or mps.")] = "cpu",
    out: Annotated[Path | None, typer.Option(help="Folder of the run; default: in the cache.")] = None,
) -> None:
    """Train ARM, or one of its rivals. Killed and typed again, it goes on where it stopped, bit for bit."""
    import time
    from dataclasses import replace

    from reidlib.arm.measured import days_apart
    from reidlib.arm.recipes import recipe as find_recipe
    from reidlib.arm.run import run
    from reidlib.arm.sizes import fitted
    from reidlib.arm.sizes import size as find_size
    from reidlib.arm.systems import system as find_system
    from reidlib.cli.bars import Bars
    from reidlib.cli.train import spent, wanted_people, wanted_split
    from reidlib.errors import ReidError

    sizes = find_size(profile)
    chosen = find_system(system).with_encoders(gallery, probe)
    chosen.network(seed)  # unknown parts are told before anything is rendered
    how = find_recipe(recipe).sized(sizes.steps if steps is None else steps)
    how = how if sizes.ways is None else replace(how, ways=sizes.ways)
    wanted = wanted_split(split)
    began = time.perf_counter()
    with Bars() as bars:
        source = _source(data, persons, days, strength, sizes, bars)
        items = source.items
        if hasattr(source, "D"):
            chosen = chosen.on_features(source.D)
        if protocol is not None and not hasattr(source, "store"):
            raise ReidError(f"Found --protocol {protocol} with {data}", "a prepared benchmark", "leave --protocol out")
        division, people = wanted_people(getattr(source, "store", items), wanted, protocol)
        how = fitted(how, days_apart(source)[0].items, people.train)
        folder = out or _folder(items, chosen, how, people.name, images, seed)
        looks = f"gallery {chosen.gallery}, probe {chosen.probe}"
        typer.echo(f"{chosen.name}, {looks}, recipe {how.name}: {len(people.train)} training people, {how.steps} steps "
                   f"of {_step(how)}, {device}", err=True)
        trained, found, whole = run(
            source, people, chosen, how, seed, folder, division=division, images=images, device=device, every=every,
            callbacks=[lambda heard: bars.named("training", heard.step, heard.steps, f"loss {heard.total:.2f}")],
            progress=bars.named)
    if trained.fit.interrupted:
        typer.echo(f"stopped after {trained.fit.step} of {how.steps} steps; typed again, it goes on", err=True)
    typer.echo(f"folder: {folder}")
    typer.echo(spent(time.perf_counter() - began, trained.fit.seconds))
    if whole is not None:
        typer.echo(f"{whole.note}\n{whole.line}")
    typer.echo(f"test: {found.line}")


def _source(data: str, persons: int | None, days: int | None, strength: float | None, sizes, bars):
    """Stills of a version of the street, rendered if need be, of a cached store or a folder; or features."""
    from reidlib.arm.cached import Features
    from reidlib.arm.stills import Stills
    from reidlib.errors import ReidError
    from reidlib.flow.extract import find_store
    from reidlib.world.stills import street_stills
    from reidlib.world.versions import VERSIONS

    if data in VERSIONS:
        store = street_stills(data, sizes.persons if persons is None else persons, days, strength, sizes.stills,
                              progress=lambda done, total: bars.named("rendering", done, total))
    else:
        given = [f"--{name}" for name, value in (("persons", persons), ("days", days), ("strength", strength))
                 if value is not None]
        if given:
            raise ReidError(f"Found {' and '.join(given)} with the data {data}", "a version of the street for these, "
                            f"such as {STREET}", f"leave {' and '.join(given)} out")
        if data.endswith(".npz"):
            return Features.load(data)
        store = find_store(data)
    return Stills(store, progress=lambda done, total: bars.named("resizing", done, total))


def _step(how) -> str:
    if how.objective != "episode":
        return f"{how.identities} identities × {how.images} pictures"
    return f"{how.episodes} episodes of {how.ways[0]} … {how.ways[1]} ways, {how.shots[0]} … {how.shots[1]} shots"


def _folder(items, system, how, split: str, images: int | None, seed: int) -> Path:
    """In the cache; the data's hash stands in the name, so that other persons, days or strengths have folders of their
    own."""
    import re

    from reidlib.data.cache import cache_folder

    parts = [items.name, items.hash[:8], system.name, system.gallery, system.probe, how.name, split,
             *([] if images is None else [f"images{images}"]), f"seed{seed}", f"steps{how.steps}"]
    return cache_folder("runs", re.sub(r"[^A-Za-z0-9._+-]", "_", "arm-" + "-".join(parts)))
