"""Changed pictures against a loop in numpy: version 0 as it is, the others moved and tinted as drawn, reproducibly."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny_people import clouds

from reidlib.arm.batches import Batches
from reidlib.arm.changed import Changed, moved
from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.items import Items
from reidlib.arm.parts import few_each
from reidlib.arm.recipes import recipe
from reidlib.errors import ReidError

SHAPE = (3, 8, 6)


def people(n=5, seed=0):
    """n pictures of n people, all in camera 1, with pids that have gaps."""
    pictures = torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, (n, *SHAPE)).astype(np.float32))
    pids = 7 + 3 * np.arange(n)
    items = Items(pids, np.ones(n, np.int64), np.arange(n) % 2, "five", "hash")
    return SimpleNamespace(items=items, pictures=pictures, gather=lambda numbers: pictures[torch.as_tensor(numbers)])


def by_loops(picture, gains, shifts):
    """Pixel by pixel: what stood `shifts` up and left of it, or the nearest edge, times the gain on its light."""
    out = np.empty_like(picture)
    _, H, W = picture.shape
    for c in range(3):
        for y in range(H):
            for x in range(W):
                there = picture[c, min(max(y - shifts[0], 0), H - 1), min(max(x - shifts[1], 0), W - 1)]
                out[c, y, x] = min((there + 1) * gains[c] - 1, 1)
    return out


def test_every_version_is_what_was_drawn():
    source = people()
    changed = Changed(source, 4, gain=0.5, brightness=0.5, shift=3, seed=2)
    found = changed.gather(torch.arange(len(changed))).numpy()
    for number in range(len(changed)):
        version, item = divmod(number, 5)
        wanted = by_loops(source.pictures[item].numpy(), changed.gains[version, item].numpy(),
                          changed.shifts[version, item].tolist())
        np.testing.assert_allclose(found[number], wanted, atol=1e-6)


def test_version_0_is_the_picture_bit_by_bit_and_the_others_are_not():
    source = people()
    changed = Changed(source, 3)
    found = changed.gather(np.arange(15)).reshape(3, 5, *SHAPE)
    assert found[0].equal(source.pictures)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert ((found[one] - found[other]).abs().amax((1, 2, 3)) > 0.05).all()
    assert (changed.gains[0] == 1).all()
    assert (changed.shifts[0] == 0).all()


def test_who_it_is_stays_and_the_camera_is_the_version():
    source = people()
    changed = Changed(source, 3)
    assert len(changed) == 15
    assert changed.items.pids.tolist() == source.items.pids.tolist() * 3
    assert changed.items.days.tolist() == source.items.days.tolist() * 3
    assert changed.items.camids.tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert changed.items.name == "five, changed"


def test_gains_and_shifts_keep_to_their_bounds_and_come_near_them():
    changed = Changed(people(300), 5, gain=0.3, brightness=0.1, shift=3)
    logs, shifts = changed.gains[1:].log(), changed.shifts[1:]
    assert logs.abs().max() <= 0.4 + 1e-6
    assert logs.max() > 0.35
    assert logs.min() < -0.35
    assert set(shifts.unique().tolist()) == set(range(-3, 4))
    assert logs.mean((0, 1)).abs().max() < 0.03
    spread = (logs - logs.mean(-1, keepdim=True)).abs().amax()  # what one channel has beside the others
    assert 0.2 < spread <= 0.4
    grey = Changed(people(300), 2, gain=0, brightness=0.1, shift=0)
    assert (grey.gains == grey.gains[..., :1]).all()
    assert grey.gains[1].std() > 0.03
    assert (grey.shifts == 0).all()
    still = Changed(people(), 2, gain=0, brightness=0, shift=0).gather(np.arange(10))
    torch.testing.assert_close(still, torch.cat([people().pictures] * 2), atol=1e-6, rtol=0)


def test_white_stays_white():
    source = people()
    source.pictures.fill_(1)
    found = Changed(source, 6, gain=1, shift=0).gather(np.arange(30))
    assert found.max() == 1
    assert found.min() < 0.5


@pytest.mark.parametrize("numbers", [np.array([[3, 14], [7, 7]]), torch.tensor([[3, 14], [7, 7]]), torch.tensor(14),
                                     np.array(2), torch.zeros(0, 3, dtype=torch.int64)])
def test_numbers_of_any_shape(numbers):
    changed = Changed(people(), 3)
    found, whole = changed.gather(numbers), changed.gather(torch.arange(15))
    assert found.shape == (*numbers.shape, *SHAPE)
    assert found.equal(whole[torch.as_tensor(numbers)])


def test_the_seed_the_item_and_the_version_decide_and_nothing_else():
    one, again = (Changed(people(), 4, seed=1) for _ in range(2))
    numbers, before = np.arange(20), torch.get_rng_state()
    assert one.gather(numbers).equal(again.gather(numbers))
    assert torch.get_rng_state().equal(before)
    assert one.items.hash == again.items.hash
    others = [Changed(people(), 4, seed=2), Changed(people(), 4, seed=1, gain=0.21),
              Changed(people(), 4, seed=1, shift=3), Changed(people(), 5, seed=1)]
    assert len({each.items.hash for each in (one, *others)} | {"hash"}) == 6
    assert not one.gather(numbers).equal(others[0].gather(numbers))
    # further versions and further items move none of the others
    assert one.gains.equal(others[3].gains[:4])
    assert one.shifts.equal(Changed(people(9), 4, seed=1).shifts[:, :5])
    assert len(one.gains[1:].reshape(-1, 3).unique(dim=0)) == 15


def test_an_edge_is_repeated():
    picture = torch.arange(24.0).reshape(1, 1, 4, 6).expand(1, 3, 4, 6)
    down = moved(picture, torch.tensor([[1, 0]]))[0, 0]
    assert down[0].equal(down[1])
    assert down[1:].equal(picture[0, 0, :3])
    left = moved(picture, torch.tensor([[0, -2]]))[0, 0]
    assert left[:, :4].equal(picture[0, 0, :, 2:])
    assert left[:, 4].equal(left[:, 5])
    assert moved(picture, torch.tensor([[99, 0]]))[0, 0].equal(picture[0, 0, :1].expand(4, 6))


def test_one_picture_of_each_person_is_enough_for_episodes_only_when_changed():
    source, pids = people(12), people(12).items.pids
    with pytest.raises(ReidError, match="two cameras"):
        EpisodeSampler(source.items, pids, ways=6, shots=1, same_day=False)
    drawn = EpisodeSampler(Changed(source, 4).items, pids, ways=6, shots=1, same_day=False, episodes=9).draw(0)
    assert (drawn.gallery_camids[:, :1] == drawn.gallery_camids).all()
    assert (drawn.gallery_camids[:, 0] != drawn.probe_camids[:, 0]).all()
    assert len(set(zip(drawn.gallery_camids[:, 0].tolist(), drawn.probe_camids[:, 0].tolist(), strict=True))) > 2
    for b in range(9):  # a probe and its match are one person's one picture, twice
        own = {label: number % 12 for label, number in zip(
            drawn.gallery_labels[b].tolist(), drawn.gallery[b].tolist(), strict=True)}
        assert all(own[label] == number % 12 for label, number in zip(
            drawn.probe_labels[b].tolist(), drawn.probes[b].tolist(), strict=True))


@pytest.mark.parametrize("objective", ["episodes", "triplet-all", "identity-bn"])
def test_every_objective_finds_its_batches(objective):
    source = people(20)
    how = recipe(objective)
    batches = Batches(Changed(few_each(source, 1), 3), source.items.pids,
                      type(how)(**{**vars(how), "same_day": False, "ways": (8, 16)}), 0)
    batch = batches(0)
    pictures = batch.gallery if objective == "episodes" else batch.items
    assert pictures.shape[-3:] == SHAPE
    assert pictures.isfinite().all()
    if objective != "episodes":
        for label in batch.classes.unique():
            assert len(batch.camids[batch.classes == label].unique()) > 1


@pytest.mark.parametrize(("options", "sentence"), [
    ({"versions": 1}, "versions=1"), ({"versions": 2.5}, "versions=2.5"), ({"shift": -1}, "shift=-1"),
    ({"seed": -1}, "seed=-1"), ({"gain": -0.1}, "gain=-0.1"), ({"brightness": np.nan}, "brightness=nan"),
    ({"gain": np.inf}, "gain=inf"),
])
def test_what_cannot_be_a_change_is_a_sentence(options, sentence):
    with pytest.raises(ReidError, match=sentence):
        Changed(people(), **options)


def test_what_cannot_be_changed_is_a_sentence():
    with pytest.raises(ReidError, match="features cannot be changed like light"):
        Changed(clouds(4)).gather([0, 1])
    with pytest.raises(ReidError, match="item numbers"):
        Changed(people(), 2).gather([10])
