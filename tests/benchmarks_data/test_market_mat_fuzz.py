"""Damaged and hostile lists, tables and names of MARS, Market-1501, CUHK03: a sentence or a listing, nothing else."""

from __future__ import annotations

import io
import os
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import official_mats
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.io import loadmat, savemat

from reidlib.data.benchmarks import cuhk03, market1501, mars
from reidlib.data.benchmarks.matlab import read_mat
from reidlib.errors import ReidError

KEYS = {"tracks_train_info.mat": "track_train_info", "tracks_test_info.mat": "track_test_info",
        "query_IDX.mat": "query_IDX"}
FEW = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
MANY = settings(FEW, max_examples=10_000)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return official_mats.mars(tmp_path_factory.mktemp("mars") / "MARS")


@pytest.fixture
def spoiled(root, tmp_path):
    """The tree with an info folder of its own."""
    for home in ("bbox_train", "bbox_test"):
        (tmp_path / home).mkdir()
        for folder in sorted(each for each in (root / home).iterdir() if each.is_dir()):
            (tmp_path / home / folder.name).mkdir()
    shutil.copytree(root / "info", tmp_path / "info")
    return tmp_path


def everything(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


def safe(error: ReidError) -> bool:
    """A sentence that a terminal can show."""
    return str(error).replace("\n", "").isprintable()


def sentence_or_mars(root: Path) -> None:
    """A listing in which every number is in its range, or ReidError; nothing is written."""
    before = everything(root)
    try:
        listing = mars.BENCHMARK.listing(root)
        mars.BENCHMARK.divisions(root, listing)
    except ReidError as error:
        assert safe(error)  # noqa: PT017 (either outcome is right)
    else:
        used = [file for entry in listing.entries for file in entry.files]
        assert len(set(used)) == len(used)
        assert all(file.startswith(("bbox_train/", "bbox_test/")) and ".." not in file for file in used)
        assert all(entry.pid >= -1 and 0 <= entry.camid < 6 for entry in listing.entries)
    assert everything(root) == before


def mutated(data: st.DataObject, content: bytes) -> bytes:
    """Bytes changed, put in, taken out, or the end cut off."""
    out = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(out) - 1)))
        kind = data.draw(st.sampled_from(["change", "insert", "delete", "cut", "number"]))
        if kind == "change" and out:
            out[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            out[place:place] = data.draw(st.binary(max_size=16))
        elif kind == "delete":
            del out[place:place + data.draw(st.integers(1, 16))]
        elif kind == "cut":
            del out[place:]
        elif len(out) > 8:
            place = place // 4 * 4 % (len(out) - 4)
            struct.pack_into("<I", out, place, data.draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 14, 15])))
    return bytes(out)


def tables(root: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(KEYS)))
    official_mats.info(root / "info", compressed=data.draw(st.booleans()))
    path = root / "info" / file
    path.write_bytes(mutated(data, path.read_bytes()))
    sentence_or_mars(root)


NUMBERS = st.one_of(st.integers(-3, 14), st.integers(-2**62, 2**62),
                    st.sampled_from([0.5, float("nan"), float("inf"), 1e300]))
FIELDS = st.one_of(
    st.lists(st.lists(NUMBERS, min_size=4, max_size=4), max_size=4).map(lambda rows: np.array(rows, np.float64)),
    st.lists(NUMBERS, max_size=6).map(lambda row: np.array(row, np.float64)),
    st.text(max_size=20), st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1),
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)).map(np.zeros),
    st.just(np.zeros((3, 4), bool)), st.just(np.zeros((3, 4), complex)),
    st.lists(st.one_of(st.integers(0, 9), st.text(max_size=5)), max_size=5).map(lambda each: np.array(each, object)),
)


def fields(root: Path, data: st.DataObject) -> None:
    official_mats.info(root / "info")
    file = data.draw(st.sampled_from(sorted(KEYS)))
    name = data.draw(st.sampled_from([KEYS[file], "other"]))
    savemat(root / "info" / file, {name: data.draw(FIELDS)}, do_compression=data.draw(st.booleans()))
    sentence_or_mars(root)


LINES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.from_regex(mars.NAME, fullmatch=True).map(str.encode),
    st.sampled_from([b"", b"../../etc/passwd", b"/0001C1T0001F001.jpg", b"0001C1T0001F001.jpg\x00", b"\x1b[2J",
                     b"0001C1T0001F001.jpg\r\r", b"0001C1T0001F001.jpg 2", b"a" * 5000, b"00-1C1T0001F001.jpg",
                     b"0001C9T0001F001.jpg", b"..\\0001C1T0001F001.jpg"]))


