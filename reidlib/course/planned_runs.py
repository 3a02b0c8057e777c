"""`course.planned("attention")`: a recorded comparison, read by the plan that was committed before it ran."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from reidlib.course.recorded_runs import recorded
from reidlib.errors import ReidError
from reidlib.evaluation.intervals import Interval

# The sentence in which a plan states its primary comparison.
_PRIMARY = re.compile(r"(?P<head>.+?) minus the best of (?P<rivals>.+), in (?P<measure>[^,]+), on (?P<world>[\w-]+);")


def planned(name: str = "attention", start: Path | None = None) -> Planned:
    """The recorded run `name`; where the clone has none yet, one without worlds that says so when printed."""
    try:
        return Planned(recorded(name, start))
    except ReidError as missing:
        return Planned(missing=str(missing))


@dataclass(frozen=True)
class Planned:
    """A plan and what came of it. Leads are differences in mAP, as fractions, paired on the same probes."""

    record: dict = field(default_factory=dict)
    missing: str = ""

    @property
    def worlds(self) -> list[str]:
        """The streets it was run on, the primary one first; empty where there is no record."""
        if not self.record:
            return []
        main = self._primary["world"]
        return sorted(self.record["worlds"], key=lambda world: world != main)

    @property
    def rivals(self) -> list[str]:
        """The rows that the plan's primary sentence names as rivals."""
        return re.split(", | and ", self._primary["rivals"])

    def best_rival(self, world: str) -> str:
        """The rival that found most people in this world, by mAP."""
        return max(self.rivals, key=lambda name: self.record["worlds"][world]["rows"][name]["mAP"]["estimate"])

    def lead(self, world: str, first: str, second: str) -> Interval:
        """`first` minus `second` in mAP, if the plan compares them."""
        leads = self._leads(world)
        if (first, second) not in leads:
            raise ReidError(f"Found no comparison of {first} with {second} on {world}", "one that the plan names",
                            "choose among the comparisons of the plan")
        return leads[first, second]

    def primary(self, world: str) -> tuple[str, Interval]:
        """The best rival in this world, and the lead of the plan's head over it."""
        rival = self.best_rival(world)
        return rival, self.lead(world, self._primary["head"], rival)

    def auc(self, world: str, name: str) -> Interval:
        """AUC of this row's attention against visibility, within tracklets."""
        return Interval(**self.record["worlds"][world]["rows"][name]["auc"])

    def share(self, world: str, name: str) -> str:
        """How much of the oracle's lead over the mean this row has, in words: a share of nothing would be no number."""
        oracle = self.lead(world, "oracle", "mean")
        if not oracle.low > 0:
            return "no share of the oracle's lead, which is not clear of 0"
        return f"{self.lead(world, name, 'mean').estimate / oracle.estimate:.0%} of the oracle's lead"

    def forest(self) -> list[dict]:
        """Rows for `comparison_forest`: what leads the plain mean, and the plan's head over each of its rivals."""
        rows = []
        for world in self.worlds:
            head, main, best = self._primary["head"], self._primary["world"], self.best_rival(world)
            for name, row in self.record["worlds"][world]["rows"].items():
                if name in (head, "oracle", *self.rivals) and "mAP minus mean" in row:
                    chosen = world == main and (name, best) == (head, "mean")
                    rows.append({"world": world, "primary": chosen, "group": "over the plain mean", "name": name,
                                 **row["mAP minus mean"]})
            for (first, second), found in self._leads(world).items():
                if second == "mean" and first.startswith("control"):
                    about = {"group": "over the plain mean", "name": first}
                elif first == head and second in self.rivals and second != "mean":
                    about = {"group": f"{head} over", "name": second}
                else:
                    continue
                chosen = world == main and (first, second) == (head, best)
                rows.append({"world": world, "primary": chosen, **about, **found.as_dict()})
        return rows

    def __str__(self) -> str:
        if self.missing:
            return textwrap.fill(f"The planned run is not recorded here: this section stays empty. {self.missing}", 116)
        machine = ", ".join(f"{key} {value}" for key, value in self.record["machine"].items())
        lines = [f"Plan {self.record['plan_sha256'][:12]}, run on: {machine}."]
        for world in self.worlds:
            result = self.record["worlds"][world]
            seeds = ", ".join(str(cell["seed"]) for cell in result["cells"])
            people = ", ".join(sorted({f"{cell['train']} training and {cell['test']} test people"
                                       for cell in result["cells"]}))
            tested = result["rows"]["mean"]["mAP"]["n"]
            lines.append(f"{world}: seeds {seeds}, each with {people}; {tested} different people tested in all.")
        lines.append(f"Seen before: {self.record['plan']['seen before']}")
        return "\n".join(textwrap.fill(line, 116) for line in lines)

    @property
    def _primary(self) -> dict[str, str]:
        sentence = self.record["plan"]["primary"]
        found = _PRIMARY.match(sentence)
        if found is None:
            raise ReidError(f"Found the primary comparison {sentence!r}", "'HEAD minus the best of …, in mAP, on "
                            "WORLD; …'", "read a run whose plan says so")
        return found.groupdict()

    def _leads(self, world: str) -> dict[tuple[str, str], Interval]:
        return {(each["first"], each["second"]): Interval(**each["mAP"])
                for each in self.record["worlds"][world]["comparisons"]}
