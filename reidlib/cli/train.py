"""`reidlib train ran`: train a network on a store, test it on people it never saw, end with one line.

`reidlib train arm` lies in `reidlib.cli.train_arm`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="train",
    help="Train a network and test it on people it never saw.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("ran")
def ran(
    data: Annotated[str | None, typer.Option(help="Version of the street, a cached store's name or a folder; default: "
                                                  "the profile's street.")] = None,
    preset: Annotated[str, typer.Option(help="paper, mclaughlin, corrected, coupled or consensus.")] = "consensus",
    head: Annotated[str | None, typer.Option(help="Another head than the preset's, as mean or softmax.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Another recipe than the preset's, as spread or pairs.")] = None,
    split: Annotated[str, typer.Option(help="Number of a random half (0 … 9), or a split's JSON file.")] = "0",
    protocol: Annotated[str | None, typer.Option(help="A prepared benchmark's own way to test, as official; --split is "
                                                      "then its number.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides weights, batches, crops and dropout.")] = 0,
    profile: Annotated[str, typer.Option(help="ci (seconds), cpu (minutes) or gpu (the whole recipe).")] = "cpu",
    validation: Annotated[int, typer.Option(min=0, help="Hold out so many training identities and rank them, not the "
                                                        "test people: for choosing settings.")] = 0,
    frames: Annotated[int | None, typer.Option(min=1, help="T of training; default: the profile's.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Optimiser steps; default: the profile's.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Steps between two checkpoints.")] = 100,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1 or mps.")] = "cpu",
    out: Annotated[Path | None, typer.Option(help="Folder of the run; default: in the cache.")] = None,
) -> None:
    """Train RAN or another head on its frame CNN. Killed and typed again, it goes on where it stopped, bit for bit."""
    import time

    from reidlib.cli.bars import Bars
    from reidlib.course.profiles import profile as find_profile
    from reidlib.data.cache import cache_folder
    from reidlib.data.splits import hold_out
    from reidlib.ran.inputs import TrackletInputs
    from reidlib.ran.presets import preset as find_preset
    from reidlib.ran.run import run
    from reidlib.ran.sizes import fitted, sized_recipe

    sizes = find_profile(profile)
    system = find_preset(preset)
    system = system if head is None else system.with_head(head)
    chosen = sized_recipe(system, recipe, full=sizes.name == "gpu", frames=frames, steps=steps,
                          default_frames=sizes.frames, default_steps=sizes.steps)
    wanted = wanted_split(split)
    began = time.perf_counter()
    with Bars() as bars:
        store = _store(data or sizes.world, bars)
        division, people = wanted_people(store, wanted, protocol)
        if validation:
            people, division = hold_out(people, validation, 0), None
        part = "validation" if validation else "test"
        chosen = fitted(chosen, store.pids[people.tracklets(store.pids, "train")].tolist())
        inputs = TrackletInputs(store, system.inputs, system.flow, device, progress=bars.named)
        dealt = f"{people.name}-of{validation}" if validation else people.name
        name = "-".join([store.name, system.name, system.head, chosen.name, dealt, f"seed{seed}",
                         f"T{chosen.frames}", f"steps{chosen.steps}"])
        folder = out or cache_folder("runs", name)
        typer.echo(f"{system.name}, head {system.head}, recipe {chosen.name}: {len(people.train)} training people, "
                   f"{chosen.steps} steps of {chosen.tracklets_a_step} tracklets × {chosen.frames} frames, {device}",
                   err=True)
        trained, evaluated = run(
            inputs, people, system, chosen, seed, folder, part=part, division=division, every=every,
            callbacks=[lambda heard: bars.named("training", heard.step, heard.steps,
                                                f"loss {heard.total:.2f}")],
            progress=lambda done, total: bars.named("embedding", done, total))
    if trained.fit.interrupted:
        typer.echo(f"stopped after {trained.fit.step} of {chosen.steps} steps; typed again, it goes on", err=True)
    typer.echo(f"folder: {folder}")
    typer.echo(spent(time.perf_counter() - began, trained.fit.seconds))
    if division is not None:
        typer.echo(f"{division.label}: {division.note}")
    typer.echo(f"{part}: {evaluated.line}")


def _store(data: str, bars):
    """A version of the street, rendered if need be; else a cached store or a folder."""
    from reidlib.flow.extract import find_store
    from reidlib.world.build import street
    from reidlib.world.versions import VERSIONS

    if data in VERSIONS:
        return street(data, progress=lambda done, total: bars.named("rendering", done, total))
    return find_store(data)


def spent(seconds: float, training: float) -> str:
    """The line about time; a training that was done or begun earlier took longer than this call."""
    earlier = ", most of it in an earlier call" if training > seconds else ""
    return f"seconds: {seconds:.1f} in all, {training:.1f} of training{earlier}"


def wanted_people(store, wanted, protocol: str | None):
    """(division of a benchmark or None, split of identities)."""
    from reidlib.data.benchmarks.division import find_division
    from reidlib.data.splits import Split, halves
    from reidlib.errors import ReidError

    if protocol is None:
        return None, wanted if isinstance(wanted, Split) else halves(store.pids.tolist(), wanted + 1)[wanted]
    if isinstance(wanted, Split):
        raise ReidError(f"Found a split's file beside --protocol {protocol}", "one of them",
                        "leave --split out, or pass the protocol's number")
    division = find_division(store, protocol, wanted)
    if not division.train:
        raise ReidError(f"Protocol {protocol} of {store.name} is for tests only; nobody trains", "one with training "
                        "people", "name another protocol; an error on --protocol x lists them")
    return division, division.split(store)


def wanted_split(text: str):
    """A split from its file, or the number of a random half: looked at before anything is rendered."""
    from reidlib.data.splits import Split
    from reidlib.errors import ReidError

    if not text.lstrip("-").isdigit():
        return Split.load(text)
    if not 0 <= int(text) < 100:
        raise ReidError(f"Found the split {text}", "0 … 99, or a JSON file", "pass --split 0")
    return int(text)
