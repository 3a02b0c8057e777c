"""One file, whole or not there, that comes back as it was and says what is wrong with it otherwise."""

from __future__ import annotations

import json

import pytest
import safetensors.torch
import torch
from toy_training import same_bits, toy, weights

from reidlib.data import files
from reidlib.errors import ReidError
from reidlib.training.checkpoints import load_checkpoint, load_into, save_checkpoint

FACTS = {"preset": "corrected", "seed": 3, "rate": 1e-3, "split": {"name": "a", "train": [1, 2]}, "none": None}
TENSORS = {
    "transposed": torch.arange(6.0).reshape(2, 3).T, "row of another": torch.arange(8.0).reshape(2, 4)[1],
    "count": torch.tensor(7), "mask": torch.tensor([True, False]), "double": torch.tensor([1 / 3], dtype=torch.float64),
    "half": torch.tensor([1.5], dtype=torch.bfloat16), "empty": torch.zeros(0, 3),
}  # fmt: skip


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "a.safetensors"
    save_checkpoint(path, TENSORS, FACTS)
    return path


def test_tensors_and_facts_come_back(saved):
    tensors, facts = load_checkpoint(saved)
    assert facts == FACTS
    assert same_bits(tensors, TENSORS)
    assert {name: each.dtype for name, each in tensors.items()} == {k: v.dtype for k, v in TENSORS.items()}
    assert json.loads(saved.with_suffix(".json").read_text()) == FACTS
    assert sorted(each.name for each in saved.parent.iterdir()) == ["a.json", "a.safetensors"]


def test_other_programs_can_read_the_tensors(saved):
    assert same_bits(safetensors.torch.load_file(saved), TENSORS)


def test_half_precision_halves_the_bytes_and_keeps_three_digits(tmp_path):
    model, path = toy(), tmp_path / "whole.safetensors"
    model.body[0].weight.data = model.body[0].weight.repeat(500, 1)  # so that the header does not count
    save_checkpoint(path, model.state_dict(), {})
    save_checkpoint(tmp_path / "half.safetensors", model.state_dict(), {}, half=True)
    assert (tmp_path / "half.safetensors").stat().st_size < 0.52 * path.stat().st_size
    model.body[0].weight.data = model.body[0].weight[:16].clone()
    save_checkpoint(tmp_path / "half.safetensors", model.state_dict(), {}, half=True)
    again, exact = toy(seed=1), weights(model)
    load_into(again, load_checkpoint(tmp_path / "half.safetensors")[0])
    for name, tensor in weights(again).items():
        assert tensor.dtype == torch.float32
        torch.testing.assert_close(tensor, exact[name], rtol=2**-11, atol=1e-7)
    assert not same_bits(weights(again), exact)


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_a_file_cut_short_is_named(saved, keep):
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(ReidError, match=r"a\.safetensors"):
        load_checkpoint(saved)


def test_what_is_no_checkpoint_is_named(tmp_path):
    path = tmp_path / "a.safetensors"
    with pytest.raises(ReidError, match="no checkpoint"):
        load_checkpoint(path)
    path.write_bytes(b"\x80\x04 a pickle, or something else of more than eight bytes")
    with pytest.raises(ReidError, match=r"a\.safetensors"):
        load_checkpoint(path)
    safetensors.torch.save_file({"x": torch.zeros(2)}, path)
    with pytest.raises(ReidError, match="format"):
        load_checkpoint(path)


def test_a_newer_format_is_refused(saved):
    content = saved.read_bytes()
    assert content.count(b"checkpoint 1") == 1
    saved.write_bytes(content.replace(b"checkpoint 1", b"checkpoint 2"))
    with pytest.raises(ReidError, match=r"checkpoint 2.*checkpoint 1.*newer"):
        load_checkpoint(saved)


def test_another_file_name_is_refused(tmp_path):
    with pytest.raises(ReidError, match=r"weights\.safetensors"):
        save_checkpoint(tmp_path / "weights.pt", TENSORS, FACTS)


def test_a_failed_write_leaves_the_file_before(saved, monkeypatch):
    before = saved.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_at", full)
    with pytest.raises(ReidError, match="full"):
        save_checkpoint(saved, {"x": torch.zeros(3)}, {})
    assert saved.read_bytes() == before
    assert sorted(each.name for each in saved.parent.iterdir()) == ["a.json", "a.safetensors"]


def test_weights_go_into_a_model_of_the_same_architecture_only():
    model = toy(seed=1)
    load_into(model, toy().state_dict())
    assert same_bits(weights(model), weights(toy()))
    whole, before = toy(seed=2).state_dict(), weights(model)
    wrong = {
        "head.bias": {name: each for name, each in whole.items() if name != "head.bias"},
        "stranger": {**whole, "stranger": torch.zeros(1)},
        r"head\.weight .*\(1, 7\)": {**whole, "head.weight": torch.zeros(1, 7)},
    }
    for words, tensors in wrong.items():
        with pytest.raises(ReidError, match=words):
            load_into(model, tensors)
        assert same_bits(weights(model), before)


def test_half_precision_says_what_it_cannot_hold(tmp_path):
    with pytest.raises(ReidError, match=r"big.*half=False"):
        save_checkpoint(tmp_path / "m.safetensors", {"big": torch.tensor([1e5])}, {}, half=True)
    assert not (tmp_path / "m.safetensors").exists()


def test_tensors_that_share_memory_are_stored_each(tmp_path):
    shared = torch.arange(4.0)
    save_checkpoint(tmp_path / "m.safetensors", {"a": shared, "b": shared, "c": shared[:2]}, {})
    tensors, _ = load_checkpoint(tmp_path / "m.safetensors")
    assert tensors["a"].equal(shared)
    assert tensors["b"].equal(shared)
    assert tensors["c"].equal(shared[:2])
