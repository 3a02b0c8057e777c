"""Trains the small ARM network that comes with the library, measures it once, and writes its model card.

Trained on the training half of street-v1-days, days 0 to 3, rounded to half precision; then the people of the test
half are asked on days 4 and 5, by the network as it is shipped.

    python data_scripts/ship_arm.py [--persons 300] [--stills 2] [--steps 600] [--seed 0] [--out FILE]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

import reidlib
from reidlib.arm.measured import EPISODES, NETWORK, Measured, days_apart, measured, points
from reidlib.arm.recipes import recipe
from reidlib.arm.run import summary
from reidlib.arm.saved import load_network, save_network, shipped_path
from reidlib.arm.sizes import SIZES, fitted
from reidlib.arm.stills import Stills
from reidlib.arm.systems import system
from reidlib.arm.train import Trained, train
from reidlib.data.cache import cache_folder
from reidlib.data.files import write_whole
from reidlib.data.splits import halves
from reidlib.evaluation.intervals import Interval
from reidlib.world.provenance import NOTE
from reidlib.world.stills import street_stills

STREET = "street-v1-days"


def main() -> None:
    usual = SIZES["cpu"]
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--persons", type=int, default=usual.persons)
    arguments.add_argument("--stills", type=int, default=usual.stills)
    arguments.add_argument("--steps", type=int, default=usual.steps)
    arguments.add_argument("--system", default="arm")
    arguments.add_argument("--recipe", default="episodes")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--episodes", type=int, default=EPISODES)
    arguments.add_argument("--out", type=Path, default=shipped_path())
    asked = arguments.parse_args()

    source = Stills(street_stills(STREET, asked.persons, per_tracklet=asked.stills))
    split = halves(source.items.pids.tolist(), 1)[0]
    training, test, days = days_apart(source)
    how = fitted(recipe(asked.recipe).sized(asked.steps), training.items, split.train)
    name = f"ship-arm-p{asked.persons}-k{asked.stills}-{asked.system}-{how.name}-{asked.steps}-seed{asked.seed}"
    trained = train(training, split, system(asked.system), how, asked.seed, folder=cache_folder("runs", name),
                    callbacks=[lambda heard: print(f"\r{heard.step} of {heard.steps}", end="", flush=True)])
    print()
    asked.out.parent.mkdir(exist_ok=True)
    save_network(asked.out, trained, half=True)
    rounded = replace(trained, network=load_network(asked.out).network)
    found = measured(rounded.network, training, test, split, episodes=asked.episodes, seed=asked.seed)
    save_network(asked.out, rounded, summary(rounded, found, days), half=True)
    pictures = int(np.isin(training.items.pids, split.train).sum())
    write_whole(asked.out.with_suffix(".md"), _card(asked.out, rounded, found, days, pictures).encode())
    print(f"{asked.out.name}: {asked.out.stat().st_size / 2**20:.2f} MB")
    print(found.line)


def _card(path: Path, trained: Trained, found: Measured, days: dict[str, list[int]], pictures: int) -> str:
    def share(interval: Interval) -> str:
        return points(interval).replace(" %", "")

    def lead(interval: Interval) -> str:
        ends = f" [{100 * interval.low:+.1f}, {100 * interval.high:+.1f}]" if interval.known else ""
        return f"{100 * interval.estimate:+.1f}{ends}"

    ways = list(found.found)
    names = sorted(found.found[ways[0]], key=lambda name: (
        name != NETWORK, *(-found.found[n][name].interval.estimate for n in reversed(ways))))
    rows = "\n".join(f"| {'**the network**' if name == NETWORK else name} | "
                     + " | ".join(share(found.found[n][name].interval) for n in ways) + " |" for name in names)
    leads = ", ".join(f"{lead(found.lead(n))} points over {found.best_rival(n)} in {n} ways" for n in ways)
    facts, how, built = trained.facts, trained.recipe, trained.system
    shots = f"{how.shots[0]} to {how.shots[1]}"
    steps = f"{trained.fit.step} steps of {how.episodes} episodes, {how.ways[0]} to {how.ways[1]} ways, {shots} shots"
    people = f"{len(trained.split.train)} for training, {found.people} others for the table below"
    weights = sum(each.numel() for each in trained.network.parameters())
    return f"""# {path.name}

**{NOTE[0].upper()}{NOTE[1:]}.** Written by `data_scripts/ship_arm.py`, reidlib {reidlib.__version__}.

ARM with the system `{built.name}`: {built.backbone} on pictures of 64×32, gallery encoder `{built.gallery}`, probe
encoder `{built.probe}`, D = {built.D}, {weights:,} weights in half precision. What ARM's text leaves open is ours, as
the docstrings say. It is for the course: small, quick to load, good enough to look at attention. Do not use it on
footage of people.

| what | value |
|---|---|
| data | stills of {facts["data"]}, {pictures:,} pictures of days {_list(days["train"])}: no picture of a real person |
| people | {people}; split `{trained.split.name}` |
| training | recipe `{how.name}`, {steps} |
| seed | {trained.seed} |

The test half on days {_list(days["test"])}, one image of each person: rank-1 in %, {found.episodes} episodes, the same
for every row. 95 % intervals (Student's t) over episodes of this one training; they contain neither the spread over
trainings nor that over people. The rivals compare the same features z without a learned look at the gallery.

| answer | {" | ".join(f"{n}-way" for n in ways)} |
|---|{"---|" * len(ways)}
{rows}
| chance | {" | ".join(f"{100 / n:.1f}" for n in ways)} |

Lead, paired by episode: {leads}. The best rival is chosen on these episodes, which flatters it.
{trained.facts["data"]} is the street on which recipe and encoders were chosen, with some of these people among
others, so this is no test of ARM; the planned one is `benchmarks/plan_arm.json`.
"""


def _list(days: list[int]) -> str:
    return ", ".join(map(str, days))


if __name__ == "__main__":
    main()
