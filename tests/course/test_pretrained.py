"""`course.trained`: shipped networks at once, others trained once and kept; a stopped training is no whole one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reidlib import course
from reidlib.course import pretrained
from reidlib.course.profiles import Profile
from reidlib.data.splits import halves
from reidlib.data.tracklet import Tracklet
from reidlib.data.writer import StoreWriter
from reidlib.errors import ReidError
from reidlib.world.build import street
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


@pytest.fixture
def brought(tiny, tmp_path, monkeypatch):
    """20 people under two cameras, without any truth, as REIDLIB_DATA names them."""
    frames = np.random.default_rng(0).integers(0, 255, (40, 16, 64, 32, 3)).astype(np.uint8)
    with StoreWriter(tmp_path / "s", name="brought", version="x", height=64, width=32) as writer:
        for number in range(40):
            writer.append(Tracklet(frames[number], 5 + number // 2, number % 2, f"t{number}"))
        writer.finish()
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "s"))
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))


def test_on_data_of_ones_own_the_shipped_ones_are_trained_there_once(brought, capsys, monkeypatch):
    coupled = course.trained("coupled", "ci")
    said = capsys.readouterr().err
    assert "frame CNN: 2 of 2 steps (100 %)" in said
    assert "head of coupled: 2 of 2 steps (100 %)" in said
    assert coupled.note == "trained on brought"
    assert coupled.facts["data"] == "brought"
    assert len(coupled.facts["split"]["train"]) == len(coupled.facts["split"]["test"]) == 10
    monkeypatch.setattr(pretrained, "train_family", None)  # a second training would fail
    for name in ("corrected", "consensus"):
        again = course.trained(name, "ci")
        for ours, theirs in zip(coupled.network.frame_cnn.parameters(), again.network.frame_cnn.parameters(),
                                strict=True):
            assert torch.equal(ours, theirs)
        assert again.facts["split"] == coupled.facts["split"]


def test_notebooks_split_the_people_as_that_training_did(brought):
    run = course.start("ci", 0, "cpu")
    split = course.trained("corrected", "ci").facts["split"]
    for truth in (True, False):
        store = course.tracklets(run, truth=truth)
        dealt = course.dealt(course.trained("corrected", "ci"), store)
        assert (split["train"], split["test"]) == (list(dealt.train), list(dealt.test))
        assert course.unseen(course.trained("coupled", "ci"), store) == split["test"]
        assert halves(course.people(store)[: TINY.persons], 1)[0].test == dealt.test  # as notebook 07 deals


@pytest.mark.parametrize("what", ["frame CNN", "head of corrected", "head of coupled"])
def test_what_was_stopped_is_named_nothing_of_it_is_kept_and_it_goes_on(what, brought, monkeypatch):
    real = pretrained.train_family

    def interrupted(*arguments, hear, **options):
        def stop(part, heard):
            hear(part, heard)
            if part == what and not heard.done:
                raise KeyboardInterrupt

        return real(*arguments, hear=stop, **options)

    monkeypatch.setattr(pretrained, "train_family", interrupted)
    with pytest.raises(ReidError, match=f"stopped after 1 of 2 steps of the {what}"):
        course.trained("coupled", "ci")
    monkeypatch.setattr(pretrained, "train_family", real)
    assert course.trained("coupled", "ci").facts["recipe"]["steps"] == 2


def test_a_finished_one_is_read_from_a_cache_that_cannot_be_written(brought, monkeypatch):
    course.trained("coupled", "ci")

    def refuse(*parts):
        raise AssertionError("asked for a folder to write in")

    monkeypatch.setattr(pretrained, "cache_folder", refuse)
    assert course.trained("corrected", "ci").note == "trained on brought"


def test_on_a_rendered_street_or_single_pictures_the_shipped_ones_stay(tiny, tmp_path, monkeypatch):
    street("street-v1-small", 20, folder=tmp_path / "own")
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "own"))
    assert course.trained("coupled", "ci").note == NOTE
    with StoreWriter(tmp_path / "s", name="brought", version="x", height=8, width=4) as writer:
        writer.append(Tracklet(np.zeros((1, 8, 4, 3), np.uint8), 1, 0, "t"))
        writer.finish()
    monkeypatch.setenv("REIDLIB_DATA", str(tmp_path / "s"))
    assert course.trained("coupled", "ci").note == NOTE
