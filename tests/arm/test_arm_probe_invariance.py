"""What never changes a probe encoder: neighbours, order, padding, chunks; and what it answers with nothing to read."""

import math

import pytest
import torch
from probe_maker import FORMS, D, built, episode

from reidlib.arm import probe as module


@pytest.mark.parametrize("form", FORMS)
def test_a_probe_never_sees_another_probe(form):
    probe, (z, g, mask, gallery_camids, probe_camids) = built(form), episode()
    together = probe(z, g, mask, gallery_camids, probe_camids)
    for q in range(4):
        alone = probe(z[:, q:q + 1], g, mask, gallery_camids, probe_camids[:, q:q + 1])
        torch.testing.assert_close(alone.f[:, 0], together.f[:, q], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(alone.attention[-1][:, 0], together.attention[-1][:, q], rtol=1e-12, atol=1e-12)
    for garbage in (math.nan, 1e30):
        spoilt = z.clone()
        spoilt[:, 1] = garbage
        f = probe(spoilt, g, mask, gallery_camids, probe_camids).f
        torch.testing.assert_close(f[:, [0, 2, 3]], together.f[:, [0, 2, 3]], rtol=1e-12, atol=1e-12)
        assert not torch.allclose(f[:, 1], together.f[:, 1])


@pytest.mark.parametrize("form", FORMS)
def test_an_order_of_the_gallery_means_nothing(form):
    probe, (z, g, mask, gallery_camids, probe_camids) = built(form), episode()
    order = torch.tensor([3, 0, 4, 2, 1])
    reads = probe(z, g, mask, gallery_camids, probe_camids)
    other = probe(z, g[:, order], mask[:, order], gallery_camids[:, order], probe_camids)
    torch.testing.assert_close(other.f, reads.f)
    torch.testing.assert_close(other.attention[1], reads.attention[1][..., order])
    # Items and cameras belong together: items alone permuted are another gallery.
    if probe.view_bias is not None:
        assert not torch.allclose(probe(z, g[:, order], mask[:, order], gallery_camids, probe_camids).f, reads.f)


@pytest.mark.parametrize("form", FORMS)
def test_padding_changes_nothing_whatever_stands_there(form):
    probe, (z, g, mask, gallery_camids, probe_camids) = built(form), episode()
    reads = probe(z, g, mask, gallery_camids, probe_camids)
    padded = torch.cat([g, torch.full((2, 3, D), math.nan, dtype=g.dtype)], 1)
    more = torch.cat([mask, torch.zeros(2, 3, dtype=torch.bool)], 1)
    cameras = torch.cat([gallery_camids, torch.ones(2, 3, dtype=torch.int64)], 1)
    longer = probe(z, padded, more, cameras, probe_camids)
    torch.testing.assert_close(longer.f, reads.f)
    assert (longer.attention[0][..., 5:] == 0).all()
    short = mask[1].nonzero()[:, 0]
    alone = probe(z[1:], g[1:, short], mask[1:, short], gallery_camids[1:, short], probe_camids[1:])
    torch.testing.assert_close(alone.f, reads.f[1:])


def test_duplicates_share_and_add_up():
    probe, (z, g, mask, gallery_camids, probe_camids) = built("attlstm"), episode()
    twice = [torch.cat([each, each], 1) for each in (g, mask, gallery_camids)]
    reads, doubled = probe(z, g, mask, gallery_camids, probe_camids), probe(z, *twice, probe_camids)
    torch.testing.assert_close(doubled.f, reads.f)  # a whole gallery twice reads as once
    torch.testing.assert_close(doubled.attention[0], torch.cat([reads.attention[0]] * 2, -1) / 2)
    again = [torch.cat([each, each[:, :1]], 1) for each in (g, mask, gallery_camids)]
    one = probe(z, *again, probe_camids)
    assert torch.equal(one.attention[0][..., 0], one.attention[0][..., 5])
    odds = reads.attention[0][..., 0] / reads.attention[0][..., 1]
    torch.testing.assert_close(one.attention[0][..., 0] / one.attention[0][..., 1], odds)
    assert not torch.allclose(one.f, reads.f, atol=1e-4)  # one item twice weighs double


@pytest.mark.parametrize("form", ["hidden", "cross_hidden"])
def test_the_probes_own_camera_can_be_hidden(form):
    probe, (z, g, mask, gallery_camids, probe_camids) = built(form), episode()
    reads = probe(z, g, mask, gallery_camids, probe_camids)
    for b in range(2):
        for q in range(4):
            left = mask[b] & (gallery_camids[b] != probe_camids[b, q])
            assert (reads.attention[0][b, q][~left] == 0).all()
            alone = probe(z[b, None, q:q + 1], g[b, None, left], mask[b, None, left], gallery_camids[b, None, left],
                          probe_camids[b, None, q:q + 1])
            torch.testing.assert_close(alone.f[0, 0], reads.f[b, q])


@pytest.mark.parametrize("form", FORMS)
def test_with_nothing_to_read_r_is_0(form):
    probe, (z, g, mask, gallery_camids, _) = built(form), episode()
    if probe.mask_same_camera:
        gallery_camids, probe_camids = torch.zeros_like(gallery_camids), torch.zeros(2, 4, dtype=torch.int64)
    else:
        mask, probe_camids = torch.zeros_like(mask), torch.ones(2, 4, dtype=torch.int64)
    z, g = z.requires_grad_(), g.requires_grad_()
    reads = probe(z, g, mask, gallery_camids, probe_camids)
    assert all((attention == 0).all() for attention in reads.attention)
    if form.startswith("cross"):
        assert torch.equal(reads.f, z)
    else:
        nothing = probe(z, torch.zeros_like(g), torch.ones_like(mask), gallery_camids, probe_camids + 7)
        torch.testing.assert_close(reads.f, nothing.f)
        assert not torch.allclose(reads.f, z, atol=1e-3)  # the LSTM answers to z alone
    empty = probe(z, g[:, :0], mask[:, :0], gallery_camids[:, :0], probe_camids)
    torch.testing.assert_close(empty.f, reads.f)
    reads.f.square().sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in probe.parameters())
    assert z.grad.isfinite().all()
    assert (g.grad == 0).all()


