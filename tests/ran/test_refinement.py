"""RAN Eq. 3–4 against a loop as printed, and the proof that they are a recursion over one number."""

import itertools

import numpy as np
import pytest
import torch
from head_maker import D, built, mask_of, tracklets
from torch.func import jacrev

from reidlib.errors import ReidError
from reidlib.ran.attention import attend, frame_weights, softmax_attention
from reidlib.ran.refinement import (
    constant,
    fixed_points,
    refine,
    scalar_map,
    scalar_recursion,
    scalars_of,
    slope,
)

PAPER = {"kind": "sigmoid", "normalise": "none", "feedback": "raw"}
CORRECTED = {"kind": "sigmoid", "normalise": "sum", "feedback": "unit"}
FORMS = [dict(zip(PAPER, values, strict=True))
         for values in itertools.product(("sigmoid", "softmax"), ("none", "sum"), ("raw", "unit"))]
LENGTHS = [7, 4, 1]
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form.values()))


def start(seed=0, dtype=torch.float64):
    """Tracklets of 7, 4 and 1 frames, the first α and f of some θ, θ′ and b′."""
    rng = torch.Generator().manual_seed(100 + seed)
    mask = mask_of(LENGTHS, 7)
    x = tracklets(seed, dtype=dtype).masked_fill(~mask[..., None], 0)
    theta = 0.5 * torch.randn(D, generator=rng, dtype=dtype)
    refine_score = 0.3 * torch.randn(2 * D, generator=rng, dtype=dtype)
    return x, mask, x @ theta, refine_score, torch.tensor(0.2, dtype=dtype)


def first_weights(z, mask, form):
    return frame_weights(attend(z, mask, form["kind"]), form["normalise"])


@forms
def test_refinement_is_eq_3_and_4_as_printed(form):
    x, mask, z, refine_score, bias = start()
    f = torch.einsum("bt,btd->bd", first_weights(z, mask, form), x)
    refined = refine(x, mask, f, refine_score, 3, bias, **form)
    for b, length in enumerate(LENGTHS):
        frames, video = x[b, :length].numpy(), f[b].numpy()
        for k in range(3):
            fed = video / np.linalg.norm(video) if form["feedback"] == "unit" else video
            scores = np.array([np.concatenate([frame, fed]) @ refine_score.numpy() + 0.2 for frame in frames])
            if form["kind"] == "sigmoid":
                alpha = 1 / (1 + np.exp(-scores))
            else:
                alpha = np.exp(scores) / np.exp(scores).sum()
            video = sum(a * frame for a, frame in zip(alpha, frames, strict=True))
            if form["normalise"] == "sum":
                video = video / alpha.sum()
            np.testing.assert_allclose(refined.attention_logits[k][b, :length], scores, atol=1e-9)
            np.testing.assert_allclose(refined.attention[k][b, :length], alpha, atol=1e-9)
            assert not refined.attention[k][b, length:].any()
        np.testing.assert_allclose(refined.video_feature[b], video, atol=1e-9)


@forms
@pytest.mark.parametrize(("dtype", "near"), [(torch.float32, 1e-5), (torch.float64, 1e-9)])
def test_the_recursion_over_one_number_is_the_recursion_over_vectors(form, dtype, near):
    for seed in range(5):
        x, mask, z, refine_score, bias = start(seed, dtype)
        weights = first_weights(z, mask, form)
        f = torch.einsum("bt,btd->bd", weights, x)
        u, v, gram = scalars_of(x, refine_score, bias)
        c0 = constant(weights, v, gram, form["feedback"])
        told = scalar_recursion(u, v, c0, 5, mask, gram=gram, **form)
        seen = refine(x, mask, f, refine_score, 5, bias, **form)
        for k in range(5):
            torch.testing.assert_close(told.attention[k], seen.attention[k], rtol=0, atol=near)
            # z_t − u_t is the same number for all frames, and it is c_k.
            shift = (seen.attention_logits[k] - u)[mask]
            c = told.constants[k][:, None].expand(mask.shape)[mask]
            torch.testing.assert_close(shift, c, rtol=near, atol=near)
        rest = scalar_map(told.constants[-2], u, v, mask, gram=gram, **form)
        torch.testing.assert_close(rest, told.constants[-1], rtol=near, atol=near)


