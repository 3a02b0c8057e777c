"""Mutated archives and hostile names: the files that a plain reading finds, each one, or a sentence; never more.

The plain reading is zipfile's and tarfile's own, without any of unpack's rules. Each of its files must be in the tree
with its bytes, or among those passed over; and what is in the tree must be safe by a judgement of its own.
"""

import gzip
import io
import os
import random
import shutil
import stat
import tarfile
import tempfile
import time
import unicodedata
import zipfile
from pathlib import Path, PureWindowsPath

import pytest
from archive_maker import contents, make_tar, make_zip
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from reidlib.data.benchmarks.unpack import unpack
from reidlib.data.files import plain
from reidlib.errors import ReidError

SECONDS = 20  # for one archive of a few kB; the timeout of the whole test ends what does not return at all
MEMBERS = [("a/1.jpg", b"one" * 90), ("a/2.jpg", b"two" * 300), ("b/", b""), ("b/c/3.png", b""),
           ("b/" + "long" * 30 + ".png", bytes(700)), ("note.txt", b"x")]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name in ("sync", "fsync"):  # thousands of archives, and no power cut
            patch.setattr(os, name, lambda *_: None)
        yield tmp_path_factory.mktemp("fuzz")


def judge(sandbox, data: bytes, reference):
    """Unpacks `data` in an own folder and holds what came of it against the promises."""
    shutil.rmtree(sandbox)
    place = sandbox / "deep" / "place"
    place.mkdir(parents=True)
    archive = place / "archive.bin"
    archive.write_bytes(data)
    begin = time.monotonic()
    try:
        result = unpack(archive, place / "out", limit_bytes=1 << 26)
        sentence = None
    except ReidError as error:
        event("sentence")
        result, sentence = None, str(error)
    assert time.monotonic() - begin < SECONDS
    assert result or "To do: " in sentence
    assert result or plain(sentence) == sentence
    assert [each.name for each in sandbox.iterdir()] == ["deep"]
    assert [each.name for each in (sandbox / "deep").iterdir()] == ["place"]
    assert {each.name for each in place.iterdir()} - {"out.unpacking.lock"} == (
        {"archive.bin", "out"} if result else {"archive.bin"})
    assert archive.read_bytes() == data
    if result:
        event("unpacked")
        tree = contents(place / "out")
        compare(tree, [name for name, _ in result.passed], reference(data))
        assert result.members == len(tree)
        assert result.bytes == sum(map(len, tree.values()))
        assert unpack(archive, place / "out").before
        return tree
    return None


def compare(tree, passed, files):
    """files : (name, bytes, or None where they cannot be read) of a plain reading, in order."""
    missing = dict(tree)
    for name, data in files:
        path = "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))
        if path in missing and data is not None and missing[path] == data and not name.startswith(("/", "\\")):
            del missing[path]
        else:
            assert plain(name) in passed or (plain(name) == "" and "/" in passed), name
    assert not missing
    keys = [unicodedata.normalize("NFC", path).casefold() for path in tree]
    assert len(set(keys)) == len(keys)
    for path in tree:
        windows = PureWindowsPath(path)
        assert not windows.is_absolute()
        assert not windows.drive
        assert not windows.is_reserved()
        assert ".." not in windows.parts
        assert path.isprintable() or not any(unicodedata.category(letter) == "Cc" for letter in path)


def files_of_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for info in file.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if not info.orig_filename.endswith(("/", "\\")) and kind in (0, stat.S_IFREG):
                try:
                    yield info.orig_filename, file.read(info)
                except Exception:  # then it can only be among those passed over
                    yield info.orig_filename, None


def files_of_tar(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as file:
        for info in file:
            if info.isreg():
                yield info.name, file.extractfile(info).read()


def twice(name, strategy, body):
    """The same target with 200 cases, and with 10,000 for `make test-full`."""
    quiet = {"deadline": None, "suppress_health_check": list(HealthCheck)}

    def few(sandbox, case):
        body(sandbox, case)

    def many(sandbox, case):
        body(sandbox, case)
    few.__name__, many.__name__ = f"test_{name}", f"test_{name}_10000"
    few, many = (settings(max_examples=count, **quiet)(given(case=strategy)(test))
                 for count, test in ((200, few), (10_000, many)))
    globals()[f"test_{name}"] = pytest.mark.timeout(280)(few)
    globals()[f"test_{name}_10000"] = pytest.mark.timeout(3600)(pytest.mark.slow(many))


def bases():
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "x")
        return {"zip": make_zip(path, MEMBERS).read_bytes(),
                "stored": make_zip(path, MEMBERS, method=zipfile.ZIP_STORED).read_bytes(),
                "gnu": make_tar(path, [each for each in MEMBERS if each[0] != "b/"]).read_bytes(),
                "pax": make_tar(path, [*MEMBERS[3:], ("ü", b"2")], form=tarfile.PAX_FORMAT).read_bytes(),
                "gz": make_tar(path, MEMBERS[3:], "gz").read_bytes(),
                "bz2": make_tar(path, MEMBERS[3:], "bz2").read_bytes(),
                "xz": make_tar(path, MEMBERS[3:], "xz").read_bytes()}


BASES = bases()
NASTY = [b"../", b"\0", b"/", b"\\", b":", b"\xff" * 4, b"\xff" * 8, bytes(4), bytes(12), b"PK\1\2", b"PK\5\6",
         b"7" * 8]
