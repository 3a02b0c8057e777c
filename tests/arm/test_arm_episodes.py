"""Episodes as the test will pose them: the probe's own camera never gives its answer away, whatever the table."""

import pickle
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import event, given, settings
from hypothesis import strategies as st

from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.items import Items
from reidlib.errors import ReidError


def _items(rows):
    pids, camids, days = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Items(pids, camids, days, "table", "0")


def _grid(persons, cameras=2, days=1, images=1):
    return _items([(p, c, d) for p in range(persons) for c in range(cameras) for d in range(days)
                   for _ in range(images)])  # fmt: skip


def _same(one, two):
    return all(torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b for a, b in zip(one, two, strict=True))


def _check(drawn, items, allowed, sampler):
    """Every promise of an episode, by a loop over its items."""
    N, D = drawn.ways, sampler.distractors
    assert sampler.ways[0] <= N <= sampler.ways[1]
    B, n = drawn.gallery.shape
    assert len(drawn.gallery) == sampler.episodes
    assert all(x.shape == (B, n) for x in drawn[1:5])
    assert all(x.shape == drawn.probes.shape for x in drawn[6:10])
    for x in (*drawn[:10],):
        assert x.dtype == (torch.bool if x is drawn.gallery_mask or x is drawn.probe_mask else torch.int64)
    for b in range(B):
        sides = {}
        for side in ("gallery", "probe"):
            numbers = drawn.gallery[b] if side == "gallery" else drawn.probes[b]
            mask, labels, camids, days = (getattr(drawn, f"{side}_{key}")[b].numpy()
                                          for key in ("mask", "labels", "camids", "days"))  # fmt: skip
            numbers = numbers.numpy()
            assert np.array_equal(items.camids[numbers], camids)
            assert np.array_equal(items.days[numbers], days)
            assert np.array_equal(mask, labels >= 0)
            assert np.all(np.diff(mask.astype(int)) <= 0)  # padding last
            assert set(items.pids[numbers].tolist()) <= set(allowed)
            sides[side] = [(int(i), int(label)) for i, label in zip(numbers[mask], labels[mask], strict=True)]
        owner = {}
        for i, label in sides["gallery"]:
            assert owner.setdefault(label, items.pids[i]) == items.pids[i]
        assert set(owner) == set(range(N + D))
        assert len(set(owner.values())) == N + D  # distractors are other people
        assert {label for _, label in sides["probe"]} == set(range(N))
        for i, label in sides["probe"]:
            assert items.pids[i] == owner[label]
            assert not any(items.pids[j] == items.pids[i] and items.camids[j] == items.camids[i]
                           for j, _ in sides["gallery"])  # fmt: skip
        K = Counter(label for _, label in sides["gallery"])
        Q = Counter(label for _, label in sides["probe"])
        for counts, numbers, (low, high) in ((K, sides["gallery"], sampler.shots),
                                             (Q, sides["probe"], (sampler.probes,) * 2)):  # fmt: skip
            if sampler.on_short == "ragged":
                assert max(counts.values()) <= high
            else:
                assert len(set(counts.values())) == 1
                assert low <= counts[0] <= high
            if sampler.on_short != "repeat":
                assert len(set(numbers)) == len(numbers)
        if sampler.mode == "pair":
            a, g = ({int(items.camids[i]) for i, _ in sides[side]} for side in ("probe", "gallery"))
            assert len(a) == len(g) == 1
            assert a != g
            if sampler.views.by_day:
                for side in sides.values():
                    assert len({int(items.days[i]) for i, _ in side}) == 1


@settings(max_examples=200)
@given(st.data())
def test_every_promise_holds_on_random_tables(data):
    # Tables from a seed: lists drawn entry by entry are mostly too small for any episode.
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n, persons, cameras, days = (data.draw(st.integers(1, top)) for top in (200, 10, 4, 3))
    items = _items(np.stack([rng.integers(-1, persons, n), rng.integers(0, cameras, n), rng.integers(0, days, n)], 1))
    allowed = data.draw(st.sets(st.integers(-1, 9), min_size=4))
    low = data.draw(st.integers(1, 3))
    options = {
        "ways": data.draw(st.sampled_from([1, 2, 4, (1, 3)])),
        "shots": data.draw(st.sampled_from([low, (low, low + 2)])),
        "probes": data.draw(st.integers(1, 3)), "mode": data.draw(st.sampled_from(["pair", "any"])),
        "same_day": data.draw(st.booleans()), "distractors": data.draw(st.integers(0, 2)),
        "on_short": data.draw(st.sampled_from(["skip", "repeat", "ragged"])), "episodes": data.draw(st.integers(1, 3)),
    }  # fmt: skip
    try:
        sampler = EpisodeSampler(items, np.array(sorted(allowed)), **options)
    except ReidError as error:
        assert "qualify" in str(error) or "no item" in str(error)  # noqa: PT017
        return
    event("drawn")
    again = pickle.loads(pickle.dumps(sampler))
    for step in (0, 1, 77):
        drawn = sampler.draw(step)
        _check(drawn, items, allowed, sampler)
        assert _same(drawn, again.draw(step))


