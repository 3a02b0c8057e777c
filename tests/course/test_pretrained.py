"""`course.trained`: shipped networks at once, others trained once and kept; a stopped training is no whole one."""

from __future__ import annotations

import pytest
import torch

from reidlib import course
from reidlib.course import pretrained
from reidlib.course.profiles import Profile
from reidlib.errors import ReidError
from reidlib.world.provenance import NOTE

TINY = Profile("ci", "street-v1-small", persons=40, frames=2, steps=2, seeds=1)


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(pretrained, "find_profile", lambda name: TINY)
    monkeypatch.setattr(pretrained, "street", lambda version, _street=pretrained.street: _street(version, 40))


def test_a_shipped_network_comes_at_once():
    saved = course.trained("coupled")
    assert saved.note == NOTE
    assert saved.facts["results"]["coupled"]["line"].startswith("rank-1")
    assert not saved.network.training


def test_another_preset_is_trained_once_and_kept(tiny, capsys, monkeypatch):
    first = course.trained("paper", profile="ci")
    assert "training: 2 of 2 steps (100 %)" in capsys.readouterr().err
    monkeypatch.setattr(pretrained, "run", None)  # a second training would fail
    second = course.trained("paper", profile="ci")
    assert first.preset.name == second.preset.name == "paper"
    for ours, theirs in zip(first.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_stopped_training_is_not_kept_as_whole(tiny, monkeypatch):
    real = pretrained.run

    def interrupted(*arguments, callbacks, **options):
        def stop(heard):
            if not heard.done:
                raise KeyboardInterrupt

        return real(*arguments, callbacks=[*callbacks, stop], **options)

    monkeypatch.setattr(pretrained, "run", interrupted)
    with pytest.raises(ReidError, match="goes on from there"):
        course.trained("paper", profile="ci", seed=5)
    monkeypatch.setattr(pretrained, "run", real)
    assert course.trained("paper", profile="ci", seed=5).facts["steps_done"] == 2
