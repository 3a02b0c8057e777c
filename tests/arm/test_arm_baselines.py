"""Baselines against numpy loops; masks, order, lonely items; and a shift of the set that centring removes."""

import math

import numpy as np
import pytest
import torch

from reidlib.arm.baselines import (
    camera_means,
    centre,
    centre_cameras,
    cosine,
    euclidean,
    matching_attention,
    mean_colour,
    per_identity,
    prototypical,
    zscore,
)
from reidlib.errors import ReidError

B, N_ITEMS, Q, D = 3, 7, 4, 5
CLASSES = 4


def episode(seed=0, dtype=torch.float64):
    """Gallery, probes, mask, camids of both, labels. Episode 1 has one item, camera 3 stands behind probes only."""
    rng = np.random.default_rng(seed)
    mask = np.array([[1, 0, 1, 1, 0, 1, 1], [0, 0, 0, 1, 0, 0, 0], [1] * 7], bool)
    labels = np.where(mask, rng.integers(0, CLASSES - 1, (B, N_ITEMS)), -1)
    arrays = (rng.normal(1, 2, (B, N_ITEMS, D)), rng.normal(-1, 2, (B, Q, D)), mask,
              rng.integers(0, 3, (B, N_ITEMS)), rng.integers(0, 4, (B, Q)), labels)
    tensors = [torch.from_numpy(a) for a in arrays]
    return [t.to(dtype) if t.is_floating_point() else t for t in tensors]


def cos(a, b):
    length = np.linalg.norm(a) * np.linalg.norm(b)
    return a @ b / length if length else 0.0


SHIFTS = {
    "centre": lambda g, p, m, gc, pc: centre(g, p, m),
    "centre_cameras": lambda g, p, m, gc, pc: centre_cameras(g, p, m, gc, pc),
    "centre_cameras_prior": lambda g, p, m, gc, pc: centre_cameras(g, p, m, gc, pc, prior=1.5),
    "zscore": lambda g, p, m, gc, pc: zscore(g, p, m),
    "zscore_trained": lambda g, p, m, gc, pc: zscore(g, p, m, spread=torch.full((D,), 2.0, dtype=g.dtype), prior=3.0),
    "zscore_bare": lambda g, p, m, gc, pc: zscore(g, p, m, prior=0.0),
}


def shifted_by_numpy(name, g, p, m, gc, pc):
    """One episode in loops: (n, D), (Q, D) -> the same."""
    real = [i for i in range(len(g)) if m[i]]
    mean = sum(g[i] for i in real) / len(real)
    g_out, p_out = np.zeros_like(g), np.zeros_like(p)
    prior = 1.5 if name == "centre_cameras_prior" else 0.0

    def of_camera(camera):
        own = [g[i] for i in real if gc[i] == camera]
        if not own and not prior:
            return mean
        return (sum(own) + prior * mean) / (len(own) + prior)

    for i in real:
        g_out[i] = g[i] - (of_camera(gc[i]) if "cameras" in name else mean)
    for q in range(len(p)):
        p_out[q] = p[q] - (of_camera(pc[q]) if "cameras" in name else mean)
    if "zscore" in name:
        gallery_variance = np.array([sum((g[i][d] - mean[d]) ** 2 for i in real) / len(real) for d in range(D)])
        towards = np.full(D, 4.0) if name == "zscore_trained" else np.full(D, gallery_variance.mean())
        weight = {"zscore": 8.0, "zscore_trained": 3.0, "zscore_bare": 0.0}[name]
        spread = np.sqrt((len(real) * gallery_variance + weight * towards) / (len(real) + weight) + 1e-12)
        g_out, p_out = g_out / spread, p_out / spread
    return g_out, p_out


@pytest.mark.parametrize("name", SHIFTS)
def test_shifts_are_those_of_numpy_loops(name):
    g, p, m, gc, pc, _ = episode()
    ours = SHIFTS[name](g, p, m, gc, pc)
    for b in range(B):
        reference = shifted_by_numpy(name, *(t[b].numpy() for t in (g, p, m, gc, pc)))
        for mine, theirs in zip(ours, reference, strict=True):
            np.testing.assert_allclose(mine[b].numpy(), theirs, rtol=1e-9, atol=1e-11)


