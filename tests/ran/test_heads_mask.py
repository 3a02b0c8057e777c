"""Every head: masked frames never count, nothing becomes NaN, gradients are right, many weights run at once."""

import copy

import pytest
import torch
from head_maker import FORMS, D, built, mask_of, tracklets
from torch.func import functional_call, stack_module_state, vmap

from reidlib.errors import ReidError

LENGTHS = [7, 4, 1]
MASK = mask_of(LENGTHS, 7)
forms = pytest.mark.parametrize("form", FORMS)


def assert_same(pooled, alone, b, frames):
    """Tracklet b of a batch, at the places `frames`, against the same frames alone."""
    torch.testing.assert_close(pooled.video_feature[b], alone.video_feature[0], rtol=0, atol=1e-10)
    for many, few in ((pooled.attention, alone.attention), (pooled.attention_logits, alone.attention_logits)):
        for seen, each in zip(many, few, strict=False):  # rnn_attention reads as often as the batch has frames
            torch.testing.assert_close(seen[b, frames], each[0], rtol=0, atol=1e-10)
        if many:  # its reads after the last one repeat it
            torch.testing.assert_close(many[-1][b, frames], few[-1][0], rtol=0, atol=1e-10)


@forms
def test_a_masked_tracklet_equals_the_truncated_one(form):
    head, x = built(form), tracklets(1)
    pooled = head(x, MASK)
    for b, length in enumerate(LENGTHS):
        assert_same(pooled, head(x[b:b + 1, :length]), b, slice(length))
        for alpha in pooled.attention:
            assert (alpha[b, length:] == 0).all()
    unmasked = head(x).video_feature
    assert (unmasked[1] - pooled.video_feature[1]).abs().max() > 1e-3  # the frames that were masked would have counted


@forms
def test_frames_masked_in_the_middle_and_at_the_start_are_passed_over(form):
    head, x = built(form), tracklets(2)
    mask = torch.ones(3, 7, dtype=torch.bool)
    mask[0, [0, 1]] = mask[1, [2, 5]] = mask[2, [0, 3, 6]] = False
    pooled = head(x, mask)
    for b in range(3):
        assert_same(pooled, head(x[b:b + 1, mask[b]]), b, mask[b])


@forms
@pytest.mark.parametrize("garbage", [torch.nan, torch.inf, -1e30])
def test_what_stands_at_masked_frames_changes_nothing_not_even_gradients(form, garbage):
    head, clean = built(form), tracklets(3)
    dirty = clean.masked_fill(~MASK[..., None], garbage)
    results = []
    for x in (clean, dirty):
        x = x.clone().requires_grad_()
        pooled = head(x, MASK)
        weight = torch.linspace(1, 2, pooled.video_feature.shape[1], dtype=x.dtype)
        gradients = torch.autograd.grad((pooled.video_feature * weight).sum(), [x, *head.parameters()])
        assert (gradients[0][~MASK] == 0).all()
        results.append([*pooled.attention, *pooled.attention_logits, pooled.video_feature, *gradients])
    for one, other in zip(*results, strict=True):
        assert torch.equal(one, other)


@forms
@pytest.mark.parametrize("unit", [False, True])
def test_features_of_zero_give_neither_nan_nor_nan_gradients(form, unit):
    for dead in (slice(None), slice(1, 3)):  # all frames, some frames
        head, x = built(form, dtype=torch.float32, unit=unit), tracklets(4, dtype=torch.float32)
        x[:, dead] = 0
        x.requires_grad_()
        pooled = head(x, MASK)
        pooled.video_feature.sum().backward()
        for each in (pooled.video_feature, *pooled.attention, *pooled.attention_logits, x.grad,
                     *(p.grad for p in head.parameters())):
            assert torch.isfinite(each).all()


@forms
def test_one_frame_alone_is_enough(form):
    head, x = built(form, unit=True), tracklets(5, T=1)
    pooled = head(x)
    torch.testing.assert_close(pooled.video_feature.norm(dim=1), torch.ones(3, dtype=x.dtype))
    if head.pooling in ("sum", "weighted_mean", "max", "pair"):
        torch.testing.assert_close(pooled.video_feature, x[:, 0] / x[:, 0].norm(dim=1, keepdim=True))


