"""`course.trained_arm`: the shipped network at once, others trained once and kept, on the same people and days."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reidlib import course
from reidlib.arm.saved import shipped_path
from reidlib.arm.sizes import Size
from reidlib.course import pretrained_arm
from reidlib.errors import ReidError
from reidlib.world.provenance import NOTE

TINY = Size("ci", persons=8, stills=1, steps=2, ways=(2, 6))


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A street of eight people, two steps of training, a cache of its own for networks, and nothing shipped."""
    monkeypatch.setattr(pretrained_arm, "size", lambda name: TINY)
    monkeypatch.setattr(pretrained_arm, "STEPS", {"ci": 2})
    monkeypatch.setattr(pretrained_arm, "shipped_path", lambda: tmp_path / "nothing.safetensors")

    def folder(*parts):
        path = tmp_path.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    monkeypatch.setattr(pretrained_arm, "cache_folder", folder)
    return tmp_path


def same(first, second) -> bool:
    pairs = zip(first.network.state_dict().values(), second.network.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def test_trained_once_on_half_of_the_people_and_the_first_days_and_kept(tiny, capsys, monkeypatch):
    first = course.trained_arm("arm", "ci")
    assert "training arm: 2 of 2 steps (100 %)" in capsys.readouterr().err
    assert first.note == NOTE
    assert not first.network.training
    assert len(first.facts["split"]["train"]) == len(first.facts["split"]["test"]) == 4
    stills = pretrained_arm.pictures("ci")
    assert first.facts["data_hash"] == pretrained_arm.days_apart(stills)[0].items.hash != stills.items.hash
    monkeypatch.setattr(pretrained_arm, "train", None)  # a second training would fail
    assert same(first, course.trained_arm("arm", "ci"))


def test_other_encoders_stand_on_its_features(tiny, monkeypatch):
    base = course.trained_arm("arm", "ci")
    fce = course.trained_arm("fce", "ci")
    frozen = course.trained_arm("arm", "ci", frozen=True)
    for saved, gallery, probe in ((fce, "bilstm", "attlstm"), (frozen, "view", "attlstm")):
        assert (saved.system.backbone, saved.system.gallery, saved.system.probe) == ("features", gallery, probe)
        assert saved.network.D == base.network.D
        z = torch.randn(2, base.network.D, generator=torch.Generator().manual_seed(0))
        assert torch.equal(saved.network.features(z), z)  # neither backbone nor neck
        assert set(saved.facts["split"]["train"]) == set(base.facts["split"]["train"])
        assert saved.note == NOTE
    monkeypatch.setattr(pretrained_arm, "train", None)
    assert same(fce, course.trained_arm("fce", "ci"))


def test_another_base_means_another_training(tiny, monkeypatch):
    """Encoders that were trained on the features of one network are not taken for those of another."""
    first = course.trained_arm("fce", "ci")
    base = pretrained_arm.trained_arm("arm", "ci")
    changed = {**base.facts, "seed": 99}
    shipped = tiny / "shipped.safetensors"
    pretrained_arm.save_network(shipped, type("Done", (), {
        "network": base.network, "facts": changed, "fit": type("Fit", (), {"step": 2})})())
    monkeypatch.setattr(pretrained_arm, "shipped_path", lambda: shipped)
    monkeypatch.setattr(pretrained_arm, "load_shipped", lambda: pretrained_arm.load_network(shipped))
    course.trained_arm("fce", "ci")
    assert sum(each.is_dir() for each in (tiny / "trained").glob("arm-fce-on-features-*")) == 2
    assert first.facts["seed"] == 0


def test_a_stopped_training_is_not_kept_as_whole(tiny, monkeypatch):
    real = pretrained_arm.train

    def stopped(*arguments, callbacks, **options):
        def stop(heard):
            if not heard.done:
                raise KeyboardInterrupt

        return real(*arguments, callbacks=[*callbacks, stop], **options)

    monkeypatch.setattr(pretrained_arm, "train", stopped)
    with pytest.raises(ReidError, match="goes on from there"):
        course.trained_arm("arm", "ci", seed=5)
    monkeypatch.setattr(pretrained_arm, "train", real)
    assert course.trained_arm("arm", "ci", seed=5).facts["steps_done"] == 2


def test_unknown_names(tiny):
    with pytest.raises(ReidError, match="one of arm, matching, fce, no-memory"):
        course.trained_arm("amr", "ci")


@pytest.mark.skipif(not shipped_path().is_file(), reason="this clone ships no network of ARM")
def test_the_shipped_network_comes_at_once():
    saved = course.trained_arm()
    assert saved.note == NOTE
    assert np.intersect1d(saved.facts["split"]["train"], saved.facts["split"]["test"]).size == 0
