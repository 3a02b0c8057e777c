"""Small MARS, Market-1501 and CUHK03 as their holders lay them out, with every oddity known of the real ones."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

MARS_TRAIN = [
    "0001C1T0001F001.jpg", "0001C1T0001F002.jpg", "0001C1T0001F004.jpg", "0001C2T0001F001.jpg", "0001C2T0001F002.jpg",
    "0003C1T0001F001.jpg",
]
MARS_TRAIN_TABLE = [[1, 3, 1, 1], [4, 5, 1, 2], [6, 6, 3, 1]]
MARS_TEST = [
    "00-1C1T0001F001.jpg", "00-1C1T0001F002.jpg", "0000C3T0001F001.jpg", "0002C1T0001F001.jpg", "0002C1T0001F002.JPG",
    "0002C2T0001F001.jpg", "0002C6T0001F010.jpg", "0004C1T0001F001.jpg", "0004C2T0001F001.jpg", "0006C1T0001F001.jpg",
    "0006C1T0002F001.jpg", "0006C5T0001F001.jpg", "0008C1T0001F001.jpg",  # the last is in no tracklet
]
MARS_TEST_TABLE = [[1, 2, -1, 1], [3, 3, 0, 3], [4, 5, 2, 1], [6, 6, 2, 2], [7, 7, 2, 6], [8, 8, 4, 1], [9, 9, 4, 2],
                   [10, 10, 6, 1], [11, 11, 6, 1], [12, 12, 6, 5]]
MARS_QUERIES = [3, 4, 6, 7, 8]

MARKET = {
    "bounding_box_train": ["0002_c1s1_000451_03.jpg", "0002_c2s1_000776_01.jpg", "0007_c6s2_019999_11.JPG",
                           "0007_c3s3_077419_03.jpg"],
    "query": ["0001_c1s1_001051_00.jpg", "0001_c2s1_000301_00.jpg", "0003_c5s1_000476_00.jpg"],
    "bounding_box_test": ["-1_c1s1_000401_03.jpg", "-1_c6s4_010101_02.jpg", "0000_c1s1_000151_01.jpg",
                          "0001_c1s1_001051_02.jpg", "0001_c4s6_015941_05.jpg", "0003_c2s1_000451_01.jpg"],
}
CUHK03_NP = {
    "bounding_box_train": ["0003_c1_1.png", "0003_c2_6.png"],
    "query": ["0001_c1_2.png", "0001_c2_7.PNG"],
    "bounding_box_test": ["0001_c1_1.png", "0001_c2_6.png", "0002_c2_6.png"],
}
# Pair -> people -> columns (from 1) that hold an image; person 1 of pair 2 was seen in one view only.
CUHK03 = {
    "detected": [[[1, 2, 6, 7], [1, 6]], [[8], [5, 10]], [[1, 6]], [[1, 6]], [[1, 6]]],
    "labeled": [[[1, 6], [1, 2, 6]], [[8, 9], [5, 10]], [[1, 6]], [[1, 6]], [[1, 6]]],
}
CUHK03_TESTS = [[[1, 1], [2, 2]], [[5, 1], [2, 1]]]


def picture(path: Path, grey: int = 100) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (2, 4), (grey, grey, grey)).save(path)


def mars(root: Path, zipped: bool = False) -> Path:
    """bbox_train, bbox_test (or archives of them) and info; the picture of name n of a list is 20 · n grey."""
    info(root / "info")
    for home, names in (("bbox_train", MARS_TRAIN), ("bbox_test", MARS_TEST)):
        for number, name in enumerate(names):
            picture(root / home / name[:4] / name, 20 * number)
        (root / home / "Thumbs.db").write_bytes(b"x")
        if zipped:
            with zipfile.ZipFile(root / f"{home}.zip", "w") as archive:
                for path in sorted((root / home).rglob("*.*")):
                    archive.write(path, path.relative_to(root).as_posix())
                    path.unlink()
            for folder in sorted((root / home).rglob("*"), reverse=True):
                folder.rmdir()
            (root / home).rmdir()
    return root


def info(folder: Path, end: str = "\n", dtype: type = np.int32, compressed: bool = False,
         tables: Mapping[str, object] | None = None) -> None:
    """The name lists and tables; `tables` replaces some of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, names in (("train", MARS_TRAIN), ("test", MARS_TEST)):
        (folder / f"{part}_name.txt").write_bytes("".join(name + end for name in names).encode())
    content = {"track_train_info": MARS_TRAIN_TABLE, "track_test_info": MARS_TEST_TABLE, "query_IDX": [MARS_QUERIES]}
    content |= tables or {}
    for file, key in (("tracks_train_info.mat", "track_train_info"), ("tracks_test_info.mat", "track_test_info"),
                      ("query_IDX.mat", "query_IDX")):
        savemat(folder / file, {key: np.array(content[key], dtype)}, do_compression=compressed)


