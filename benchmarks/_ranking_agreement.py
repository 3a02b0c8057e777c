"""Do reidlib and the evaluators of other projects agree, and where not, why?"""

from __future__ import annotations

import numpy as np
from _ranking_peers import RANKS, Peer, make_features, one_minus_cosine

from reidlib.evaluation.ranking import Ranking, rank


def agreement(peers: list[Peer]) -> list[dict]:
    """Random and adversarial matrices without ties; then one full of ties, whose difference is only reported."""
    rng = np.random.default_rng(0)
    rows = []
    for kind in ("easy", "hard", "distractors only but one", "one camera but one item", "no match for some", "ties"):
        x, y, labels = make_features(120, 1500, 40, {"easy": 1.0, "hard": 9.0}.get(kind, 3.0))
        # float32 holds these ranks exactly, so no two items of a row tie.
        distance = one_minus_cosine(x, y).argsort(axis=1).argsort(axis=1).astype(np.float32)
        if kind == "distractors only but one":
            labels["gallery_pids"][1:] = 0
            labels["gallery_pids"][0] = labels["probe_pids"][0]
        elif kind == "one camera but one item":
            for key in ("probe_camids", "gallery_camids"):
                labels[key][:] = 0
            labels["gallery_camids"][7] = 1
            labels["probe_pids"][3] = labels["gallery_pids"][7] = 5
        elif kind == "no match for some":
            labels["probe_pids"][rng.random(120) < 0.5] = 999
        elif kind == "ties":
            distance //= 50
        ours = rank(distance, max_rank=RANKS, **labels)
        for peer in peers:
            for way in ("cython", "python"):
                rows.append(compare(f"{kind}: {peer.name} {way}", ours, getattr(peer, way)(distance, labels)))
                row = rows[-1]
                print(f"{row['name']:<44} CMC {row['cmc']:.0e}  mAP {row['mAP']:.0e}  AP, INP {row['per_query']:.0e}")
                if kind != "ties":
                    agrees(row, cmc=1e-6)
                    if row["per_query"] > 1e-6:
                        raise SystemExit(f"No agreement: {row}")
    return rows


def compare(name: str, ours: Ranking, theirs: tuple) -> dict:
    """Largest differences of CMC and, where the peer gives them, of AP and INP per query; difference of mAP."""
    cmc, mean, precision, penalty = theirs
    valid, per_query = ours.valid, 0.0
    if precision is not None:
        gaps = ours.average_precision[valid] - precision, ours.inverse_negative_penalty[valid] - penalty
        per_query = float(np.abs(gaps).max())
    # torchreid's Cython adds up the APs one by one in float32, which alone moves its mAP by 1e-6.
    added = np.cumsum(ours.average_precision[valid].astype(np.float32))[-1] / np.float32(ours.queries)
    return {
        "name": name,
        "cmc": float(np.abs(ours.cmc[: len(cmc)] - cmc).max()),
        "mAP": abs(ours.mAP - mean),
        "mAP added in float32": abs(float(added) - mean),
        "per_query": per_query,
        "queries": ours.queries,
    }


def agrees(row: dict, cmc: float) -> None:
    if row["cmc"] > cmc or min(row["mAP"], row["mAP added in float32"]) > 1e-6:
        raise SystemExit(f"No agreement: {row}")