@forms
def test_no_iteration_changes_the_order_of_frames(form):
    """The order may change once, from θ to θ′_x, which is another parameter; f never changes it."""
    changed = 0
    for seed in range(5):
        x, mask, z, refine_score, bias = start(seed)
        f = torch.einsum("bt,btd->bd", first_weights(z, mask, form), x)
        logits = refine(x, mask, f, refine_score, 4, bias, **form).attention_logits
        orders = [each.masked_fill(~mask, -torch.inf).argsort(1) for each in logits]
        assert all(torch.equal(order, orders[0]) for order in orders)
        changed += not torch.equal(z.masked_fill(~mask, -torch.inf).argsort(1), orders[0])
    assert changed == 5


@pytest.mark.parametrize("feedback", ["raw", "unit"])
def test_under_softmax_every_iteration_is_one_softmax_attention(feedback):
    x, mask, z, refine_score, _ = start(1)
    f = torch.einsum("bt,btd->bd", softmax_attention(z, mask), x)
    expected = softmax_attention(x @ refine_score[:D], mask)
    for R in (1, 2, 5):
        refined = refine(x, mask, f, refine_score, R, kind="softmax", feedback=feedback)
        torch.testing.assert_close(refined.attention[-1], expected)
        torch.testing.assert_close(refined.video_feature, torch.einsum("bt,btd->bd", expected, x))
    sigmoids = refine(x, mask, f, refine_score, 5, feedback=feedback).attention
    assert (sigmoids[1] - sigmoids[0])[0].abs().max() > 1e-3  # the sigmoid's do move


@pytest.mark.parametrize(("form", "R"), [("ran", 3), ("ran_paper", 3), ("ran_softmax", 3), ("ran_0", 0)])
def test_the_head_can_be_told_as_one_number(form, R):
    head, x, mask = built(form, 3), tracklets(2), mask_of(LENGTHS, 7)
    pooled = head(x, mask)
    assert len(pooled.attention) == R + 1
    x = x.masked_fill(~mask[..., None], 0)
    torch.testing.assert_close(pooled.attention_logits[0], head.score(x))
    if R == 0:
        return
    u, v, gram = scalars_of(x, head.refine_score.weight, head.refine_score.bias)
    c0 = constant(frame_weights(pooled.attention[0], head.normalise), v, gram, head.feedback)
    told = scalar_recursion(u, v, c0, R, mask, gram=gram, kind=head.kind, normalise=head.normalise,
                            feedback=head.feedback)
    for seen, each in zip(pooled.attention[1:], told.attention, strict=True):
        torch.testing.assert_close(seen, each, rtol=0, atol=1e-9)


def test_the_slope_of_the_papers_map_is_the_sum_of_sigmoid_slopes():
    x, mask, _, refine_score, bias = start()
    u, v, _ = scalars_of(x, refine_score, bias)
    c = torch.tensor([-1.0, 0.3, 2.0], dtype=torch.float64)
    sigmoid = (u + c[:, None]).sigmoid()
    torch.testing.assert_close(slope(c, u, v, mask), (sigmoid * (1 - sigmoid) * v * mask).sum(1))


@forms
def test_the_slope_is_the_difference_quotient(form):
    x, _, _, refine_score, bias = start()
    u, v, gram = (each[0] for each in scalars_of(x, refine_score, bias))
    c, h = torch.linspace(-3, 3, 13, dtype=torch.float64), 1e-5
    up, down = (scalar_map(c + step, u, v, gram=gram, **form) for step in (h, -h))
    told = slope(c, u, v, gram=gram, **form)
    torch.testing.assert_close(told, (up - down) / (2 * h), rtol=1e-6, atol=1e-8)
    assert (told.abs().max() < 1e-12) == (form["kind"] == "softmax")  # refinement is then a constant


def test_the_slope_is_the_only_eigenvalue_of_the_vector_map():
    """f -> Σ σ(θ′·[x_t; f]) x_t has a D×D Jacobian of rank one; its trace is the scalar slope."""
    x, mask, z, refine_score, bias = start()
    x, mask = x[:1], mask[:1]
    f = torch.einsum("bt,btd->bd", z[:1].sigmoid(), x)[0]
    jacobian = jacrev(lambda f: refine(x, mask, f[None], refine_score, 1, bias).video_feature[0])(f)
    u, v, _ = scalars_of(x, refine_score, bias)
    assert torch.linalg.matrix_rank(jacobian) == 1
    torch.testing.assert_close(jacobian.trace(), slope(f[None] @ refine_score[D:], u, v)[0])


