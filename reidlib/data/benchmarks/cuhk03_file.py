"""cuhk-03.mat of CUHK03: cells in cells in an HDF5 file, read without taking it apart.

"detected" and "labeled" hold a cell for each pair of cameras, in it one row for each person with ten cells: 1 to 5 the
images of view 1, 6 to 10 those of view 2, some empty. "testsets" holds 20 tables of (pair, person), from 1.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reidlib.data.benchmarks.hdf5 import array, cell, cells, damaged, dataset, opened
from reidlib.data.benchmarks.listing import Entry

if TYPE_CHECKING:
    import h5py

PAIRS = 5
COLUMNS = 10
PEOPLE = 10_000  # in a pair; the largest has 843
TESTS = 1000
NUMBER = r"[1-9]\d{0,4}"
FILE = re.compile(rf"(?P<file>[^#]+)#(?P<variant>\w+)/(?P<pair>{NUMBER})/(?P<person>{NUMBER})/(?P<column>{NUMBER})",
                  re.ASCII)


def file_entries(root: Path, file: str, variant: str) -> tuple[list[Entry], Counter[str]]:
    """An entry for each image, by pair, person and column; {reason: cells passed over}."""
    entries: list[Entry] = []
    ignored: Counter[str] = Counter()
    before = 0
    with opened(root / file) as opened_file:
        for pair, people in enumerate(_pairs(opened_file, variant), 1):
            for person, row in enumerate(people, 1):
                for column, reference in enumerate(row, 1):
                    picture = dataset(opened_file, reference)
                    if picture.ndim < 3 or picture.size == 0:
                        ignored["empty cells"] += 1
                        continue
                    _check(picture, f"cell {variant}/{pair}/{person}/{column}")
                    view = 1 if column <= COLUMNS // 2 else 2
                    facts = {"pair": pair, "person": person, "view": view, "image": column,
                             "camera": 2 * (pair - 1) + view - 1}
                    entries.append(Entry(f"{pair}_{person:03d}_{view}_{column:02d}",
                                         (f"{file}#{variant}/{pair}/{person}/{column}",), before + person, view - 1,
                                         facts))
            before += len(people)
    if not entries:
        raise damaged(root / file, f"it has no image in {variant}")
    return entries, ignored


def classic_tests(path: Path) -> list[frozenset[tuple[int, int]]]:
    """(pair, person) of each test set."""
    with opened(path) as file:
        sizes = [len(people) for people in _pairs(file, "detected")]
        tests = []
        for number, reference in enumerate(cells(file, "testsets").flatten()[:TESTS], 1):
            table = array(dataset(file, reference))
            if table.ndim != 2 or table.shape[1] != 2 or len(table) == 0 or table.dtype.kind not in "iuf":
                raise damaged(path, f"test set {number} has dtype {table.dtype} and shape {table.shape}")
            people = [(pair, person) for pair, person in table.tolist()]
            for pair, person in people:
                if pair not in range(1, len(sizes) + 1) or person not in range(1, sizes[int(pair) - 1] + 1):
                    raise damaged(path, f"test set {number} names person {person:g} of pair {pair:g}")
            tests.append(frozenset((int(pair), int(person)) for pair, person in people))
            if len(tests[-1]) < len(table):
                raise damaged(path, f"test set {number} names somebody twice")
        return tests


def read_cells(root: Path, entry: Entry) -> list[np.ndarray]:
    """(H, W, 3) uint8 of each of the entry's cells."""
    found = []
    for file in entry.files:
        match = FILE.fullmatch(file)
        if match is None:
            raise damaged(root / file, "no cell of a file, as cuhk-03.mat#detected/1/12/3")
        pair, person, column = (int(match[key]) - 1 for key in ("pair", "person", "column"))
        with opened(root / match["file"]) as opened_file:
            people = cells(opened_file, match["variant"]).flatten()[pair]
            picture = dataset(opened_file, cell(opened_file, people, person, column))
            _check(picture, f"cell {match['variant']}/{pair + 1}/{person + 1}/{column + 1}")
            found.append(np.ascontiguousarray(array(picture)))
    return found


def _pairs(file: h5py.File, variant: str) -> list[np.ndarray]:
    """References of each pair, (people, 10)."""
    pairs = []
    for number, reference in enumerate(cells(file, variant).flatten(), 1):
        if number > PAIRS:
            raise damaged(file.filename, f"{variant} has more than {PAIRS} pairs of cameras")
        people = cells(file, reference)
        if people.ndim != 2 or people.shape[1] != COLUMNS or not 0 < len(people) <= PEOPLE:
            raise damaged(file.filename, f"pair {number} of {variant} has shape {people.shape}, not (…, {COLUMNS})")
        pairs.append(people)
    return pairs


def _check(picture: h5py.Dataset, where: str) -> None:
    if picture.ndim != 3 or picture.shape[0] != 3 or picture.dtype != np.uint8:
        raise damaged(picture.file.filename, f"{where} has dtype {picture.dtype} and shape {picture.shape[::-1]}")
