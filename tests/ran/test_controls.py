"""Controls of every claim about attention: without what is claimed, the score sits at its floor; with it, above.

The floors: chance for a network that learned nothing about people, ½ for attention that knows nothing about frames,
mean pooling for weights dealt out at random. Each test would fail if the control rose, and if the real thing fell.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from reidlib.data.splits import from_ids, halves
from reidlib.data.store import Store
from reidlib.evaluation.ranking import rank
from reidlib.evaluation.visibility import score_attention
from reidlib.ran.embed import Embedded, frame_features, pool, used_frames
from reidlib.ran.evaluate import sides
from reidlib.ran.heads import make_head
from reidlib.ran.heads.head import Head
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.network import Network
from reidlib.ran.presets import preset
from reidlib.ran.recipes import recipe
from reidlib.ran.shipped import load_shipped
from reidlib.ran.train import train
from reidlib.world.build import street


@pytest.fixture(scope="module")
def world() -> SimpleNamespace:
    """60 people of the default street with the shipped network's features of every frame; it never saw those of
    `split.test`."""
    store = street("street-v1", persons=60)
    inputs, dealt = TrackletInputs(store), load_shipped("coupled").facts["split"]
    train, test = ([pid for pid in dealt[part] if pid < 60] for part in ("train", "test"))
    trunk = load_shipped("coupled").network
    features = frame_features(trunk.frame_cnn, inputs, np.arange(len(store)), used_frames(store.lengths))
    return SimpleNamespace(store=store, inputs=inputs, split=from_ids(train=train, test=test, name="controls"),
                           trunk=trunk, features=features)


def first_rank(store: Store, numbers: np.ndarray, features: np.ndarray) -> float:
    half = len(numbers) // 2
    found = rank(probe_features=features[:half], gallery_features=features[half:],
                 probe_pids=store.pids[numbers[:half]], gallery_pids=store.pids[numbers[half:]],
                 probe_camids=store.camids[numbers[:half]], gallery_camids=store.camids[numbers[half:]],
                 protocol="camera_pair")
    return float(found.cmc[0])


def scored(world: SimpleNamespace, attention: list[np.ndarray]):
    return score_attention(np.concatenate(attention), world.store.column("visibility"), world.store.lengths,
                           pids=world.store.pids)


def pooled(world: SimpleNamespace, head: Head) -> Embedded:
    return pool(head, world.features)


def relabelled(inputs: TrackletInputs, numbers: np.ndarray, seed: int) -> TrackletInputs:
    """The same tracklets under identities dealt out anew in each camera."""
    store = inputs.store
    pids, rng = store.pids.copy(), np.random.default_rng(seed)
    for camera in np.unique(store.camids):
        rows = numbers[store.camids[numbers] == camera]
        pids[rows] = rng.permutation(pids[rows])
    same = {name: getattr(store, name) for name in ("camids", "lengths", "starts", "name", "version", "hash")}
    changed = TrackletInputs.__new__(TrackletInputs)
    changed.__dict__.update(inputs.__dict__, store=SimpleNamespace(**same, pids=pids))
    return changed


def test_what_training_knows_of_people_is_in_their_identities():
    """Two controls. Names dealt out anew among the gallery: rank-1 is at chance. Training on shuffled identities: far
    below training on the true ones; not at the untrained network's level, for telling tracklets apart still teaches
    what clothes look like.
    """
    store = street("street-v1-small", persons=100)
    inputs, split = TrackletInputs(store), halves(range(100), 1)[0]
    tested = np.concatenate(sides(store, split.tracklets(store.pids, "test")))
    system, how = preset("corrected").with_head("mean"), recipe("spread").sized(frames=4, steps=80)

    def features(which: TrackletInputs) -> np.ndarray:
        cnn = train(which, split, system, how, 0).network.frame_cnn
        return pool(make_head("mean"), frame_features(cnn, inputs, tested, used_frames(store.lengths[tested]))).features

    shuffled = relabelled(inputs, split.tracklets(store.pids, "train"), 5)
    right = features(inputs)
    assert first_rank(store, tested, right) >= first_rank(store, tested, features(shuffled)) + 0.1
    names = relabelled(inputs, tested[len(tested) // 2:], 7).store
    assert first_rank(names, tested, right) <= 0.1  # at chance 6 hits or more of 50 have probability .0006


def test_attention_of_an_untrained_head_knows_nothing_about_frames(world):
    """A score drawn at random points anywhere: over ten draws its AUC is ½ on average; consensus is far above."""
    found = []
    for seed in range(10):
        untrained = preset("corrected").with_head("softmax", start="he").network(seed).head
        attention = pooled(world, untrained).attention
        found.append(scored(world, [each[-1] for each in attention]).attention.auc.estimate)
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) - 0.5) < 3.2 * error  # 99 % of Student's t with 9 degrees of freedom
    known = scored(world, [each[-1] for each in pooled(world, make_head("consensus")).attention])
    assert known.attention.auc.low > 0.65


def test_a_head_fitted_on_shuffled_identities_learns_no_visibility(world):
    """Its attention orders the frames no better than chance does, and people are found no better than by the mean."""
    store, numbers = world.store, world.split.tracklets(world.store.pids, "train")
    system = preset("corrected").with_head("softmax")
    network = Network(world.trunk.frame_cnn, system.network(0).head)
    train(relabelled(world.inputs, numbers, 3), world.split, system, recipe("spread").sized(frames=16, steps=100), 0,
          network=network, features=[world.features[n] for n in numbers])
    tested = np.concatenate(sides(store, world.split.tracklets(store.pids, "test")))
    embedded, mean = pooled(world, network.head.eval()), pooled(world, make_head("mean"))
    report = scored(world, [each[-1] for each in embedded.attention])
    assert report.attention.auc.low < 0.55
    assert first_rank(store, tested, embedded.features[tested]) < first_rank(store, tested, mean.features[tested]) + 0.1


def test_shuffled_attention_is_at_half_and_pools_like_the_mean(world):
    rng = np.random.default_rng(0)
    real = [each[-1] for each in pooled(world, world.trunk.head).attention]
    dealt = [rng.permutation(each) for each in real]
    report = scored(world, dealt)
    assert report.attention.auc.low < 0.5 < report.attention.auc.high
    own = scored(world, real)
    assert own.attention.auc.low > 0.65
    tested = np.concatenate(sides(world.store, world.split.tracklets(world.store.pids, "test")))
    weighted = np.stack([np.average(x, 0, a) for x, a in zip(world.features, dealt, strict=True)])
    weighted /= np.linalg.norm(weighted, axis=1, keepdims=True)
    mean = pooled(world, make_head("mean")).features
    assert abs(first_rank(world.store, tested, weighted[tested]) - first_rank(world.store, tested, mean[tested])) < 0.15
