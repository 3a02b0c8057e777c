"""Ranking in plain Python, slow and obvious: the reference for reidlib.evaluation."""

from __future__ import annotations


def market_rule(probe_pid, probe_cam, gallery_pid, gallery_cam):
    """What the rule of Market-1501 makes of a gallery item: "drop", "match" or "wrong"."""
    if gallery_pid == -1 or (gallery_pid == probe_pid and gallery_cam == probe_cam):
        return "drop"
    return "match" if gallery_pid == probe_pid else "wrong"


def pair_rule(probe_camera, gallery_camera):
    def rule(probe_pid, probe_cam, gallery_pid, gallery_cam):
        if probe_cam != probe_camera or gallery_cam != gallery_camera or gallery_pid == -1:
            return "drop"
        return "match" if gallery_pid == probe_pid else "wrong"

    return rule


def sorted_kinds(distances, kinds, ties):
    """Kinds of the items that are not dropped, nearest first."""
    items = [(distances[j], j) for j in range(len(kinds)) if kinds[j] != "drop"]
    if ties == "stable":
        items.sort()
    else:
        late = "match" if ties == "pessimistic" else "wrong"
        items.sort(key=lambda item: (item[0], kinds[item[1]] == late))
    return [kinds[j] for _, j in items]


def average_precision(kinds, ap):
    """As the official evaluation of Market-1501 walks down the list ("trapezoid"), or the textbook's mean ("step")."""
    total = kinds.count("match")
    good, old_recall, old_precision, area, steps = 0, 0.0, 1.0, 0.0, 0.0
    for place, kind in enumerate(kinds, start=1):
        if kind == "match":
            good += 1
            steps += good / place
        recall, precision = good / total, good / place
        area += (recall - old_recall) * (old_precision + precision) / 2
        old_recall, old_precision = recall, precision
    return steps / total if ap == "step" else area


def brute(distance, pp, gp, pc, gc, rule=market_rule, ap="step", ties="stable"):
    """(first rank, AP, INP) of each probe; None for a probe without a match."""
    results = []
    for i in range(len(pp)):
        kinds = [rule(pp[i], pc[i], gp[j], gc[j]) for j in range(len(gp))]
        kinds = sorted_kinds(distance[i], kinds, ties)
        if "match" not in kinds:
            results.append(None)
            continue
        last = len(kinds) - kinds[::-1].index("match")
        results.append((kinds.index("match") + 1, average_precision(kinds, ap), kinds.count("match") / last))
    return results


def assert_same(ranking, expected):
    """Per-query results, CMC and means of a one-draw Ranking are those of `brute`."""
    assert ranking.valid.tolist() == [e is not None for e in expected]
    valid = [e for e in expected if e is not None]
    assert ranking.queries == len(valid)
    assert ranking.first_rank.tolist() == [e[0] if e else 0 for e in expected]
    for i, e in enumerate(expected):
        if e is not None:
            assert abs(ranking.average_precision[i] - e[1]) < 1e-14
            assert abs(ranking.inverse_negative_penalty[i] - e[2]) < 1e-14
    for k in range(1, ranking.max_rank + 1):
        assert abs(ranking.cmc[k - 1] - sum(e[0] <= k for e in valid) / len(valid)) < 1e-14
    assert abs(ranking.mAP - sum(e[1] for e in valid) / len(valid)) < 1e-13
    assert abs(ranking.mINP - sum(e[2] for e in valid) / len(valid)) < 1e-13