CHANGE = st.tuples(st.sampled_from(["byte", "nasty", "cut", "drop", "double", "bit"]),
                   st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.sampled_from(NASTY))


def mutated(data: bytes, changes) -> bytes:
    data = bytearray(data)
    for kind, where, value, nasty in changes:
        at = int(where * len(data))
        if kind == "byte" and data:
            data[at] = value
        elif kind == "bit" and data:
            data[at] ^= 1 << value % 8
        elif kind == "nasty":
            data[at:at + len(nasty)] = nasty
        elif kind == "cut":
            del data[at:]
        elif kind == "drop":
            del data[at:at + value]
        elif kind == "double":
            data[at:at] = data[max(0, at - value * 4):at]
    return bytes(data)


def with_checksums(data: bytes) -> bytes:
    """A tar whose damaged headers are believed: each block that looks like one gets the right checksum."""
    data = bytearray(data)
    for at in range(0, len(data) - 511, 512):
        if data[at + 257:at + 262] == b"ustar":
            data[at + 148:at + 156] = b" " * 8
            data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])
    return bytes(data)


def mutated_zip(sandbox, case):
    kind, changes = case
    judge(sandbox, mutated(BASES[kind], changes), files_of_zip)


def mutated_packed_tar(sandbox, case):
    kind, changes = case
    judge(sandbox, mutated(BASES[kind], changes), files_of_tar)


def mutated_headers(sandbox, case):
    kind, headers, packed = case
    data = bytearray(BASES[kind])
    starts = [at for at in range(0, len(data) - 511, 512) if data[at + 257:at + 262] == b"ustar"]
    for number, field, value in headers:
        at = starts[number % len(starts)]
        begin, length = {"name": (0, 100), "size": (124, 12), "kind": (156, 1), "link": (157, 100),
                         "prefix": (345, 155), "data": (512, 200)}[field]
        value = value[:length]
        data[at + begin:at + begin + len(value)] = value
    data = with_checksums(bytes(data))
    judge(sandbox, gzip.compress(data, mtime=0) if packed else data, files_of_tar)


def any_bytes(sandbox, case):
    start, data = case
    judge(sandbox, start + data, files_of_zip if start.startswith(b"PK") else files_of_tar)


PARTS = st.sampled_from(["..", ".", "", "a", "A", "b", "C:", "nul", "CON.txt", "x ", "y.", "é", "e\u0301", "\u202e",
                         "\x00", "\x1b[2J", "~", "$HOME", "-rf", "a" * 256, ".unpacked.json", "ß", "ss", "a:b", "*",
                         "COM¹"])
NAMES = st.builds(lambda start, parts, by: start + by.join(parts),
                  st.sampled_from(["", "", "", "/", "\\", "//", "C:\\"]),
                  st.lists(PARTS | st.text(max_size=4), min_size=1, max_size=5), st.sampled_from(["/", "\\"]))
BENIGN = st.from_regex(r"\A[a-m]{3,8}(/[n-z_0-9]{3,8}\.(jpg|PNG)){1,2}\Z")


def hostile_names(sandbox, case):
    """Honest names among hostile ones always come through, whatever stands before them."""
    kind, hostile, honest = case
    # No disk holds a file and a folder of one name.
    honest = [f"honest/{name}" for name in honest if not any(name.startswith(f"{other}/") for other in honest)]
    members = [(name, b"h%d" % number) for number, name in enumerate(hostile)]
    members += [(name, b"o" * number) for number, name in enumerate(honest)]
    random.Random(len(members)).shuffle(members)
    path = sandbox / "made"
    if kind == "zip":
        make_zip(path, members)
    else:
        members = [(name.replace("\0", ""), data) for name, data in members]
        make_tar(path, members, packed=kind)
    tree = judge(sandbox, path.read_bytes(), files_of_zip if kind == "zip" else files_of_tar)
    assert tree is not None
    assert {name: tree[name] for name in honest} == {name: b"o" * number for number, name in enumerate(honest)}


CHANGES = st.lists(CHANGE, min_size=1, max_size=4)
BYTES = st.sampled_from([b"../x", b"/x", b"\xff" * 12, b"\x80" + b"\xff" * 11, b"7" * 12, b"a", b"S", b"x", b"L", b"g",
                         b"1", b"2", b"5", b"6", b"K", b"X", bytes(12), b"9999 path=/etc\n", b"12 path=/a\n\0",
                         b"14 size=-512\n\0", b"20 GNU.sparse.map=1\n"]) | st.binary(max_size=14)
twice("mutated_zip", st.tuples(st.sampled_from(["zip", "stored"]), CHANGES), mutated_zip)
twice("mutated_packed_tar", st.tuples(st.sampled_from(["gz", "bz2", "xz", "gnu", "pax"]), CHANGES), mutated_packed_tar)
twice("mutated_headers", st.tuples(st.sampled_from(["gnu", "pax"]), st.lists(st.tuples(
    st.integers(0, 12), st.sampled_from(["name", "size", "kind", "link", "prefix", "data"]), BYTES), min_size=1,
    max_size=4), st.booleans()), mutated_headers)
twice("any_bytes", st.tuples(st.sampled_from([b"", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0",
                                              b"ustar", b"a".ljust(257, b"\0") + b"ustar"]), st.binary(max_size=600)),
      any_bytes)
twice("hostile_names", st.tuples(st.sampled_from(["zip", "", "gz"]), st.lists(NAMES, max_size=6),
                                 st.lists(BENIGN, min_size=1, max_size=4, unique=True)), hostile_names)
