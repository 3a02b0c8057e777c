"""What the attention encoders compute: against loops in numpy, on the cameras they are told, and by name."""

import math

import numpy as np
import pytest
import torch
from gallery_maker import D, built, fresh, gallery

from reidlib.arm.gallery import GALLERY, make_gallery
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.errors import ReidError


def weights_of(encoder):
    return {name: each.detach().numpy() for name, each in encoder.named_parameters()}


def layer_norm(u, weight, bias):
    return (u - u.mean(-1, keepdims=True)) / np.sqrt(u.var(-1, keepdims=True) + 1e-5) * weight + bias


def read(w, name, asked, keys, heads, allowed, bias=None):
    """(n, D) what each head reads; allowed (n, m), bias (heads, n, m)."""
    q, k, v = (side @ w[f"{name}.{part}.weight"].T
               for side, part in ((asked, "query"), (keys, "key"), (keys, "value")))
    out, d = np.zeros_like(q), q.shape[1] // heads
    for h in range(heads):
        part = slice(h * d, h * d + d)
        for i in range(len(q)):
            logits = [q[i, part] @ k[j, part] / math.sqrt(d) + (0 if bias is None else bias[h, i, j])
                      for j in range(len(k))]
            shares = [math.exp(logit) if allowed[i, j] else 0.0 for j, logit in enumerate(logits)]
            for j, share in enumerate(shares):
                out[i, part] += 0 if sum(shares) == 0 else share / sum(shares) * v[j, part]
    return out


def linear(w, name, x):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def gelu(x):
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def after_heads(w, block, u, heads_read):
    u = u + linear(w, f"{block}.out", heads_read)
    inside = layer_norm(u, w[f"{block}.ffn_norm.weight"], w[f"{block}.ffn_norm.bias"])
    return u + linear(w, f"{block}.ffn.2", gelu(linear(w, f"{block}.ffn.0", inside)))


def normed(w, block, u):
    return layer_norm(u, w[f"{block}.norm.weight"], w[f"{block}.norm.bias"])


def alone(seed):
    z, mask, camids = gallery(seed, B=1, n=5)
    camids[0] = torch.tensor([0, 1, 0, 7, 1])
    return z, mask, camids, z[0].numpy(), (camids[0][:, None] == camids[0]).numpy()


def check(encoder, z, mask, camids, expected):
    torch.testing.assert_close(encoder(z, mask, camids)[0].detach(), torch.from_numpy(expected), rtol=0, atol=1e-10)


@pytest.mark.parametrize("form", ["sab", "view"])
def test_set_attention_blocks_are_the_loop(form):
    encoder = built(form, blocks=2, heads=2)
    z, mask, camids, u, same = alone(1)
    w = weights_of(encoder)
    for i in range(2):
        bias = None if form == "sab" else np.where(same, w["bias"][i, :, :1, None], w["bias"][i, :, 1:, None])
        items = normed(w, f"blocks.{i}", u)
        u = after_heads(w, f"blocks.{i}", u, read(w, f"blocks.{i}.heads", items, items, 2, same | ~same, bias))
    check(encoder, z, mask, camids, u)


def test_inducing_points_gather_and_spread_as_the_loop():
    encoder = built("isab", m=3, heads=2)
    z, mask, camids, u, _ = alone(2)
    w = weights_of(encoder)
    seats, items = w["points"][0], normed(w, "gather.0", u)
    h = after_heads(w, "gather.0", seats,
                    read(w, "gather.0.heads", normed(w, "gather.0", seats), items, 2, np.ones((3, 5), bool)))
    expected = after_heads(w, "spread.0", u, read(w, "spread.0.heads", normed(w, "spread.0", u),
                                                 normed(w, "spread.0", h), 2, np.ones((5, 3), bool)))
    check(encoder, z, mask, camids, expected)


def test_split_is_the_loop_and_an_item_whose_camera_holds_nobody_else_still_sees_itself():
    encoder = built("split", heads=2)
    z, mask, camids, u, same = alone(3)
    w = weights_of(encoder)
    items = normed(w, "blocks.0", u)
    intra, cross = (read(w, f"blocks.0.{kind}", items, items, 2, seen)
                    for kind, seen in (("intra", same), ("cross", ~same)))
    gate = 1 / (1 + np.exp(-linear(w, "blocks.0.gate", np.concatenate([u, intra, cross], 1))))
    check(encoder, z, mask, camids, after_heads(w, "blocks.0", u, gate * intra + (1 - gate) * cross))
    own = items[3] @ w["blocks.0.intra.value.weight"].T  # item 3 is the only one of camera 7
    np.testing.assert_allclose(intra[3], own)


