"""Which temporal pooling finds the person? The planned comparison of heads, on people nobody looked at before.

    python benchmarks/attention.py [--plan benchmarks/plan_attention.json] [--json docs/results/attention.json]
                                   [--world NAME …] [--part 0/2]

The plan names worlds, seeds, heads, the recipe, and the comparisons with their test; it was committed before the run.
Every step leaves a file in the cache (`attention-PLAN/`), so a killed run goes on; `--part k/n` does every n-th cell,
for n processes at once, and a last call without it collects.
"""

from __future__ import annotations

import time

import numpy as np
from _attention_cell import Cell, read_plan
from _machine import machine
from _planned import planned
from _record import record

from reidlib.evaluation.bootstrap import bootstrap_interval, paired_bootstrap
from reidlib.evaluation.intervals import Interval


def main() -> None:
    asked, digest, folder, part, parts = planned(
        __doc__, "plan_attention.json", "attention",
        world={"action": "append", "help": "only this world; may be repeated"})
    plan = read_plan(asked.plan)
    worlds = [world for world in plan["worlds"] if not asked.world or world in asked.world]
    cells = [(world, seed) for world in worlds for seed in plan["seeds"]]

    began, gathered = time.perf_counter(), {}
    for world, seed in cells[part::parts]:
        cell = Cell(plan, world, seed, folder)
        rows = {name: cell.row(name, how) for name, how in plan["rows"].items()
                if world in how.get("worlds", plan["worlds"]) and seed in how.get("seeds", plan["seeds"])}
        gathered.setdefault(world, []).append((cell.facts(), rows))
        line = ", ".join(f"{name} {row['hit'].mean():.3f}" for name, row in rows.items())
        print(f"{world}, seed {seed}, {time.perf_counter() - began:.0f} s: {line}", flush=True)
    if parts > 1:
        return
    content = {"plan": plan, "plan_sha256": digest, "machine": machine(), "collected": time.strftime("%Y-%m-%d"),
               "seconds_of_this_call": round(time.perf_counter() - began), "worlds": {}}
    for world, runs in gathered.items():
        content["worlds"][world] = summary(plan, runs)
        print_table(world, content["worlds"][world])
    if asked.json:
        record(asked.json, content)


def summary(plan: dict, runs: list[tuple[dict, dict]]) -> dict:
    """Rows with the mean over seeds and an interval over identities; comparisons paired on the same probes.

    An identity that is tested under several seeds is drawn once, with all its results.
    """
    names = list(dict.fromkeys(name for _, rows in runs for name in rows))
    rows = {}
    for name in names:
        found = [rows_[name] for _, rows_ in runs if name in rows_]
        values = {key: np.concatenate([each[key] for each in found]) for key in found[0]}
        rows[name] = {"seeds": len(found), "seconds": round(float(values["seconds"].sum())),
                      "rank-1": _interval(values["hit"], values["pid"], plan),
                      "mAP": _interval(values["ap"], values["pid"], plan),
                      "rank-1 by seed": [round(float(each["hit"].mean()), 4) for each in found],
                      "mAP by seed": [round(float(each["ap"].mean()), 4) for each in found]}
        with_mean = [(rows_[name], rows_["mean"]) for _, rows_ in runs if name in rows_ and "mean" in rows_]
        if name != "mean" and with_mean:
            pids = np.concatenate([mean["pid"] for _, mean in with_mean])
            for key, label in (("hit", "rank-1"), ("ap", "mAP")):
                pair = (np.concatenate([each[key] for each in side]) for side in zip(*with_mean, strict=True))
                rows[name][f"{label} minus mean"] = _rounded(paired_bootstrap(*pair, pids, resamples=plan["resamples"],
                                                                              level=plan["level"]))
        if "auc" in values:
            rows[name]["auc"] = _interval(values["auc"], values["auc_pid"], plan)
            rows[name]["auc tracklets"] = len(values["auc"])
    comparisons = []
    for first, second in plan["comparisons"]:
        both = [rows_ for _, rows_ in runs if first in rows_ and second in rows_]
        if not both:
            continue
        entry = {"first": first, "second": second, "seeds": len(both)}
        pids = np.concatenate([rows_[first]["pid"] for rows_ in both])
        for key, label in (("hit", "rank-1"), ("ap", "mAP")):
            pair = [np.concatenate([rows_[name][key] for rows_ in both]) for name in (first, second)]
            entry[label] = _rounded(paired_bootstrap(*pair, pids, resamples=plan["resamples"], level=plan["level"]))
        comparisons.append(entry)
    return {"cells": [facts for facts, _ in runs], "rows": rows, "comparisons": comparisons}


def _interval(values: np.ndarray, pids: np.ndarray, plan: dict) -> dict:
    return _rounded(bootstrap_interval(values, pids, resamples=plan["resamples"], level=plan["level"]))


def _rounded(interval: Interval) -> dict:
    return {key: round(value, 5) if isinstance(value, float) else value for key, value in interval.as_dict().items()}


def print_table(world: str, result: dict) -> None:
    print(f"\n{world}: {len(result['cells'])} seeds, {result['cells'][0]['test']} test people each")
    for name, row in result["rows"].items():
        auc = f"  AUC {row['auc']['estimate']:.3f}" if "auc" in row else ""
        print(f"  {name:28s} rank-1 {_points(row['rank-1'])}  mAP {_points(row['mAP'])}{auc}")
    for entry in result["comparisons"]:
        print(f"  {entry['first']} − {entry['second']}: rank-1 {_points(entry['rank-1'])}, mAP {_points(entry['mAP'])}")


def _points(interval: dict) -> str:
    return f"{100 * interval['estimate']:+.1f} [{100 * interval['low']:+.1f}, {100 * interval['high']:+.1f}]"


if __name__ == "__main__":
    main()
