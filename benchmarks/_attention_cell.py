"""One cell of the comparison of heads: one world, one seed. A trunk, its features, and every head fitted on them.

Each step leaves a file; a comparison that was killed goes on with what is there.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from reidlib.data.splits import Split, split_identities
from reidlib.data.store import Store
from reidlib.evaluation.ragged import Layout
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.within import auc_within, midranks
from reidlib.flow.five_channels import OURS
from reidlib.ran.embed import frame_features, pool, used_frames
from reidlib.ran.evaluate import sides
from reidlib.ran.heads import make_head
from reidlib.ran.heads.head import Head
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.network import Network
from reidlib.ran.presets import Preset, preset
from reidlib.ran.recipes import Recipe, recipe
from reidlib.ran.train import Trained, train
from reidlib.world.build import street
from reidlib.world.true_flow import true_flow

ORACLE = 3  # power of visibility in the oracle's weights
VISIBLE = 0.5


class Cell:
    """Features of all tracklets of a world, from frame CNNs trained on its training people with mean pooling."""

    def __init__(self, plan: dict, world: str, seed: int, folder: Path) -> None:
        self.plan, self.world, self.seed = plan, world, seed
        self.folder = folder / f"{world}-seed{seed}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store: Store = street(world, persons=plan["persons"])
        self.split: Split = split_identities(self.store.pids.tolist(), seed, test=plan["test_people"])
        self.numbers = self.split.tracklets(self.store.pids, "train")
        self.probes, self.gallery = sides(self.store, self.split.tracklets(self.store.pids, "test"))
        self.tested = np.concatenate([self.probes, self.gallery])
        self._features: dict[str, list[np.ndarray]] = {}

    def inputs(self, seen: str) -> TrackletInputs:
        """What the frame CNN sees: "both", "colour", "flow", or "true flow" (both, the flow as the street moved)."""
        if seen == "true flow":
            true_flow(self.store)
            return TrackletInputs(self.store, flow="flow_true")
        return TrackletInputs(self.store, replace(OURS, channels=seen))

    def features(self, seen: str) -> list[np.ndarray]:
        """One (T, D) array for each tracklet of the store."""
        if seen not in self._features:
            path = self.folder / f"features, {seen}.npy"
            if not path.exists():
                self._write_features(path, seen)
            self._features[seen] = np.split(np.load(path, mmap_mode="r"), np.cumsum(self.store.lengths)[:-1])
        return self._features[seen]

    def trunk(self, seen: str) -> Trained:
        """The frame CNN, trained or read again."""
        how, inputs = self.plan["trunk"], self.inputs(seen)
        system = trunk_system(how, inputs)
        return train(inputs, self.split, system, sized(how), self.seed, folder=self.folder / f"trunk, {seen}")

    def _write_features(self, path: Path, seen: str) -> None:
        trained = self.trunk(seen)
        numbers = np.arange(len(self.store))
        found = frame_features(trained.network.frame_cnn, self.inputs(seen), numbers, used_frames(self.store.lengths))
        temporary = path.with_suffix(".tmp")
        rows = open_memmap(temporary, "w+", np.float32, (int(self.store.lengths.sum()), found[0].shape[1]))
        np.concatenate(found, out=rows)
        rows.flush()
        temporary.rename(path)
        loss = trained.fit.history["identity_1"][-50:]
        facts = {"identity loss of the trunk, last 50 steps": round(float(np.mean(loss)), 3),
                 "seconds of the trunk": round(trained.fit.seconds)}
        (self.folder / f"facts, {seen}.json").write_text(json.dumps(facts), encoding="utf-8")

    def row(self, name: str, how: dict) -> dict[str, np.ndarray]:
        """What came out for one row of the plan: per probe "hit", "ap", "pid"; per scored tracklet "auc", "auc_pid";
        and "seconds", with those of what had to be made for it first."""
        path = self.folder / f"{name}.npz"
        if not path.exists():
            began = time.perf_counter()
            arrays = self._measured(how) | {"seconds": np.array([time.perf_counter() - began])}
            temporary = path.with_suffix(".tmp.npz")
            np.savez(temporary, **arrays)
            temporary.rename(path)
        with np.load(path) as stored:
            return dict(stored)

    def _measured(self, how: dict) -> dict[str, np.ndarray]:
        if how.get("whole"):
            head, tested = self._fine_tuned(how)
        else:
            features = self.features(how.get("inputs", "both"))
            tested = [features[n] for n in self.tested]
            if how["head"] == "oracle":
                weights = [np.maximum(each, 1e-6) ** ORACLE for each in self._visibility()]
                return self._scored(_weighted(tested, weights), None)
            head = self._head(how)
        embedded = pool(head, tested)
        attention = [each[-1] for each in embedded.attention]
        if how.get("control") == "shuffled attention":
            rng = np.random.default_rng((self.seed, 7))
            attention = [rng.permutation(each) for each in attention]
            return self._scored(_weighted(tested, attention), attention)
        return self._scored(embedded.features, attention or None)

    def _head(self, how: dict) -> Head:
        """A head fitted on the features of the frozen frame CNN."""
        system = preset("corrected").with_head(how["head"], **how.get("options", {}))
        head = system.network(self.seed).head
        if not how.get("recipe") or not any(True for _ in head.parameters()) or how.get("control") == "untrained":
            return head.eval()
        split, inputs = self.split, self.inputs("both")
        if how.get("control") == "shuffled identities":
            inputs = _Relabelled(inputs, self.numbers, self.seed)
        network = Network(system.network(self.seed).frame_cnn, head)
        features = self.features("both")
        train(inputs, split, system, _faster_head(self.plan["head"], how), self.seed, network=network,
              features=[np.array(features[n]) for n in self.numbers])
        return head.eval()

    def _fine_tuned(self, how: dict) -> tuple[Head, list[np.ndarray]]:
        """The whole network, the frame CNN too, trained on from the trunk with this head in the loop."""
        inputs = self.inputs("both")
        system = preset("corrected").with_head(how["head"], **how.get("options", {}))
        network = Network(self.trunk("both").network.frame_cnn, system.network(self.seed).head)
        train(inputs, self.split, system, _faster_head(self.plan["whole"], how), self.seed, network=network)
        return network.head.eval(), frame_features(network.frame_cnn, inputs, self.tested,
                                                   used_frames(self.store.lengths[self.tested]))

    def _visibility(self) -> list[np.ndarray]:
        column = self.store.column("visibility")
        return [column[self.store.starts[n]:self.store.starts[n] + self.store.lengths[n]].astype(np.float64)
                for n in self.tested]

    def _scored(self, features: np.ndarray, attention: list[np.ndarray] | None) -> dict[str, np.ndarray]:
        store, half = self.store, len(self.probes)
        ranking = rank(probe_features=features[:half], gallery_features=features[half:],
                       probe_pids=store.pids[self.probes], gallery_pids=store.pids[self.gallery],
                       probe_camids=store.camids[self.probes], gallery_camids=store.camids[self.gallery],
                       protocol="camera_pair")
        arrays = {"hit": ranking.hits(1).astype(float), "ap": ranking.average_precision, "pid": store.pids[self.probes]}
        if attention is not None:
            layout = Layout(store.lengths[self.tested])
            positive = np.concatenate(self._visibility()) >= VISIBLE
            auc = auc_within(midranks(np.concatenate(attention).astype(np.float64), layout), positive, layout)
            known = np.isfinite(auc)
            arrays |= {"auc": auc[known], "auc_pid": store.pids[self.tested][known]}
        return arrays

    def facts(self) -> dict:
        """Where the numbers come from."""
        seen = {path.stem.removeprefix("facts, "): json.loads(path.read_text(encoding="utf-8"))
                for path in sorted(self.folder.glob("facts, *.json"))}
        return {"world": self.world, "seed": self.seed, "data_hash": self.store.hash,
                "train": len(self.split.train), "test": len(self.split.test), "trunks": seen}


class _Relabelled(TrackletInputs):
    """The same inputs under permuted identities: what a head learns from them has nothing to do with people."""

    def __init__(self, inputs: TrackletInputs, numbers: np.ndarray, seed: int) -> None:
        self.__dict__.update(inputs.__dict__)
        self.store = _PermutedStore(inputs.store, numbers, seed)


class _PermutedStore:
    def __init__(self, store: Store, numbers: np.ndarray, seed: int) -> None:
        self._store = store
        self.pids = store.pids.copy()
        rng = np.random.default_rng((seed, 11))
        for camera in np.unique(store.camids[numbers]):
            rows = numbers[store.camids[numbers] == camera]
            self.pids[rows] = rng.permutation(self.pids[rows])

    def __getattr__(self, name: str):
        return getattr(self._store, name)


def sized(how: dict) -> Recipe:
    """The recipe that a part of the plan names."""
    chosen = recipe(how["recipe"]).sized(frames=how["frames"], steps=how["steps"])
    rate = how.get("learning_rate", chosen.optimiser.learning_rate)
    return replace(chosen, optimiser=replace(chosen.optimiser, learning_rate=rate))


def trunk_system(how: dict, inputs: TrackletInputs) -> Preset:
    """Mean pooling with the lengths of features and the scales of losses that the plan names."""
    base = preset("corrected").with_head("mean", **how.get("head_options", {}))
    return replace(base, inputs=inputs.options, losses=replace(base.losses, **how.get("losses", {})))


def _faster_head(part: dict, how: dict) -> Recipe:
    chosen = sized({**part, "recipe": how.get("recipe", part.get("recipe"))})
    faster = {**chosen.optimiser.multipliers, "network.head": float(how.get("rate", part["rate"]))}
    return replace(chosen, optimiser=replace(chosen.optimiser, multipliers=faster))


def _weighted(features: list[np.ndarray], weights: list[np.ndarray]) -> np.ndarray:
    means = np.stack([np.average(x, 0, w) for x, w in zip(features, weights, strict=True)])
    return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)


def read_plan(path: Path) -> dict:
    """The plan; every head in it is checked by building it."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    for how in plan["rows"].values():
        if how["head"] != "oracle":
            make_head(how["head"], 128, **how.get("options", {}))
    return plan