def test_in_a_gallery_of_one_camera_the_cross_view_part_is_0():
    encoder, (z, mask, _) = built("split"), gallery(4)
    one = torch.full(mask.shape, 5)
    g = encoder(z, mask, one)
    with torch.no_grad():
        encoder.blocks[0].cross.value.weight.mul_(100)
    assert torch.equal(encoder(z, mask, one), g)
    two = one.clone()
    two[:, 0] = 6
    assert (encoder(z, mask, two) - g).abs().max() > 1


def test_view_with_equal_biases_is_sab_with_the_same_weights():
    view, sab = built("view"), built("sab")
    sab.load_state_dict(view.state_dict(), strict=False)
    z, mask, camids = gallery(5)
    expected = sab(z, mask, camids)
    assert (view(z, mask, camids) - expected).abs().max() > 1e-2
    for camera in (camids, torch.zeros_like(camids), torch.arange(7).expand(3, -1)):
        with torch.no_grad():
            view.bias.fill_(-1.3)
        torch.testing.assert_close(view(z, mask, camera), expected, rtol=0, atol=1e-12)
    with torch.no_grad():
        view.bias.copy_(torch.tensor([3.0, -2.0]).expand(1, 4, 2))
    torch.testing.assert_close(view(z, mask, torch.zeros_like(camids)), expected, rtol=0, atol=1e-12)  # one camera
    plain = built("view_plain")
    plain.load_state_dict(sab.state_dict())
    torch.testing.assert_close(plain(z, mask, camids), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("bias", "seen"), [((40.0, 0.0), "own"), ((0.0, 40.0), "other")])
def test_a_large_bias_leaves_only_one_kind_of_items_to_read_from(bias, seen):
    view, (z, mask, _) = built("view"), gallery(6, B=1, n=4)
    camids = torch.tensor([[0, 0, 1, 1]])
    with torch.no_grad():
        view.bias.copy_(torch.tensor(bias).expand(1, 4, 2))
    changed = z.clone()
    changed[0, 3, 0] += 1
    moved = (view(changed, mask, camids) - view(z, mask, camids)).abs().amax(-1)[0]
    readers, others = ([2], [0, 1]) if seen == "own" else ([0, 1], [2])
    assert (moved[readers] > 1e-3).all()
    assert (moved[others] < 1e-12).all()


def test_cameras_are_told_apart_by_being_equal_not_by_their_numbers():
    z, mask, camids = gallery(7)
    for form in ("view", "split"):
        encoder = built(form)
        assert torch.equal(encoder(z, mask, camids), encoder(z, mask, 1000 - 3 * camids))


def test_embeddings_are_of_the_listed_cameras_and_others_get_none():
    view, plain = built("view_cameras"), built("view")
    plain.load_state_dict({name: each for name, each in view.state_dict().items() if name in plain.state_dict()})
    z, mask, _ = gallery(8, B=1, n=3)
    camids = torch.tensor([[2, 0, 41]])
    u = z + torch.stack([view.embeddings[1], view.embeddings[0], torch.zeros(D, dtype=z.dtype)])
    torch.testing.assert_close(view(z, mask, camids), plain(u, mask, camids), rtol=0, atol=1e-12)
    assert (view(z, mask, camids) - plain(z, mask, camids)).abs().max() > 1e-2


def test_camera_dropout_takes_whole_cameras_in_training_only_and_is_a_function_of_seed_and_call():
    def shifts(encoder, calls):
        """(calls, B, n): which items were shifted by their camera, seen in an encoder that does nothing else."""
        with torch.no_grad():
            encoder.embeddings.fill_(1)
        return torch.stack([(encoder(z, mask, camids) - z).mean(-1) for _ in range(calls)]).detach()

    z, mask, camids = gallery(9, B=50, n=6, cameras=2)
    options = {"cameras": (0, 1), "camera_dropout": 0.3}
    drops = shifts(fresh("view", **options).train(), 8)
    assert set(drops.round(decimals=9).unique().tolist()) == {0.0, 1.0}
    for camera in (0, 1):
        of_camera = [call[b][camids[b] == camera] for call in drops for b in range(50)]
        assert all(each.std(correction=0) < 1e-9 for each in of_camera if len(each))  # all of them, or none
    kept = drops.mean()
    assert 0.6 < float(kept) < 0.8
    assert not torch.equal(drops[0], drops[1])
    assert torch.equal(shifts(fresh("view", **options).train(), 8), drops)
    assert not torch.equal(shifts(fresh("view", **options, seed=1).train(), 8), drops)
    assert (shifts(fresh("view", **options), 2) > 0.99).all()
    assert (shifts(fresh("view", **(options | {"camera_dropout": 0.0})).train(), 2) > 0.99).all()


