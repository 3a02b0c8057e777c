"""The test of a trained network on people it never saw: 5, 10 and 20 ways, beside every rival."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from reidlib.arm.batches import Source
from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.evaluate import Accuracy, embed, episode_interval, episodic
from reidlib.arm.model import Arm
from reidlib.arm.parts import Part, on_days
from reidlib.arm.rivals import answer_of, rivals
from reidlib.arm.sizes import at_once
from reidlib.data.splits import Split
from reidlib.evaluation.intervals import Interval

WAYS = (5, 10, 20)
EPISODES = 600
AT_ONCE = 50  # episodes
NETWORK = "network"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Measured:
    """One-shot accuracies, by N and then by answer; "network" is the trained one.

    people : test people with items. episodes : of each N.
    """

    found: dict[int, dict[str, Accuracy]]
    people: int
    episodes: int

    def best_rival(self, ways: int) -> str:
        """Chosen on these very episodes, which flatters it: what beats this rival beats all of them."""
        found = self.found[ways]
        return max((name for name in found if name != NETWORK), key=lambda name: found[name].interval.estimate)

    def lead(self, ways: int) -> Interval:
        """Rank-1 of the network minus that of the best rival, paired by episode."""
        found = self.found[ways]
        return episode_interval(found[NETWORK].rank_1 - found[self.best_rival(ways)].rank_1)

    @property
    def line(self) -> str:
        """10 ways, or as many as there are; n, intervals, chance."""
        ways = max((n for n in self.found if n <= 10), default=min(self.found))
        best = self.best_rival(ways)
        return (f"{ways}-way 1-shot rank-1 {points(self.found[ways][NETWORK].interval)}, best rival {best} "
                f"{points(self.found[ways][best].interval)}, n = {self.episodes} episodes of {self.people} people, "
                f"chance {100 / ways:.1f} %, 95 % intervals over episodes of these very people")

    def as_dict(self) -> dict:
        """JSON values."""
        return {"people": self.people, "episodes": self.episodes, "shots": 1, "ways": {
            str(ways): {"chance": 1 / ways, "best_rival": self.best_rival(ways), "lead": self.lead(ways).as_dict(),
                        **{name: {"rank_1": each.interval.as_dict(), "mAP": each.mAP_interval.as_dict()}
                           for name, each in found.items()}}
            for ways, found in self.found.items()}}


def points(interval: Interval) -> str:
    """62.1 % [60.2, 64.0]; a share ends at 0 and 100, which Student's t does not know."""
    if not interval.known:
        return f"{100 * interval.estimate:.1f} % [no interval]"
    return f"{100 * interval.estimate:.1f} % [{100 * max(interval.low, 0):.1f}, {100 * min(interval.high, 1):.1f}]"


def measured(network: Arm, training: Source, test: Source, split: Split, *, episodes: int = EPISODES, seed: int = 0,
             device: str | torch.device = "cpu", progress: Callable[[str, int, int], None] | None = None) -> Measured:
    """Episodes of one camera's probes and another's gallery, each side from one day, one image of each person.

    The rivals compare the network's own z, without its encoders; what they know of cameras comes from the items of
    `split.train` in `training`.

    Parameters
    ----------
    training, test : sources, such as a street's first days and its last.
    progress : hears (what, done, all).

    Raises
    ------
    ReidError : fewer than two test people that two cameras saw; features that are not finite.
    """
    hear = progress or (lambda what, done, total: None)
    known, asked = (Part(source, np.isin(source.items.pids, pids))
                    for source, pids in ((training, split.train), (test, split.test)))
    network.to(device)
    train_z, test_z = (embed(network, part, device=device, progress=lambda done, total: hear("embedding", done, total))
                       for part in (known, asked))
    network.to("cpu")
    answers = {NETWORK: answer_of(network), **rivals(train_z, torch.from_numpy(known.items.camids))}
    most = at_once(asked.items, np.array(split.test), "pair", True)
    ways = [n for n in WAYS if n <= most] or [max(most, 2)]
    found = {}
    for n in ways:
        sampler = EpisodeSampler(asked.items, np.array(split.test), ways=n, shots=1, episodes=min(AT_ONCE, episodes),
                                 seed=seed)
        found[n] = episodic(answers, test_z, sampler, episodes,
                            progress=lambda done, total, n=n: hear(f"{n}-way episodes", done, total))
    people = len(np.unique(asked.items.pids))
    return Measured(found, people, episodes)


def days_apart(source: Source) -> tuple[Source, Source, dict[str, list[int]]]:
    """(training, test, {"train": days, "test": days}): the last third of three days or more, rounded down, is for the
    test, or a camera's day could be learned by heart. With fewer days both are the whole source."""
    days = [int(day) for day in np.unique(source.items.days)]
    if len(days) < 3:
        return source, source, {"train": days, "test": days}
    first = len(days) - max(1, len(days) // 3)
    return on_days(source, days[:first]), on_days(source, days[first:]), {"train": days[:first], "test": days[first:]}

