"""Probe encoders against A.1 in plain numpy, where they start, what each option does, and refusals."""

import numpy as np
import pytest
import torch
from probe_maker import FORMS, D, built, drawn, episode
from torch import nn

from reidlib.arm import probe as module
from reidlib.arm.probe import PROBES, make_probe
from reidlib.errors import ReidError
from reidlib.training.seeded import seeded


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def a1_in_numpy(z, g, real, weights, M):
    """Eq. 3 to 6 with [h; r] as the hidden state of the LSTM, one probe: z (D,), g (n, D), the gates from `weights`."""
    h, cell, reads = z, np.zeros_like(z), []
    for _ in range(M):
        exponentials = np.array([np.exp(h @ item) if here else 0.0 for item, here in zip(g, real, strict=True)])
        a = exponentials / exponentials.sum()
        r = sum(weight * item for weight, item in zip(a, g, strict=True))
        gates = weights["x"] @ z + weights["hr"] @ np.concatenate([h, r]) + weights["b"]
        i, forget, candidate, o = np.split(gates, 4)
        cell = sigmoid(forget) * cell + sigmoid(i) * np.tanh(candidate)
        h = sigmoid(o) * np.tanh(cell) + z
        reads.append(a)
    return h, reads


def as_printed(cell):
    """The weights of LSTMCell([z; r], h), arranged for LSTM(z, [h; r])."""
    W_in, W_h = cell.weight_ih.detach(), cell.weight_hh.detach()
    return {"x": W_in[:, :D], "hr": torch.cat([W_h, W_in[:, D:]], 1), "b": (cell.bias_ih + cell.bias_hh).detach()}


@pytest.mark.parametrize("M", [1, 3])
def test_attlstm_is_a1_as_printed(M):
    probe, (z, g, mask, *camids) = built("paper", M), episode()
    reads = probe(z, g, mask, *camids)
    assert len(reads.attention) == M
    weights = {name: value.numpy() for name, value in as_printed(probe.cell).items()}
    for b in range(2):
        for q in range(4):
            f, attention = a1_in_numpy(z[b, q].numpy(), g[b].numpy(), mask[b].tolist(), weights, M)
            np.testing.assert_allclose(reads.f[b, q].detach(), f, rtol=1e-9)
            for k in range(M):
                np.testing.assert_allclose(reads.attention[k][b, q].detach(), attention[k], rtol=1e-9)


def test_an_lstm_fed_z_and_r_is_the_lstm_with_the_hidden_state_h_and_r():
    with seeded("cell"):
        cell = nn.LSTMCell(2 * D, D).double()
    z, h, r, c = (drawn(7, D, seed=s) for s in range(4))
    gates = as_printed(cell)
    i, forget, candidate, o = (z @ gates["x"].T + torch.cat([h, r], 1) @ gates["hr"].T + gates["b"]).chunk(4, 1)
    memory = forget.sigmoid() * c + i.sigmoid() * candidate.tanh()
    output, kept = cell(torch.cat([z, r], 1), (h, c))
    torch.testing.assert_close(kept, memory)
    torch.testing.assert_close(output, o.sigmoid() * memory.tanh())
    torch.testing.assert_close(module._lstm(cell, torch.cat([z, r], 1), h, c), (output, kept))
    # h + r for [h; r], as some implementations have it, is another, weaker function.
    summed, _ = cell(torch.cat([z, torch.zeros_like(r)], 1), (h + r, c))
    assert not torch.allclose(summed, output, atol=1e-3)


