"""07.2: pairs for training that hold no test person. Many draws are right, so rules decide, not equality."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reidlib.course.definition import Exercise
from reidlib.data.pairs import PairSampler


def training_pairs(pids: np.ndarray, camids: np.ndarray, train_pids: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Pairs of tracklets of the training people: (n,), (n,), (k,) and two numbers -> (count, 2) numbers of tracklets.

    Half of them positive, one person from two cameras; half negative, two people. Drawn at random, the seed decides.
    """
    draw = PairSampler(pids, camids, np.flatnonzero(np.isin(pids, train_pids)), pairs=count, seed=seed).draw(0)
    return np.stack([draw.numbers[draw.first], draw.numbers[draw.second]], axis=1)


def _cases(rng: np.random.Generator) -> list[tuple]:
    cases = []
    for people, count, seed in ((12, 8, 0), (16, 12, 5)):
        distinct = rng.choice(900, size=people, replace=False)
        # Two to four tracklets a person; every fourth person was seen by one camera only.
        pids = np.repeat(distinct, rng.integers(2, 5, people))
        nth = np.concatenate([np.arange(n) for n in np.unique(pids, return_counts=True)[1][np.argsort(np.argsort(
            distinct))]])
        camids = np.where(np.isin(pids, distinct[::4]), 0, nth % 2)
        order = rng.permutation(len(pids))
        cases.append((pids[order], camids[order], np.sort(rng.permutation(distinct)[: people // 2 + 2]), count, seed))
    return cases


def _right_form(call: Callable, arguments: tuple, answer: np.ndarray) -> str | None:
    pids, *_, count, _seed = arguments
    try:
        pairs = np.asarray(answer)
    except ValueError:
        pairs = np.empty(0)
    if pairs.shape != (count, 2) or not np.issubdtype(pairs.dtype, np.integer):
        return f"Return whole numbers of shape ({count}, 2), a row for each pair; found {pairs.dtype} {pairs.shape}."
    if pairs.min() < 0 or pairs.max() >= len(pids):
        return f"{pairs.max()} is no tracklet: tracklets have numbers from 0 to {len(pids) - 1}. Did you return pids?"
    return None


def _no_test_person(call: Callable, arguments: tuple, answer: np.ndarray) -> str | None:
    pids, _, train, *_ = arguments
    strangers = np.setdiff1d(pids[np.asarray(answer)], train)
    if len(strangers):
        return (f"{len(strangers)} people in these pairs are not training people, for instance {strangers[0]}: the "
                "network would be tested on people it was trained on. Numbers are positions in the whole `pids`.")
    return None


def _half_positive(call: Callable, arguments: tuple, answer: np.ndarray) -> str | None:
    first, second = arguments[0][np.asarray(answer)].T
    positive = int((first == second).sum())
    if 2 * positive != len(first):
        return f"{positive} of {len(first)} pairs are positive: needed is half of them."
    return None


def _two_cameras(call: Callable, arguments: tuple, answer: np.ndarray) -> str | None:
    pids, camids, *_ = arguments
    pairs = np.asarray(answer)
    positive = pids[pairs[:, 0]] == pids[pairs[:, 1]]
    if (camids[pairs[:, 0]] == camids[pairs[:, 1]])[positive].any():
        return ("A positive pair comes from one camera: the network could learn the background. Take one tracklet from "
                "each of two cameras; people seen by one camera only have no positive pair.")
    return None


def _several_people(call: Callable, arguments: tuple, answer: np.ndarray) -> str | None:
    pairs = np.asarray(answer)
    if len(np.unique(np.sort(pairs, axis=1), axis=0)) <= len(pairs) // 3:
        return "The same few pairs come again and again: draw people anew for each pair."
    return None


def _seed_decides(call: Callable, arguments: tuple, answer: np.ndarray) -> str | None:
    *given, seed = arguments
    draws = [np.asarray(answer), *(np.asarray(call(*given, s)) for s in (seed, seed + 1, seed + 2))]
    if not np.array_equal(draws[0], draws[1]):
        return "The same seed gave other pairs the second time: draw from np.random.default_rng(seed)."
    if np.array_equal(draws[1], draws[2]) and np.array_equal(draws[2], draws[3]):
        return "The seed changes nothing: draw from np.random.default_rng(seed)."
    return None


EXERCISE = Exercise(
    key="07.2",
    title="Pairs that leak nothing",
    reference=training_pairs,
    cases=_cases,
    compare=False,
    rules=(_right_form, _no_test_person, _half_positive, _two_cameras, _several_people, _seed_decides),
    hints=(
        "First the tracklets that may be drawn at all: `np.flatnonzero(np.isin(pids, train_pids))`. Then who has two "
        "cameras?",
        "Positive: draw a person with two cameras, then a tracklet from each. Negative: draw two people, then a "
        "tracklet of each. One generator, np.random.default_rng(seed), for everything.",
        "`of = lambda pid, cam: rng.choice(np.flatnonzero((pids == pid) & (camids == cam)))` draws a tracklet; a loop "
        "over count // 2 appends one pair of each kind.",
    ),
    also=(PairSampler,),
)
