"""Multi-head attention against plain loops; empty sets, cameras, turns, and the sharpening with log n."""

import math

import numpy as np
import pytest
import torch
from gallery_maker import D, gallery
from torch.utils._python_dispatch import TorchDispatchMode

from reidlib.arm.attention import LOG_N_START, MOST_CAMERAS, SetAttention, Views, attend, zero_linear
from reidlib.errors import ReidError
from reidlib.training.seeded import seeded

B, HEADS, N, M, SIZE = 2, 2, 4, 5, 3
MASK = torch.tensor([[True, True, False, True, True], [False] * 5])
QUERY_CAMIDS = torch.tensor([[0, 1, 2, 9], [0, 1, 2, 9]])
KEY_CAMIDS = torch.tensor([[0, 1, 2, 0, 1], [0, 1, 2, 0, 1]])


def parts(seed=0, dtype=torch.float64):
    rng = torch.Generator().manual_seed(seed)
    shapes = (B, HEADS, N, SIZE), (B, HEADS, M, SIZE), (B, HEADS, M, SIZE), (HEADS, 2)
    return [torch.randn(shape, generator=rng, dtype=dtype) for shape in shapes]


def by_loop(queries, keys, values, mask, scale, camids=None, bias=None, only=None):
    """One query, one head, one key at a time, in numpy."""
    q, k, v = (each.detach().numpy() for each in (queries, keys, values))
    out = np.zeros(q.shape)
    for b, h, i in np.ndindex(q.shape[:3]):
        weights = {}
        for j in range(k.shape[2]):
            same = camids is not None and bool(camids[0][b, i] == camids[1][b, j])
            if not mask[b, j] or (only == "intra" and not same) or (only == "cross" and same):
                continue
            logit = scale * sum(q[b, h, i, d] * k[b, h, j, d] for d in range(q.shape[3]))
            weights[j] = math.exp(logit + (0 if bias is None else float(bias[h, 0 if same else 1])))
        for j, weight in weights.items():
            out[b, h, i] += weight / sum(weights.values()) * v[b, h, j]
    return torch.from_numpy(out)


def test_attention_is_the_loop_and_0_over_no_keys():
    q, k, v, _ = parts()
    for scale in (None, 0.3):
        read = attend(q, k, v, MASK, scale=scale)
        torch.testing.assert_close(read, by_loop(q, k, v, MASK, scale or SIZE**-0.5))
        assert (read[1] == 0).all()


@pytest.mark.parametrize("only", [None, "intra", "cross"])
def test_views_are_the_loop_and_0_where_no_key_is_of_that_kind(only):
    q, k, v, bias = parts(1)
    camids = QUERY_CAMIDS, KEY_CAMIDS
    expected = by_loop(q, k, v, MASK, SIZE**-0.5, camids, None if only else bias, only)
    read = attend(q, k, v, MASK, Views(*camids, bias, only))
    torch.testing.assert_close(read, expected)
    if only == "intra":
        assert (read[0, :, 2:] == 0).all()  # camera 2 is there but masked, camera 9 is not there
        assert (read[0, :, :2] != 0).all()


def test_only_the_difference_of_the_two_biases_counts():
    q, k, v, bias = parts(2)
    read = attend(q, k, v, MASK, Views(QUERY_CAMIDS, KEY_CAMIDS, bias))
    torch.testing.assert_close(attend(q, k, v, MASK, Views(QUERY_CAMIDS, KEY_CAMIDS, bias + 2.5)), read)
    plain = attend(q, k, v, MASK)
    torch.testing.assert_close(attend(q, k, v, MASK, Views(QUERY_CAMIDS, KEY_CAMIDS, torch.full_like(bias, 7))), plain)
    assert (read - plain)[0].abs().max() > 1e-2
    many = Views(QUERY_CAMIDS, KEY_CAMIDS, torch.stack([bias, bias + 1]))  # a bias for each episode
    torch.testing.assert_close(attend(q, k, v, MASK, many), read)


@pytest.mark.parametrize(("only", "cameras"), [(None, 0), (None, MOST_CAMERAS), ("intra", 0), ("cross", 0)])
@pytest.mark.parametrize("at_once", [1, 45])
def test_queries_in_turns_or_with_codes_are_the_queries_at_once_with_the_same_gradients(only, cameras, at_once,
                                                                                        monkeypatch):
    monkeypatch.setattr("reidlib.arm.attention.MOST_CAMERAS", cameras)  # 0: turns, else the bias by a code
    results = []
    for each in (at_once, 10**6):
        q, k, v, bias = (part.requires_grad_() for part in parts(3))
        read = attend(q, k, v, MASK, Views(QUERY_CAMIDS, KEY_CAMIDS, None if only else bias, only), at_once=each)
        (read * torch.arange(1.0, N + 1)[:, None]).square().sum().backward()
        results.append([read, q.grad, k.grad, v.grad, *([] if only else [bias.grad])])
        with torch.no_grad():
            views = Views(QUERY_CAMIDS, KEY_CAMIDS, None if only else bias, only)
            torch.testing.assert_close(attend(q, k, v, MASK, views, at_once=each), read)
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("scale", [None, 0.3, -2.0])
def test_a_bias_by_code_is_the_loop_for_any_scale_and_number_of_cameras(scale, monkeypatch):
    q, k, v, bias = parts(5)
    bias = 3 * bias
    expected = by_loop(q, k, v, MASK, SIZE**-0.5 if scale is None else scale, (QUERY_CAMIDS, KEY_CAMIDS), bias)
    calls = []
    monkeypatch.setattr("reidlib.arm.attention._attend_by_view", lambda queries, *rest: calls.append(1) or queries)
    with torch.no_grad():
        read = attend(q, k, v, MASK, Views(QUERY_CAMIDS, KEY_CAMIDS, bias), scale, at_once=1)
        torch.testing.assert_close(read, expected)
        assert not calls
        many = torch.arange(2 * MOST_CAMERAS).view(2, -1)
        keys = torch.ones(2, 2, MOST_CAMERAS, SIZE, dtype=q.dtype)
        attend(q, keys, keys, many >= 0, Views(QUERY_CAMIDS, many, bias), at_once=1)
        assert calls  # too many cameras for a code