def test_iterative_refinement_is_the_loop():
    for form, temperature in (("iterref_plain", 1.0), ("iterref", 0.1)):
        encoder = built(form, R=2)
        z, mask, camids, items, _ = alone(10)
        w = weights_of(encoder)
        asked, state, cell = items, np.zeros_like(items), np.zeros_like(items)

        def out(q, form=form, w=w):
            return q if form == "iterref_plain" else linear(w, "out", q)

        for _ in range(2):
            wanted = asked + out(state)
            cosines = np.array([[a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in items] for a in wanted])
            shares = np.exp(cosines / temperature)
            asked = shares / shares.sum(1, keepdims=True) @ items
            gates = linear(w, "from_read", asked) + state @ w["from_state.weight"].T
            i, f, c, o = np.split(gates, 4, 1)
            cell = cell / (1 + np.exp(-f)) + np.tanh(c) / (1 + np.exp(-i))
            state = np.tanh(cell) / (1 + np.exp(-o))
        check(encoder, z, mask, camids, items + out(state))


def test_all_encoders_are_listed_and_view_is_the_default():
    assert list(GALLERY) == ["none", "bilstm", "iterref", "sab", "isab", "view", "split"]
    assert type(make_gallery()) is GALLERY["view"]
    assert make_gallery().D == 128
    for each in GALLERY.values():
        assert issubclass(each, GalleryEncoder)
        assert each.__doc__.strip()


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("veiw", {}, "gallery encoder 'veiw'.*none, bilstm.*pass 'view'"),
        (3, {}, "gallery encoder 3"),
        ("sab", {"block": 2}, "option 'block' of the gallery encoder 'sab'.*pass blocks="),
        ("none", {"heads": 2}, "option 'heads' of the gallery encoder 'none'.*no options at all.*leave it out"),
        ("none", {"D": 0}, "D=0.*from 1"),
        ("sab", {"heads": 3}, "heads=3 for features of size D=128.*pass heads=2"),
        ("sab", {"blocks": 0}, "blocks=0"),
        ("split", {"blocks": 1.0}, "blocks=1.0"),
        ("isab", {"m": True}, "m=True"),
        ("isab", {"blocks": 0}, "blocks=0"),
        ("view", {"blocks": 0}, "blocks=0"),
        ("view", {"cameras": (0, 0)}, r"cameras=\[0, 0\].*each once"),
        ("view", {"cameras": ()}, r"cameras=\[\]"),
        ("view", {"camera_dropout": 1}, "camera_dropout=1.*0 ≤ camera_dropout < 1"),
        ("iterref", {"R": 0}, "R=0.*from 1"),
        ("iterref", {"temperature": 0}, "temperature=0"),
        ("iterref", {"start": "ones"}, "start='ones'.*'zero' or 'plain'"),
        ("bilstm", {"permutations": -1}, "permutations=-1.*from 0"),
        ("bilstm", {"start": None}, "start=None"),
    ],
)
def test_what_does_not_exist_is_named(name, options, sentence):
    with pytest.raises(ReidError, match=sentence):
        make_gallery(name, **options)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda z, m, c: (z[0], m, c), r"features of shape \(7, 8\).*\(B, n, 8\).*this View.*z\[None\]"),
        (lambda z, m, c: (z[..., :5], m, c), r"shape \(3, 7, 5\)"),
        (lambda z, m, c: (z, m.float(), c), r"mask of torch\.float32"),
        (lambda z, m, c: (z, m[:, :5], c), r"mask of torch\.bool \(3, 5\) for features \(3, 7, 8\)"),
        (lambda z, m, c: (z, m, c[:1]), r"camids of shape \(1, 7\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(change, sentence):
    with pytest.raises(ReidError, match=sentence):
        built("view")(*change(*gallery()))
