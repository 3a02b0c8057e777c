"""Judging answers: places by loops, ties against, Student's interval by hand, the same episodes for everybody."""

import math

import numpy as np
import pytest
import torch
from tiny_people import clouds

from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.evaluate import embed, episode_interval, episodic, judged
from reidlib.arm.rivals import answer_of, best_image
from reidlib.arm.systems import system
from reidlib.errors import ReidError


def drawn(seed=0, **options):
    source = clouds(20, images=3)
    chosen = {"ways": 5, "shots": 2, "probes": 2, "distractors": 2, "on_short": "ragged", "episodes": 6} | options
    return source, EpisodeSampler(source.items, np.arange(20), seed=seed, **chosen)


def by_loops(scores, episodes):
    rank_1, mAP = [], []
    for b in range(len(scores)):
        hits, precision = [], []
        shown = {int(y) for y, real in zip(episodes.gallery_labels[b], episodes.gallery_mask[b], strict=True) if real}
        for q, label in enumerate(episodes.probe_labels[b].tolist()):
            if not episodes.probe_mask[b, q]:
                continue
            own = scores[b][q][label]
            beaten = [y for y in shown - {label}
                      if math.isnan(own) or (not math.isnan(scores[b][q][y]) and scores[b][q][y] >= own)]
            hits.append(not beaten)
            precision.append(1 / (1 + len(beaten)))
        rank_1.append(np.mean(hits))
        mAP.append(np.mean(precision))
    return np.array(rank_1), np.array(mAP)


@pytest.mark.parametrize("levels", [3, 1000])
def test_places_are_those_of_a_loop_and_ties_count_against(levels):
    """Few levels: many ties. Masked probes, padding and distractors take part."""
    _, sampler = drawn()
    episodes = sampler.draw(0)
    mask = episodes.probe_mask.clone()
    mask[2, 1:4] = False
    episodes = episodes._replace(probe_mask=mask)
    rng = np.random.default_rng(levels)
    classes = episodes.gallery.shape[1]
    scores = torch.from_numpy(rng.integers(0, levels, (*episodes.probes.shape, classes)).astype(float))
    rank_1, mAP = judged(scores, episodes)
    expected = by_loops(scores.numpy(), episodes)
    assert 0 < expected[0].mean() < 1
    np.testing.assert_allclose(rank_1, expected[0], rtol=1e-12)
    np.testing.assert_allclose(mAP, expected[1], rtol=1e-12)


def test_equal_scores_for_all_are_a_miss():
    """An answer that knows nothing must not win by the order of labels."""
    _, sampler = drawn(distractors=0)
    episodes = sampler.draw(0)
    scores = torch.zeros(*episodes.probes.shape, episodes.gallery.shape[1])
    rank_1, mAP = judged(scores, episodes)
    assert np.all(rank_1 == 0)
    np.testing.assert_allclose(mAP, 1 / 5)


@pytest.mark.parametrize("nothing", [math.nan, -math.inf])
def test_an_answer_that_is_no_number_has_lost(nothing):
    _, sampler = drawn()
    episodes = sampler.draw(0)
    right = torch.nn.functional.one_hot(episodes.probe_labels, episodes.gallery.shape[1]).double()
    assert np.all(judged(right, episodes)[0] == 1)
    assert np.all(judged(torch.full_like(right, nothing), episodes)[0] == 0)
    assert np.all(judged(right.masked_fill(right == 1, nothing), episodes)[0] == 0)
    assert np.all(judged(right.masked_fill(right == 0, nothing), episodes)[0] == 1)


def test_classes_that_nobody_has_cannot_win():
    _, sampler = drawn(distractors=0)
    episodes = sampler.draw(0)
    right = torch.nn.functional.one_hot(episodes.probe_labels, episodes.gallery.shape[1] + 3).double()
    right[..., 5:] = 9
    assert np.all(judged(right, episodes)[0] == 1)


def test_all_probes_masked_is_no_hit_and_no_nan():
    _, sampler = drawn()
    episodes = sampler.draw(0)
    episodes = episodes._replace(probe_mask=torch.zeros_like(episodes.probe_mask))
    rank_1, mAP = judged(torch.zeros(*episodes.probes.shape, episodes.gallery.shape[1]), episodes)
    assert np.all(rank_1 == 0)
    assert np.all(mAP == 0)


