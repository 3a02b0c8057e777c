"""Evaluators of other projects, loaded from checkouts of them; and data that both they and reidlib can rank."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

# Folder of a project's rank.py, below the checkout.
HOMES = {"torchreid": "torchreid/metrics", "fastreid": "fastreid/evaluation"}
RANKS = 50

# CMC up to RANKS, mAP, and AP and INP per query where the peer gives them.
Scores = tuple[np.ndarray, float, np.ndarray | None, np.ndarray | None]


@dataclass(frozen=True)
class Peer:
    """One project: its compiled and its Python evaluator on (distance, pids, camids), and how it makes distances."""

    name: str
    cython: Callable[..., Scores]
    python: Callable[..., Scores]
    distances: Callable[[np.ndarray, np.ndarray], np.ndarray]


def load_peers(given: list[str]) -> list[Peer]:
    """Peers from NAME=FOLDER arguments; one that is not there or not built is skipped with a word."""
    folders = dict(argument.partition("=")[::2] for argument in given)
    unknown = set(folders) - set(HOMES)
    if unknown:
        raise SystemExit(f"Found --peer {', '.join(sorted(unknown))}. Known: {', '.join(HOMES)}.")
    peers = []
    for name, home in HOMES.items():
        folder = Path(folders.get(name, ""))
        compiled = [p for p in sorted((folder / home / "rank_cylib").glob("rank_cy.*")) if p.suffix in (".so", ".pyd")]
        if name not in folders:
            print(f"{name}: skipped, no --peer {name}=FOLDER", file=sys.stderr)
        elif not compiled:
            print(f"{name}: skipped, no compiled rank_cy in {folder / home / 'rank_cylib'}", file=sys.stderr)
        else:
            peers.append(_load(name, folder / home, compiled[0]))
    return peers


def _load(name: str, home: Path, compiled: Path) -> Peer:
    with warnings.catch_warnings():
        # rank.py warns that it cannot find the compiled part by its package's name.
        warnings.simplefilter("ignore")
        python = _module(f"{name}_rank", home / "rank.py").evaluate_py
    cython = _module(f"{name}.rank_cy", compiled).evaluate_cy
    if name == "torchreid":
        euclidean = _module("torchreid_distance", home / "distance.py").euclidean_squared_distance
        return Peer(name, _scores(cython), _scores(python), lambda *xy: euclidean(*map(torch.from_numpy, xy)).numpy())
    return Peer(name, _scores(cython), _scores(python), one_minus_cosine)


def _module(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _scores(evaluator: Callable) -> Callable[..., Scores]:
    """torchreid returns CMC and mAP, fast-reid CMC, AP and INP of each valid query."""

    def run(distance: np.ndarray, labels: dict[str, np.ndarray]) -> Scores:
        ids = [labels[key] for key in ("probe_pids", "gallery_pids", "probe_camids", "gallery_camids")]
        cmc, *rest = evaluator(distance, *ids, min(RANKS, distance.shape[1]), False)
        if len(rest) == 1:
            return cmc, float(rest[0]), None, None
        precision, penalty = (np.asarray(values, np.float64) for values in rest)
        return cmc, float(precision.mean()), precision, penalty

    return run


def one_minus_cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """fast-reid's default; its own module also wants FAISS."""
    normalised = (torch.nn.functional.normalize(torch.from_numpy(features), dim=1) for features in (x, y))
    return (1 - torch.mm(next(normalised), next(normalised).T)).numpy()


def make_features(probes: int, gallery: int, identities: int, noise: float, seed: int = 0, dimensions: int = 512):
    """Unit features of persons (identity + noise), and labels: six cameras, a sixth of the gallery distractors."""
    rng = np.random.default_rng(seed)
    labels = {
        "probe_pids": _everyone(rng, probes, identities),
        "gallery_pids": _everyone(rng, gallery - gallery // 6, identities),
        "probe_camids": rng.integers(0, 6, probes),
        "gallery_camids": rng.integers(0, 6, gallery),
    }
    labels["gallery_pids"] = rng.permutation(np.append(labels["gallery_pids"], np.zeros(gallery // 6, np.int64)))
    centres = rng.standard_normal((identities + 1, dimensions), dtype=np.float32)
    features = []
    for pids in (labels["probe_pids"], labels["gallery_pids"]):
        x = noise * rng.standard_normal((len(pids), dimensions), dtype=np.float32)
        x += np.where(pids[:, None] > 0, centres[pids], rng.standard_normal(x.shape, dtype=np.float32))
        features.append(x / np.linalg.norm(x, axis=1, keepdims=True))
    return *features, labels


def _everyone(rng: np.random.Generator, count: int, identities: int) -> np.ndarray:
    """Each identity from 1 on as evenly as chance allows."""
    rest = rng.integers(1, identities + 1, max(0, count - identities))
    return np.append(np.arange(1, min(count, identities) + 1), rest)


def peer_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=FOLDER", help="torchreid or fastreid, and its checkout"
    )
