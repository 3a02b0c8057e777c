"""N-way K-shot accuracy on people never seen in training, with intervals; every rival meets the same episodes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from reidlib.arm.batches import Source
from reidlib.arm.episodes import Episodes, EpisodeSampler
from reidlib.arm.model import Arm
from reidlib.arm.rivals import Answer
from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval

AT_ONCE = 256  # pictures


@dataclass(frozen=True, eq=False)
class Accuracy:
    """Of one answer.

    rank_1 : (E,) share of an episode's probes whose best identity is the right one; an equal score of a wrong one
        counts as a miss.
    mAP : (E,) mean of 1 / place of the right identity, which is the average precision where it is the only match.
    """

    rank_1: np.ndarray
    mAP: np.ndarray

    @property
    def interval(self) -> Interval:
        """Of rank-1; see `episode_interval`."""
        return episode_interval(self.rank_1)

    @property
    def mAP_interval(self) -> Interval:
        return episode_interval(self.mAP)


def episode_interval(values: np.ndarray, level: float = 0.95) -> Interval:
    """Student's t interval of a mean over episodes.

    It answers "what if other episodes had been drawn from these people?", not "what if there were other people?":
    episodes share identities, so report the spread over splits beside it.
    """
    from scipy.stats import t

    E = len(values)
    mean = float(np.mean(values))
    if E < 2:
        return Interval(mean, math.nan, math.nan, E, level, "Student's t over episodes")
    half = float(t.ppf((1 + level) / 2, E - 1) * np.std(values, ddof=1) / math.sqrt(E))
    return Interval(mean, mean - half, mean + half, E, level, "Student's t over episodes")


@torch.no_grad()
def embed(network: Arm, source: Source, numbers: np.ndarray | None = None, device: str | torch.device = "cpu",
          progress: Callable[[int, int], None] | None = None) -> torch.Tensor:
    """z (m, D) float32 on the CPU of the items `numbers` (default all). `progress` hears (items done, all).

    Raises
    ------
    ReidError : features that are not finite, as broken weights make them.
    """
    numbers = np.arange(len(source.items)) if numbers is None else np.asarray(numbers)
    was, done = network.training, []
    network.eval()
    for first in range(0, len(numbers), AT_ONCE):
        rows = torch.from_numpy(numbers[first:first + AT_ONCE]).to(device)
        done.append(network.features(source.gather(rows)).float().cpu())
        if progress is not None:
            progress(min(first + AT_ONCE, len(numbers)), len(numbers))
    network.train(was)
    z = torch.cat(done) if done else torch.zeros(0, network.D)
    wrong = int((~z.isfinite().all(-1)).sum())
    if wrong:
        raise ReidError(f"Found NaN or infinity in {wrong} of {len(z)} features of {source.items.name}",
                        "finite features", "look for broken weights, or train again with a smaller learning rate")
    return z


@torch.no_grad()
def episodic(answers: Mapping[str, Answer], z: torch.Tensor, sampler: EpisodeSampler, episodes: int = 600,
             progress: Callable[[int, int], None] | None = None) -> dict[str, Accuracy]:
    """Accuracy of each answer over the same `episodes` episodes, whole batches of the sampler.

    Parameters
    ----------
    z : (n, D), features of all of the sampler's items; a row is only read where the sampler names it.
    """
    if episodes < 1:
        raise ReidError(f"Found episodes={episodes}", "1 or more", "pass episodes=600")
    if len(z) != len(sampler.items):
        raise ReidError(f"Found {len(z)} features for {len(sampler.items)} items", "one for each item",
                        "pass embed(network, source) of the sampler's source")
    found: dict[str, list] = {name: [] for name in answers}
    steps = -(-episodes // sampler.episodes)
    for step in range(steps):
        drawn = sampler.draw(step)
        gallery, probes = z[drawn.gallery], z[drawn.probes]
        for name, answer in answers.items():
            found[name].append(judged(answer(gallery, probes, drawn), drawn))
        if progress is not None:
            progress(step + 1, steps)
    return {name: Accuracy(*(np.concatenate(part)[:episodes] for part in zip(*parts, strict=True)))
            for name, parts in found.items()}


def judged(scores: torch.Tensor, episodes: Episodes) -> tuple[np.ndarray, np.ndarray]:
    """(B, Q, classes) -> rank-1 (B,) and mean of 1 / place (B,), over the real probes of each episode.

    The place of the right identity is 1 + how many others score as high or higher: ties count against it. A score that
    is no number has lost to all.
    """
    scores = scores.double().nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf)
    mask, labels = episodes.probe_mask, episodes.probe_labels.masked_fill(~episodes.probe_mask, 0)
    own = scores.gather(-1, labels[..., None])
    shown = scores.new_zeros(scores.shape[0], scores.shape[-1]).scatter_add(
        1, episodes.gallery_labels.clamp_min(0), episodes.gallery_mask.to(scores)) > 0
    place = ((scores >= own) & shown[:, None]).sum(-1).clamp_min(1).double()
    count = mask.sum(1).clamp_min(1).double()
    rank_1 = ((place == 1) & mask).sum(1) / count
    mAP = (place.reciprocal() * mask).sum(1) / count
    return rank_1.numpy(), mAP.numpy()
