"""store.json and column.json: what a folder holds, how it was made, and the hashes that prove it."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from reidlib.data.files import canonical, explained, kind_of, readable, sha256_of
from reidlib.data.layout import Layout
from reidlib.errors import ReidError

FORMAT = "reidlib store"
FORMAT_VERSION = 1
INDEX = "index.jsonl"


def plan_of(plan: Mapping) -> dict:
    """Everything that decides the content, in the form in which it comes back from JSON."""
    try:
        return json.loads(canonical({"format": FORMAT, "format_version": FORMAT_VERSION, **plan}))
    except (TypeError, ValueError) as error:
        raise ReidError(f"The spec cannot be written down ({error})", "numbers, strings, lists and dicts with string "
                        "keys, without NaN", "turn other values into strings first") from error


def sealed(document: Mapping) -> bytes:
    """The bytes of the file. The seal hashes all the rest, so a flipped bit in the document itself is found."""
    return readable({**document, "seal": _seal(document)})


def _seal(document: Mapping) -> str:
    return hashlib.sha256(canonical({key: document[key] for key in document if key != "seal"})).hexdigest()


def is_complete(document: Mapping) -> bool:
    """A plan gets its "files" in the last step before the folder gets its final name."""
    return "files" in document


def content_hash(document: Mapping) -> str:
    """One sha256 over the index and all arrays; neither name nor spec changes it."""
    return hashlib.sha256(canonical({key: value["sha256"] for key, value in document["files"].items()})).hexdigest()


def read_document(folder: Path, filename: str) -> dict:
    """Reads and checks `folder/filename`.

    Raises
    ------
    ReidError : no such folder, a folder that is no store, a document that is damaged or of a newer format.
    """
    path = folder / filename
    again = f"give the folder that holds {filename}, or build the store again"
    kind = kind_of(folder)
    if not kind:
        raise ReidError(f"There is no folder {folder}", "a finished store", again)
    if kind != "folder" or kind_of(path) != "file":
        raise ReidError(f"{folder} is not a store of reidlib (it holds no {filename})", "a finished store", again)
    with explained(path):
        content = path.read_bytes()
    try:
        document = json.loads(content)
        known = isinstance(document, dict) and document.get("format") == FORMAT
    except ValueError:
        raise damaged(folder, filename, "it is not JSON") from None
    if not known:
        raise ReidError(f"{path} was not written by reidlib", f'"format": "{FORMAT}"', again)
    if document.get("format_version") != FORMAT_VERSION:
        raise ReidError(f"{folder} has store format {document.get('format_version')}", f"format {FORMAT_VERSION}, the "
                        "one that this reidlib reads", "upgrade reidlib, or build the store again under a new name")
    if document.get("seal") != _seal(document):
        raise damaged(folder, filename, "its content does not fit its seal")
    return document


def damaged(folder: Path, filename: str, how: str) -> ReidError:
    return ReidError(f"{filename} in {folder} is damaged: {how}", "the bytes that the build wrote",
                     f"delete the folder {folder} and build it again, or copy it again from where it came from")


def difference(there: Mapping, here: Mapping, prefix: str = "") -> str:
    """The first thing in which two plans differ, for a message."""
    for key in sorted({*there, *here}):
        old, new = there.get(key), here.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            return difference(old, new, f"{prefix}{key}.")
        return f"{prefix}{key} is {old!r} there and {new!r} here"
    return "nothing"


def files_entry(folder: Path, names: list[str], progress: Callable[[int, int], None] | None = None) -> dict:
    """{file: {"bytes", "sha256"}} of files in `folder`, read back from the disk."""
    total = sum((folder / name).stat().st_size for name in names)
    count = _Counter(total, progress)
    return {name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name, count)}
            for name in names}


def verify_files(folder: Path, document: Mapping, layouts: Mapping[str, Layout], verify: str,
                 progress: Callable[[int, int], None] | None = None) -> list[dict]:
    """Checks a complete folder against its document and returns the index, one dict per tracklet.

    "sizes" costs a few system calls and one small file; "hashes" reads every byte and names the first damaged tracklet.
    """
    if verify not in ("sizes", "hashes"):
        raise ReidError(f"verify={verify!r}", "sizes or hashes", 'write verify="hashes" to read every byte')
    files, rows = document["files"], document["frames"]
    with explained(folder):
        for name, entry in files.items():
            path = folder / name
            if not path.is_file():
                raise damaged(folder, name, "the file is missing")
            if path.stat().st_size != entry["bytes"]:
                raise damaged(folder, name, f"it has {path.stat().st_size:,} bytes instead of {entry['bytes']:,}")
        content = (folder / INDEX).read_bytes()
        if hashlib.sha256(content).hexdigest() != files[INDEX]["sha256"]:
            raise damaged(folder, INDEX, "its hash differs")
        index = json.loads(b"[" + b",".join(content.splitlines()) + b"]")
        for name, layout in layouts.items():
            with open(folder / f"{name}.npy", "rb") as file:
                header = layout.header(rows)
                if file.read(len(header)) != header:
                    raise damaged(folder, f"{name}.npy", "its header differs from store.json")
        if verify == "hashes":
            count = _Counter(sum(files[f"{name}.npy"]["bytes"] for name in layouts), progress)
            for name, layout in layouts.items():
                if sha256_of(folder / f"{name}.npy", count) != files[f"{name}.npy"]["sha256"]:
                    raise damaged(folder, f"{name}.npy", first_damage(folder, name, layout, index))
    return index


def first_damage(folder: Path, name: str, layout: Layout, index: list[dict]) -> str:
    good = intact(folder, {name: layout}, index)
    return f"its hash differs, first in tracklet {index[good]['name']}" if good < len(index) else "its hash differs"


def intact(folder: Path, layouts: Mapping[str, Layout], index: list[dict],
           progress: Callable[[int, int], None] | None = None) -> int:
    """How many tracklets, counted from the first, are on disk just as the index says (length and CRC-32)."""
    good, done = len(index), 0
    for name, layout in layouts.items():
        with open(folder / f"{name}.npy", "rb", buffering=0) as file:
            file.seek(layout.file_bytes(0))
            for number, facts in enumerate(index[:good]):
                if zlib.crc32(read_exactly(file, facts["length"] * layout.row_bytes)) != facts["crc32"][name]:
                    good = number
                    break
                done += 1
                if progress:
                    progress(done, len(index) * len(layouts))
    return good


def read_exactly(file, count: int) -> bytearray:
    """`count` bytes, fewer only at the end of the file; one read of the system may give less."""
    data = bytearray(count)
    view = memoryview(data)
    got = 0
    while got < count and (step := file.readinto(view[got:])):
        got += step
    return data if got == count else data[:got]


class _Counter:
    """Adds up byte counts for a progress callback."""

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def __call__(self, count: int) -> None:
        self.done += count
        if self.progress:
            self.progress(self.done, self.total)
