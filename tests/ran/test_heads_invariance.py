"""What may change without the video feature changing, head by head, and where it does change; what couples frames."""

import pytest
import torch
from head_maker import FORMS, PAPER, D, built, tracklets

from reidlib.ran.attention import unit_length
from reidlib.ran.heads import make_head

X = tracklets(21)
# Heads in which time counts.
ORDERED = {"rnn_mean", "lstm_mean"}
# Heads that notice a clip shown twice: a memory that goes on, reads that go on, sums that grow.
COUNTING = {"rnn_mean", "lstm_mean", "rnn_attention", "ran_paper", "ran_paper_0"}
# Heads whose direction does not depend on the scale of all features.
SCALE_FREE = {"mean", "max", "norm_mean", "norm_mean_2", "consensus"}
forms = pytest.mark.parametrize("form", FORMS)


def gap(one, other):
    return float((one.video_feature - other.video_feature).abs().max().detach())


@forms
def test_the_order_of_frames(form):
    head = built(form)
    shuffled = torch.tensor([4, 0, 6, 1, 5, 3, 2])
    seen, moved = head(X), head(X[:, shuffled])
    if form in ORDERED:
        assert gap(seen, moved) > 1e-3
        return
    assert gap(seen, moved) < 1e-10
    for alpha, other in zip(seen.attention, moved.attention, strict=True):
        torch.testing.assert_close(alpha[:, shuffled], other)


@forms
def test_the_clip_shown_twice(form):
    head = built(form)
    seen, twice = head(X), head(torch.cat([X, X], 1))
    assert gap(seen, twice) < 1e-10 if form not in COUNTING else gap(seen, twice) > 1e-3


def test_the_printed_sum_doubles_with_the_clip_and_unit_length_hides_that_only_without_refinement():
    twice = torch.cat([X, X], 1)
    for unit in (False, True):
        head = built("ran_paper_0", unit=unit)
        torch.testing.assert_close(head(twice).video_feature, (1 if unit else 2) * head(X).video_feature)
    assert gap(built("ran_paper", unit=True)(X), built("ran_paper", unit=True)(twice)) > 1e-3


@forms
@pytest.mark.parametrize("factor", [0.1, 3.0])
def test_the_scale_of_all_features(form, factor):
    unit, raw = built(form, unit=True), built(form, unit=False)
    if form in SCALE_FREE:
        assert gap(unit(X), unit(factor * X)) < 1e-9
        torch.testing.assert_close(raw(factor * X).video_feature, factor * raw(X).video_feature)
    else:
        assert gap(unit(X), unit(factor * X)) > 1e-4


def test_coupled_is_free_of_scale_until_it_learns_theta():
    fresh = make_head("coupled", D).double()
    assert gap(fresh(X), fresh(3 * X)) < 1e-7
    with torch.no_grad():
        fresh.score.weight.fill_(0.1)
    assert gap(fresh(X), fresh(3 * X)) > 1e-3


@forms
@pytest.mark.parametrize("unit", [False, True])
def test_video_features_follow_from_the_last_attention_as_pooling_says(form, unit):
    head = built(form, unit=unit)
    pooled = head(X)
    assert head.attention_count in (None, len(pooled.attention))
    if unit:
        torch.testing.assert_close(pooled.video_feature.norm(dim=1), torch.ones(3, dtype=X.dtype))
    if head.pooling in ("sum", "weighted_mean"):
        alpha = pooled.attention[-1] if pooled.attention else torch.ones_like(X[..., 0])
        f = torch.einsum("bt,btd->bd", alpha, X)
        f = f if head.pooling == "sum" else f / alpha.sum(1, keepdim=True)
        torch.testing.assert_close(pooled.video_feature, unit_length(f) if unit else f)


def orders(pooled):
    return [z.argsort(1) for z in pooled.attention_logits[1:]]


