"""iLIDS-VID against hostile .mat files and hostile names: a sentence or a true answer, and nothing is written."""

from __future__ import annotations

import io
import os
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.io import savemat

from reidlib.data.benchmarks.ilids_vid import BENCHMARK, SPLITS
from reidlib.errors import ReidError

FEW, MANY = 200, 10_000
PERSONS = (1, 2, 5, 319)
GOOD = np.array([[1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3], [3, 1, 4, 2], [1, 3, 2, 4]] * 2)


def make_tree(folder: Path) -> Path:
    for camera in (1, 2):
        for person in PERSONS:
            place = folder / f"i-LIDS-VID/sequences/cam{camera}/person{person:03d}"
            place.mkdir(parents=True)
            (place / f"cam{camera}_person{person:03d}_00001.png").touch()
    return folder


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return make_tree(tmp_path_factory.mktemp("ilids"))


def everything(folder: Path) -> list[tuple[str, int]]:
    """Names and sizes of all that lies in a folder."""
    return sorted((os.path.join(top, name), os.lstat(os.path.join(top, name)).st_size)
                  for top, inner, files in os.walk(folder) for name in (*inner, *files))


def answer(question):
    """(what it returns, "") or (None, the sentence); any other exception comes through."""
    try:
        return question(), ""
    except ReidError as error:
        said = str(error)
    assert all(each.isprintable() or each == "\n" for each in said)
    return None, said


def packed(variables, **options) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that MATLAB would not take
        savemat(file, variables, **options)
    return file.getvalue()


def rows_of(content: bytes, tree: Path) -> list[tuple[int, ...]] | None:
    """Persons tested by each division, or None where the file is refused; checks what holds in both cases."""
    path = tree / SPLITS
    path.write_bytes(content)
    before = everything(tree)
    root = BENCHMARK.root(tree)
    found, said = answer(lambda: BENCHMARK.divisions(root, BENCHMARK.listing(root))["half"])
    assert everything(tree) == before
    if found is None:
        assert SPLITS in said
        return None
    for division in found:
        assert division.published
        tested = [int(name[-3:]) for name in division.probes]
        trained = [int(name[-3:]) for name in division.train]
        assert sorted(tested + trained[:2]) == list(PERSONS)
        assert trained[:2] == trained[2:]
        assert [int(name[-3:]) for name in division.gallery] == tested
    return [tuple(int(name[-3:]) for name in division.probes) for division in found]


def truth(table: np.ndarray) -> list[tuple[int, ...]] | None:
    """What a table means, in plain Python: None where a row is not 1 … 4 in some order."""
    if table.shape != (10, 4) or table.dtype.kind not in "iuf":
        return None
    if any(sorted(row) != [1, 2, 3, 4] for row in table.tolist()):
        return None
    return [tuple(sorted(PERSONS[int(place) - 1] for place in row[:2])) for row in table.tolist()]


tables = st.one_of(
    arrays.arrays(st.sampled_from([np.int16, np.uint8, np.float64, np.float32, np.bool_, np.complex128]),
                  st.sampled_from([(10, 4), (10, 4), (4, 10), (10, 3), (10, 300), (9, 4), (0, 0), (1, 1), (2, 10, 4)]),
                  elements=st.integers(0, 1)),
    arrays.arrays(np.float64, (10, 4), elements=st.sampled_from([0, 1, 2, 3, 4, 5, 1.5, -1, np.nan, np.inf, 1e300])),
    st.permutations(range(10)).map(lambda order: GOOD[order]),
    st.lists(st.permutations([1, 2, 3, 4]), min_size=10, max_size=10).map(np.array),
    st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(-70000, 70000)).map(
        lambda at: np.where(np.arange(40).reshape(10, 4) == at[0] * 4 + at[1], at[2], GOOD)),
)
others = st.one_of(st.text(st.characters(codec="latin-1", exclude_characters="\0"), max_size=20),
                   st.just({"ls_set": GOOD}), st.just(np.array([[GOOD, "x"]], dtype=object)),
                   st.just(np.array([["a"] * 4] * 10)))


def check_fields(tree, name, value, extra, compressed):
    variables = {name: value, **({"__other": GOOD, "ls_sets": GOOD} if extra else {})}
    try:
        content = packed(variables, do_compression=compressed)
    except (TypeError, ValueError):  # scipy writes no such file
        assume(False)
    wanted = truth(value) if name == "ls_set" and isinstance(value, np.ndarray) else None
    assert rows_of(content, tree) == wanted


fields = given(name=st.sampled_from(["ls_set", "ls_set", "ls_set", "LS_SET", "ls", "ls_set2"]),
               value=tables | others, extra=st.booleans(), compressed=st.booleans())