@pytest.mark.parametrize("form", FORMS)
def test_chunks_of_probes_do_not_show_and_keep_to_the_buffer(form, monkeypatch):
    probe, given = built(form), episode(Q=7)
    whole = probe(*given)
    shapes, softmax = [], module.masked_softmax

    def watched(logits, mask):
        shapes.append(logits.shape)
        return softmax(logits, mask)

    monkeypatch.setattr(module, "masked_softmax", watched)
    monkeypatch.setattr(module, "BUFFER", 35)
    parts = probe(*given)
    assert [shape[1] for shape in shapes] == [3] * 6 + [1] * 3  # 2 galleries × 5 items: 3 probes at a time
    assert all(math.prod(shape) <= 35 for shape in shapes)
    torch.testing.assert_close(parts.f, whole.f)
    for part, full in zip(parts.attention, whole.attention, strict=True):
        torch.testing.assert_close(part, full)
    light = probe(*given, keep_attention=False)
    assert light.attention == ()
    assert torch.equal(light.f, parts.f)


@pytest.mark.parametrize("form", FORMS)
def test_gradients_are_right(form):
    probe, (z, g, mask, *camids) = built(form, M=2), episode(Q=2, n=3)
    z.requires_grad_()
    g.requires_grad_()
    assert torch.autograd.gradcheck(lambda z, g: probe(z, g, mask, *camids).f, (z, g))


@pytest.mark.parametrize("form", FORMS)
def test_many_trained_at_once_are_each_alone(form):
    probes, given = [built(form, seed=seed) for seed in range(2)], episode()
    parameters, _ = torch.func.stack_module_state(probes)
    together = torch.func.vmap(lambda own: torch.func.functional_call(probes[0], own, given).f)(parameters)
    for probe, f in zip(probes, together, strict=True):
        torch.testing.assert_close(f, probe(*given).f)
