"""People as points, cameras as shifts: a gallery's nuisance is one vector that all its items share."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch

from reidlib.arm import baselines
from reidlib.arm.cached import Features
from reidlib.arm.model import Arm
from reidlib.arm.recipes import Recipe
from reidlib.arm.systems import SYSTEMS
from reidlib.arm.train import train
from reidlib.data.splits import from_ids

POINT, D_IN, D = 8, 32, 64  # numbers of an identity, of a feature, of z
SHIFT, NOISE = 2.0, 0.3  # beside identities of variance 1 in each of the 8 numbers
PEOPLE, DAYS, A_DAY = 2000, 1000, 32
GALLERY_CAMERA = 1
SYSTEMS_TRIED = {
    "matching": SYSTEMS["matching"],
    "arm": SYSTEMS["arm"],
    "fce": SYSTEMS["fce"],
    "arm, gallery isab": SYSTEMS["arm"].with_encoders("isab"),
    "no-memory": SYSTEMS["no-memory"],
}
# Two probes of each identity, which only camera 0 has: so camera 1, with a shift for each of its days, always takes the
# gallery.
RECIPE = Recipe("toy", ways=(16, 16), shots=(1, 1), probes=2, on_short="skip", episodes=4, steps=1200)


class Asked(NamedTuple):
    """One gallery of n identities under a fresh shift, and unshifted probes of its first Q."""

    probes: np.ndarray
    gallery: np.ndarray
    shift: np.ndarray

    @property
    def labels(self) -> dict[str, np.ndarray]:
        Q, n = len(self.probes), len(self.gallery)
        return {"probe_pids": np.arange(1, Q + 1), "gallery_pids": np.arange(1, n + 1)} | self.camids

    @property
    def camids(self) -> dict[str, np.ndarray]:
        return {"probe_camids": np.zeros(len(self.probes), np.int64),
                "gallery_camids": np.full(len(self.gallery), GALLERY_CAMERA)}


class World:
    """`seed` decides the training people and their days; galleries to ask about have people of their own."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng((seed, 0))
        self.seed, self.axes = seed, np.linalg.qr(rng.normal(size=(D_IN, POINT)))[0].T
        points = rng.normal(size=(PEOPLE, POINT))
        seen = np.argsort(rng.random((DAYS, PEOPLE)), 1)[:, :A_DAY]  # by camera 1, each day
        shifts = SHIFT * rng.normal(size=(DAYS, 1, POINT))
        pids = np.concatenate([np.repeat(np.arange(PEOPLE), 2), seen.ravel()])
        pictures = np.concatenate([self._pictures(points.repeat(2, 0), rng),
                                   self._pictures((points[seen] + shifts).reshape(-1, POINT), rng)])
        self.train = Features(pictures, pids + 1, np.repeat([0, GALLERY_CAMERA], [2 * PEOPLE, DAYS * A_DAY]),
                              np.concatenate([np.zeros(2 * PEOPLE, np.int64), 1 + np.repeat(np.arange(DAYS), A_DAY)]),
                              name="shifted points")
        self.probe_mean = torch.from_numpy(pictures[:2 * PEOPLE].mean(0))

    def _pictures(self, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return ((points + NOISE * rng.normal(size=points.shape)) @ self.axes).astype(np.float32)

    def asked(self, n: int, Q: int, number: int) -> Asked:
        rng = np.random.default_rng((self.seed, 1, n, number))
        points, shift = rng.normal(size=(n, POINT)), SHIFT * rng.normal(size=POINT)
        return Asked(self._pictures(points[:Q], rng), self._pictures(points + shift, rng),
                     (shift @ self.axes).astype(np.float32))

    def trained(self, name: str, steps: int) -> Arm:
        system = replace(SYSTEMS_TRIED[name], D=D).on_features(D_IN)
        split = from_ids(train=range(1, PEOPLE + 1), test=(), name="all")
        return train(self.train, split, system, RECIPE.sized(steps), self.seed).network


def rivals(asked: Asked, probe_mean: torch.Tensor) -> dict[str, float]:
    """Rank-1 without any learning; the last knows the shift, which nobody can."""
    probes, gallery, shift = (torch.from_numpy(part)[None] for part in asked)
    mask = torch.ones(gallery.shape[:2], dtype=torch.bool)
    centred = baselines.centre(gallery, probes, mask, probe_mean)
    scores = {
        "cosine": baselines.cosine(gallery, probes, mask),
        "euclidean": baselines.euclidean(gallery, probes, mask),
        "centre, cosine": baselines.cosine(*centred, mask),
        "centre, euclidean": baselines.euclidean(*centred, mask),
        "shift known, euclidean": baselines.euclidean(gallery - shift[:, None], probes, mask),
    }
    right = torch.arange(probes.shape[1])
    return {name: float((score[0].argmax(1) == right).float().mean()) for name, score in scores.items()}
