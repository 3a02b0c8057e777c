"""Protocols on hand-made galleries, and their draws by chance."""

from __future__ import annotations

import numpy as np
import pytest
from brute_ranking import assert_same, brute

from reidlib.evaluation import identities
from reidlib.evaluation.identities import Labels
from reidlib.evaluation.protocols import (
    PROTOCOLS,
    CameraPair,
    Cuhk03Classic,
    SingleGalleryShot,
    TwoTracklet,
    find,
)
from reidlib.evaluation.ranking import rank


def labels(pp, gp, pc, gc):
    return dict(zip(("probe_pids", "gallery_pids", "probe_camids", "gallery_camids"), (pp, gp, pc, gc), strict=True))


def random_labels(seed=0, probes=60, gallery=200, persons=15, cameras=3):
    rng = np.random.default_rng(seed)
    return Labels(
        rng.integers(-1, persons, probes), rng.integers(-1, persons, gallery),
        rng.integers(0, cameras, probes), rng.integers(0, cameras, gallery),
    )  # fmt: skip


def the_draws(protocol, ids):
    return [list(draw) for draw in protocol.draws(ids)]


def test_market_and_mars_apply_one_rule_and_mars_says_what_is_missing():
    distance = np.arange(12.0).reshape(2, 6)
    #            own camera, junk, distractor, match, wrong, match
    ids = labels([1, 5], [1, -1, 0, 1, 2, 1], [0, 0], [0, 3, 1, 1, 1, 2])
    market, mars = (rank(distance, protocol=name, **ids) for name in ("market1501", "mars"))
    assert market.first_rank.tolist() == mars.first_rank.tolist() == [2, 0]
    assert market.mAP == mars.mAP == (1 / 2 + 2 / 4) / 2
    assert len(market.notes) == 1
    assert "keeps the query tracklets" in mars.notes[1]
    # The queries of MARS stay in the gallery: each is the other's match, and ignored by itself.
    both = labels([7, 7], [7, 7, 9], [0, 1], [0, 1, 0])
    kept = rank(np.array([[0.0, 2, 1], [2, 0, 3]]), protocol="mars", **both)
    assert kept.first_rank.tolist() == [2, 1]
    assert kept.notes == ()


def test_a_probe_with_the_junk_pid_is_no_query():
    ranking = rank(np.zeros((2, 2)), **labels([-1, 1], [-1, 1], [0, 0], [1, 1]))
    assert ranking.valid.tolist() == [False, True]


def test_pid_zero_is_a_distractor_only_if_no_probe_has_it():
    """Many data sets count identities from 0."""
    assert rank(np.zeros((1, 2)), **labels([0], [0, 1], [0], [1, 1])).first_rank.tolist() == [1]


def test_camera_pair_by_hand():
    """PRID-2011 in small: camera 0 probes, camera 1 gallery with a person of its own; no other item is there."""
    distance = np.array([[3.0, 1, 2, 0], [1, 2, 3, 0], [0, 0, 0, 0]])
    ids = labels([1, 2, 1], [1, 2, 3, 1], [0, 0, 1], [1, 1, 1, 0])
    ranking = rank(distance, protocol="camera_pair", **ids)
    assert ranking.first_rank.tolist() == [3, 2, 0]
    assert ranking.mAP == (1 / 3 + 1 / 2) / 2
    back = rank(distance, protocol=CameraPair(1, 0), **ids)
    assert back.first_rank.tolist() == [0, 0, 1]


def one_per_identity(gallery, ids):
    pids = ids.gallery_pids[gallery]
    return len(np.unique(pids)) == len(pids)


@pytest.mark.parametrize("pairs", [1 << 17, 5])
def test_single_gallery_shot_draws(monkeypatch, pairs):
    """Each draw: one item of each identity that is not junk, one match for each probe that can have one."""
    monkeypatch.setattr(identities, "PAIRS", pairs)
    ids = random_labels()
    for (trial,) in the_draws(SingleGalleryShot(repeats=20, seed=1), ids):
        assert one_per_identity(trial.gallery, ids)
        assert set(ids.gallery_pids[trial.gallery]) == set(ids.gallery_pids) - {-1}
        assert (np.diff(trial.gallery) > 0).all()
        for i, match in enumerate(trial.drawn):
            cameras = ids.gallery_camids[(ids.gallery_pids == ids.probe_pids[i]) & (ids.gallery_pids != -1)]
            if (cameras != ids.probe_camids[i]).any():
                assert ids.gallery_pids[match] == ids.probe_pids[i]
                assert ids.gallery_camids[match] != ids.probe_camids[i]
                # The drawn item itself is the match wherever it may be.
                shown = trial.gallery[ids.gallery_pids[trial.gallery] == ids.probe_pids[i]][0]
                assert match == shown or ids.gallery_camids[shown] == ids.probe_camids[i]
            else:
                assert match == -1


def test_single_gallery_shot_draws_uniformly():
    """Four valid items of one identity: each is the match in a quarter of 2,000 draws, give or take 4 deviations."""
    ids = Labels(*(np.array(v) for v in ([1], [1, 1, 1, 1, 1, 2], [0], [0, 1, 1, 2, 3, 1])))
    drawn = np.array([trial.drawn[0] for (trial,) in the_draws(SingleGalleryShot(repeats=2000), ids)])
    counts = np.bincount(drawn, minlength=6)
    assert counts[0] == counts[5] == 0
    assert (np.abs(counts[1:5] - 500) < 4 * np.sqrt(2000 * 0.25 * 0.75)).all()


