"""Items of two readers of one tree, compared one by one; what differs is grouped by its explanation.

An item is one image or tracklet: its files, its person, its camera. Labels 0 … P − 1 given in place of persons are
turned into the persons whose files carry them, but only where labels and persons are one to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reidlib.data.benchmarks.division import Division
from reidlib.data.benchmarks.listing import Listing

Item = tuple[tuple[str, ...], int, int]  # last parts of the paths of the files, pid, camid
Rule = Callable[[str, Item | None, Item | None], str | None]  # kind of difference, ours, theirs -> why
Order = Callable[[Sequence[Item], Sequence[Item]], str | None]  # common items, as ours and theirs order them -> why

ONLY_OURS, ONLY_THEIRS, FRAMES, FRAME_ORDER, PID, CAMID, ORDER = (
    "only reidlib", "only torchreid", "frames", "order of the frames", "pid", "camid", "order of the items")
SHOWN = 4  # items named for one explanation; of more the first three and the number of the others

JUNK = "junk (pid -1): torchreid drops it while reading, reidlib keeps it in the gallery and its rule skips it"
SUFFIX = "suffix in capitals: torchreid globs *.jpg or *.png, which here does not match it"
GLOB = "torchreid takes the order of glob, which is the file system's; reidlib sorts {}"


def capital(file: str) -> bool:
    return file.endswith((".JPG", ".PNG"))


def usual(kind: str, ours: Item | None, theirs: Item | None) -> str | None:
    """Junk, suffixes in capitals, and frames as the disk lists them."""
    if kind == ONLY_OURS and ours[1] == -1:
        return JUNK
    if kind == ONLY_OURS and all(map(capital, ours[0])):
        return SUFFIX
    if kind == FRAMES and sorted(file for file in ours[0] if not capital(file)) == sorted(theirs[0]):
        return SUFFIX
    if kind == FRAME_ORDER:
        return GLOB.format("by the frame's number")
    return None


def by_name(ours: Sequence[Item], theirs: Sequence[Item]) -> str | None:
    """Ours are in order of their names, and theirs as the disk lists them."""
    return GLOB.format("names") if list(ours) == sorted(theirs) else None


def by_camera(ours: Sequence[Item], theirs: Sequence[Item]) -> str | None:
    """Ours are in order of cameras and names, theirs of persons and cameras."""
    if (list(ours) == sorted(theirs, key=lambda item: (item[2], item[0]))
            and list(theirs) == sorted(theirs, key=lambda item: (item[1], item[2]))):
        return "torchreid goes person by person, reidlib camera by camera"
    return None


def rows(title: str, listing: Listing, pairs: Iterable[tuple[Division, object]], *, rules: Sequence[Rule] = (usual,),
         order: Order | None = None, depth: int = 1, labels: bool = False) -> Iterator[dict]:
    """Rows for train, query and gallery, added up over pairs of our division and their data set.

    depth : parts of a path, from its end, that make the name of a file.
    labels : whether their query and gallery carry labels in place of persons; their train always does.
    """
    known = {entry.name: item_of(entry, depth) for entry in listing.entries}
    persons = {file: pid for files, pid, _ in known.values() for file in files}
    parts: dict[str, list] = {"train": [], "query": [], "gallery": []}
    for division, theirs in pairs:
        train, = renamed([theirs_of(theirs.train, depth)], persons)
        tested = [theirs_of(theirs.query, depth), theirs_of(theirs.gallery, depth)]
        query, gallery = renamed(tested, persons) if labels else tested
        for part, names, items in (("train", division.train, train), ("query", division.probes, query),
                                   ("gallery", division.gallery, gallery)):
            parts[part].append(([known[name] for name in names], items))
    for part, both in parts.items():
        yield row(title, part, both, rules, order)


def row(title: str, part: str, both: Sequence[tuple[list[Item], list[Item]]], rules: Sequence[Rule],
        order: Order | None = None) -> dict:
    """Counts, and the differences by explanation, of some pairs of lists."""
    same, found = 0, []
    for ours, theirs in both:
        agreed, differences = compared(ours, theirs, rules, order)
        same += agreed
        found += differences
    return {"set": title, "part": part, "ours": sum(len(ours) for ours, _ in both),
            "theirs": sum(len(theirs) for _, theirs in both), "same": same, "differences": grouped(found)}


def compared(ours: Sequence[Item], theirs: Sequence[Item], rules: Sequence[Rule],
             order: Order | None) -> tuple[int, list[tuple[str, str, str]]]:
    """(items with the same files, person and camera; (kind, item, why) of each difference).

    Frames in another order are a difference, but the item counts as the same.
    """
    found, same, taken = [], 0, {}

    def differ(kind: str, mine: Item | None, other: Item | None, shown: str = "") -> None:
        why = next(filter(None, (rule(kind, mine, other) for rule in rules)), None)
        found.append((kind, (mine or other)[0][0] + shown, why or f"unexplained ({mine} {other})"))

    owner = {file: number for number, item in enumerate(theirs) for file in item[0]}
    for mine in ours:
        number = next((owner[file] for file in mine[0] if file in owner), None)
        if number is None or number in taken:
            differ(ONLY_OURS, mine, None)
            continue
        other, taken[number] = theirs[number], mine
        before = len(found)
        if set(mine[0]) != set(other[0]) or len(mine[0]) != len(other[0]):
            differ(FRAMES, mine, other)
        for kind, place in ((PID, 1), (CAMID, 2)):
            if mine[place] != other[place]:
                differ(kind, mine, other, f" ({mine[place]}, {other[place]})")
        same += len(found) == before
        if [file for file in mine[0] if file in set(other[0])] != list(other[0]):
            differ(FRAME_ORDER, mine, other)
    for number, other in enumerate(theirs):
        if number not in taken:
            differ(ONLY_THEIRS, None, other)
    if list(taken) != sorted(taken):
        # Both as ours describe them: only the order is compared here.
        why = order(list(taken.values()), [taken[number] for number in sorted(taken)]) if order else None
        found.append((ORDER, "", why or "unexplained"))
    return same, found


def grouped(found: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    """One difference for each kind and explanation, with the items it is about, each named once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for kind, item, why in found:
        groups.setdefault((kind, why), []).append(item)
    rows = []
    for (kind, why), all_items in groups.items():
        items = list(dict.fromkeys(all_items))
        if len(items) > SHOWN:
            items = [*items[:SHOWN - 1], f"and {len(items) - SHOWN + 1:,} more"]
        rows.append({"item": f"{kind}: {', '.join(items)}" if items != [""] else kind, "why": why})
    return rows