def test_scores_are_those_of_numpy_loops():
    g, p, m, _, _, labels = episode()
    similarity, a = cosine(g, p, m), matching_attention(g, p, m, temperature=0.3)
    nearness = euclidean(g, p, m).numpy()
    by_identity = per_identity(a, labels, CLASSES)
    torch.testing.assert_close(by_identity.sum(-1), torch.ones(B, Q, dtype=torch.float64))
    euclid, angle = (prototypical(g, p, m, labels, CLASSES, metric).numpy() for metric in ("euclidean", "cosine"))
    g, p, m, labels = g.numpy(), p.numpy(), m.numpy(), labels.numpy()
    for b in range(B):
        real = [i for i in range(N_ITEMS) if m[b, i]]
        for q in range(Q):
            cosines = np.array([cos(g[b, i], p[b, q]) if m[b, i] else -np.inf for i in range(N_ITEMS)])
            weights = np.exp(cosines / 0.3)
            squares = [((g[b, i] - p[b, q]) ** 2).sum() if m[b, i] else np.inf for i in range(N_ITEMS)]
            np.testing.assert_allclose(nearness[b, q], -np.array(squares), atol=1e-10)
            np.testing.assert_allclose(similarity[b, q], cosines, atol=1e-11)
            np.testing.assert_allclose(a[b, q], weights / weights.sum(), atol=1e-11)
            for y in range(CLASSES):
                own = [i for i in real if labels[b, i] == y]
                np.testing.assert_allclose(by_identity[b, q, y], weights[own].sum() / weights.sum(), atol=1e-11)
                if not own:
                    assert euclid[b, q, y] == angle[b, q, y] == -math.inf
                    continue
                mean = sum(g[b, i] for i in own) / len(own)
                np.testing.assert_allclose(euclid[b, q, y], -((p[b, q] - mean) ** 2).sum(), atol=1e-10)
                np.testing.assert_allclose(angle[b, q, y], cos(mean, p[b, q]), atol=1e-11)


def test_without_a_temperature_the_paper_s_probability_has_its_ceiling():
    for n in (5, 100):
        gallery = -torch.ones(1, n, 1)
        gallery[0, 0] = 1
        a = matching_attention(gallery, torch.ones(1, 1, 1), torch.ones(1, n, dtype=torch.bool))
        assert a[0, 0, 0].item() == pytest.approx(math.e / (math.e + (n - 1) / math.e), rel=1e-5)


# ---------------------------------------------------------------- masks, order, apartness


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("rubbish", [1e6, math.nan])
def test_what_stands_at_masked_places_does_not_matter(name, rubbish):
    g, p, m, gc, pc, labels = episode()
    dirty, other_camera = g.masked_fill(~m[..., None], rubbish), gc.masked_fill(~m, 3)
    for clean, ours in zip(SHIFTS[name](g, p, m, gc, pc), SHIFTS[name](dirty, p, m, other_camera, pc), strict=True):
        assert torch.equal(clean, ours)
    for score in (cosine, euclidean, matching_attention):
        assert torch.equal(score(g, p, m), score(dirty, p, m))
    assert torch.equal(prototypical(g, p, m, labels, CLASSES), prototypical(dirty, p, m, labels, CLASSES))


@pytest.mark.parametrize("name", SHIFTS)
def test_order_of_the_gallery_does_not_matter(name):
    g, p, m, gc, pc, _ = episode()
    order = torch.from_numpy(np.random.default_rng(1).permutation(N_ITEMS))
    g2, p2 = SHIFTS[name](g, p, m, gc, pc)
    g3, p3 = SHIFTS[name](g[:, order], p, m[:, order], gc[:, order], pc)
    torch.testing.assert_close(g3, g2[:, order])
    torch.testing.assert_close(p3, p2)
    torch.testing.assert_close(cosine(g3, p3, m[:, order]), cosine(g2, p2, m)[:, :, order])