def lines(root: Path, data: st.DataObject) -> None:
    official_mats.info(root / "info")
    part = data.draw(st.sampled_from(["train", "test"]))
    path = root / "info" / f"{part}_name.txt"
    names = path.read_bytes().split(b"\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(names) - 1))
        names[place:place + data.draw(st.integers(0, 2))] = [data.draw(LINES)]
    path.write_bytes(data.draw(st.sampled_from([b"\n", b"\r\n"])).join(names))
    sentence_or_mars(root)


NAMES = st.one_of(
    st.from_regex(market1501.NAME, fullmatch=True),
    st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.sampled_from(["Thumbs.db", "thumbs.DB", ".hidden.jpg", "-1_c1s1_000001_00.jpg", "0000_c1s1_000001_00.jpg"]),
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200)


def names(root: Path, data: st.DataObject) -> None:
    """Folders of the Market layout with whatever names."""
    place = root / "market"
    shutil.rmtree(place, ignore_errors=True)
    drawn = {folder: data.draw(st.lists(NAMES, max_size=4, unique_by=str.casefold)) for folder in official_mats.MARKET}
    for folder, inside in drawn.items():
        (place / folder).mkdir(parents=True)
        for name in inside:
            (place / folder / name).write_bytes(b"")
    try:
        listing = market1501.BENCHMARK.listing(market1501.BENCHMARK.root(place))
    except ReidError as error:
        assert safe(error)  # noqa: PT017
        return
    assert len(listing) + sum(listing.ignored.values()) == sum(map(len, drawn.values()))
    assert all((place / entry.files[0]).exists() and 0 <= entry.camid < 6 for entry in listing.entries)


CONFIG_FIELDS = st.dictionaries(
    st.sampled_from(sorted(cuhk03.KEYS)),
    st.one_of(st.lists(NUMBERS, max_size=10), st.lists(st.integers(1, 9), max_size=9, unique=True)), max_size=3)


def configurations(root: Path, data: st.DataObject) -> None:
    pytest.importorskip("h5py")
    path = root / "cuhk-03.mat"
    if not path.exists():
        official_mats.cuhk03(path)
    listing = cuhk03.BENCHMARK.listing(root)
    config = official_mats.cuhk03_config(root / "cuhk03_new_protocol_config_detected.mat")
    if data.draw(st.booleans()):
        config.write_bytes(mutated(data, config.read_bytes()))
    else:
        changed = data.draw(CONFIG_FIELDS)
        official_mats.cuhk03_config(config, **changed)
    try:
        (new,) = cuhk03.BENCHMARK.divisions(root, listing)["new"]
    except ReidError as error:
        assert safe(error)  # noqa: PT017
        return
    known = {entry.name for entry in listing.entries}
    assert {*new.train, *new.probes, *new.gallery} <= known
    assert not set(new.probes) & set(new.gallery)


def cells(root: Path, data: st.DataObject) -> None:
    """Bytes of cuhk-03.mat behind its first block."""
    pytest.importorskip("h5py")
    path = root / "cuhk-03.mat"
    if not (root / "whole").exists():
        official_mats.cuhk03(path).rename(root / "whole")
    content = (root / "whole").read_bytes()
    path.write_bytes(content[:512] + mutated(data, content[512:]))
    before = everything(root)
    try:
        listing = cuhk03.BENCHMARK.listing(root)
        for entry in listing.entries:
            (picture,) = cuhk03.BENCHMARK.read(root, entry)
            assert (picture.dtype, picture.shape[2]) == (np.uint8, 3)
        cuhk03.BENCHMARK.divisions(root, listing)
    except ReidError as error:
        assert safe(error)  # noqa: PT017
    assert everything(root) == before


TARGETS = [tables, fields, lines, names, configurations, cells]


@pytest.mark.parametrize("target", TARGETS)
@FEW
@given(data=st.data())
def test_a_sentence_or_a_listing(spoiled, target, data):
    target(spoiled, data)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", TARGETS)
@MANY
@given(data=st.data())
def test_a_sentence_or_a_listing_many_times(spoiled, target, data):
    target(spoiled, data)


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def test_a_compressed_table_that_would_fill_the_memory(spoiled):
    """64 MiB from 64 kB: refused by its size when expanded, before any of it is used."""
    packed = zlib.compress(element(14, element(9, bytes(80 << 20))), 9)
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    (spoiled / "info" / "query_IDX.mat").write_bytes(header + struct.pack("<II", 15, len(packed)) + packed)
    with pytest.raises(ReidError, match="when expanded"):
        mars.BENCHMARK.listing(spoiled)


def test_cells_in_cells_are_refused(spoiled):
    """Reading them would call itself for each level; deep enough, the process would end without a word."""
    inner = np.empty(1, object)
    inner[0] = np.ones(2)
    for _ in range(50):
        outer = np.empty(1, object)
        outer[0] = inner
        inner = outer
    buffer = io.BytesIO()
    savemat(buffer, {"query_IDX": inner})
    (spoiled / "info" / "query_IDX.mat").write_bytes(buffer.getvalue())
    with pytest.raises(ReidError, match="no variable query_IDX"):
        mars.BENCHMARK.listing(spoiled)


def test_other_variables_of_a_file_are_not_read(spoiled):
    path = spoiled / "info" / "query_IDX.mat"
    savemat(path, {"first": {"a": [1, 2]}, "query_IDX": np.array([[3, 4]]), "last": "text"})
    assert read_mat(path, "query_IDX")["query_IDX"].tolist() == [[3, 4]]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_instead_of_a_list(spoiled):
    """Opening it would wait for ever."""
    (spoiled / "info" / "query_IDX.mat").unlink()
    os.mkfifo(spoiled / "info" / "query_IDX.mat")
    with pytest.raises(ReidError, match="Found no MARS"):
        mars.BENCHMARK.root(spoiled)


@pytest.mark.parametrize("compressed", [False, True])
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=arrays.arrays(
    st.sampled_from([np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.float32, np.float64]),
    arrays.array_shapes(min_dims=2, max_dims=3, min_side=0, max_side=5)),
    texts=st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), min_size=1, max_size=9), min_size=1,
                   max_size=4))
def test_the_same_as_scipy(tmp_path, compressed, table, texts):
    path = tmp_path / "table.mat"
    cells = np.empty((len(texts), 1), object)
    cells[:, 0] = texts
    savemat(path, {"table": table, "texts": cells, "rest": {"a": 1}}, do_compression=compressed)
    found, expected = read_mat(path, "table", "texts"), loadmat(path)
    assert found["table"].dtype == expected["table"].dtype
    np.testing.assert_array_equal(found["table"], expected["table"])
    assert found["texts"].tolist() == [each.item() for each in expected["texts"].flatten()]