@forms
def test_derivatives_are_the_difference_quotients(form):
    head, x, mask = built(form, unit=True), tracklets(6, B=2, T=3), mask_of([3, 2], 3)
    names = [name for name, _ in head.named_parameters()]
    weights = [p.detach().clone().requires_grad_() for p in head.parameters()]

    def pooled(x, *weights):
        return functional_call(head, dict(zip(names, weights, strict=True)), (x, mask)).video_feature

    assert torch.autograd.gradcheck(pooled, (x.requires_grad_(), *weights))


@forms
def test_several_weights_at_once_equal_one_after_the_other(form):
    heads = [built(form, seed) for seed in range(3)]
    parameters, buffers = stack_module_state(heads)
    base = copy.deepcopy(heads[0]).to("meta")
    x = torch.stack([tracklets(seed) for seed in range(3)])
    masks = torch.stack([MASK, mask_of([2, 7, 3], 7), mask_of([1, 1, 5], 7)])

    def loss(parameters, buffers, x, mask):
        pooled = functional_call(base, (parameters, buffers), (x, mask))
        return pooled.video_feature.square()[:, 0].sum(), pooled

    many = torch.func.grad(lambda *arguments: vmap(loss)(*arguments)[0].sum())(parameters, buffers, x, masks)
    _, pooled = vmap(loss)(parameters, buffers, x, masks)
    for s, head in enumerate(heads):
        alone = head(x[s], masks[s])
        for seen, each in zip((pooled.video_feature, *pooled.attention, *pooled.attention_logits),
                              (alone.video_feature, *alone.attention, *alone.attention_logits), strict=True):
            torch.testing.assert_close(seen[s], each, rtol=0, atol=1e-10)
        if parameters:
            alone.video_feature.square()[:, 0].sum().backward()
        for name, parameter in head.named_parameters():
            torch.testing.assert_close(many[name][s], parameter.grad, rtol=0, atol=1e-10)


def test_dropout_of_the_recurrent_layer_is_drawn_in_training_only_and_for_each_of_stacked_weights():
    head, x = built("rnn_mean", dropout=0.6), tracklets(7)
    plain = head(x).video_feature
    assert torch.equal(head(x).video_feature, plain)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        head.train()
        drawn = [head(x).video_feature for _ in range(2)]
        torch.manual_seed(0)
        assert torch.equal(head(x).video_feature, drawn[0])
        assert not torch.equal(drawn[0], drawn[1])
        assert not torch.equal(drawn[0], plain)
        parameters, buffers = stack_module_state([head, head])
        many = vmap(lambda p, b: functional_call(head, (p, b), (x,)).video_feature, randomness="different")(
            parameters, buffers)
        assert not torch.equal(many[0], many[1])
        assert torch.equal(built("rnn_mean", dropout=0.0).train()(x).video_feature, plain)


def test_both_masks_of_a_pair_equal_truncation():
    head = built("astpn")
    first, second = tracklets(8, T=7), tracklets(9, T=5)
    lengths = [4, 5, 2]
    pooled = head.forward_pair(first, second, MASK, mask_of(lengths, 5))
    for b in range(3):
        alone = head.forward_pair(first[b:b + 1, :LENGTHS[b]], second[b:b + 1, :lengths[b]])
        assert_same(pooled[0], alone[0], b, slice(LENGTHS[b]))
        assert_same(pooled[1], alone[1], b, slice(lengths[b]))
    garbage = head.forward_pair(first.masked_fill(~MASK[..., None], torch.nan), second, MASK, mask_of(lengths, 5))
    assert torch.equal(garbage[1].video_feature, pooled[1].video_feature)


@pytest.mark.parametrize("form", ["mean", "ran"])
def test_shapes_that_do_not_fit_are_named(form):
    head = built(form)
    with pytest.raises(ReidError, match=r"shape \(7, 6\).*\(B, T, D\)"):
        head(tracklets(0)[0])
    with pytest.raises(ReidError, match=r"mask of torch\.float64"):
        head(tracklets(0), MASK.double())
    if head.any_size:
        assert head(torch.ones(1, 2, D + 1)).video_feature.shape == (1, D + 1)
    else:
        with pytest.raises(ReidError, match=r"shape \(1, 2, 7\).*\(B, T, 6\).*this Ran.*D=7"):
            head(torch.ones(1, 2, D + 1))
