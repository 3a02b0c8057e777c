"""Seeded tracklets for these tests, and a program that packs them, to be killed from outside.

python packing.py FOLDER COUNT PAUSE    prints "open DONE", then one line per tracklet, then the store's hash
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter

H, W = 12, 10  # W·H is no multiple of 8 times 2, so packed masks end inside a byte
COLUMNS = {"visibility": ("float32", ()), "mask": ("bool", (H, W)), "speed": ("float16", (2,))}


def make_tracklet(number: int, height: int = H, width: int = W, longest: int = 30) -> Tracklet:
    """Tracklet `number`: person number // 2 under camera number % 2, its own length, one frame at least."""
    rng = np.random.default_rng([2024, number])
    T = 1 if number == 3 else int(rng.integers(1, longest))
    columns = {"visibility": rng.random(T, dtype=np.float32), "mask": rng.random((T, height, width)) < 0.5,
               "speed": rng.standard_normal((T, 2)).astype(np.float16)}
    return Tracklet(rng.integers(0, 256, (T, height, width, 3), dtype=np.uint8), number // 2, number % 2,
                    f"p{number // 2:04d}_c{number % 2}", columns, {"day": number % 3, "gait": number / 7})


def writer_for(folder: Path, height: int = H, width: int = W, **changes) -> StoreWriter:
    columns = {**COLUMNS, "mask": ("bool", (height, width))}
    settings = {"name": "seeded", "version": "1", "height": height, "width": width, "columns": columns,
                "spec": {"seed": 2024, "made": "test"}}
    return StoreWriter(folder, **{**settings, **changes})


def build(folder: Path, count: int, **changes) -> Store:
    with writer_for(folder, **changes) as writer:
        for number in range(writer.done, count):
            writer.append(make_tracklet(number))
        return writer.finish()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_same(store: Store, count: int) -> None:
    """The store gives back just what went in."""
    assert len(store) == count
    for number, found in enumerate(store):
        wanted = make_tracklet(number, store.height, store.width)
        assert (found.name, found.pid, found.camid, found.info) == (wanted.name, wanted.pid, wanted.camid, wanted.info)
        np.testing.assert_array_equal(found.frames, wanted.frames)
        assert found.columns.keys() == wanted.columns.keys()
        for key, column in wanted.columns.items():
            assert found.columns[key].dtype == column.dtype
            np.testing.assert_array_equal(found.columns[key], column)


def main(folder: str, count: str, pause: str) -> None:
    # 128×64 frames make a few megabytes, so a kill falls into the writing and not only between tracklets.
    with writer_for(Path(folder), 128, 64) as writer:
        print("open", writer.done, flush=True)
        for number in range(writer.done, int(count)):
            writer.append(make_tracklet(number, 128, 64))
            print(number, flush=True)
            time.sleep(float(pause))
        print(writer.finish().hash, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