def test_students_interval_by_hand():
    """Five values, mean .6, deviations ±.2, ±.1, 0: s² = .1/4; t(.975, 4) = 2.776445 from a table."""
    found = episode_interval(np.array([0.4, 0.8, 0.5, 0.7, 0.6]))
    half = 2.776445 * math.sqrt(0.1 / 4) / math.sqrt(5)
    assert found.estimate == pytest.approx(0.6)
    assert found.low == pytest.approx(0.6 - half, abs=1e-6)
    assert found.high == pytest.approx(0.6 + half, abs=1e-6)
    assert (found.n, found.level) == (5, 0.95)
    wider = episode_interval(np.array([0.4, 0.8, 0.5, 0.7, 0.6]), 0.99)
    assert wider.high - 0.6 == pytest.approx(half / 2.776445 * 4.604095, abs=1e-6)


def test_one_episode_has_no_interval():
    found = episode_interval(np.array([0.5]))
    assert not found.known
    assert found.as_dict()["low"] is None


def test_the_interval_covers_chance_as_often_as_it_says():
    """600 experiments of 50 episodes of a coin: 95 ± 3.6 % (four standard deviations of that share)."""
    rng = np.random.default_rng(1)
    inside = [0.2 in episode_interval(rng.binomial(5, 0.2, 50) / 5) for _ in range(600)]
    assert abs(np.mean(inside) - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 600)


def test_embed_is_the_networks_features_whatever_the_batch(monkeypatch):
    source = clouds(20)
    network = system("arm").on_features(8).network(0).train()
    heard = []
    monkeypatch.setattr("reidlib.arm.evaluate.AT_ONCE", 7)
    z = embed(network, source, progress=lambda *each: heard.append(each))
    assert z.dtype == torch.float32
    assert not z.requires_grad
    torch.testing.assert_close(z, network.features(source.feats).detach())
    assert heard[0] == (7, 80)
    assert heard[-1] == (80, 80)
    assert network.training  # as it was
    torch.testing.assert_close(embed(network, source, np.array([5, 2])), z[[5, 2]])
    assert embed(network, source, np.array([], int)).shape == (0, 128)


def test_broken_weights_are_a_sentence():
    network = system("arm").on_features(8).network(0)
    with torch.no_grad():
        network.neck.linear.weight[3, 3] = torch.nan
    with pytest.raises(ReidError, match=r"NaN or infinity in 80 of 80 features of clouds.*weights"):
        embed(network, clouds(20))


def test_everybody_meets_the_same_episodes_and_the_count_is_exact():
    source, sampler = drawn(episodes=6)
    seen = {"a": [], "b": []}

    def noting(name):
        def answer(gallery, probes, episodes):
            seen[name].append(episodes)
            return best_image(-(probes[:, :, None] - gallery[:, None]).square().sum(-1), episodes)

        return answer

    heard = []
    found = episodic({name: noting(name) for name in seen}, source.feats, sampler, 20,
                     progress=lambda *each: heard.append(each))
    assert len(found["a"].rank_1) == len(found["b"].mAP) == 20
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(one is other for one, other in zip(seen["a"], seen["b"], strict=True))
    assert np.array_equal(found["a"].rank_1, found["b"].rank_1)
    expected = np.concatenate([by_loops(best_image(-(source.feats[e.probes][:, :, None] - source.feats[e.gallery][
        :, None]).square().sum(-1), e).numpy(), e)[0] for e in map(sampler.draw, range(4))])[:20]
    np.testing.assert_allclose(found["a"].rank_1, expected)
    assert found["a"].interval == episode_interval(found["a"].rank_1)
    assert found["a"].mAP_interval.estimate == pytest.approx(found["a"].mAP.mean())


def test_the_answer_of_a_network_leaves_no_gradient():
    source, sampler = drawn()
    network = system("arm").on_features(8).network(0).eval()
    episodes = sampler.draw(0)
    z = embed(network, source)
    answer = answer_of(network)(z[episodes.gallery], z[episodes.probes], episodes)
    assert not answer.requires_grad
    direct = network(source.gather(episodes.gallery), source.gather(episodes.probes), episodes)
    torch.testing.assert_close(answer[..., :7], direct.log_probability.detach()[..., :7])


def test_what_cannot_be_asked_is_a_sentence():
    source, sampler = drawn()
    with pytest.raises(ReidError, match=r"episodes=0"):
        episodic({}, source.feats, sampler, 0)
    with pytest.raises(ReidError, match=r"3 features for 120 items"):
        episodic({}, source.feats[:3], sampler)