def test_fixed_points_of_one_frame_by_hand():
    """c = 10 σ(c − 5) rests at 5, and by symmetry at s and 10 − s; the middle one repels."""
    u, v = torch.tensor([-5.0]), torch.tensor([10.0])
    points = fixed_points(u, v)
    assert len(points) == 3
    assert float(points[1]) == pytest.approx(5, abs=1e-9)
    assert float(points[0] + points[2]) == pytest.approx(10, abs=1e-9)
    torch.testing.assert_close(scalar_map(points, u.double(), v.double()), points)
    slopes = slope(points, u.double(), v.double())
    assert float(slopes[1]) == pytest.approx(2.5)
    assert 0 < slopes[0] < 1
    assert 0 < slopes[2] < 1
    for first, end in ((4.9, points[0]), (5.1, points[2])):
        far = scalar_recursion(u[None].double(), v[None].double(), torch.tensor([first], dtype=torch.float64), 100)
        torch.testing.assert_close(far.constants[-1][0], end)


def test_a_steep_falling_map_jumps_for_ever_between_two_numbers():
    u, v = torch.tensor([[5.0]], dtype=torch.float64), torch.tensor([[-10.0]], dtype=torch.float64)
    (rest,) = fixed_points(u[0], v[0])
    assert float(rest) == pytest.approx(-5)
    assert float(slope(rest, u[0], v[0])) == pytest.approx(-2.5)
    c = scalar_recursion(u, v, torch.tensor([-4.9], dtype=torch.float64), 101).constants
    torch.testing.assert_close(c[101], c[99])
    assert abs(c[101] - c[100]) > 8


def test_small_v_contract_from_anywhere_and_more_frames_make_the_map_steeper():
    x, _, _, refine_score, bias = start(4)
    u, v, _ = (each[0] for each in scalars_of(x, refine_score, bias))
    v = 3.9 * v / v.abs().sum()
    c = torch.linspace(-20, 20, 401, dtype=torch.float64)
    assert slope(c, u, v).abs().max() < 1
    (rest,) = fixed_points(u, v)
    far = scalar_recursion(u.expand(401, -1), v.expand(401, -1), c, 300).constants[-1]
    torch.testing.assert_close(far, rest.expand(401), rtol=0, atol=1e-6)
    torch.testing.assert_close(slope(c, u.repeat(8), v.repeat(8)), 8 * slope(c, u, v))
    shares = {"normalise": "sum"}
    torch.testing.assert_close(slope(c, u.repeat(8), v.repeat(8), **shares), slope(c, u, v, **shares))


@forms
def test_fixed_points_rest_in_every_form_and_masked_frames_do_not_count(form):
    for seed in range(3):
        x, mask, _, refine_score, bias = start(seed)
        u, v, gram = (each[1] for each in scalars_of(x, 4 * refine_score, bias))
        points = fixed_points(u, v, mask[1], gram=gram, **form)
        assert len(points) % 2 == 1
        torch.testing.assert_close(scalar_map(points, u, v, mask[1], gram=gram, **form), points, rtol=0, atol=1e-8)
        n = LENGTHS[1]
        torch.testing.assert_close(fixed_points(u[:n], v[:n], gram=gram[:n, :n], **form), points)


def test_frames_without_features_rest_at_zero():
    nothing = torch.zeros(4)
    assert fixed_points(nothing, nothing).tolist() == pytest.approx([0], abs=1e-9)


def test_unit_feedback_needs_the_gram_matrix_and_options_are_named():
    u = torch.zeros(1, 2)
    with pytest.raises(ReidError, match="without a Gram matrix"):
        scalar_map(torch.zeros(1), u, u, feedback="unit")
    with pytest.raises(ReidError, match="without a Gram matrix"):
        fixed_points(u[0], u[0], feedback="unit")
    with pytest.raises(ReidError, match=r"feedback='mean'.*'raw' or 'unit'"):
        refine(torch.zeros(1, 2, 3), torch.ones(1, 2, dtype=torch.bool), torch.zeros(1, 3), torch.zeros(6), 1,
               feedback="mean")