def item_of(entry: object, depth: int) -> Item:
    """Ours; an image inside a container is named as torchreid saves it."""
    if "#" in entry.files[0]:
        return (f"{entry.name}.png",), entry.pid, entry.camid
    return tuple(_last(file, depth) for file in entry.files), entry.pid, entry.camid


def theirs_of(items: Iterable[tuple], depth: int) -> list[Item]:
    return [(tuple(_last(path, depth) for path in ([paths] if isinstance(paths, str) else paths)), int(pid), int(camid))
            for paths, pid, camid, *_ in items]


def _last(path: str, depth: int) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-depth:])


def renamed(groups: Sequence[Sequence[Item]], persons: Mapping[str, int]) -> list[list[Item]]:
    """The groups, which share their labels, with persons in place of labels where the two are one to one."""
    carried: dict[int, set[int]] = {}
    for group in groups:
        for files, label, _ in group:
            carried.setdefault(label, set()).update(persons[file] for file in files if file in persons)
    whole = [found for found in carried.values() if found]
    if any(len(found) > 1 for found in whole) or len(set().union(*whole)) != len(whole):
        return [list(group) for group in groups]
    names = {label: next(iter(found), label) for label, found in carried.items()}
    return [[(files, names[label], camid) for files, label, camid in group] for group in groups]
