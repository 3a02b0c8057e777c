"""Every head against its formula as a loop over frames in numpy, and its number of parameters against the formula."""

import math

import numpy as np
import pytest
import torch
from head_maker import D, built, tracklets

from reidlib.ran.heads import HEADS, make_head

X = tracklets(11, B=1, T=5)
x = X[0].numpy()
T = len(x)


def weights_of(head):
    return {name: parameter.detach().numpy() for name, parameter in head.named_parameters()}


def softmax(z):
    shares = [math.exp(each) for each in z]
    return np.array(shares) / sum(shares)


def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))


def length(vector):
    return math.sqrt(sum(each * each for each in vector))


def added(alpha, frames=x):
    return sum(a * frame for a, frame in zip(alpha, frames, strict=True))


def assert_values(head, video_feature, attention=()):
    pooled = head(X)
    np.testing.assert_allclose(pooled.video_feature[0].detach(), video_feature, atol=1e-9)
    assert len(pooled.attention) == len(pooled.attention_logits) == len(attention)
    for seen, alpha in zip(pooled.attention, attention, strict=True):
        np.testing.assert_allclose(seen[0].detach(), alpha, atol=1e-9)


def test_mean_and_max():
    assert_values(built("mean", unit=False), [sum(x[t, d] for t in range(T)) / T for d in range(D)])
    assert_values(built("max", unit=False), [max(x[t, d] for t in range(T)) for d in range(D)])


def test_unit_divides_by_the_length():
    f = x.mean(0)
    assert_values(built("mean"), f / length(f))


def test_rnn_mean():
    head = built("rnn_mean", unit=False)
    w = weights_of(head)
    outputs = [x[0] + w["first_bias"]]
    for t in range(1, T):
        outputs.append(x[t] + w["memory.weight"] @ np.tanh(outputs[-1]) + w["memory.bias"])
    assert_values(head, np.mean(outputs, axis=0))


def test_lstm_mean_is_torchs_lstm():
    head = built("lstm_mean", unit=False)
    peer = torch.nn.LSTM(D, 5, batch_first=True).double()
    with torch.no_grad():
        peer.weight_ih_l0.copy_(head.from_frame.weight)
        peer.weight_hh_l0.copy_(head.from_state.weight)
        peer.bias_ih_l0.copy_(0.25 * head.from_frame.bias)
        peer.bias_hh_l0.copy_(0.75 * head.from_frame.bias)
    assert_values(head, peer(X)[0][0].mean(0).detach())


def test_rnn_attention():
    head = built("rnn_attention", unit=False)
    w = weights_of(head)
    states, attention = [np.zeros(5)], []
    for _ in range(T):
        h = states[-1]
        e = [w["score"] @ np.tanh(w["from_state.weight"] @ h + w["from_frame.weight"] @ frame + w["from_frame.bias"])
             for frame in x]
        attention.append(softmax(e))
        z = added(attention[-1])
        states.append(np.tanh(w["read.weight"] @ z + w["remember.weight"] @ h + w["read.bias"]))
    assert_values(head, np.mean(states[1:], axis=0), attention)
    assert np.abs(attention[0] - attention[-1]).max() > 1e-3


@pytest.mark.parametrize("form", ["astpn", "astpn_symmetric"])
def test_astpn_alone_and_in_a_pair(form):
    head = built(form, unit=False)
    U = weights_of(head)["affinity"]
    if head.symmetric:
        U = (U + U.T) / 2
    other = tracklets(12, B=1, T=3)
    own = softmax([max(math.tanh(p @ U @ g) for g in x) for p in x])
    assert_values(head, added(own), [own])
    g = other[0].numpy()
    A = np.array([[math.tanh(p @ U @ q) for q in g] for p in x])
    t_p, t_g = softmax(A.max(axis=1)), softmax(A.max(axis=0))
    first, second = head.forward_pair(X, other)
    for pooled, alpha, frames in ((first, t_p, x), (second, t_g, g)):
        np.testing.assert_allclose(pooled.attention[0][0].detach(), alpha, atol=1e-9)
        np.testing.assert_allclose(pooled.video_feature[0].detach(), added(alpha, frames), atol=1e-9)
    alone = head.forward_pair(X, X)[0]
    assert torch.equal(alone.video_feature, head(X).video_feature)


def test_sigmoid_and_softmax():
    head = built("sigmoid", unit=False)
    alpha = sigmoid(x @ head.score.weight.detach().numpy() + float(head.score.bias.detach()))
    assert_values(head, added(alpha) / sum(alpha), [alpha])
    head = built("softmax", unit=False)
    alpha = softmax(x @ head.score.weight.detach().numpy())
    assert_values(head, added(alpha), [alpha])


@pytest.mark.parametrize("p", [0, 1, 2.5])
def test_norm_mean(p):
    powers = np.array([length(frame) ** p for frame in x])
    assert_values(built("norm_mean", unit=False, p=p), added(powers / powers.sum()), [powers / powers.sum()])


