"""Rank walls for browser tests: one made by hand, others at random, and a look at what a page lists."""

from __future__ import annotations

import numpy as np

from reidlib.views import View
from reidlib.views.rank_wall import rank_wall


def pictures(count: int) -> np.ndarray:
    """A plain figure before a plain wall, in colours of its own."""
    rng = np.random.default_rng(count)
    images = np.repeat(rng.integers(90, 230, (count, 1, 1, 3)), 64, 1).repeat(32, 2).astype(np.uint8)
    images[:, 10:34, 10:22] = rng.integers(0, 256, (count, 1, 1, 3))
    images[:, 34:60, 12:20] = rng.integers(0, 256, (count, 1, 1, 3))
    return images


def case(seed: int, probes: int = 8, gallery: int = 24) -> dict:
    """Random labels with junk (-1), distractors (0), the probe's own camera, and ties in two of three cases."""
    rng = np.random.default_rng(seed)
    distances = rng.random((probes, gallery)) * 10.0 ** rng.integers(-3, 4)
    if seed % 3:
        scale = distances.max()
        distances = np.round(distances / scale, 1) * scale
    pids, camids = rng.choice([-1, 0, 1, 2, 3, 4], gallery), rng.integers(0, 3, gallery)
    pids[:4], camids[:4] = [1, 2, 3, 4], 2
    pair = seed % 4 == 3
    return {
        "distances": distances, "probe_pids": rng.integers(1, 6, probes), "gallery_pids": pids,
        "probe_camids": rng.integers(0, 2, probes), "gallery_camids": camids,
        "probe_images": pictures(probes), "gallery_images": pictures(gallery),
        "protocol": "camera_pair:probe_camera=0,gallery_camera=2" if pair else "market1501",
        "ap": "trapezoid" if seed % 2 else "step",
    }  # fmt: skip


def wall(**more) -> View:
    """Four probes: found at rank 1, at rank 2 behind an ignored item, at rank 12, and not in the gallery."""
    gallery_pids = np.array([1, 2, 2, *range(50, 60), 3, -1])
    gallery_camids = np.array([1, 0, 1, *[1] * 10, 1, 1])
    base = np.linspace(0.3, 0.9, 15)
    distances = np.tile(base, (4, 1))
    distances[0, 0] = 0.1
    distances[1, [1, 0, 2]] = [0.05, 0.1, 0.2]
    distances[2, 13] = 0.95
    distances[2, [1, 2]] = 0.99, 0.97
    distances[3, 14] = 0.01
    return rank_wall(
        distances, [1, 2, 3, 4], gallery_pids, [0, 0, 0, 0], gallery_camids,
        probe_images=pictures(4), gallery_images=pictures(15), **more,
    )  # fmt: skip


def shown(page) -> dict[int, tuple[int, float | None]]:
    """First rank and AP of each listed probe, in the order of the list."""
    read = "es => es.map((e) => [Number(e.dataset.probe), Number(e.dataset.first), e.dataset.ap ?? null])"
    entries = page.get_by_role("option").filter(has=page.locator(".reid-wall-badge")).evaluate_all(read)
    return {p: (first, None if ap is None else float(ap)) for p, first, ap in entries}
