"""One frame CNN and the heads fitted on it: what each learns, what it leaves alone, and that it can be saved."""

from __future__ import annotations

import pytest
import torch

from reidlib.ran.family import HEADS, train_family
from reidlib.ran.presets import preset
from reidlib.ran.shipped import load_shipped, save_shipped


@pytest.fixture(scope="module")
def family(inputs, half):
    heard, split = [], half
    found = train_family(inputs, split, steps=3, frames=2, head_steps=4, seed=1,
                         hear=lambda what, progress: heard.append((what, progress.step, progress.steps)))
    return inputs, split, found, heard


def test_it_has_every_head_and_says_how_far_it_is(family):
    _, split, (trunk, heads), heard = family
    assert set(heads) == set(HEADS)
    assert trunk.fit.step == 3
    assert {each.fit.step for each in heads.values()} == {4}
    assert ("frame CNN", 3, 3) in heard
    assert ("head of coupled", 4, 4) in heard
    for trained in (trunk, *heads.values()):
        assert trained.facts["split"]["train"] == list(split.train)
    assert [each.facts["frozen_trunk"] for each in (trunk, *heads.values())] == [False, True, True]


def test_all_heads_share_the_trunk_which_holds_half_precision(family):
    _, _, (trunk, heads), _ = family
    for name, trained in heads.items():
        for ours, theirs in zip(trained.network.frame_cnn.parameters(), trunk.network.frame_cnn.parameters(),
                                strict=True):
            assert ours is theirs
            assert torch.equal(ours, ours.half().float())
        fresh = preset(name).network(1).head
        moved = [not torch.allclose(a, b, atol=1e-3) for a, b in
                 zip(trained.network.head.parameters(), fresh.parameters(), strict=True)]
        assert any(moved), name


def test_saved_and_read_again_it_is_the_same(family, tmp_path):
    inputs, _, (trunk, heads), _ = family
    save_shipped(tmp_path / "family.safetensors", trunk, heads, {})
    for name in (*HEADS, "consensus"):
        saved = load_shipped(name, tmp_path / "family.safetensors")
        assert saved.facts["data"] == inputs.store.name
        expected = trunk if name == "consensus" else heads[name]
        for ours, theirs in zip(saved.network.frame_cnn.parameters(), expected.network.frame_cnn.parameters(),
                                strict=True):
            assert torch.equal(ours, theirs)


def test_the_same_seed_gives_the_same_family(family):
    inputs, split, (trunk, heads), _ = family
    again, others = train_family(inputs, split, steps=3, frames=2, head_steps=4, seed=1)
    for ours, theirs in [(trunk, again), *((heads[name], others[name]) for name in HEADS)]:
        for a, b in zip(ours.network.parameters(), theirs.network.parameters(), strict=True):
            assert torch.equal(a, b)
    third, _ = train_family(inputs, split, steps=3, frames=2, head_steps=4, seed=2)
    assert not all(torch.equal(a, b) for a, b in zip(trunk.network.parameters(), third.network.parameters(),
                                                     strict=True))
