"""A family of networks: one frame CNN, trained with mean pooling, and the heads of several presets fitted on it frozen.

What differs between two of them is then the head alone. The checkpoint that comes with the library is such a family,
and so is what the course trains on somebody's own data. The recipe is `ours`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reidlib.data.splits import Split
from reidlib.ran.embed import frame_features, used_frames
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.network import Network
from reidlib.ran.presets import preset
from reidlib.ran.recipes import Recipe, recipe
from reidlib.ran.shipped import half_and_back
from reidlib.ran.sizes import fitted
from reidlib.ran.train import Trained, train
from reidlib.training.fit import Progress

HEADS = {"corrected": "contiguous", "coupled": "spread"}  # each with the recipe of its preset
HEAD_FRAMES = 16
Hear = Callable[[str, Progress], None]


def train_family(inputs: TrackletInputs, split: Split, *, steps: int | None, frames: int, head_steps: int | None,
                 seed: int, folder: Path | None = None,
                 hear: Hear = lambda what, heard: None) -> tuple[Trained, dict[str, Trained]]:
    """(trunk, {preset: its head on the trunk}), all rounded to half precision and back.

    Parameters
    ----------
    inputs : with the presets' own options, which are the defaults.
    steps, frames : of the trunk's training, T frames of a tracklet a step; steps None as the recipe says.
    head_steps : of each head's, on 16 frames.
    folder : of the trunk's checkpoints; heads cost seconds and have none.
    hear : hears (what is being trained, progress).

    Interrupted, it comes back with what there is: the last of it has `fit.interrupted`.
    """
    store, numbers = inputs.store, split.tracklets(inputs.store.pids, "train")

    def sized(name: str, frames: int, steps: int | None) -> Recipe:
        return fitted(recipe(name).sized(frames=frames, steps=steps), store.pids[numbers].tolist())

    trunk = train(inputs, split, preset("corrected").with_head("mean"), sized("spread", frames, steps), seed,
                  folder=folder, callbacks=[lambda heard: hear("frame CNN", heard)])
    if trunk.fit.interrupted:
        return trunk, {}
    half_and_back(trunk.network.frame_cnn)
    features = frame_features(trunk.network.frame_cnn, inputs, numbers, used_frames(store.lengths[numbers]))
    heads = {}
    for name, chosen in HEADS.items():
        system = preset(name)
        network = Network(trunk.network.frame_cnn, system.network(seed).head)
        heads[name] = train(inputs, split, system, sized(chosen, HEAD_FRAMES, head_steps), seed, network=network,
                            features=features,
                            callbacks=[lambda heard, name=name: hear(f"head of {name}", heard)])
        if heads[name].fit.interrupted:
            break
        half_and_back(network.head)
    return trunk, heads
