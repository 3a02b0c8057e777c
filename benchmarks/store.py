"""Reading frames: the packed store against PNG files, and normalised float32 batches against other ways to make them.

python benchmarks/store.py [--frames 4000] [--rounds 7] [--json FILE]

All candidates run one after the other in each round, on one thread, and the table gives medians over rounds, so that a
busy machine slows all of them. Ratios count; absolute numbers belong to the machine that is printed above them. Every
candidate touches each byte: it copies its frames into a buffer of the caller. Files are read from the page cache, the
PNGs as well. PNG decoding time depends on the picture, so the pictures are not pure noise: smooth texture with the
spectrum of natural images (1/f) that moves behind a striped figure, a brightness gradient, and sensor noise of 4 grey
levels. The other ways to make batches use the same arithmetic as the reader, in memory of their own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL
import torch
from _machine import machine
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from reidlib.data.reading import MEAN, STD, FrameReader
from reidlib.data.store import Store
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter

H, W, T, B = 128, 64, 16, 8
LENGTH = 80  # frames of a tracklet, a multiple of T
GOALS = {"store, in order": 100, "store, random windows": 100}
GOAL_NORMALISED = 100_000


def texture(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """(height, width, 3) with amplitudes that fall as 1/f, scaled to standard deviation 1."""
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    amplitude = 1 / np.maximum(np.hypot(fy, fx), 1 / max(height, width))
    spectrum = rng.standard_normal((3, *amplitude.shape)) + 1j * rng.standard_normal((3, *amplitude.shape))
    planes = np.fft.irfft2(spectrum * amplitude, s=(height, width))
    shared = planes.mean(axis=0)  # colours of real surfaces mostly vary together
    return np.moveaxis(0.4 * planes + 0.6 * shared, 0, -1) / planes.std()


def make_tracklet(number: int) -> Tracklet:
    rng = np.random.default_rng([17, number])
    wall = texture(rng, H, W + LENGTH)
    shirt = texture(rng, H, W)
    rows, columns = np.mgrid[:H, :W]
    figure = ((rows - 68) / 52) ** 2 + ((columns - 32) / 14) ** 2 < 1
    light = np.linspace(20, -20, H)[:, None, None] + rng.uniform(-20, 20, 3)
    stripes = 25 * np.sign(np.sin(rows / rng.uniform(2, 5)))[..., None] + rng.uniform(-50, 50, 3)
    frames = np.empty((LENGTH, H, W, 3), np.uint8)
    for t in range(LENGTH):
        picture = np.where(figure[..., None], stripes + 12 * shirt, 35 * wall[:, t:t + W])
        picture = 120 + light + picture + 4 * rng.standard_normal((H, W, 3))
        frames[t] = picture.clip(0, 255).round()
    return Tracklet(frames, number, 0, f"p{number:04d}_c0")


def build(folder: Path, tracklets: int) -> tuple[Store, list[Path]]:
    """A store and the same frames as PNG files, as Pillow writes them by default."""
    paths = []
    (folder / "png").mkdir()
    with StoreWriter(folder / "store", name="benchmark", version="1", height=H, width=W) as writer:
        for number in range(tracklets):
            tracklet = make_tracklet(number)
            writer.append(tracklet)
            for t, frame in enumerate(tracklet.frames):
                paths.append(folder / "png" / f"{tracklet.name}_{t:03d}.png")
                Image.fromarray(frame).save(paths[-1])
        return writer.finish(), paths


class Clips(Dataset):
    """The usual way: each item allocates and normalises its own clip."""

    def __init__(self, store: Store, firsts: np.ndarray) -> None:
        self.store, self.firsts = store, firsts
        mean, std = (torch.tensor(values).repeat(W) for values in (MEAN, STD))
        self.scale, self.shift = (1 / (255 * std)).repeat(H), (-mean / std).repeat(H)

    def __len__(self) -> int:
        return len(self.firsts)

    def __getitem__(self, number: int) -> torch.Tensor:
        first = int(self.firsts[number])
        clip = torch.from_numpy(np.array(self.store.frames[first:first + T])).view(T, -1)
        return torch.addcmul(self.shift, clip.float(), self.scale).view(T, H, W, 3).movedim(-1, 1)


def reading_candidates(store: Store, paths: list[Path], windows: np.ndarray) -> dict[str, Callable[[], int]]:
    """Name -> a function that reads frames, 16 at a time, and returns how many."""
    buffer = np.empty((T, H, W, 3), np.uint8)
    reader = FrameReader(store.frames)
    in_order = np.arange(0, len(paths) - T + 1, T)

    def png(firsts: np.ndarray) -> int:
        for first in firsts.tolist():
            for t in range(T):
                with Image.open(paths[first + t]) as image:
                    buffer[t] = np.asarray(image)
        return T * len(firsts)

    def packed(firsts: np.ndarray) -> int:
        frames = store.frames
        for first in firsts.tolist():
            buffer[...] = frames[first:first + T]
        return T * len(firsts)

    def tracklets(firsts: np.ndarray) -> int:
        for first in firsts.tolist():
            number, start = divmod(first, LENGTH)
            buffer[...] = store[number].window(start, T).frames
        return T * len(firsts)

    def gather(firsts: np.ndarray) -> int:
        for part in np.split(firsts, range(B, len(firsts), B)):
            reader.gather(part[:, None] + np.arange(T))
        return T * len(firsts)

    few = windows[:len(windows) // 4]  # decoding is slow: a quarter of the windows is sample enough
    return {"PNG by Pillow, in order": lambda: png(in_order[:len(in_order) // 4]),
            "PNG by Pillow, random windows": lambda: png(few),
            "store, in order": lambda: packed(in_order),
            "store, random windows": lambda: packed(windows),
            "store, random windows as Tracklets": lambda: tracklets(windows),
            "store, random batches (FrameReader.gather)": lambda: gather(windows)}


def normalising_candidates(store: Store, windows: np.ndarray) -> dict[str, Callable[[], int]]:
    """Name -> a function that makes normalised float32 batches of 8 × 16 frames and returns how many frames."""
    reader = FrameReader(store.frames)
    clips = Clips(store, windows)
    loaders = {workers: DataLoader(clips, batch_size=B, num_workers=workers, persistent_workers=workers > 0)
               for workers in (0, 2)}

    def one_buffer() -> int:
        for part in np.split(windows, range(B, len(windows), B)):
            reader.read(part[:, None] + np.arange(T))
        return T * len(windows)

    def clip_by_clip() -> int:
        for part in np.split(np.arange(len(windows)), range(B, len(windows), B)):
            torch.stack([clips[number] for number in part.tolist()])
        return T * len(windows)

    def loader(workers: int) -> int:
        return sum(batch.shape[0] * batch.shape[1] for batch in loaders[workers])

    return {"one reused buffer (FrameReader.read)": one_buffer, "each clip allocated, then stacked": clip_by_clip,
            "DataLoader, 0 workers": lambda: loader(0), "DataLoader, 2 workers (kept alive)": lambda: loader(2)}


def measure(candidates: dict[str, Callable[[], int]], rounds: int) -> dict[str, list[float]]:
    """Frames per second of each candidate in each round; one round beforehand warms caches and workers."""
    rates: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, run in candidates.items():
            began = time.perf_counter()
            frames = run()
            if turn:
                rates[name].append(frames / (time.perf_counter() - began))
        print(f"round {turn} of {rounds}", end="\r", file=sys.stderr, flush=True)
    return rates


def check(store: Store, paths: list[Path], windows: np.ndarray) -> None:
    """The candidates must deliver the same pixels, or their speeds could not be compared."""
    for first in (0, int(windows[0])):
        decoded = np.stack([np.asarray(Image.open(path)) for path in paths[first:first + T]])
        np.testing.assert_array_equal(decoded, store.frames[first:first + T])
    part = windows[:2]
    batch = FrameReader(store.frames).read(part[:, None] + np.arange(T))
    torch.testing.assert_close(batch, torch.stack([Clips(store, part)[0], Clips(store, part)[1]]), rtol=0, atol=1e-5)


def rows_of(rates: dict[str, list[float]], baseline: dict[str, str]) -> list[dict[str, object]]:
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return [{"name": name, "frames_per_second": round(medians[name]), "lowest": round(min(values)),
             "highest": round(max(values)), "ratio": round(medians[name] / medians[baseline[name]], 2)}
            for name, values in rates.items()]


def print_table(title: str, rows: list[dict[str, object]]) -> None:
    print(f"\n{title:<46} {'frames/s':>10} {'lowest':>10} {'highest':>10} {'ratio':>8}")
    for row in rows:
        print(f"{row['name']:<46} {row['frames_per_second']:>10,} {row['lowest']:>10,} {row['highest']:>10,} "
              f"{row['ratio']:>8,.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=4000, help="frames in the store, rounded to whole tracklets")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        tracklets = max(4, options.frames // LENGTH)
        store, paths = build(Path(home), tracklets)
        rng = np.random.default_rng(0)
        count = len(paths) // T // B * B
        windows = rng.integers(0, tracklets, count) * LENGTH + rng.integers(0, LENGTH - T + 1, count)
        check(store, paths, windows)
        facts = {**machine(pillow=PIL.__version__), "frames": len(paths), "size": f"{H}×{W}", "rounds": options.rounds,
                 "png_bytes_per_frame": round(sum(path.stat().st_size for path in paths) / len(paths)),
                 "raw_bytes_per_frame": H * W * 3}
        reading = measure(reading_candidates(store, paths, windows), options.rounds)
        normalising = measure(normalising_candidates(store, windows), options.rounds)
        store.close()
    png = {name: f"PNG by Pillow, {'in order' if 'in order' in name else 'random windows'}" for name in reading}
    first = {name: next(iter(normalising)) for name in normalising}
    tables = {"uint8 frames into a buffer": rows_of(reading, png),
              "normalised float32 batches": rows_of(normalising, first)}
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    for title, rows in tables.items():
        print_table(title, rows)
    verdicts = [f"{row['name']}: {row['ratio']:.0f} × PNG, goal {GOALS[row['name']]}"
                for row in tables["uint8 frames into a buffer"] if row["name"] in GOALS]
    best = tables["normalised float32 batches"][0]
    verdicts.append(f"{best['name']}: {best['frames_per_second']:,} frames/s, goal {GOAL_NORMALISED:,}")
    print("\n" + "\n".join(verdicts))
    if options.json:
        content = {"benchmark": "store", "facts": facts, "tables": tables}
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