def consensus(p, tau, R, theta=None, w=None):
    theta, w = np.zeros(D) if theta is None else theta, np.ones(D) if w is None else w
    powers = np.array([length(frame) ** p * math.exp(theta @ frame) for frame in x])
    attention = [powers / powers.sum()]
    for _ in range(R):
        f = added(attention[-1])
        cosines = [(w * frame) @ (w * f) / length(w * frame) / length(w * f) for frame in x]
        shares = powers * np.exp(np.array(cosines) / tau)
        attention.append(shares / shares.sum())
    return added(attention[-1]), attention


@pytest.mark.parametrize(("p", "temperature", "R"), [(1, 0.15, 3), (0, 0.5, 1), (2, 0.3, 0)])
def test_consensus(p, temperature, R):
    assert_values(built("consensus", unit=False, p=p, temperature=temperature, R=R), *consensus(p, temperature, R))


def test_consensus_by_default_looks_three_times():
    head = make_head("consensus", D)
    assert (head.p, head.temperature, head.R, head.attention_count) == (1, 0.15, 3, 4)


@pytest.mark.parametrize("form", ["coupled", "coupled_channels"])
def test_coupled(form):
    head = built(form, unit=False)
    w = weights_of(head)
    assert_values(head, *consensus(float(w["p"]), math.exp(-float(w["log_scale"])), 3, w["score.weight"],
                                   w.get("channel_weight")))


@pytest.mark.parametrize("options", [{}, {"channel_weight": True}, {"p": 2, "temperature": 0.4, "R": 2}])
def test_coupled_starts_as_consensus(options):
    frames = tracklets(13, B=20, T=9, dtype=torch.float32)
    start = make_head("coupled", D, **options)(frames)
    options.pop("channel_weight", None)
    rule = make_head("consensus", D, **options)(frames)
    for one, other in zip((start.video_feature, *start.attention), (rule.video_feature, *rule.attention), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("form", ["ran", "ran_paper", "ran_softmax", "ran_0", "ran_paper_0"])
def test_ran(form):
    head = built(form, unit=False)
    w = weights_of(head)
    weigh = sigmoid if head.kind == "sigmoid" else softmax
    attention = [weigh(x @ w["score.weight"] + w.get("score.bias", 0))]
    for k in range(head.R + 1):
        f = added(attention[-1]) / (sum(attention[-1]) if head.normalise == "sum" else 1)
        if k < head.R:
            fed = f / length(f) if head.feedback == "unit" else f
            attention.append(weigh([w["refine_score.weight"] @ np.concatenate([frame, fed])
                                    + w.get("refine_score.bias", 0) for frame in x]))
    assert_values(head, f, attention)


COUNTS = {
    "mean": ({}, 0), "max": ({}, 0), "norm_mean": ({}, 0), "consensus": ({}, 0),
    "rnn_mean": ({}, 16 * 16 + 2 * 16), "lstm_mean": ({"hidden": 10}, 4 * 10 * (16 + 10 + 1)),
    "rnn_attention": ({"hidden": 10}, 2 * 10 * (16 + 10) + 3 * 10), "astpn": ({}, 16 * 16), "sigmoid": ({}, 16 + 1),
    "softmax": ({}, 16), "ran": ({}, 16 + 1 + 2 * 16 + 1), "coupled": ({}, 16 + 2),
}  # fmt: skip
MORE = [("sigmoid", {"bias": False}, 16), ("ran", {"R": 0}, 17), ("ran", {"R": 0, "bias": False}, 16),
        ("ran", {"R": 1}, 50), ("ran", {"R": 7, "bias": False}, 48), ("coupled", {"channel_weight": True}, 34),
        ("coupled", {"R": 9}, 18)]


@pytest.mark.parametrize(("name", "options", "count"), [(name, *COUNTS[name]) for name in HEADS] + MORE)
def test_parameters_are_as_many_as_the_formula_says(name, options, count):
    assert sum(p.numel() for p in make_head(name, 16, **options).parameters()) == count


def test_theta_and_theta_prime_are_parameters_of_their_own():
    """Eq. 1 learns from z alone, Eq. 3 from what follows; without refinement there is no θ′ at all."""
    assert [name for name, _ in make_head("ran", D, R=0, bias=False).named_parameters()] == ["score.weight"]
    head = built("ran_softmax", unit=False)
    head(X).video_feature.sum().backward()
    assert head.refine_score.weight.grad[:D].abs().max() > 1e-3
    # Under softmax f, and so θ, is lost at the first refinement.
    assert head.score.weight.grad.abs().max() < 1e-12
    head = built("ran", unit=False)
    head(X).video_feature.sum().backward()
    assert head.score.weight.grad.abs().max() > 1e-9
