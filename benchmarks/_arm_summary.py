"""From the episodes of all cells to effects with intervals, and a table to read."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import t

MEASURES = ("rank-1", "mAP")
PLAIN = "no context, plain pictures"  # the rival of pictures brought to grey
# What takes off a mean; the learned encoders must beat the best of these.
CENTRING = ("centred cosine", "centred euclidean", "own means cosine", "own means euclidean", "z-scored cosine",
            "z-scored euclidean", "camera-centred cosine", "camera-centred euclidean", "centred prototypes")


def summary(plan: dict, name: str, runs: list[tuple[dict, dict[str, np.ndarray]]]) -> dict:
    """Means by answer and task, and each encoder minus the best centring and minus no context, paired by episode.

    The best centring is the one with the highest mean over all runs, on the very episodes it is compared on: that
    favours the rival. Intervals: Student's t over runs (a run = one split and seed; runs of one split are averaged
    first, so n is the number of splits), which holds the spread over people and trainings; "episodes" is the pooled
    t interval over episodes, which does not.
    """
    merged: dict[tuple, dict[str, np.ndarray]] = {}
    for facts, arrays in runs:
        merged.setdefault((facts["split"], facts["seed"]), {}).update(arrays)
    keys, values = list(merged), list(merged.values())
    answers = sorted({key.split(" / ")[0] for each in values for key in each if key.count(" / ") == 2})
    result: dict = {"runs": [facts for facts, _ in runs], "tasks": {}}
    for task in plan["tasks"]:
        if not any(f"ways / {task}" in each for each in values):
            continue
        entry: dict = {"ways": [int(each[f"ways / {task}"][0]) for each in values if f"ways / {task}" in each],
                       "episodes of a run": int(plan["tasks"][task][2])}
        for measure in MEASURES:
            found = {answer: [each.get(f"{answer} / {task} / {measure}") for each in values] for answer in answers}
            found = {answer: each for answer, each in found.items() if all(part is not None for part in each)}
            means = {answer: float(np.mean([part.mean() for part in each])) for answer, each in found.items()}
            entry[measure] = {answer: interval(each, keys) for answer, each in found.items()}
            rivals = [answer for answer in CENTRING if answer in means]
            if not rivals:
                continue
            best = max(rivals, key=means.get)
            encoders = {**plan["encoders"], **plan.get("views", {}).get("encoders", {})}
            learned = [answer for answer in encoders if answer in found]
            against = {answer: {rival: interval(
                [a - b for a, b in zip(found[answer], found[rival], strict=True)], keys)
                                for rival in (best, "no context") if rival in found} for answer in learned}
            entry[f"effects on {measure}"] = {"best centring": best, "learned minus": against}
            for label, one, other in (("best centring minus no context", best, "no context"),
                                      ("no context on grey minus on plain pictures", "no context", PLAIN)):
                if {one, other} <= set(found):
                    entry[f"effects on {measure}"][label] = interval(
                        [a - b for a, b in zip(found[one], found[other], strict=True)], keys)
        result["tasks"][task] = entry
    return result


def interval(values: list[np.ndarray], keys: list[tuple]) -> dict:
    """Mean, Student's t over splits, and the pooled half width over episodes; one array of episodes a (split, seed)."""
    splits = sorted({split for split, _ in keys})
    means = [float(np.mean([part.mean() for part, key in zip(values, keys, strict=True) if key[0] == split]))
             for split in splits]
    episodes = np.concatenate(values)
    found = {"estimate": round(float(np.mean(means)), 5), "by split": [round(mean, 5) for mean in means]}
    if len(means) > 1:
        half = float(t.ppf(0.975, len(means) - 1)) * np.std(means, ddof=1) / math.sqrt(len(means))
        found |= {"low": round(float(np.mean(means) - half), 5), "high": round(float(np.mean(means) + half), 5)}
    half = float(t.ppf(0.975, len(episodes) - 1)) * np.std(episodes, ddof=1) / math.sqrt(len(episodes))
    return found | {"episodes half width": round(float(half), 5)}


def print_tables(parts: dict) -> None:
    for name, part in parts.items():
        print(f"\n{name}: {len(part['runs'])} runs")
        for task, entry in part["tasks"].items():
            rank = entry["rank-1"]
            best = sorted(rank, key=lambda answer: -rank[answer]["estimate"])
            print(f"  {task} ({entry['ways'][:1]} ways): "
                  + ", ".join(f"{answer} {100 * rank[answer]['estimate']:.1f}" for answer in best))
            effects = entry.get("effects on rank-1")
            if effects:
                for answer, against in effects["learned minus"].items():
                    print(f"    {answer}: " + "; ".join(f"− {rival} {_points(found)}"
                                                       for rival, found in against.items()))


def _points(found: dict) -> str:
    low, high = found.get("low", math.nan), found.get("high", math.nan)
    return f"{100 * found['estimate']:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
