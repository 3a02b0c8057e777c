"""One cell of the comparison of contexts: one strength of the days, one split, one seed. A base trained without
context, its features, encoders trained on them frozen and end to end, and every answer to the same episodes.

Each step leaves a file; a comparison that was killed goes on with what is there.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from _arm_summary import PLAIN
from _centred_arm import CentredArm

from reidlib.arm.batches import Source
from reidlib.arm.cached import Features
from reidlib.arm.changed import Changed
from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.evaluate import embed, episodic
from reidlib.arm.greyed import Greyed
from reidlib.arm.model import Arm
from reidlib.arm.parts import few_each, on_days
from reidlib.arm.recipes import Recipe, recipe
from reidlib.arm.rivals import Answer, answer_of, rivals
from reidlib.arm.stills import Stills
from reidlib.arm.systems import System, system
from reidlib.arm.train import train
from reidlib.data.splits import Split, split_identities
from reidlib.errors import ReidError
from reidlib.world.stills import street_stills


class Cell:
    """`train_people` and `test_people` of a world, at one strength; `bases`: of a plan whose bases are the same."""

    def __init__(self, plan: dict, strength: float, split: int, seed: int, folder: Path,
                 sizes: dict | None = None, bases: Path | None = None) -> None:
        self.plan, self.strength, self.seed = plan, strength, seed
        sizes = {"steps": plan["base"]["steps"], **(sizes or plan)}
        learners, tested, self.steps = sizes["train_people"], sizes["test_people"], sizes["steps"]
        store = street_stills(plan["world"], persons=learners + tested, strength=strength,
                              per_tracklet=plan["stills_a_walk"])
        self.stills = Stills(store)
        self.split: Split = split_identities(store.pids.tolist(), split, test=tested)
        cell = f"strength {strength:g}, {learners} people, split {split}, seed {seed}"
        self.folder, self.bases = folder / cell, (bases or folder) / cell
        for each in (self.folder, self.bases):
            each.mkdir(parents=True, exist_ok=True)
        self.training, self.testing = on_days(self.stills, plan["train_days"]), on_days(self.stills, plan["test_days"])

    def base(self, name: str = "base", how: Recipe | None = None, source: Source | None = None) -> Arm:
        """The network without context, trained or read again."""
        how = recipe(self.plan["base"]["recipe"]).sized(self.steps) if how is None else how
        return train(source or self.training, self.split, system("matching"), how, self.seed,
                     folder=(self.bases if name == "base" else self.folder) / name).network

    def features(self) -> tuple[Features, Features]:
        """z of the training people on their days, and of all people on the test days."""
        return self._embedded("train"), self._embedded("test")

    def _embedded(self, part: str) -> Features:
        path = self.bases / f"z, {part}.npz"
        if not path.exists():
            source = self.training if part == "train" else self.testing
            wanted = np.flatnonzero(np.isin(source.items.pids, self.split.pids(part)))
            ids = (each[wanted] for each in (source.items.pids, source.items.camids, source.items.days))
            Features(embed(self.base(), source, wanted).numpy(), *ids, name=f"z of {source.items.name}").save(path)
        return Features.load(path)

    def answers_on_features(self) -> dict[str, np.ndarray]:
        """Encoders trained on frozen z, and all rivals: {answer / task: (episodes,) rank-1} and mAP."""
        def measured() -> dict[str, np.ndarray]:
            learned, tested = self.features()
            answers = {"no context": answer_of(self._wrapped(system("matching")))}
            for name, how in self.plan["encoders"].items():
                answers[name] = answer_of(self._fitted(how, learned))
            return self._asked(answers | rivals(learned.feats, torch.from_numpy(learned.items.camids)), tested)

        return self._kept("frozen", measured)

    def answers_end_to_end(self) -> dict[str, np.ndarray]:
        """Every system trained on from the base, backbone and all, by the same number of steps."""
        found: dict[str, np.ndarray] = {}
        chosen_ones = {name: self.plan["encoders"][name] for name in self.plan["end_to_end"]["encoders"]}
        for name, how in {"no context": {"gallery": "none", "probe": "none"}, **chosen_ones}.items():
            def measured(name: str = name, how: dict = how) -> dict[str, np.ndarray]:
                chosen = encoders(how)
                network = chosen.network(self.seed)
                base = self.base()
                network.backbone.load_state_dict(base.backbone.state_dict())
                network.neck.load_state_dict(base.neck.state_dict())
                network.matching.load_state_dict(base.matching.state_dict())
                train(self.training, self.split, chosen, recipe(self.plan["base"]["recipe"]).sized(
                    self.plan["end_to_end"]["steps"]), self.seed + 1000, network=network)
                learned, tested = (self._again(network, part) for part in ("train", "test"))
                answers: dict[str, Answer] = {name: answer_of(self._wrapped(chosen, network))}
                if name == "no context":
                    answers |= rivals(learned.feats, torch.from_numpy(learned.items.camids))
                return self._asked(answers, tested)

            found |= self._kept(f"end to end, {name}", measured)
        return found

    def grid(self) -> dict[str, np.ndarray]:
        """Every gallery encoder with every probe encoder, on frozen z."""
        found: dict[str, np.ndarray] = {}
        asked = self.plan["grid"]
        for gallery in asked["gallery"]:
            for probe, options in asked["probe"].items():
                how = {"gallery": gallery, "probe": probe.split()[0], "probe_options": options}

                def measured(how: dict = how, name: str = f"{gallery}, {probe}") -> dict[str, np.ndarray]:
                    learned, tested = self.features()
                    return self._asked({name: answer_of(self._fitted(how, learned))}, tested, asked["tasks"])

                found |= self._kept(f"grid, {gallery}, {probe}", measured)
        return found

    def greyed(self) -> dict[str, np.ndarray]:
        """The base trained and asked on pictures brought to grey one by one, with the rivals on its z; and the plain
        base's answers to the same episodes."""
        def measured() -> dict[str, np.ndarray]:
            training, testing = Greyed(self.training), Greyed(self.testing)
            network = self.base("base, grey", source=training)
            learned, tested = (self._again(network, part, source)
                               for part, source in (("train", training), ("test", testing)))
            answers = {"no context": answer_of(self._wrapped(system("matching"), network))}
            return self._asked(answers | rivals(learned.feats, torch.from_numpy(learned.items.camids)), tested)

        plain = {key.replace("no context", PLAIN): values for key, values in self.answers_on_features().items()
                 if key.startswith("no context / ")}
        return self._kept("greyed", measured) | plain

    def views(self) -> dict[str, np.ndarray]:
        """Galleries of several cameras and days: what a bias or a gate for the same and other cameras is good for."""
        def measured() -> dict[str, np.ndarray]:
            learned, tested = self.features()
            answers = {"no context": answer_of(self._wrapped(system("matching")))}
            chosen = recipe("any").sized(self.plan["frozen"]["steps"])
            for name, how in self.plan["views"]["encoders"].items():
                answers[name] = answer_of(self._fitted(how, learned, chosen))
            answers |= rivals(learned.feats, torch.from_numpy(learned.items.camids))
            return self._asked(answers, tested, self.plan["views"]["tasks"], mode="any")

        return self._kept("views", measured)

    def learner(self, objective: str, images: int) -> dict[str, np.ndarray]:
        """The paper's argument: the same backbone and budget, another objective, few images of each training person."""
        def measured() -> dict[str, np.ndarray]:
            asked = self.plan["learners"]
            how = recipe(objective).sized(asked["steps"])
            how = replace(how, same_day=False) if how.objective == "episode" else how
            how = replace(how, optimiser=replace(how.optimiser, **asked.get("optimiser", {}).get(objective, {})))
            pictures = few_each(self.training, images, self.seed)
            if images == 1:  # no match and no triplet without a second picture, so that one is made up
                pictures = Changed(pictures, seed=self.seed, **asked["changed"])
            network = self.base(f"learner, {objective}, {images}", how, pictures)
            return self._asked({objective: answer_of(self._wrapped(system("matching"), network))},
                               self._again(network, "test"))

        return self._kept(f"learner, {objective}, {images} images", measured)

    def _again(self, network: Arm, part: str, source: Source | None = None) -> Features:
        source = source or (self.training if part == "train" else self.testing)
        wanted = np.flatnonzero(np.isin(source.items.pids, self.split.pids(part)))
        ids = (each[wanted] for each in (source.items.pids, source.items.camids, source.items.days))
        return Features(embed(network, source, wanted).numpy(), *ids, name="z")

    def _wrapped(self, chosen: System, network: Arm | None = None) -> Arm:
        """The same encoders and matching, for z instead of pictures."""
        source = self.base() if network is None else network
        onto = chosen.on_features(source.D, neck=False).network(self.seed)
        onto.matching.load_state_dict(source.matching.state_dict())
        if network is not None:
            onto.gallery.load_state_dict(network.gallery.state_dict())
            onto.probe.load_state_dict(network.probe.state_dict())
        return onto.eval()

    def _fitted(self, how: dict, learned: Features, chosen: Recipe | None = None) -> Arm:
        network = self._wrapped(encoders(how))
        network = CentredArm(network, learned) if how.get("centred") else network
        chosen = chosen or recipe(self.plan["base"]["recipe"]).sized(how.get("steps", self.plan["frozen"]["steps"]))
        chosen = replace(chosen, ways=how.get("ways", chosen.ways))
        return train(learned, self.split, encoders(how).on_features(network.D, neck=False), chosen, self.seed,
                     network=network).network

    def _asked(self, answers: dict[str, Answer], tested: Features, tasks: list[str] | None = None,
               mode: str = "pair") -> dict[str, np.ndarray]:
        found = {}
        for task in tasks or self.plan["tasks"]:
            ways, shots, count = self.plan["tasks"][task]
            sampler = largest(tested, self.split, ways, shots, self.plan["task_seed"], mode)
            for name, accuracy in episodic(answers, tested.feats, sampler, count).items():
                found[f"{name} / {task} / rank-1"], found[f"{name} / {task} / mAP"] = accuracy.rank_1, accuracy.mAP
            found[f"ways / {task}"] = np.array([sampler.ways[1]])
        return found

    def _kept(self, name: str, measured) -> dict[str, np.ndarray]:
        path = self.folder / f"{name}.npz"
        if not path.exists():
            began = time.perf_counter()
            arrays = measured()
            temporary = path.with_suffix(".tmp.npz")
            np.savez(temporary, **{key.replace("/", "|"): value for key, value in arrays.items()})
            temporary.rename(path)
            seconds = self.folder / f"{name}.json"
            seconds.write_text(json.dumps({"seconds": round(time.perf_counter() - began)}), encoding="utf-8")
        with np.load(path) as stored:
            return {key.replace("|", "/"): stored[key] for key in stored}

    def facts(self) -> dict:
        """Where the numbers come from."""
        seconds = {path.stem: json.loads(path.read_text(encoding="utf-8"))["seconds"]
                   for path in sorted(self.folder.glob("*.json"))}
        return {"strength": self.strength, "seed": self.seed, "split": self.split.name,
                "data_hash": self.stills.items.hash, "train": len(self.split.train), "test": len(self.split.test),
                "stills": len(self.stills), "seconds": seconds}


def encoders(how: dict) -> System:
    """A system with the encoders that the plan names."""
    return replace(system("arm"), name="plan", gallery=how["gallery"], probe=how["probe"],
                   gallery_options=how.get("gallery_options", {}), probe_options=how.get("probe_options", {}))


def largest(tested: Features, split: Split, ways: int | str, shots: int, seed: int, mode: str) -> EpisodeSampler:
    """A sampler of `ways`, or of as many ("all") as one camera's day allows."""
    asked = len(split.test) if ways == "all" else ways
    while True:
        try:
            return EpisodeSampler(tested.items, np.array(split.test), ways=asked, shots=shots, on_short="ragged",
                                  episodes=1 if ways == "all" else 20, seed=seed, mode=mode)
        except ReidError:
            if ways != "all" or asked < 10:
                raise
            asked -= 1
