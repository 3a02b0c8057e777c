"""Heads by name: the list, sizes, defaults and refusals."""

import pytest
import torch

from reidlib.errors import ReidError
from reidlib.ran.heads import HEADS, make_head
from reidlib.ran.heads.head import POOLINGS, Head

NAMES = ["mean", "max", "rnn_mean", "lstm_mean", "rnn_attention", "astpn", "sigmoid", "softmax", "norm_mean",
         "consensus", "ran", "coupled"]


def test_all_heads_are_listed_in_the_order_of_the_design():
    assert list(HEADS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_head_says_how_it_pools_and_what_it_gives(name):
    head = make_head(name)
    assert isinstance(head, Head)
    assert head.pooling in POOLINGS
    assert head.unit
    assert head.features_in == 128
    pooled = head(torch.ones(2, 3, 128))
    assert pooled.video_feature.shape == (2, head.features_out)
    assert len(pooled.attention) == len(pooled.attention_logits) == (head.attention_count or (
        3 if head.attention_count is None else 0))
    assert all(alpha.shape == (2, 3) for alpha in pooled.attention)
    assert HEADS[name].__doc__.strip()
    assert not make_head(name, 8, unit=False).unit


def test_sizes_and_defaults():
    assert make_head("lstm_mean").features_out == 512
    assert make_head("lstm_mean", hidden=64).features_out == 64
    assert make_head("rnn_attention", 32).features_out == 32
    assert make_head("rnn_attention", 32, hidden=8).features_out == 8
    assert make_head("rnn_mean").dropout == 0.6
    assert [make_head("ran", normalise=n).pooling for n in ("none", "sum")] == ["sum", "weighted_mean"]
    assert [make_head("ran", R=R).attention_count for R in (0, 3)] == [1, 4]


def test_the_seed_decides_the_weights():
    def drawn(name, seed):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return torch.cat([p.detach().flatten() for p in make_head(name, 6).parameters()])

    for name in ("rnn_mean", "lstm_mean", "rnn_attention", "astpn", "sigmoid", "softmax", "ran"):
        assert torch.equal(drawn(name, 1), drawn(name, 1))
        assert not torch.equal(drawn(name, 1), drawn(name, 2))


def test_weights_start_as_wide_as_documented():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        affinity = make_head("astpn", 100).affinity.detach()
        lstm, rnn = make_head("lstm_mean", 100, hidden=25), make_head("rnn_mean", 100)
        ran = make_head("ran", 5000)
    assert float(affinity.std()) == pytest.approx(1 / 100, rel=0.03)
    for parameter in lstm.parameters():
        assert float(parameter.detach().abs().max()) == pytest.approx(1 / 5, rel=0.05)
    for parameter in rnn.parameters():
        assert float(parameter.detach().abs().max()) == pytest.approx(1 / 10, rel=0.1)
    assert float(ran.score.weight.detach().std()) == pytest.approx((2 / 5000) ** 0.5, rel=0.05)
    assert float(ran.refine_score.weight.detach().std()) == pytest.approx((2 / 10000) ** 0.5, rel=0.05)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("consensu", {}, "head 'consensu'.*mean, max.*pass 'consensus'"),
        ("rnn-mean", {}, "pass 'rnn_mean'"),
        (3, {}, "head 3"),
        ("ran", {"normalize": "sum"}, "option 'normalize' of the head 'ran'.*pass normalise="),
        ("mean", {"R": 3}, "option 'R' of the head 'mean'"),
        ("mean", {"D": 0}, "D=0"),
        ("ran", {"R": -1}, "R=-1.*from 0"),
        ("ran", {"R": True}, "R=True"),
        ("coupled", {"R": 1.5}, "R=1.5"),
        ("ran", {"kind": "relu"}, "kind='relu'.*'sigmoid' or 'softmax'"),
        ("ran", {"normalise": "mean"}, "normalise='mean'"),
        ("ran", {"feedback": "cosine"}, "feedback='cosine'.*'raw' or 'unit'"),
        ("sigmoid", {"start": "ones"}, "start='ones'"),
        ("rnn_mean", {"dropout": 1.0}, "dropout=1.0.*0 ≤ dropout < 1"),
        ("lstm_mean", {"hidden": 0}, "hidden=0"),
        ("rnn_attention", {"hidden": 0}, "hidden=0"),
        ("norm_mean", {"p": -1}, "p=-1"),
        ("consensus", {"temperature": 0}, "temperature=0"),
        ("coupled", {"temperature": "low"}, "temperature='low'"),
        ("consensus", {"R": None}, "R=None"),
    ],
)
def test_what_does_not_exist_is_named(name, options, sentence):
    with pytest.raises(ReidError, match=sentence):
        make_head(name, **options)