@pytest.mark.parametrize("name", SHIFTS)
def test_probes_never_see_each_other(name):
    g, p, m, gc, pc, labels = episode()
    p = p.requires_grad_()
    g2, p2 = SHIFTS[name](g, p, m, gc, pc)
    assert not g2.requires_grad  # the gallery does not read probes at all
    scores = cosine(g2, p2, m).masked_fill(~m[:, None], 0)[:, 1].square().sum() + \
        per_identity(matching_attention(g2, p2, m), labels, CLASSES)[:, 1].square().sum()
    scores.backward()
    assert p.grad[2, 1].abs().max() > 0
    assert not p.grad[:, [0, 2, 3]].any()
    alone = SHIFTS[name](g, p[:, 1:2], m, gc, pc[:, 1:2])
    torch.testing.assert_close(alone[1], p2[:, 1:2], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("shown", [0, 1])
def test_a_gallery_of_one_item_or_none_gives_finite_numbers_and_gradients(name, shown):
    g, p, _, gc, pc, labels = episode(dtype=torch.float32)
    m = torch.zeros(B, N_ITEMS, dtype=torch.bool)
    m[:, :shown] = True
    g, p = g.requires_grad_(), p.requires_grad_()
    g2, p2 = SHIFTS[name](g, p, m, gc, pc)
    a = matching_attention(g2, p2, m)
    protos = prototypical(g2, p2, m, labels.clamp_min(0), CLASSES, "cosine")
    assert a.isfinite().all()
    torch.testing.assert_close(a.sum(-1), torch.full((B, Q), float(shown)))
    assert not protos.isnan().any()
    (a.square().sum() + protos[protos.isfinite()].sum() + cosine(g2, p2, m)[..., :shown].sum()).backward()
    assert g.grad.isfinite().all()
    assert p.grad.isfinite().all()
    if shown and name in ("centre", "zscore", "centre_cameras"):
        assert not cosine(g2, p2, m)[..., 0].any()  # nothing is left of the only item


# ---------------------------------------------------------------- what they are for


def world(shift_gallery, shift_probe, n=40, noise=0.05, scale=None, seed=0):
    """n people in 8 dimensions, once in a gallery that is shifted as a whole and once as probes in the same order."""
    rng = np.random.default_rng(seed)
    people = rng.normal(size=(n, 8))
    people -= people.mean(0)  # so that the gallery's mean is the shift
    scale = np.ones(8) if scale is None else scale
    g = people * scale + shift_gallery
    p = (people + noise * rng.normal(size=people.shape)) * scale + shift_probe
    one = torch.ones(1, n, dtype=torch.bool)
    return torch.from_numpy(g)[None], torch.from_numpy(p)[None], one


def rank1(scores):
    return (scores[0].argmax(-1) == torch.arange(scores.shape[1])).double().mean().item()


def test_centring_restores_what_a_shift_of_the_set_destroys():
    g, p, m = world(20.0 * np.eye(8)[0], -20.0 * np.eye(8)[0])
    of_training = torch.tensor(-20.0 * np.eye(8)[0])
    assert rank1(cosine(g, p, m)) < 0.3
    assert rank1(cosine(*centre(g, p, m), m)) < 0.3  # the gallery's mean is not the probe camera's
    assert rank1(cosine(*centre(g, p, m, probe_mean=of_training), m)) == 1
    same, probe, _ = world(20.0 * np.eye(8)[0], 20.0 * np.eye(8)[0])
    assert rank1(cosine(same, probe, m)) == 1  # a shift that both sides share does not hurt plain cosine here
    assert rank1(cosine(*centre(same, probe, m), m)) == 1


def test_euclidean_keeps_its_precision_far_from_the_origin():
    g, p, m, *_ = episode()
    g, p = (g + 1000).float(), (p + 1000).float()
    direct = (p[:, :, None] - g[:, None]).square().sum(-1)
    torch.testing.assert_close(-euclidean(g, p, m), direct.masked_fill(~m[:, None], math.inf), rtol=1e-4, atol=1e-3)


def test_centred_features_can_be_compared_by_distance_too():
    """A random shift of each gallery, as in a new camera: eight dimensions, known mean of the probe's camera."""
    generator = torch.Generator().manual_seed(0)
    people = torch.randn(50, 64, 8, generator=generator)
    g, p = (people + 0.3 * torch.randn(people.shape, generator=generator) for _ in range(2))
    g = g + 2 * torch.randn(50, 1, 8, generator=generator)
    m, mean = torch.ones(50, 64, dtype=torch.bool), torch.zeros(8)

    def hits(score, *sides):
        return (score(*sides, m).argmax(-1) == torch.arange(64)).float().mean().item()

    plain, centred = hits(cosine, g, p), hits(cosine, *centre(g, p, m, mean))
    assert centred > plain + 0.2
    assert hits(euclidean, g, p) < plain
    assert hits(euclidean, *centre(g, p, m, mean)) > centred


def test_centring_cancels_a_common_shift_exactly():
    g, p, m, *_ = episode()
    shift = torch.arange(5.0, dtype=torch.float64) * 3
    for before, after in zip(centre(g, p, m), centre(g + shift, p + shift, m), strict=True):
        torch.testing.assert_close(after, before, rtol=0, atol=1e-12)


def test_each_camera_s_own_mean_is_needed_where_the_gallery_has_two():
    rng = np.random.default_rng(3)
    people, shifts = rng.normal(size=(60, 8)), 15 * np.eye(8)[:2]
    cameras = np.arange(60) % 2
    g = torch.from_numpy(people + shifts[cameras])[None]
    p = torch.from_numpy(people + 0.05 * rng.normal(size=people.shape) + shifts[1 - cameras])[None]
    gc, pc = torch.from_numpy(cameras)[None], torch.from_numpy(1 - cameras)[None]
    m = torch.ones(1, 60, dtype=torch.bool)
    assert rank1(cosine(g, p, m)) < 0.2
    assert rank1(cosine(*centre(g, p, m), m)) < 0.2
    assert rank1(cosine(*centre_cameras(g, p, m, gc, pc), m)) > 0.95


def test_zscore_undoes_a_scale_that_centring_cannot():
    scale = np.array([50.0, *[1.0] * 7])
    g, p, m = world(5.0, 5.0, noise=0.0, scale=scale)
    p = p + torch.tensor(np.random.default_rng(5).normal(size=p.shape) * np.array([40.0, *[0.05] * 7]))
    scored = rank1(cosine(*zscore(g, p, m, prior=0.0), m))
    assert scored > rank1(cosine(*centre(g, p, m), m)) + 0.3


def test_a_probe_of_another_scale_needs_its_own_spread():
    g, p, m, *_ = episode()
    mean, spread = p.mean((0, 1)), torch.arange(1.0, 6.0, dtype=torch.float64)
    _, moved = zscore(g, p, m, probe_mean=mean, probe_spread=spread)
    torch.testing.assert_close(moved, (p - mean) / spread)
    _, by_probe = centre(g, p, m, probe_mean=mean[None, None].expand(B, Q, D))
    torch.testing.assert_close(by_probe, p - mean)


def test_camera_means_are_the_loop_s_and_an_unseen_camera_gets_the_mean_of_all():
    rng = np.random.default_rng(0)
    features, camids = rng.normal(size=(9, 3)), np.array([0, 2, 0, 2, 2, 0, 2, 0, 0])
    means = camera_means(torch.from_numpy(features), torch.from_numpy(camids), 3).numpy()
    for camera, rows in ((0, features[camids == 0]), (1, features), (2, features[camids == 2])):
        np.testing.assert_allclose(means[camera], rows.mean(0))


@pytest.mark.parametrize("wrong", [
    lambda g, p, m: cosine(g[0], p, m),
    lambda g, p, m: cosine(g, p[..., :2], m),
    lambda g, p, m: centre(g, p, m.float()),
    lambda g, p, m: centre(g, p, m[:, :2]),
    lambda g, p, m: matching_attention(g, p, m, temperature=0),
    lambda g, p, m: zscore(g, p, m, prior=-1),
    lambda g, p, m: centre_cameras(g, p, m, m.long(), m.long()[:, :Q], prior=math.nan),
    lambda g, p, m: prototypical(g, p, m, m.long(), 2, metric="cityblock"),
    lambda g, p, m: camera_means(g, m.long(), 2),
    lambda g, p, m: mean_colour(torch.zeros(2, 3, 4, 4, dtype=torch.uint8)),
])  # fmt: skip
def test_wrong_input_is_refused_in_words(wrong):
    g, p, m, *_ = episode()
    with pytest.raises(ReidError, match="Needed"):
        wrong(g, p, m)
