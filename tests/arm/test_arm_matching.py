"""Logits, identities' probabilities and the two modes of scoring, against float64 loops and hand values."""

import math

import numpy as np
import pytest
import torch

from reidlib.arm.masked import masked_softmax
from reidlib.arm.matching import (
    Matching,
    cosine_ceiling,
    identity_log_probability,
    rank_identities,
    ranking_distances,
)
from reidlib.errors import ReidError
from reidlib.evaluation.ranking import rank


def drawn(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


MASK = torch.tensor([[True, True, True, True, True, False], [True, False, True, True, True, True]])
LABELS = torch.tensor([[0, 2, 0, 3, 1, -1], [1, -1, 4, 0, 0, 1]])  # 3 ways; 3 and 4 are distractors; [1] lacks 2, 3


def by_loop(logits, reduce):
    """log P, (2, Q, 5), in float64, with exact sums."""
    expected = np.full((2, logits.shape[1], 5), -math.inf)
    for b in range(2):
        for q in range(logits.shape[1]):
            votes = {}
            for i in range(6):
                if MASK[b, i]:
                    votes.setdefault(int(LABELS[b, i]), []).append(math.exp(float(logits[b, q, i])))
            scores = {y: math.fsum(v) / (len(v) if reduce == "mean" else 1) for y, v in votes.items()}
            for y, score in scores.items():
                expected[b, q, y] = math.log(score / math.fsum(scores.values()))
    return expected


def test_logits_are_cosines_over_the_temperature_and_masked_items_are_minus_infinity():
    f, g, mask = drawn(2, 3, 4), drawn(2, 6, 4, seed=1), MASK
    logits = Matching(temperature=0.25).double()(f, g, mask).detach()
    for b in range(2):
        for q in range(3):
            for i in range(6):
                x, y = f[b, q].numpy(), g[b, i].numpy()
                expected = x @ y / np.linalg.norm(x) / np.linalg.norm(y) / 0.25 if mask[b, i] else -math.inf
                assert float(logits[b, q, i]) == pytest.approx(expected, rel=1e-6)
    garbage = g.masked_fill(~mask[..., None], math.nan)
    assert torch.equal(Matching(temperature=0.25).double()(f, garbage, mask), logits)


def test_nothing_to_match_gives_no_nan():
    f, g = drawn(1, 2, 4).requires_grad_(), torch.zeros(1, 3, 4, dtype=torch.float64, requires_grad=True)
    for mask in (torch.zeros(1, 3, dtype=torch.bool), torch.ones(1, 3, dtype=torch.bool)):
        logits = Matching().double()(f, g, mask)
        weights = masked_softmax(logits, mask[:, None])
        assert weights.isfinite().all()
        log_probability = identity_log_probability(logits, mask, torch.tensor([[0, 1, 1]]), 2)
        assert not log_probability.isnan().any()
        assert (log_probability[..., 0] == -math.inf).all() == (not mask.any())
        seen = log_probability.masked_fill(log_probability == -math.inf, 0)
        for gradient in torch.autograd.grad(weights.square().sum() + seen.sum(), (f, g)):
            assert gradient.isfinite().all()


def test_the_temperature_is_learned_or_fixed_and_has_a_floor():
    learned, fixed = Matching(), Matching(temperature=1, learned=False)
    assert float(learned.scale.detach()) == pytest.approx(10)
    assert [len(list(each.parameters())) for each in (learned, fixed)] == [1, 0]
    assert float(fixed.scale) == 1
    assert set(fixed.state_dict()) == set(learned.state_dict()) == {"log_scale"}
    learned.scale.backward()
    assert float(learned.log_scale.grad) == pytest.approx(10)  # d e^s / ds
    with torch.no_grad():
        learned.log_scale.fill_(math.log(100) + 3)
    learned.log_scale.grad = None
    f = drawn(1, 1, 4, dtype=torch.float32)
    assert float(learned(f, f, torch.ones(1, 1, dtype=torch.bool)).detach()) == pytest.approx(100)
    learned.scale.backward()
    assert learned.log_scale.grad == 0
    for wrong in (0, -1, 0.009, math.inf, math.nan, "low", True):
        with pytest.raises(ReidError, match="temperature="):
            Matching(temperature=wrong)


@pytest.mark.parametrize("reduce", ["sum", "mean"])
def test_log_probabilities_are_those_of_a_loop_and_sum_to_1(reduce):
    logits = 10 * drawn(2, 7, 6).clamp(-1, 1)
    found = identity_log_probability(logits, MASK, LABELS, 3, reduce)
    assert found.shape == (2, 7, 5)
    np.testing.assert_allclose(found, by_loop(logits, reduce), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found.exp().sum(-1), torch.ones(2, 7, dtype=torch.float64))
    single = identity_log_probability(logits.float(), MASK, LABELS, 3, reduce)
    np.testing.assert_allclose(single, by_loop(logits, reduce), atol=3e-6)
    assert (found[1, :, 2:4] == -math.inf).all()  # nobody there carries these labels
    hidden = logits.masked_fill(~MASK[:, None], math.nan)
    assert torch.equal(identity_log_probability(hidden, MASK, LABELS.masked_fill(~MASK, 99), 3, reduce), found)


def test_nothing_underflows_where_log_of_p_does():
    logits = torch.tensor([[[100.0, -100.0, 100.0]]])
    mask, labels = torch.ones(1, 3, dtype=torch.bool), torch.tensor([[0, 1, 2]])
    found = identity_log_probability(logits, mask, labels, 3)
    assert float(found[0, 0, 1]) == pytest.approx(-200 - math.log(2))
    assert logits.softmax(-1)[0, 0, 1].log() == -math.inf


@pytest.mark.parametrize("reduce", ["sum", "mean"])
def test_gradients_are_right_and_finite_where_items_are_masked(reduce):
    logits = (3 * drawn(2, 2, 6, seed=3)).requires_grad_()

    def finite(each):
        found = identity_log_probability(each.masked_fill(~MASK[:, None], -math.inf), MASK, LABELS, 3, reduce)
        return found.masked_fill(found == -math.inf, 0)

    assert torch.autograd.gradcheck(finite, logits)
    (gradient,) = torch.autograd.grad(identity_log_probability(logits, MASK, LABELS, 3, reduce)[..., :2].sum(), logits)
    assert gradient.isfinite().all()
    assert (gradient.transpose(1, 2)[~MASK] == 0).all()


@pytest.mark.parametrize("reduce", ["sum", "mean"])
def test_no_step_of_the_backward_pass_meets_nan(reduce):
    mask = MASK.clone()
    mask[1] = False
    logits = drawn(2, 2, 6).masked_fill(~mask[:, None], -math.inf).requires_grad_()
    with torch.autograd.set_detect_anomaly(True):  # raises at the first NaN, also at one that a mask would hide later
        found = identity_log_probability(logits, mask, LABELS, 3, reduce)
        found.masked_fill(found == -math.inf, 0).square().sum().backward()
    assert (logits.grad[1] == 0).all()


def test_sum_favours_the_identity_with_more_images_and_mean_does_not():
    logits, mask = torch.full((1, 1, 4), 7.0), torch.ones(1, 4, dtype=torch.bool)
    labels = torch.tensor([[0, 1, 1, 1]])
    votes = identity_log_probability(logits, mask, labels, 2, "sum").exp()[0, 0]
    means = identity_log_probability(logits, mask, labels, 2, "mean").exp()[0, 0]
    torch.testing.assert_close(votes, torch.tensor([0.25, 0.75]))
    torch.testing.assert_close(means, torch.tensor([0.5, 0.5]))
    alone = torch.tensor([[0, 1, 2, 3]])  # with one image each there is no difference
    logits = drawn(1, 5, 4)
    torch.testing.assert_close(*(identity_log_probability(logits, mask, alone, 4, how) for how in ("sum", "mean")))


def test_with_the_number_of_classes_given_no_value_is_read():
    logits = drawn(2, 7, 6)
    found = identity_log_probability(logits, MASK, LABELS, 3)
    more = identity_log_probability(logits, MASK, LABELS, 3, classes=9)
    assert torch.equal(more[..., :5], found)
    assert (more[..., 5:] == -math.inf).all()

    def one(logits, mask, labels):
        return identity_log_probability(logits[None], mask[None], labels[None], 3, "mean", classes=5)[0]

    torch.testing.assert_close(torch.func.vmap(one)(logits, MASK, LABELS),
                               identity_log_probability(logits, MASK, LABELS, 3, "mean"))


def test_a_gallery_of_no_items_has_no_identity():
    none = identity_log_probability(torch.zeros(2, 3, 0), torch.zeros(2, 0, dtype=torch.bool),
                                    torch.zeros(2, 0, dtype=torch.int64), 4)
    assert none.shape == (2, 3, 4)
    assert (none == -math.inf).all()


def test_identities_are_ranked_by_probability_and_ties_by_label():
    log_probability = torch.tensor([[[0.2, 0.5, 0.2, 0.0, 0.1]]]).log()
    assert rank_identities(log_probability).tolist() == [[[1, 0, 2, 4, 3]]]
    assert rank_identities(torch.zeros(1, 1, 5000)).tolist() == [[list(range(5000))]]
    logits = 5 * drawn(2, 7, 6)
    ranked = rank_identities(identity_log_probability(logits, MASK, LABELS, 3))
    for b in range(2):
        for q in range(7):
            scores = by_loop(logits, "sum")[b, q]
            assert ranked[b, q].tolist() == sorted(range(5), key=lambda y: (-scores[y], y))


def test_ranking_needs_no_labels_and_goes_by_the_cosine():
    f, g = drawn(8, 5, dtype=torch.float32), drawn(20, 5, seed=1, dtype=torch.float32)
    distances = ranking_distances(f, g)
    assert distances.dtype == np.float32
    assert distances.shape == (8, 20)
    for tau in (0.02, 3.0):
        logits = Matching(tau)(f[None], g[None], torch.ones(1, 20, dtype=torch.bool))[0]
        order = logits.argsort(dim=1, descending=True, stable=True).numpy()
        assert (distances.argsort(1, kind="stable") == order).all()
    ids = {"probe_pids": np.arange(8) % 4, "gallery_pids": np.arange(20) % 4,
           "probe_camids": np.zeros(8), "gallery_camids": np.ones(20)}  # fmt: skip
    by_features = rank(probe_features=f.numpy(), gallery_features=g.numpy(), metric="cosine", **ids)
    assert rank(distances, **ids).mAP == pytest.approx(by_features.mAP)
    with pytest.raises(ReidError, match=r"\(1, 8, 5\).*one gallery at a time"):
        ranking_distances(f[None], g)


def test_the_ceiling_of_cosines():
    for n, printed in ((5, 0.649), (20, 0.280), (50, 0.131), (100, 0.070)):
        assert cosine_ceiling(n) == pytest.approx(printed, abs=6e-4)
    assert cosine_ceiling(750) == pytest.approx(0.0098, abs=5e-5)
    assert -math.log(cosine_ceiling(19_732)) == pytest.approx(7.89, abs=5e-3)
    assert cosine_ceiling(19_732, 0.1) == pytest.approx(1 - 4.07e-5, abs=1e-7)
    assert cosine_ceiling(5, others=0) == pytest.approx(math.e / (math.e + 4))
    assert cosine_ceiling(1) == 1
    assert cosine_ceiling(20_000, temperature=1e-3) == 1  # no overflow


def test_no_features_pass_the_ceiling_and_some_reach_it():
    n, mask = 6, torch.ones(1, 6, dtype=torch.bool)
    matching, labels = Matching(temperature=1, learned=False), torch.arange(n)[None]

    def best(f, g):
        return identity_log_probability(matching(f, g, mask), mask, labels, n).exp().amax(-1)

    for D in (1, 3, 40):
        assert best(drawn(1, 50, D, dtype=torch.float32), drawn(1, n, D, seed=2, dtype=torch.float32)).max() < (
            cosine_ceiling(n) + 1e-6)
    opposite = torch.tensor([[[1.0, 0], *[[-1.0, 0]] * 5]])
    assert float(best(opposite[:, :1], opposite)) == pytest.approx(cosine_ceiling(n))
    corners = (torch.eye(n) - 1 / n)[None]  # a simplex: all n identities at once
    np.testing.assert_allclose(best(corners, corners), cosine_ceiling(n, others=-1 / (n - 1)), rtol=1e-5)
    right_angles = torch.eye(n)[None]
    np.testing.assert_allclose(best(right_angles, right_angles), cosine_ceiling(n, others=0), rtol=1e-5)


@pytest.mark.parametrize(("call", "sentence"), [
    (lambda: identity_log_probability(drawn(2, 1, 6), MASK, LABELS, 3, "max"), "reduce='max'.*'sum' or 'mean'"),
    (lambda: identity_log_probability(drawn(2, 1, 5), MASK, LABELS, 3), r"logits \(2, 1, 5\), mask \(2, 6\)"),
    (lambda: identity_log_probability(drawn(2, 1, 6), MASK | True, LABELS, 3), "label below 0.*gallery_mask"),
    (lambda: cosine_ceiling(0), "n=0"),
    (lambda: cosine_ceiling(5, 0), "temperature=0"),
    (lambda: cosine_ceiling(5, others=1.5), "others=1.5"),
])
def test_what_does_not_fit_is_named(call, sentence):
    with pytest.raises(ReidError, match=sentence):
        call()