def test_single_gallery_shot_scores_each_draw():
    """Every draw equals plain Python on that draw's own gallery, and the result is the mean over draws."""
    ids = random_labels(3, 20, 80)
    distance = np.random.default_rng(0).random((20, 80)).round(2)
    protocol = SingleGalleryShot(repeats=4, seed=7)
    ranking = rank(distance, protocol=protocol, **vars(ids))
    expected = []
    for (trial,) in the_draws(protocol, ids):
        rows = []
        for i, match in enumerate(trial.drawn):
            items = np.union1d(trial.gallery[ids.gallery_pids[trial.gallery] != ids.probe_pids[i]], match)
            items = items[items >= 0]
            order = sorted(items, key=lambda j, i=i: (distance[i, j], j))
            rows.append(order.index(match) + 1 if match >= 0 else 0)
        expected.append(rows)
    np.testing.assert_array_equal(ranking.first_ranks, expected)
    assert ranking.first_rank.shape == (4, 20)
    valid = np.array(expected) > 0
    assert ranking.queries == valid[0].sum() < 20
    assert ranking.mAP == pytest.approx((1 / np.array(expected)[valid]).mean(), abs=1e-14)
    assert ranking.cmc[2] == pytest.approx((np.array(expected)[valid] <= 3).mean(), abs=1e-14)
    np.testing.assert_allclose(ranking.hits(3)[ranking.valid], (np.array(expected) <= 3).mean(axis=0)[ranking.valid])
    assert np.isnan(ranking.average_precision[~ranking.valid]).all()


def test_cuhk03_classic_looks_at_the_other_cameras_only():
    """Probes and gallery are the same images, as in the data set."""
    rng = np.random.default_rng(2)
    pids, camids = np.repeat(np.arange(10), 6), np.tile([0, 0, 0, 1, 1, 1], 10)
    ids = Labels(pids, pids, camids, camids)
    for draw in the_draws(Cuhk03Classic(repeats=3), ids):
        assert len(draw) == 2
        assert np.sort(np.concatenate([trial.probes for trial in draw])).tolist() == list(range(60))
        for trial in draw:
            assert one_per_identity(trial.gallery, ids)
            assert len(trial.gallery) == 10
            assert len(np.unique(camids[trial.probes])) == 1
            assert (camids[trial.gallery] != camids[trial.probes[0]]).all()
            assert (pids[trial.drawn] == pids[trial.probes]).all()
            assert np.isin(trial.drawn, trial.gallery).all()
    features = rng.standard_normal((10, 8))[pids] + 0.1 * rng.standard_normal((60, 8))
    ranking = rank(probe_features=features, gallery_features=features, protocol="cuhk03_classic", **vars(ids))
    assert ranking.cmc[0] == 1
    assert ranking.queries == 60


def test_two_tracklet_draws():
    """One pair per identity that two cameras saw; the gallery holds exactly the drawn ones."""
    ids = random_labels(5, 60, 90)
    seen = set()
    for (trial,) in the_draws(TwoTracklet(repeats=15), ids):
        possible = {
            p for p in set(ids.probe_pids) - {-1}
            if len(set(ids.probe_camids[ids.probe_pids == p]) | set(ids.gallery_camids[ids.gallery_pids == p])) > 1
            and (ids.gallery_pids == p).any()
        }  # fmt: skip
        assert set(ids.probe_pids[trial.probes]) == possible
        assert len(trial.probes) == len(possible) == len(trial.gallery)
        np.testing.assert_array_equal(np.sort(trial.drawn), trial.gallery)
        assert (ids.probe_pids[trial.probes] == ids.gallery_pids[trial.drawn]).all()
        assert (ids.probe_camids[trial.probes] != ids.gallery_camids[trial.drawn]).all()
        seen.add(tuple(trial.probes))
    assert len(seen) > 10


def test_two_tracklet_scores_a_square_matrix():
    """With one tracklet an identity and side there is one possible draw: the plain single-shot matrix."""
    rng = np.random.default_rng(0)
    distance = rng.random((30, 30))
    ids = labels(np.arange(30), rng.permutation(30), np.zeros(30, int), np.ones(30, int))
    expected = brute(distance.tolist(), *(np.asarray(v).tolist() for v in ids.values()))
    assert_same(rank(distance, protocol="two_tracklet", **ids), expected)


@pytest.mark.parametrize("name", ["single_gallery_shot", "cuhk03_classic", "two_tracklet"])
def test_seeds_repeat_and_more_draws_keep_the_first(name):
    ids = vars(random_labels(1))
    distance = np.random.default_rng(0).random((60, 200))
    few = rank(distance, protocol=f"{name}:repeats=2,seed=5", **ids).first_ranks
    many = rank(distance, protocol=f"{name}:repeats=6,seed=5", **ids).first_ranks
    np.testing.assert_array_equal(few, many[:2])
    assert (rank(distance, protocol=f"{name}:repeats=2,seed=6", **ids).first_ranks != few).any()


def test_names_round_trip():
    for name, protocol in PROTOCOLS.items():
        assert find(name) is not None
        assert find(str(protocol)) == protocol
    assert find("camera_pair:gallery_camera=4") == CameraPair(0, 4)
    assert str(SingleGalleryShot(3, 4)) == "single_gallery_shot:repeats=3,seed=4"