def _qualify(items, mode, K, Q):
    """The most identities that can fill an episode at once, by loops."""

    def count(pid, camid, day=None):
        return sum((items.pids == pid) & (items.camids == camid) & ((items.days == day) | (day is None)))

    pids, cameras = set(items.pids.tolist()), set(items.camids.tolist())
    if mode == "any":
        return sum(any(count(p, a) >= Q and sum(items.pids == p) - count(p, a) >= K for a in cameras) for p in pids)
    views = set(zip(items.camids.tolist(), items.days.tolist(), strict=True))
    return max(sum(count(p, *a) >= Q and count(p, *b) >= K for p in pids) for a in views for b in views if a[0] != b[0])


@pytest.mark.parametrize("mode", ["pair", "any"])
def test_the_largest_possible_episode_is_drawn_and_one_more_is_refused_with_the_count(mode):
    rng = np.random.default_rng(3)
    images = 150 if mode == "pair" else 40
    for _ in range(6):
        items = _items(np.stack([rng.integers(0, top, images) for top in (12, 3, 2)], 1))
        best = _qualify(items, mode, 2, 1)
        assert 0 < best < 12
        sampler = EpisodeSampler(items, np.arange(12), ways=best, shots=2, mode=mode)
        _check(sampler.draw(0), items, range(12), sampler)
        with pytest.raises(ReidError, match=f"at most {best} qualify .*ways={best + 1}.*pass ways={best} or fewer"):
            EpisodeSampler(items, np.arange(12), ways=best + 1, shots=2, mode=mode)


@pytest.mark.parametrize("mode", ["pair", "any"])
def test_small_sets_are_a_sentence(mode):
    whole = np.arange(50)
    with pytest.raises(ReidError, match="at most 5 qualify"):
        EpisodeSampler(_grid(5), whole, ways=6, shots=1, mode=mode)
    with pytest.raises(ReidError, match=r"0 of them in two cameras or more; .*at most 0 qualify .*two cameras saw"):
        EpisodeSampler(_grid(5, cameras=1), whole, ways=2, shots=1, mode=mode)
    with pytest.raises(ReidError, match="no item of the 0 identities"):
        EpisodeSampler(_grid(5), [], ways=2, shots=1, mode=mode)
    with pytest.raises(ReidError, match="no item of the 2 identities asked for among the 10 of table"):
        EpisodeSampler(_grid(5), [70, 71], ways=2, shots=1, mode=mode)
    empty = np.zeros(0, np.int64)
    nothing = Items(empty, empty, empty, "empty", "0")
    with pytest.raises(ReidError, match="among the 0 of"):
        EpisodeSampler(nothing, whole, ways=2, shots=1, mode=mode)
    with pytest.raises(ReidError, match=r"and 0 more as distractors.*distractors=1"):
        EpisodeSampler(_grid(5), whole, ways=5, shots=1, distractors=1, mode=mode)
    with pytest.raises(ReidError, match=r"at most 0 qualify for 3 gallery images.*fewer shots, or on_short='ragged'"):
        EpisodeSampler(_grid(5), whole, ways=2, shots=3, mode=mode)


@pytest.mark.parametrize("wrong", [{"ways": 0}, {"ways": (3, 2)}, {"ways": (1, 2, 3)}, {"shots": 1.5}, {"probes": 0},
                                   {"mode": "all"}, {"on_short": "crash"}, {"distractors": -1}, {"episodes": True},
                                   {"seed": -1}])  # fmt: skip
def test_wrong_options_are_a_sentence(wrong):
    with pytest.raises(ReidError, match="Found"):
        EpisodeSampler(_grid(5), np.arange(5), **{"ways": 2, "shots": 1, **wrong})
    with pytest.raises(ReidError, match="step=-1"):
        EpisodeSampler(_grid(5), np.arange(5), ways=2, shots=1).draw(-1)


def test_steps_and_seeds_differ_and_their_order_does_not_matter():
    items = _grid(40, images=2)
    sampler = EpisodeSampler(items, np.arange(40), ways=5, shots=1, seed=4)
    first = [sampler.draw(step) for step in range(50)]
    assert all(_same(first[step], sampler.draw(step)) for step in reversed(range(50)))
    assert len({tuple(d.gallery.flatten().tolist()) for d in first}) == 50
    other = EpisodeSampler(items, np.arange(40), ways=5, shots=1, seed=5)
    assert not any(_same(first[step], other.draw(step)) for step in range(50))


def test_no_global_random_state_is_used_or_moved():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    EpisodeSampler(_grid(9), np.arange(9), ways=3, shots=1).draw(0)
    assert torch.equal(before, torch.random.get_rng_state())


def test_train_and_test_never_meet():
    items = _grid(20, images=3)
    train, test = np.arange(0, 20, 2), np.arange(1, 20, 2)
    seen = {}
    for name, pids in (("train", train), ("test", test)):
        sampler = EpisodeSampler(items, pids, ways=4, shots=2, distractors=3, episodes=4)
        seen[name] = {int(p) for step in range(30) for p in items.pids[sampler.draw(step).gallery.numpy()].ravel()}
    assert seen["train"] == set(train.tolist())
    assert seen["test"] == set(test.tolist())