def test_cross_is_reads_without_a_memory():
    probe, (z, g, mask, *camids) = built("cross_plain"), episode()
    W, b = probe.output.weight.detach().numpy(), probe.view_bias.detach().numpy()
    f = probe(z, g, mask, *camids).f.detach()
    for e in range(2):
        for q in range(4):
            h = z[e, q].numpy()
            for _ in range(3):
                own = (camids[0][e] == camids[1][e, q]).numpy().astype(int)
                exponentials = np.exp(g[e].numpy() @ h / np.sqrt(D) + b[own]) * mask[e].numpy()
                h = h + W @ (exponentials / exponentials.sum() @ g[e].numpy())
            np.testing.assert_allclose(f[e, q], h, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_no_reads_is_none_exactly(form):
    given = episode()
    none = make_probe("none", D)(*given)
    assert torch.equal(none.f, given[0])
    assert none.attention == ()
    zero = built(form, M=0)(*given)
    assert torch.equal(zero.f, none.f)
    assert zero.attention == ()
    assert not torch.allclose(built(form, M=1)(*given).f, none.f, atol=1e-3)


@pytest.mark.parametrize("name", ["cross", "attlstm"])
def test_training_starts_at_plain_matching_exactly_and_leaves_it(name):
    given = episode()
    with seeded("start"):
        probe, plain = make_probe(name, D).double(), make_probe(name, D, start="plain").double()
    reads = probe(*given)
    assert torch.equal(reads.f, given[0])
    assert len(reads.attention) == 3  # it looks already, but what it sees does not count yet
    reads.f.square().sum().backward()
    assert probe.output.weight.grad.abs().max() > 1e-3
    assert not torch.allclose(plain(*given).f, given[0], atol=1e-3)


def test_view_bias_prefers_a_camera_and_log_n_sharpens_with_the_gallery():
    z, g, mask, gallery_camids, probe_camids = episode()
    probe = make_probe("cross", D, M=1).double()
    before = probe(z, g, mask, gallery_camids, probe_camids).attention[0]
    with torch.no_grad():
        probe.view_bias[1] = 2.0
    after = probe(z, g, mask, gallery_camids, probe_camids).attention[0]
    own = gallery_camids[:, None] == probe_camids[..., None]
    assert ((after * own).sum(-1) > (before * own).sum(-1)).all()
    within = (before * ~own).sum(-1, keepdim=True), (after * ~own).sum(-1, keepdim=True)
    torch.testing.assert_close((before * ~own) / within[0], (after * ~own) / within[1])
    plain, sized = (make_probe("cross", D, M=1, log_n=log_n, view_bias=False).double() for log_n in (False, True))
    for n, power in ((4, 0.5), (16, 1.0), (64, 1.5)):  # log n / log 16
        z, g, mask, *camids = episode(n=n)
        mask = torch.ones_like(mask)
        expected = plain(z, g, mask, *camids).attention[0] ** power
        torch.testing.assert_close(sized(z, g, mask, *camids).attention[0], expected / expected.sum(-1, keepdim=True))


def test_layer_norm_makes_the_correction_as_large_as_z():
    given = episode()
    normed, raw = built("attlstm"), built("attlstm")
    raw.layer_norm = False
    share = {}
    for size in (0.1, 1.0, 50.0):
        z = given[0] * size
        for name, probe in (("normed", normed), ("raw", raw)):
            moved = probe(z, *given[1:]).f - z
            share[name, size] = float((moved.norm(dim=-1) / z.norm(dim=-1)).mean().detach())
    assert share["normed", 50.0] == pytest.approx(share["normed", 1.0], rel=1e-3)
    assert share["normed", 0.1] == pytest.approx(share["normed", 1.0], rel=1e-2)
    assert share["raw", 50.0] < share["raw", 1.0] / 10  # bounded by the LSTM: lost beside a long z
    assert share["raw", 0.1] > 3 * share["raw", 1.0]


def test_the_memory_matters(monkeypatch):
    """The same cell without its state from one read to the next is another function."""
    probe, given = built("paper"), episode()
    f, lstm = probe(*given).f, module._lstm
    monkeypatch.setattr(module, "_lstm", lambda weights, x, h, cell: lstm(weights, x, h, torch.zeros_like(cell)))
    assert not torch.allclose(probe(*given).f, f, atol=1e-3)


def test_names_defaults_and_sizes():
    assert list(PROBES) == ["none", "cross", "attlstm"]
    assert [make_probe(name).M for name in PROBES] == [0, 3, 3]
    assert [make_probe(name).D for name in PROBES] == [128] * 3
    assert make_probe("attlstm", 4).factor == 0.5
    with torch.no_grad():
        half = make_probe("attlstm", D)(*(each.float() if each.is_floating_point() else each for each in episode()))
    assert half.f.dtype == half.attention[0].dtype == torch.float32


@pytest.mark.parametrize(("name", "options", "sentence"), [
    ("attlsmt", {}, "encoder 'attlsmt'.*none, cross, attlstm.*pass 'attlstm'"),
    (3, {}, "encoder 3"),
    ("none", {"M": 3}, "option 'M' of the probe encoder 'none'.*no options.*leave it out"),
    ("cross", {"views_bias": True}, "option 'views_bias'.*pass view_bias="),
    ("cross", {"M": -1}, "M=-1.*from 0"),
    ("attlstm", {"M": True}, "M=True"),
    ("none", {"D": 0}, "D=0.*from 1"),
    ("attlstm", {"start": "ones"}, "start='ones'.*'zero' or 'plain'"),
])
def test_what_does_not_exist_is_named(name, options, sentence):
    with pytest.raises(ReidError, match=sentence):
        make_probe(name, **options)


@pytest.mark.parametrize("name", PROBES)
def test_shapes_that_do_not_fit_are_named(name):
    probe, given = make_probe(name, D).double(), list(episode())
    for place, wrong, sentence in [
        (0, given[0][0], r"z of shape \(4, 6\).*z\[None\]"), (1, given[1][..., :4], "check g"),
        (2, given[2][:, 1:], "check mask"), (2, given[2].long(), "int64.*mask.bool"),
        (3, given[3][:1], "check gallery_camids"), (4, given[4][:, 1:], "check probe_camids"),
    ]:  # fmt: skip
        with pytest.raises(ReidError, match=sentence):
            probe(*given[:place], wrong, *given[place + 1:])