def market(root: Path, folders: Mapping[str, Iterable[str]] = MARKET, litter: bool = True) -> Path:
    for folder, names in folders.items():
        for number, name in enumerate(names):
            picture(root / folder / name, 20 * number)
        if litter:
            (root / folder / "Thumbs.db").write_bytes(b"x")
    if litter:
        (root / "bounding_box_test" / ".DS_Store").write_bytes(b"x")
        (root / "query" / "readme.txt").write_text("x")
    return root


def cuhk03_picture(pair: int, person: int, column: int) -> np.ndarray:
    """(6, 4, 3): no two axes of one size, and every pixel its own, so that a swap shows."""
    rows, columns, colours = np.indices((6, 4, 3))
    return (rows + 8 * columns + 32 * colours + 100 * (pair % 2) + 3 * person + column).astype(np.uint8)


def cuhk03(path: Path, content: Mapping[str, list] = CUHK03, tests: list = CUHK03_TESTS) -> Path:
    """cuhk-03.mat as MATLAB writes v7.3: axes turned round, cells as references, empty cells as two zeros."""
    import h5py

    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w", userblock_size=512) as file:
        inside = file.create_group("#refs#")

        def store(array: np.ndarray, **options: object) -> h5py.Reference:
            return inside.create_dataset(str(len(inside)), data=np.asarray(array).T, **options).ref

        def cell(references: np.ndarray) -> h5py.Reference:
            return store(np.array(references, h5py.ref_dtype), dtype=h5py.ref_dtype)

        empty = inside.create_dataset("empty", data=np.zeros(2, np.uint64))
        empty.attrs["MATLAB_empty"] = np.uint8(1)
        for variant, pairs in content.items():
            tops = np.empty((len(pairs), 1), object)
            for pair, people in enumerate(pairs):
                table = np.full((len(people), 10), empty.ref, object)
                for person, columns in enumerate(people):
                    for column in columns:
                        table[person, column - 1] = store(cuhk03_picture(pair + 1, person + 1, column))
                tops[pair, 0] = cell(table)
            file.create_dataset(variant, data=np.array(tops.T, h5py.ref_dtype), dtype=h5py.ref_dtype)
        sets = np.empty((len(tests), 1), object)
        for number, people in enumerate(tests):
            sets[number, 0] = store(np.array(people, np.float64))
        file.create_dataset("testsets", data=np.array(sets.T, h5py.ref_dtype), dtype=h5py.ref_dtype)
    return path


def cuhk03_config(path: Path, **changed: object) -> Path:
    """cuhk03_new_protocol_config_detected.mat for the ten files of `CUHK03`'s detected images that it names."""
    files = ["1_001_1_01.png", "1_001_1_02.png", "1_001_2_06.png", "1_001_2_07.png", "1_002_1_01.png",
             "1_002_2_06.png", "2_001_2_08.png", "3_001_1_01.png", "3_001_2_06.png"]
    content = {
        "filelist": files, "labels": [1, 1, 1, 1, 2, 2, 3, 5, 5], "camId": [1, 1, 2, 2, 1, 2, 2, 1, 2],
        "train_idx": [5, 6, 7], "query_idx": [1, 3, 8], "gallery_idx": [2, 4, 9],
    } | changed
    return cuhk03_config_of(path, **content)


def cuhk03_config_of(path: Path, dtype: type = np.float64, **content: object) -> Path:
    """Such a file from the lists that it is to hold, as columns."""
    cells = np.empty((len(content["filelist"]), 1), object)
    cells[:, 0] = content.pop("filelist")
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, {"filelist": cells, **{key: np.array(value, dtype)[:, None] for key, value in content.items()}})
    return path