def test_the_gallery_shares_one_day_and_days_are_drawn_independently():
    items = _grid(12, days=6, images=2)
    sampler = EpisodeSampler(items, np.arange(12), ways=4, shots=2, distractors=2, episodes=200)
    drawn = sampler.draw(0)
    assert torch.all(drawn.gallery_days == drawn.gallery_days[:, :1])
    assert torch.all(drawn.probe_days == drawn.probe_days[:, :1])
    pairs = Counter(zip(drawn.gallery_days[:, 0].tolist(), drawn.probe_days[:, 0].tolist(), strict=True))
    assert len({day for day, _ in pairs}) == len({day for _, day in pairs}) == 6
    equal = sum(count for (g, p), count in pairs.items() if g == p)
    assert abs(equal / 200 - 1 / 6) < 4 * np.sqrt(1 / 6 * 5 / 6 / 200)
    mixed = EpisodeSampler(items, np.arange(12), ways=4, shots=2, same_day=False, episodes=50).draw(0)
    assert not torch.all(mixed.gallery_days == mixed.gallery_days[:, :1])


def test_cameras_identities_and_images_are_drawn_evenly():
    """Expected counts by hand; four standard deviations of a binomial."""
    items = _grid(10, cameras=3, images=3)
    B = 900
    drawn = EpisodeSampler(items, np.arange(10), ways=2, shots=1, episodes=B).draw(0)
    cameras = Counter(zip(drawn.probe_camids[:, 0].tolist(), drawn.gallery_camids[:, 0].tolist(), strict=True))
    assert sorted(cameras) == [(a, b) for a in range(3) for b in range(3) if a != b]
    for counts, draws, share in ((cameras, B, 1 / 6), (Counter(items.pids[drawn.gallery].ravel().tolist()), B, 1 / 5),
                                 (Counter(drawn.probes.ravel().tolist()), 2 * B, 1 / 90)):  # fmt: skip
        for count in counts.values():
            assert abs(count - draws * share) < 4 * np.sqrt(draws * share)


def test_the_gallery_is_shuffled():
    """Sorted galleries would let an order-dependent encoder read the label off the place."""
    drawn = EpisodeSampler(_grid(30, images=2), np.arange(30), ways=10, shots=2, episodes=100).draw(0)
    means = drawn.gallery_labels.double().mean(0)
    assert torch.all((means - 4.5).abs() < 4 * (99 / 12) ** 0.5 / 10)
    assert not any(torch.equal(row, row.sort().values) for row in drawn.gallery_labels)


def test_mode_any_mixes_cameras_and_keeps_other_identities_from_the_probes_camera():
    items = _grid(8, cameras=3, images=2)
    drawn = EpisodeSampler(items, np.arange(8), ways=6, shots=2, mode="any", episodes=60).draw(0)
    assert all(len(set(row.tolist())) > 1 for row in drawn.probe_camids)
    # Identity by identity the gallery avoids the probe's camera; as a whole it does not.
    assert torch.any(drawn.gallery_camids == drawn.probe_camids[:, :1])
    used = {(int(p), int(c)) for p, c in zip(items.pids[drawn.gallery].ravel(), drawn.gallery_camids.ravel(),
                                             strict=True)}  # fmt: skip
    assert used == {(p, c) for p in range(8) for c in range(3)}


def test_short_identities_are_skipped_repeated_or_leave_gaps():
    rows = [(p, 0, 0) for p in range(4)] + [(p, 1, 0) for p in range(4) for _ in range(p + 1)]
    items = _items(rows)  # identity p has p + 1 images in camera 1 and one in camera 0
    skip = EpisodeSampler(items, np.arange(4), ways=2, shots=3)
    assert all(set(items.pids[skip.draw(s).gallery.numpy()].ravel()) == {2, 3} for s in range(20))
    for on_short in ("repeat", "ragged"):
        sampler = EpisodeSampler(items, np.arange(4), ways=4, shots=3, on_short=on_short, episodes=40)
        drawn = sampler.draw(0)
        for b in np.flatnonzero(drawn.probe_camids[:, 0] == 0):
            real = drawn.gallery_mask[b]
            counts = Counter(items.pids[drawn.gallery[b][real].numpy()].tolist())
            assert counts == ({p: 3 for p in range(4)} if on_short == "repeat" else {0: 1, 1: 2, 2: 3, 3: 3})
            if on_short == "repeat":  # all images come once before one comes twice
                assert all(len({int(i) for i in drawn.gallery[b] if items.pids[i] == p}) == min(3, p + 1)
                           for p in range(4))  # fmt: skip


def test_ranges_of_ways_and_shots_are_used_to_both_ends():
    sampler = EpisodeSampler(_grid(9, images=3), np.arange(9), ways=(2, 4), shots=(1, 3))
    sizes = {(d.ways, d.gallery.shape[1] // d.ways) for d in (sampler.draw(s) for s in range(120))}
    assert sizes == {(n, k) for n in (2, 3, 4) for k in (1, 2, 3)}
