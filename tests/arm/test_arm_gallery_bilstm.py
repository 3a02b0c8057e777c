"""The bidirectional LSTM over a gallery: by hand, on orders given and drawn; and the numbers it draws by."""

import math

import numpy as np
import pytest
import torch
from gallery_maker import D, built, gallery

from reidlib.arm.gallery.draws import drawn


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def by_hand(items, from_item, from_state, bias):
    """h of every item in the order given: one number at a time."""
    state, cell, states = [0.0] * D, [0.0] * D, []
    for item in items:
        gates = [bias[g] + sum(item[d] * from_item[d][g] + state[d] * from_state[d][g] for d in range(D))
                 for g in range(4 * D)]
        i, f, c, o = (gates[k * D:(k + 1) * D] for k in range(4))
        cell = [sigmoid(f[d]) * cell[d] + sigmoid(i[d]) * math.tanh(c[d]) for d in range(D)]
        state = [sigmoid(o[d]) * math.tanh(cell[d]) for d in range(D)]
        states.append(state)
    return np.array(states)


def both_ways(encoder, items):
    w = {name: each.detach().numpy() for name, each in encoder.named_parameters()}
    forward, backward = ((w["from_item"][way], w["from_state"][way], w["gates"][way]) for way in (0, 1))
    return torch.from_numpy(by_hand(items, *forward) + by_hand(items[::-1], *backward)[::-1])


def test_three_items_are_the_lstm_by_hand_both_ways():
    z, mask, camids = gallery(1, B=1, n=3)
    for form in ("bilstm_plain", "bilstm"):
        encoder = built(form)
        context = both_ways(encoder, z[0].numpy())
        expected = z[0] + (context if form == "bilstm_plain" else context @ encoder.out.weight.T + encoder.out.bias)
        torch.testing.assert_close(encoder(z, mask, camids)[0], expected, rtol=0, atol=1e-10)


def test_it_is_torchs_lstm():
    encoder, (z, mask, camids) = built("bilstm_plain"), gallery(2)
    torchs = torch.nn.LSTM(D, D, batch_first=True, bidirectional=True).double()
    with torch.no_grad():
        for way, end in enumerate(("", "_reverse")):
            getattr(torchs, f"weight_ih_l0{end}").copy_(encoder.from_item[way].T)
            getattr(torchs, f"weight_hh_l0{end}").copy_(encoder.from_state[way].T)
            getattr(torchs, f"bias_ih_l0{end}").copy_(encoder.gates[way])
            getattr(torchs, f"bias_hh_l0{end}").zero_()
        h = torchs(z)[0]
        torch.testing.assert_close(encoder(z, mask, camids), z + h[..., :D] + h[..., D:], rtol=0, atol=1e-12)


def test_training_reads_in_another_order_at_each_call_and_the_same_in_the_same_run():
    z, mask, camids = gallery(3)
    one, other = built("bilstm_plain").train(), built("bilstm_plain").train()
    calls = [one(z, mask, camids) for _ in range(3)]
    for call in calls:
        torch.testing.assert_close(other(z, mask, camids), call, rtol=0, atol=0)
    assert (calls[0] - calls[1]).abs().max() > 1e-2
    assert (calls[0] - built("bilstm_plain", seed=0)(z, mask, camids)).abs().max() > 1e-2
    assert int(one.calls) == 3
    resumed = built("bilstm_plain").train()
    resumed.load_state_dict(one.state_dict())
    assert torch.equal(resumed(z, mask, camids), one(z, mask, camids))
    reseeded = built("bilstm_plain").train()
    reseeded.seed = 1
    assert (reseeded(z, mask, camids) - calls[0]).abs().max() > 1e-2
    before = one.eval()(z, mask, camids)
    assert torch.equal(one(z, mask, camids), before)  # nothing is drawn, or counted, at test
    assert int(one.calls) == 4


def test_every_training_call_is_a_reading_in_some_order_and_all_orders_come():
    encoder = built("bilstm_plain").train()
    z, mask, camids = gallery(4, B=1, n=3)
    items, orders = z[0].numpy(), {}
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        context = both_ways(encoder, items[list(order)])
        orders[order] = z[0] + context[torch.tensor(order).argsort()]
    seen = dict.fromkeys(orders, 0)
    for _ in range(120):
        g = encoder(z, mask, camids)[0]
        (order,) = [each for each, expected in orders.items() if (g - expected).abs().max() < 1e-9]
        seen[order] += 1
    assert min(seen.values()) >= 8  # 20 expected


def test_episodes_of_one_call_are_read_in_different_orders():
    encoder, (z, mask, camids) = built("bilstm_plain").train(), gallery(5, B=1)
    g = encoder(z.expand(4, -1, -1), mask.expand(4, -1), camids.expand(4, -1))
    assert (g[1:] - g[:1]).abs().amax((1, 2)).min() > 1e-2


def test_the_mean_over_orders_is_the_mean_and_hangs_less_on_the_order_given():
    z, mask, camids = gallery(6, n=12)
    rng = torch.Generator().manual_seed(0)
    orders = [torch.randperm(12, generator=rng) for _ in range(6)]

    def spread(permutations):
        encoder = built("bilstm_plain", permutations=permutations)
        answers = torch.stack([encoder(z[:, order], mask, camids[:, order])[:, order.argsort()] for order in orders])
        return float(answers.detach().std(0).mean())

    assert spread(16) < 0.4 * spread(0)  # 1/√16 = 0.25 if orders were independent
    encoder = built("bilstm_plain", permutations=2)
    expected = torch.zeros_like(z)
    for p in range(2):
        order = drawn(1, 0, p, torch.arange(12)).argsort()
        for b in range(3):
            expected[b, order] += both_ways(encoder, z[b, order].numpy()) / 2
    torch.testing.assert_close(encoder(z, mask, camids), z + expected, rtol=0, atol=1e-10)


def splitmix(state):
    """One round in Python's whole numbers."""
    def mixed(x):
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    return mixed((state + 0x9E3779B97F4A7C15) % 2**64)


@pytest.mark.parametrize("key", [(0,), (1, 2, 3), (-5, 2**62, 7)])
def test_draws_are_splitmix64(key):
    state = 0
    for part in key:
        state = splitmix(state + part * 0x9E3779B97F4A7C15)
    assert int(drawn(*key)) == state >> 11
    assert int(drawn(*key[:-1], torch.tensor(key[-1]))) == state >> 11


def test_splitmix64_starts_as_published():
    assert splitmix(0) == 0xE220A8397B1DCDAF


def test_draws_are_uniform_unlike_each_other_and_the_same_in_longer_galleries():
    numbers = drawn(3, torch.arange(20)[:, None], torch.arange(1000))
    assert numbers.unique().numel() == numbers.numel()
    share = numbers.double() / 2**53
    assert 0 <= float(share.min()) < 1e-3
    assert 1 - 1e-3 < float(share.max()) < 1
    assert float(share.mean()) == pytest.approx(0.5, abs=0.01)
    assert np.histogram(share, 10, (0, 1))[0].min() > 1850  # 2,000 expected, standard deviation 42
    assert np.abs(np.corrcoef(share.numpy()) - np.eye(20)).max() < 0.15  # standard deviation 0.03
    assert torch.equal(drawn(3, 0, torch.arange(10)), drawn(3, 0, torch.arange(1000))[:10])
