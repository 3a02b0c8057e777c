"""Every gallery encoder: order, padding, the start as the identity, galleries of one item or one camera, gradients."""

import copy

import pytest
import torch
from gallery_maker import FORMS, STARTS_PLAIN, D, built, fresh, gallery
from torch.func import functional_call, stack_module_state, vmap

forms = pytest.mark.parametrize("form", FORMS)
CONTEXT = [form for form in FORMS if form != "none"]
ORDER_FREE = [form for form in FORMS if not form.startswith("bilstm")]
LENGTHS = [7, 4, 1]
MASK = torch.arange(7) < torch.tensor(LENGTHS)[:, None]


@forms
def test_at_step_0_all_encoders_but_the_printed_ones_are_the_identity(form):
    z, _, camids = gallery(1)
    g = fresh(form)(z, MASK, camids)
    assert torch.equal(g[MASK], z[MASK]) == (form not in STARTS_PLAIN)
    assert (g[~MASK] == 0).all()
    trained = built(form)(z, MASK, camids)
    assert (trained - g)[MASK].abs().max() > 1e-2 or form == "none"
    assert (trained[~MASK] == 0).all()


@forms
def test_a_permuted_gallery_gives_the_permuted_features_but_for_those_that_read_in_a_row(form):
    encoder, (z, _, camids) = built(form), gallery(2)
    order = torch.stack([torch.randperm(7, generator=torch.Generator().manual_seed(b)) for b in range(3)])
    places = order[..., None].expand(-1, -1, D)
    g = encoder(z, MASK, camids).gather(1, places)
    permuted = encoder(z.gather(1, places), MASK.gather(1, order), camids.gather(1, order))
    assert encoder.order_free == (form in ORDER_FREE)
    if encoder.order_free:
        torch.testing.assert_close(permuted, g, rtol=0, atol=1e-10)
    else:
        assert (permuted - g).abs().max() > 1e-2


@pytest.mark.parametrize("form", ORDER_FREE)
def test_in_float32_order_moves_features_by_less_than_1e_5(form):
    encoder, (z, mask, camids) = built(form, dtype=torch.float32), gallery(3, n=40, dtype=torch.float32)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(0))
    permuted = encoder(z[:, order], mask, camids[:, order])
    torch.testing.assert_close(permuted, encoder(z, mask, camids)[:, order], rtol=1e-5, atol=1e-5)


@forms
def test_a_padded_gallery_equals_the_one_without_padding(form):
    encoder, (z, everything, camids) = built(form), gallery(4)
    g = encoder(z, MASK, camids)
    scattered = torch.tensor([[1, 0, 1, 1, 0, 1, 1], [0, 1, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 1]], dtype=torch.bool)
    for mask, got in ((MASK, g), (scattered, encoder(z, scattered, camids))):
        for b in range(3):
            real = mask[b]
            alone = encoder(z[b:b + 1, real], mask[b:b + 1, real], camids[b:b + 1, real])
            torch.testing.assert_close(got[b, real], alone[0], rtol=0, atol=1e-10)
    if form != "none":  # the padding would have counted as items
        assert (encoder(z, everything, camids) - g)[1:][MASK[1:]].abs().max() > 1e-3


@forms
@pytest.mark.parametrize("garbage", [torch.nan, torch.inf, -1e30])
def test_what_stands_at_padding_changes_nothing_not_even_gradients(form, garbage):
    encoder, (clean, _, camids) = built(form), gallery(5)
    results = []
    for z, seen in ((clean, camids), (clean.masked_fill(~MASK[..., None], garbage), camids.masked_fill(~MASK, 77))):
        z = z.clone().requires_grad_()
        g = encoder(z, MASK, seen)
        gradients = torch.autograd.grad((g * torch.linspace(1, 2, D, dtype=g.dtype)).sum(), [z, *encoder.parameters()],
                                        materialize_grads=True)
        assert (gradients[0][~MASK] == 0).all()
        results.append([g, *gradients])
    for one, other in zip(*results, strict=True):
        assert one.isfinite().all()
        assert torch.equal(one, other)


@forms
def test_episodes_do_not_know_each_other(form):
    encoder, (z, mask, camids) = built(form), gallery(6)
    other = z.clone()
    other[1] = 5 * z[2].flip(0)
    g, changed = encoder(z, mask, camids), encoder(other, mask, camids)
    torch.testing.assert_close(changed[[0, 2]], g[[0, 2]], rtol=0, atol=1e-12)
    assert (changed[1] - g[1]).abs().max() > 1e-1


@forms
@pytest.mark.parametrize("lengths", [[1, 1], [0, 3], [0, 0]])
def test_galleries_of_one_item_or_none_are_finite_with_finite_gradients(form, lengths):
    encoder, (z, _, camids) = built(form, dtype=torch.float32), gallery(7, B=2, n=3, dtype=torch.float32)
    for features in (z, torch.zeros_like(z)):
        features = features.clone().requires_grad_()
        mask = torch.arange(3) < torch.tensor(lengths)[:, None]
        g = encoder(features, mask, camids)
        gradients = torch.autograd.grad(g.square().sum(), [features, *encoder.parameters()], materialize_grads=True)
        assert all(each.isfinite().all() for each in (g, *gradients))
        assert (g[~mask] == 0).all()


@pytest.mark.parametrize("form", ["none", "bilstm", "iterref", "sab", "isab"])
def test_those_that_do_not_know_cameras_ignore_them(form):
    encoder, (z, mask, camids) = built(form), gallery(8)
    assert torch.equal(encoder(z, mask, camids), encoder(z, mask, torch.zeros_like(camids)))


@forms
def test_derivatives_are_the_difference_quotients(form):
    encoder, (z, _, camids) = built(form), gallery(9, B=2, n=3)
    mask = MASK[[0, 2], :3]
    names = [name for name, _ in encoder.named_parameters()]
    weights = [each.detach().clone().requires_grad_() for each in encoder.parameters()]

    def encoded(z, *weights):
        return functional_call(encoder, dict(zip(names, weights, strict=True)), (z, mask, camids))

    assert torch.autograd.gradcheck(encoded, (z.requires_grad_(), *weights), fast_mode=True)


@pytest.mark.parametrize("form", CONTEXT)
@pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning")
def test_other_weights_by_functional_call_and_several_at_once(form):
    encoders = [built(form, seed) for seed in range(2)]
    z, mask, camids = gallery(10, B=2)
    alone = [encoder(z, mask, camids) for encoder in encoders]
    assert (alone[0] - alone[1]).abs().max() > 1e-2
    swapped = functional_call(encoders[0], dict(encoders[1].named_parameters()), (z, mask, camids))
    torch.testing.assert_close(swapped, alone[1], rtol=0, atol=1e-12)
    state = stack_module_state(encoders)
    base = copy.deepcopy(encoders[0]).to("meta")
    many = vmap(lambda *state: functional_call(base, state, (z, mask, camids)))(*state)
    torch.testing.assert_close(many, torch.stack(alone), rtol=0, atol=1e-10)


@pytest.mark.parametrize("form", CONTEXT)
def test_every_weight_can_learn_once_the_zeros_are_gone_and_some_can_at_once(form):
    for encoder, least in ((fresh(form), 1), (built(form), None)):
        z, mask, camids = gallery(11)
        loss = encoder(z, mask, camids).pow(3).sum()
        gradients = torch.autograd.grad(loss, list(encoder.parameters()), materialize_grads=True)
        moved = [bool((each != 0).any()) for each in gradients]
        assert sum(moved) >= least if least else all(moved)
