"""Named difficulties of the street: each name is a data set, fixed by seeds and laws."""

from __future__ import annotations

import difflib
import math
from dataclasses import asdict, dataclass
from itertools import pairwise

from reidlib.errors import ReidError

HEIGHT, WIDTH = 128, 64
# Frozen: the shipped networks and the recorded comparisons rest on these pixels, which tests/world/hashes.json holds to
# the bit. Another look is another version, with a name of its own.
REVISION = 1
# Quantiles of tracklet lengths (frames), shaped like iLIDS-VID: 23 to 192, mean 73.
VIDEO_LENGTHS = ((0.0, 23), (0.1, 35), (0.25, 47), (0.5, 67), (0.75, 95), (0.9, 125), (0.97, 157), (1.0, 193))
SHORT_LENGTHS = ((0.0, 16), (0.5, 24), (1.0, 40))
STILL_LENGTHS = ((0.0, 8), (1.0, 17))


@dataclass(frozen=True)
class Occlusion:
    """`rate` events per 73 frames; each stays `stay` frames, its centre up to `offset` × 24 px off the walker's."""

    rate: float
    stay: tuple[int, int]
    offset: float
    kinds: tuple[tuple[str, float], ...]


STREET = Occlusion(0.67, (8, 27), 0.50, (("person", 40), ("pole", 12), ("tree", 6), ("bin", 9), ("umbrella", 9),
                                         ("sign", 6), ("van", 4), ("crop", 14)))  # fmt: skip
OBJECTS = Occlusion(1.7, (12, 40), 0.35, (("pole", 12), ("tree", 12), ("bin", 14), ("sign", 18), ("van", 36),
                                          ("crop", 8)))  # fmt: skip
HEAVY = Occlusion(1.55, (12, 40), 0.35, (("person", 60), ("pole", 8), ("tree", 6), ("bin", 6), ("umbrella", 8),
                                        ("sign", 4), ("crop", 8)))  # fmt: skip


@dataclass(frozen=True)
class Version:
    """The law of one data set. Versions with equal seeds show the same people, cameras and walks."""

    name: str
    about: str
    people_seed: int
    camera_seed: int
    persons: int
    cameras: int
    days: int
    lengths: tuple[tuple[float, int], ...]
    occlusion: Occlusion


def _family(people: int, cameras: int, persons: int, suffix: str, note: str) -> list[Version]:
    common = {"people_seed": people, "camera_seed": cameras, "persons": persons, "cameras": 2, "days": 1}
    return [
        Version("street-v1" + suffix, "the default street" + note, **common, lengths=VIDEO_LENGTHS, occlusion=STREET),
        Version("street-v1-objects" + suffix, "occluders that are no people" + note, **common, lengths=VIDEO_LENGTHS,
                occlusion=OBJECTS),
        Version("street-v1-heavy" + suffix, "often hidden, mostly by passers-by" + note, **common,
                lengths=VIDEO_LENGTHS, occlusion=HEAVY),
    ]  # fmt: skip


def _days(people: int, cameras: int, persons: int, suffix: str, note: str) -> Version:
    return Version("street-v1-days" + suffix, "each camera on six days, each with its own light, white balance and "
                   "viewpoint" + note, people, cameras, persons, 2, 6, STILL_LENGTHS, STREET)  # fmt: skip


_OTHERS = "; other people and cameras, for final comparisons only"
VERSIONS: dict[str, Version] = {
    v.name: v
    for v in [
        *_family(11, 29, 300, "", ""),
        _days(12, 22, 300, "", ""),
        *_family(13, 23, 600, "-confirm", _OTHERS),
        _days(14, 24, 600, "-confirm", _OTHERS),
        Version("street-v1-small", "100 persons, short tracklets, for tests", 15, 25, 100, 2, 1, SHORT_LENGTHS, STREET),
    ]
}


@dataclass(frozen=True)
class Spec:
    """Everything that decides the pixels of a rendered store."""

    version: str
    persons: int
    cameras: int
    days: int
    strength: float
    height: int = HEIGHT
    width: int = WIDTH
    revision: int = REVISION

    def as_dict(self) -> dict[str, str | int | float]:
        return asdict(self)

    @property
    def label(self) -> str:
        """A short name of everything but the version, fit for a folder."""
        days = f"-d{self.days}-s{self.strength:g}" if self.law.days > 1 else ""
        return f"p{self.persons}-c{self.cameras}{days}-r{self.revision}"

    @property
    def law(self) -> Version:
        return VERSIONS[self.version]

    @property
    def tracklets(self) -> int:
        return self.persons * self.cameras * self.days

    @property
    def mean_length(self) -> float:
        """Expected frames of a tracklet: the area under its piecewise linear quantiles."""
        q = self.law.lengths
        return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(q))

    @property
    def bytes(self) -> int:
        """Expected size on disk: frames, packed mask, visibility."""
        pixels = self.height * self.width
        return round(self.tracklets * self.mean_length * (3 * pixels + pixels / 8 + 4))

    def index(self, k: int) -> tuple[int, int, int]:
        """(pid, camid, day) of tracklet `k`. Persons vary slowest, so more persons only append."""
        pid, rest = divmod(k, self.cameras * self.days)
        return pid, *divmod(rest, self.days)


def version(name: str) -> Version:
    """The version called `name`; a ReidError that lists all names otherwise."""
    if name in VERSIONS:
        return VERSIONS[name]
    near = difflib.get_close_matches(name, VERSIONS, 1, 0.4)
    raise ReidError(
        f"Found no version called {name!r}",
        "one of " + ", ".join(VERSIONS),
        f"type {near[0] if near else 'street-v1'}" + (" if that is what you meant" if near else ""),
    )


def _whole(value: object, what: str, option: str, low: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        more = ""
        if what == "cameras" and value == 1:
            more = " (re-identification compares two cameras: with one there is no gallery to search)"
        raise ReidError(f"Found {value} {what}", f"{low} or more{more}", f"pass {option} {max(low, 2)}")
    return value


def specify(
    name: str = "street-v1",
    persons: int | None = None,
    cameras: int | None = None,
    days: int | None = None,
    strength: float | None = None,
) -> Spec:
    """A checked specification: a version's own sizes unless said otherwise.

    `strength` scales the differences between days (0 = none, 1 = as defined); only versions with days take it.
    Raises ReidError for unknown names, 0 persons, 1 camera, and for days or strengths that a version does not have.
    """
    law = version(name)
    persons = law.persons if persons is None else _whole(persons, "persons", "--persons", 1)
    cameras = law.cameras if cameras is None else _whole(cameras, "cameras", "--cameras", 2)
    if law.days == 1 and (days not in (None, 1) or strength is not None):
        what = f"{days} days" if days not in (None, 1) else f"a strength of {strength}"
        raise ReidError(
            f"Found {what} for {name}, which knows one day only", "a version with days for --days and --strength",
            "use street-v1-days, or leave the option out",
        )  # fmt: skip
    days = law.days if days is None else _whole(days, "days", "--days", 1)
    strength = (1.0 if law.days > 1 else 0.0) if strength is None else float(strength)
    if not math.isfinite(strength) or not 0.0 <= strength <= 4.0:
        raise ReidError(f"Found a strength of {strength}", "a number from 0 to 4", "pass --strength 1")
    return Spec(law.name, persons, cameras, days, strength)
