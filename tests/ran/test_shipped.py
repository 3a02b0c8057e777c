"""The checkpoint that comes with the library: small, complete, honest about what it is, and what its card says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reidlib.errors import ReidError
from reidlib.ran.heads import make_head
from reidlib.ran.presets import preset
from reidlib.ran.shipped import half_and_back, load_shipped, shipped_names, shipped_path
from reidlib.world.provenance import NOTE

CARD = shipped_path().with_suffix(".md").read_text(encoding="utf-8")


def test_it_is_small_and_has_both_heads():
    assert shipped_path().stat().st_size <= 6.5 * 2**20
    assert shipped_names() == ("corrected", "coupled", "consensus")


@pytest.mark.parametrize("name", ["corrected", "coupled", "consensus"])
def test_each_network_is_ready_to_embed(name):
    saved = load_shipped(name)
    assert not saved.network.training
    assert saved.preset == preset(name)
    assert {p.dtype for p in saved.network.parameters()} == {torch.float32}
    channels = torch.randn(2, 5, 5, 56, 40, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        pooled = saved.network(channels)
    torch.testing.assert_close(pooled.video_feature.norm(dim=1), torch.ones(2))
    assert len(pooled.attention) == 4


def test_consensus_is_the_default_and_needs_nothing_but_the_trunk():
    saved = load_shipped()
    assert saved.preset == preset("consensus")
    assert not list(saved.network.head.parameters())
    assert saved.facts["split"] == load_shipped("coupled").facts["split"]
    other = load_shipped("coupled").network
    for ours, theirs in zip(saved.network.frame_cnn.parameters(), other.frame_cnn.parameters(), strict=True):
        assert ours.equal(theirs)


def test_the_heads_learned_something_and_share_the_trunk():
    corrected, coupled = (load_shipped(name).network for name in ("corrected", "coupled"))
    for ours, theirs in zip(corrected.frame_cnn.parameters(), coupled.frame_cnn.parameters(), strict=True):
        assert ours.equal(theirs)
    assert not torch.equal(coupled.head.score.weight, make_head("coupled").score.weight)
    assert coupled.head.log_scale.item() != pytest.approx(make_head("coupled").log_scale.item(), abs=1e-3)


def test_note_card_and_facts_agree():
    saved = load_shipped("coupled")
    assert saved.note == NOTE
    assert NOTE.lower() in CARD.lower()
    assert "trained end to end" in CARD
    measured = saved.facts["results"]["coupled"]
    assert f"{100 * measured['rank_1']['estimate']:.1f} [" in CARD
    assert f"{measured['attention']['auc_within']['estimate']:.3f} [" in CARD
    split, trunk = saved.facts["split"], saved.facts["trunk"]
    assert split == trunk["split"]
    assert not set(split["train"]) & set(split["test"])
    assert saved.facts["data_hash"][:12] in CARD


def test_an_unknown_name_is_told_how_to_train_it():
    with pytest.raises(ReidError, match="reidlib train ran --preset mclaughlin"):
        load_shipped("mclaughlin")


def test_half_and_back_rounds_to_what_is_shipped():
    layer = torch.nn.Linear(3, 2)
    exact = layer.weight.detach().clone()
    half_and_back(layer)
    np.testing.assert_array_equal(layer.weight.detach().numpy(), exact.half().float().numpy())
    trunk = load_shipped().network.frame_cnn
    before = [p.detach().clone() for p in trunk.parameters()]
    half_and_back(trunk)
    assert all(a.equal(b) for a, b in zip(before, trunk.parameters(), strict=True))
