"""CMC, mAP and mINP, exactly, from a distance matrix or from features."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reidlib.errors import ReidError
from reidlib.evaluation import inputs, protocols
from reidlib.evaluation.features import Features
from reidlib.evaluation.identities import Labels
from reidlib.evaluation.matching import TIES, MatchRanks, match_ranks
from reidlib.evaluation.protocols import Protocol
from reidlib.evaluation.result import Ranking
from reidlib.evaluation.sources import Distances, Source

APS = ("step", "trapezoid")


def rank(
    distance: np.ndarray | None = None,
    *,
    probe_features: np.ndarray | None = None,
    gallery_features: np.ndarray | None = None,
    probe_pids: np.ndarray,
    gallery_pids: np.ndarray,
    probe_camids: np.ndarray,
    gallery_camids: np.ndarray,
    protocol: str | Protocol = protocols.market1501,
    ap: str = "step",
    metric: str = "euclidean",
    ties: str = "stable",
    max_rank: int = 50,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Rank the gallery for every probe and score the result: CMC, AP, INP per query and their means.

    Intuition: a score needs only the rank of each match, and that is 1 + the number of items before it. Counting those
    takes a fraction of the time and memory of sorting the gallery, and nothing is lost (`counting.py`).

    Give either `distance` (P, G), any floats or integers, smaller is closer; or `probe_features` (P, D) and
    `gallery_features` (G, D), compared by `metric`, "euclidean" or "cosine", without ever holding a P × G matrix.

    Order and ties: distances are compared in float64 (those from features too, see `features.py`). At equal distance
    "stable" puts the smaller gallery index first, as a stable sort of the row does; "pessimistic" puts all wrong items
    before a match, "optimistic" behind it. Report "stable"; if the other two differ from it, distances collapse.

    AP over the recall steps of a probe with K matches at ranks r_1 < … < r_K: "step" is the mean of i / r_i, as in
    scikit-learn, torchreid and fast-reid; "trapezoid" is the mean of (i / r_i + (i - 1) / (r_i - 1)) / 2, whose second
    term is 1 at r_i = 1, as in the official code of Market-1501 and MARS. They differ by points: name the one you use.
    INP = K / r_K (Ye et al., "Deep Learning for Person Re-identification: A Survey and Outlook", TPAMI 2022).

    `protocol` is one of `protocols.PROTOCOLS`, by name or as an object. Beyond its input `rank` holds some 10 MB from
    distances and 25 MB from 512-dimensional features. `progress(done, total)` counts probes × items of a draw.

    Raises ReidError for input that does not fit together, is not finite, or leaves no probe with a match.
    """
    protocol = protocols.find(protocol)
    inputs.choice("ap", ap, APS)
    inputs.choice("ties", ties, TIES)
    if max_rank < 1:
        raise ReidError(f"Found max_rank {max_rank}", "1 or more", "pass max_rank=50")
    source = _source(distance, probe_features, gallery_features, metric)
    probes, gallery = source.shape
    labels = inputs.labels(
        probes,
        gallery,
        probe_pids=probe_pids,
        gallery_pids=gallery_pids,
        probe_camids=probe_camids,
        gallery_camids=gallery_camids,
    )
    draws = []
    for number, draw in enumerate(protocol.draws(labels)):
        total = sum(len(trial.probes) * len(trial.gallery) for trial in draw)
        done = number * total

        def advance(pairs: int, total: int = protocol.repeats * total) -> None:
            nonlocal done
            done += pairs
            if progress is not None:
                progress(done, total)

        scores = np.full((3, probes), np.nan)
        for trial in draw:
            for part in match_ranks(source, trial, labels, ties, advance):
                scores[:, part.probes] = _score(part, ap)
        if np.isnan(scores).all():
            raise _no_query(labels, protocol)
        draws.append(scores)
    first, precision, penalty = np.stack(draws, axis=1)
    return Ranking(protocol, ap, ties, max_rank, np.nan_to_num(first).astype(np.int64), precision, penalty)


def _score(part: MatchRanks, ap: str) -> np.ndarray:
    """(3, probes): rank of the first match, AP and INP; NaN for a probe without a match."""
    scores = np.full((3, len(part.probes)), np.nan)
    matches = np.diff(part.first)
    some = np.flatnonzero(matches)
    if len(some) == 0:
        return scores
    begin, count = part.first[some], matches[some]
    ranks = part.ranks
    hit = np.arange(len(ranks)) - np.repeat(begin, count) + 1
    precision = hit / ranks
    if ap == "trapezoid":
        # Precision just before the hit; before the first item it is 1 by convention.
        before = np.divide(hit - 1, ranks - 1, out=np.ones(len(ranks)), where=ranks > 1)
        precision = (precision + before) / 2
    scores[:, some] = ranks[begin], np.add.reduceat(precision, begin) / count, count / ranks[begin + count - 1]
    return scores


def _source(distance, probe_features, gallery_features, metric: str) -> Source:
    features = (probe_features is not None, gallery_features is not None)
    if distance is not None and not any(features):
        return Distances(inputs.numbers("distance", distance, "fiu"))
    if distance is None and all(features):
        probes = inputs.numbers("probe_features", probe_features, "f")
        gallery = inputs.numbers("gallery_features", gallery_features, "f")
        return Features(*inputs.same_space(probes, gallery), metric)
    given = [
        name
        for name, there in zip(
            ("distance", "probe_features", "gallery_features"), (distance is not None, *features), strict=True
        )
        if there
    ]
    raise ReidError(
        f"Found {' and '.join(given) or 'no distances'}",
        "either distance, or probe_features and gallery_features",
        "pass one of the two",
    )


def _no_query(labels: Labels, protocol: Protocol) -> ReidError:
    known = int(np.isin(labels.probe_pids, labels.gallery_pids[labels.gallery_pids != protocols.JUNK]).sum())
    return ReidError(
        f"Found no valid query: of {len(labels.probe_pids)} probes {known} have their pid in the gallery, and none of "
        f"them a match under {protocol}",
        "at least one probe with a match",
        "compare probe_pids with gallery_pids" if known == 0 else f"check the camids: {protocol.hint}",
    )