@pytest.mark.parametrize("form", ["ran", "ran_paper", "ran_softmax"])
def test_rans_refinement_never_reorders_the_frames(form):
    for seed in range(10):
        first, *later = orders(built(form, seed)(tracklets(seed, B=10)))
        assert all(torch.equal(first, each) for each in later)


@pytest.mark.parametrize("form", ["coupled", "consensus"])
def test_a_product_with_f_does_reorder_them(form):
    pooled = built(form)(tracklets(0, B=10))
    first, *later = orders(pooled)
    assert not all(torch.equal(first, each) for each in later)


def test_ran_cannot_see_who_is_in_the_majority_and_coupled_can():
    """The same two frames, once among friends of the one, once among friends of the other."""
    a, b = torch.eye(D, dtype=X.dtype)[:2]
    among_a, among_b = torch.stack([a, b, a, a, a]), torch.stack([a, b, b, b, b])
    both = torch.stack([among_a, among_b])
    for form in ("ran", "ran_paper"):
        for seed in range(5):
            z = built(form, seed)(both).attention_logits[-1]
            torch.testing.assert_close(z[0, 0] - z[0, 1], z[1, 0] - z[1, 1])
    z = make_head("coupled", D).double()(both).attention_logits[-1]
    assert z[0, 0] - z[0, 1] > 1
    assert z[1, 0] - z[1, 1] < -1


@pytest.mark.parametrize(("shown", "better"), [(5, True), (3, False)])
def test_consensus_follows_the_majority_and_fails_where_that_is_the_occluder(shown, better):
    """8 frames, the person in 5 or in 3 of them, somebody else in the rest, all with a little noise."""
    person, occluder = torch.eye(D, dtype=X.dtype)[:2]
    rng = torch.Generator().manual_seed(0)
    frames = torch.stack([person] * shown + [occluder] * (8 - shown))
    frames = frames + 0.05 * torch.randn(8, D, generator=rng, dtype=X.dtype)

    def to_person(name):
        return float(make_head(name, D).double()(frames[None]).video_feature[0] @ person)

    if better:
        assert to_person("consensus") > 0.99 > 0.9 > to_person("mean")
    else:
        assert to_person("consensus") < 0.1 < 0.4 < to_person("mean")
    alpha = make_head("consensus", D).double()(frames[None]).attention
    shares = [float(each[0, :shown].sum()) for each in alpha]
    assert shares == sorted(shares, reverse=not better)


def test_a_pair_swapped_swaps_its_features_if_u_is_symmetric_and_else_it_does_not():
    first, second = tracklets(22), tracklets(23, T=4)

    def swapped(head):
        f, g = head.forward_pair(first, second)
        g_first, f_second = head.forward_pair(second, first)
        return max(gap(f, f_second), gap(g, g_first))

    assert swapped(built("astpn_symmetric")) < 1e-10
    assert swapped(built("astpn")) > 1e-3
    turned = built("astpn")
    f, g = turned.forward_pair(first, second)
    with torch.no_grad():
        turned.affinity.copy_(turned.affinity.mT.clone())
    g_first, f_second = turned.forward_pair(second, first)
    assert max(gap(f, f_second), gap(g, g_first)) < 1e-10  # U of one order is Uᵀ of the other


def test_a_pair_is_coupled_in_astpn_only():
    first, second, other = tracklets(24), tracklets(25), tracklets(26)
    for form in FORMS:
        head = built(form)
        moved = gap(head.forward_pair(first, second)[0], head.forward_pair(first, other)[0])
        assert (moved > 1e-3) == form.startswith("astpn")
        if not form.startswith("astpn"):
            assert gap(head.forward_pair(first, second)[1], head(second)) == 0


def test_more_refinement_iterations_are_the_first_ones_continued():
    for form, options in (("ran", {}), ("ran", PAPER), ("consensus", {}), ("coupled", {})):
        few, more = built(form, **options, R=1)(X), built(form, **options, R=4)(X)
        for one, other in zip(few.attention, more.attention, strict=False):
            torch.testing.assert_close(one, other)
        assert (more.attention[-1] - more.attention[1]).abs().max() > 1e-6