@settings(max_examples=FEW, deadline=None)
@fields
def test_wrong_fields(tree, name, value, extra, compressed):
    check_fields(tree, name, value, extra, compressed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=MANY, deadline=None)
@fields
def test_many_wrong_fields(tree, name, value, extra, compressed):
    check_fields(tree, name, value, extra, compressed)


ORIGINALS = [packed({"ls_set": GOOD.astype(kind)}, do_compression=compressed)
             for kind in (np.float64, np.uint16) for compressed in (False, True)]


def check_bytes(tree, original, changes, cut, tail):
    content = bytearray(ORIGINALS[original])
    for place, value in changes:
        content[place % len(content)] = value
    content = bytes(content[:len(content) - cut % len(content)] if cut else content) + tail
    found = rows_of(content, tree)
    if content == ORIGINALS[original]:
        assert found == truth(GOOD)


damage = given(original=st.integers(0, 3), cut=st.just(0) | st.integers(0, 1000),
               changes=st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), max_size=6),
               tail=st.just(b"") | st.binary(max_size=40))


@settings(max_examples=FEW, deadline=None)
@damage
def test_damaged_bytes(tree, original, changes, cut, tail):
    check_bytes(tree, original, changes, cut, tail)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=MANY, deadline=None)
@damage
def test_many_damaged_bytes(tree, original, changes, cut, tail):
    check_bytes(tree, original, changes, cut, tail)


def test_a_data_element_of_no_kind_is_refused(tree):
    """Readers that look the kind up in a table of pointers end the process here."""
    content = bytearray(ORIGINALS[2])
    assert struct.unpack_from("<II", content, 184) == (4, 80)  # uint16, 40 of them
    for kind in (0, 8, 20, 65535):
        struct.pack_into("<I", content, 184, kind)
        assert rows_of(bytes(content), tree) is None


def test_a_file_that_opens_to_far_more_is_refused(tree):
    """Zeros pack a thousandfold: 200 MB in 200 kB."""
    content = packed({"ls_set": np.zeros((10, 2_500_000))}, do_compression=True)
    assert len(content) < 400_000
    assert rows_of(content, tree) is None


pieces = st.sampled_from(["cam1", "cam2", "person", "person001", "person003", "_", "001", "00001", "00002", "٣", "ſ",
                          ".png", ".PNG", ".jpg", ".png.bak", ".", "..", " ", "\n", "\x1b[2J", "\\", "~", "Thumbs.db",
                          "-1", "000", "4294967296", "\udcff", "person_", "__MACOSX", "train_test"])
hostile = st.lists(pieces, min_size=1, max_size=6).map("".join) | st.just("cam1_person001_00002.PNG") | st.text(
    st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=30)
places = st.sampled_from(["sequences/cam1", "sequences/cam1/person001", "sequences/cam2/person319"])


def check_names(folder, extras):
    top = folder / "i-LIDS-VID"
    made = []
    try:
        for place, name, kind in extras:
            path = os.path.join(top, place, name)
            try:
                if kind == "folder":
                    os.mkdir(path)
                elif kind == "link":
                    os.symlink("/nonexistent", path)
                else:
                    open(path, "xb").close()
            except (OSError, UnicodeError):
                assume(False)  # a name that this disk does not take, or one twice
            made.append(path)
        look(folder, len(extras))
    finally:
        for path in made:
            if os.path.isdir(path):
                os.rmdir(path)
            else:
                os.unlink(path)


def look(folder, count):
    before = everything(folder)
    root = BENCHMARK.root(folder)
    listing, said = answer(lambda: BENCHMARK.listing(root))
    assert everything(folder) == before
    if listing is None:
        assert "twice" in said
        return
    known = {entry.name: entry for entry in listing.entries}
    assert [f"cam{c}_person{p:03d}" for c in (1, 2) for p in PERSONS] == list(known)
    assert listing.frames + sum(listing.ignored.values()) == 8 + count  # each thing is read or counted
    for entry in listing.entries:
        for file in entry.files:
            assert file.isascii()
            assert file.isprintable()
            assert Path(os.path.normpath(root / file)).is_relative_to(root)
            assert (root / file).is_file()
            assert file.startswith(f"sequences/cam{entry.camid + 1}/person{entry.pid:03d}/{entry.name}_")


names = given(extras=st.lists(st.tuples(places, hostile, st.sampled_from(["file", "file", "folder", "link"])),
                              min_size=1, max_size=4))


@settings(max_examples=FEW, deadline=None)
@names
def test_hostile_names(tree, extras):
    check_names(tree, extras)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=MANY, deadline=None)
@names
def test_many_hostile_names(tree, extras):
    check_names(tree, extras)