class Largest(TorchDispatchMode):
    """The number of values of the largest tensor that any operation gives."""

    numel = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for each in result if isinstance(result, tuple | list) else [result]:
            if isinstance(each, torch.Tensor):
                self.numel = max(self.numel, each.numel())
        return result


@pytest.mark.parametrize(("only", "grad"), [("none", False), ("none", True), (None, False), (None, True),
                                            ("intra", False), ("cross", True)])
def test_no_tensor_of_all_pairs_is_ever_made(only, grad):
    n = 300
    q, k, v = torch.randn(3, 1, HEADS, n, 4, generator=torch.Generator().manual_seed(0)).requires_grad_(grad)
    bias, camids = torch.zeros(HEADS, 2, requires_grad=grad), torch.arange(n)[None] % 3
    views = None if only == "none" else Views(camids, camids, bias, only)
    with torch.set_grad_enabled(grad), Largest() as largest:
        read = attend(q, k, v, torch.ones(1, n, dtype=torch.bool), views, at_once=5000)
        if grad:
            read.sum().backward()
    assert largest.numel <= max(5000, 3 * HEADS * n * 4)  # a turn, or q, k and v together; all pairs: 180,000
    with torch.no_grad(), Largest() as dense:
        attend(q, k, v, torch.ones(1, n, dtype=torch.bool), Views(camids, camids, bias, only="cross"))
    assert dense.numel >= n * n


@pytest.mark.parametrize("only", ["none", None, "intra", "cross"])
def test_derivatives_are_the_difference_quotients_also_over_no_keys(only):
    q, k, v, bias = (part.requires_grad_() for part in parts(4))

    def read(q, k, v, bias):
        return attend(q, k, v, MASK, None if only == "none" else Views(QUERY_CAMIDS, KEY_CAMIDS, bias, only))

    assert torch.autograd.gradcheck(read, (q, k, v, bias))
    gradients = torch.autograd.grad(read(q, k, v, bias).sum(), (q, k, v), allow_unused=True)
    for gradient in gradients:
        assert (gradient[1] == 0).all()  # the empty gallery
        assert (gradient[0] != 0).any()


def test_set_attention_is_the_loop_over_its_projections():
    with seeded("attention"):
        attention = SetAttention(D, 2).double()
    z, mask, _ = gallery(B=2)
    mask[0, 4:] = False
    with torch.no_grad():
        heads = [(z @ layer.weight.T).view(2, 7, 2, 4).transpose(1, 2)
                 for layer in (attention.query, attention.key, attention.value)]
        expected = by_loop(*heads, mask, 0.5)
        assert len(attention.state_dict()) == 3
        torch.testing.assert_close(attention(z, z, mask), expected.transpose(1, 2).reshape(2, 7, D))


def test_log_n_multiplies_all_logits_by_s_log_n_of_the_real_keys():
    with seeded("attention"):
        attention = SetAttention(D, 2, log_n=True).double()
    assert attention.log_n_scale.tolist() == pytest.approx([LOG_N_START] * 2)
    z, mask, camids = gallery(B=2, n=16)
    views = Views(camids, camids, torch.tensor([[0.4, -1.0], [2.0, 0.1]], dtype=torch.float64))
    with torch.no_grad():
        plain = SetAttention(D, 2).double()
        plain.load_state_dict(attention.state_dict(), strict=False)
        # 16 items: at its start the plain softmax, up to float32's 1/log 16
        torch.testing.assert_close(attention(z, z, mask, views), plain(z, z, mask, views), rtol=0, atol=1e-6)
        mask[1, 5:] = False
        attention.log_n_scale.copy_(torch.tensor([0.7, 1.9]))
        read = attention(z, z, mask, views)
        for b, n in enumerate((16, 5)):
            sharper = attention.log_n_scale * math.log(n)
            heads = [(z[b:b + 1] @ layer.weight.T).view(1, 16, 2, 4).transpose(1, 2)
                     for layer in (attention.query, attention.key, attention.value)]
            heads[0] = heads[0] * sharper[:, None, None]
            expected = by_loop(*heads, mask[b:b + 1], 0.5, (camids[b:b + 1],) * 2, views.bias * sharper[:, None])
            torch.testing.assert_close(read[b], expected.transpose(1, 2).reshape(16, D))


def test_zero_linear_adds_nothing_yet_learns():
    layer = zero_linear(3, 2)
    x = torch.arange(6.0).view(2, 3)
    assert (layer(x) == 0).all()
    layer(x).sum().backward()
    assert torch.equal(layer.weight.grad, torch.tensor([[3.0, 5, 7], [3, 5, 7]]))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: SetAttention(6, 4), r"heads=4 for features of size D=6.*divides D.*pass heads=3"),
        (lambda: SetAttention(6, 0), "heads=0.*from 1"),
        (lambda: attend(*parts()[:3], MASK, Views(QUERY_CAMIDS, KEY_CAMIDS, only="both")),
         "only='both'.*'intra' or 'cross'"),
    ],
)
def test_bad_options_are_named(call, sentence):
    with pytest.raises(ReidError, match=sentence):
        call()
