"""What one training does step by step, and how it ends."""

from __future__ import annotations

import math
import os
import signal
import time
from dataclasses import replace

import pytest
import torch
from torch import nn
from toy_training import SETTINGS, Asked, Batch, batch_of, same_bits, toy, weights

from reidlib.errors import ReidError
from reidlib.training import loop
from reidlib.training.checkpoints import load_checkpoint
from reidlib.training.fit import fit
from reidlib.training.settings import Optimiser


class Slope(nn.Module):
    """Loss = batch · weights: the gradient is the batch itself, so every update can be written down by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.fast, self.slow = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))

    def forward(self, batch):
        return {"fast": batch[0] @ self.fast, "slow": batch[1] @ self.slow}


GRADIENTS = [([3.0, -1.0], [12.0]), ([0.1, 0.2], [-0.3]), ([-8.0, 0.0], [2.0])]


def slopes(step):
    return tuple(torch.tensor(each) for each in GRADIENTS[step])


def by_hand(settings):
    """The same three steps as loops over plain floats."""
    theta, m, v, norms = [0.0] * 3, [0.0] * 3, [0.0] * 3, []
    for step, (fast, slow) in enumerate(GRADIENTS):
        g = [*fast, *slow]
        norms.append(math.sqrt(sum(x * x for x in g)))
        if settings.clip == "norm":
            g = [x * min(1.0, settings.clip_at / norms[-1]) for x in g]
        elif settings.clip == "value":
            g = [max(-settings.clip_at, min(settings.clip_at, x)) for x in g]
        for k in range(3):
            rate = settings.rate(step, 3) * (settings.multipliers.get("fast", 1.0) if k < 2 else 1.0)
            x = g[k] + settings.weight_decay * theta[k]
            if settings.kind == "sgd":
                m[k] = settings.momentum * m[k] + x
                theta[k] -= rate * m[k]
            else:
                m[k] = settings.momentum * m[k] + (1 - settings.momentum) * x
                v[k] = 0.999 * v[k] + 0.001 * x * x
                unbiased = m[k] / (1 - settings.momentum ** (step + 1)), v[k] / (1 - 0.999 ** (step + 1))
                theta[k] -= rate * unbiased[0] / (math.sqrt(unbiased[1]) + 1e-8)
    return theta, norms


@pytest.mark.parametrize("kind", ["sgd", "adam"])
@pytest.mark.parametrize("clip", [None, "norm", "value"])
def test_updates_are_those_of_the_hand_computation(kind, clip):
    settings = Optimiser(kind, 0.1, momentum=0.8, weight_decay=0.01, clip=clip, clip_at=2.0, milestones=(2,),
                         factor=0.5, warm_up=2, multipliers={"fast": 20.0})
    model = Slope()
    done = fit(model, slopes, settings, 3)
    theta, norms = by_hand(settings)
    torch.testing.assert_close(torch.cat([model.fast, model.slow]), torch.tensor(theta), rtol=1e-5, atol=1e-6)
    assert done.history["gradient_norm"] == pytest.approx(norms)
    assert done.history["learning_rate"] == pytest.approx([0.05, 0.1, 0.05])


def test_the_history_holds_each_term_and_their_total():
    done = fit(toy(), batch_of, SETTINGS["adam"], 6)
    assert set(done.history) == {"error", "size", "total", "gradient_norm", "learning_rate"}
    for error, size, total in zip(*(done.history[name] for name in ("error", "size", "total")), strict=True):
        assert total == pytest.approx(error + size)
    with torch.no_grad():
        first = toy(dropout=0.0)(batch_of(0))["error"]
    assert fit(toy(dropout=0.0), batch_of, SETTINGS["adam"], 1).history["error"] == pytest.approx([float(first)])


def test_training_learns():
    done = fit(toy(dropout=0.0), lambda step: batch_of(0), Optimiser("adam", 0.02), 200)
    assert done.history["error"][-1] < 0.1 * done.history["error"][0]


def test_bfloat16_runs_and_stays_near_float32():
    exact, near = (fit(toy(), batch_of, replace(SETTINGS["adam"], precision=precision), 30).history["error"]
                   for precision in ("float32", "bfloat16"))
    assert near != exact
    assert near == pytest.approx(exact, rel=0.05, abs=0.02)


def test_the_users_random_state_is_left_alone():
    before = torch.get_rng_state()
    fit(toy(), batch_of, SETTINGS["sgd"], 3)
    assert torch.equal(torch.get_rng_state(), before)
    assert toy().body[2].p > 0, "without dropout this would show nothing"


def test_modes_are_restored_one_by_one():
    model = toy().eval()
    model.head.train()
    seen = []
    fit(model, lambda step: seen.append(model.training and model.body[2].training) or batch_of(step),
        SETTINGS["sgd"], 1)
    assert seen == [True]
    assert [model.training, model.body[2].training, model.head.training] == [False, False, True]


def test_callbacks_hear_the_first_step_the_last_and_few_between(monkeypatch):
    heard = []
    fit(toy(), batch_of, SETTINGS["adam"], 50, callbacks=[heard.append])
    assert (heard[0].step, heard[0].done) == (1, False)
    assert (heard[-1].step, heard[-1].steps, heard[-1].done) == (50, 50, True)
    assert len(heard) < 30
    assert set(heard[0].terms) == {"error", "size"}
    assert heard[0].total == pytest.approx(heard[0].history["total"][0])
    monkeypatch.setattr(loop, "PAUSE", 0.0)
    heard.clear()
    fit(toy(), batch_of, SETTINGS["adam"], 5, callbacks=[heard.append])
    assert [each.step for each in heard] == [1, 2, 3, 4, 5, 5]
    assert [each.done for each in heard] == [False] * 5 + [True]
    assert heard[-1].learning_rate == SETTINGS["adam"].learning_rate


def test_stopping_early_keeps_the_reason(tmp_path):
    def stop(progress):
        assert len(progress.history["total"]) == progress.step
        heard.append(progress.step)
        return "good enough" if progress.step >= 8 else False

    heard, model, again, asked = [], toy(), toy(seed=3), Asked()
    done = fit(model, batch_of, SETTINGS["adam"], 50, stop=stop, folder=tmp_path / "run", every=5)
    assert heard == [5, 10]
    assert (done.step, done.stopped, done.interrupted) == (10, "good enough", False)
    more = fit(again, asked, SETTINGS["adam"], 50, stop=stop, folder=tmp_path / "run", every=5)
    assert (more.step, more.stopped, asked.steps) == (10, "good enough", [])
    assert same_bits(weights(model), weights(again))
    assert fit(toy(), batch_of, SETTINGS["adam"], 5, stop=lambda progress: True, every=1).stopped == "asked to stop"


def interrupted_then_resumed(folder, **options):
    first = toy()
    part = fit(first, options.pop("batches", batch_of), SETTINGS["adam"], 20, folder=folder, every=6, **options)
    assert part.interrupted
    again, straight, asked = toy(), toy(), Asked()
    fit(again, asked, SETTINGS["adam"], 20, folder=folder, every=6)
    assert asked.steps == list(range(part.step, 20))
    fit(straight, batch_of, SETTINGS["adam"], 20)
    assert same_bits(weights(again), weights(straight))
    return part


def test_an_interrupt_in_a_callback_gives_the_partial_result(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "PAUSE", 0.0)

    def callback(progress):
        if progress.step == 8 and not progress.done:
            raise KeyboardInterrupt

    part = interrupted_then_resumed(tmp_path / "run", callbacks=[callback])
    assert (part.step, len(part.history["total"])) == (8, 8)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself a Ctrl-C")
def test_ctrl_c_ends_after_the_current_step(tmp_path):
    def batches(step):
        if step == 4:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        return batch_of(step)

    part = interrupted_then_resumed(tmp_path / "run", batches=batches)
    assert part.step == 5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself a Ctrl-C")
def test_a_second_ctrl_c_does_not_wait_for_the_step(tmp_path):
    """In the middle of a forward pass: no checkpoint of a half-made step, the one before stays."""
    model = toy()
    forward = model.forward

    def pressing(batch):
        if model.seen == 5:
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.01)
        return forward(batch)

    model.forward = pressing
    with pytest.raises(KeyboardInterrupt):
        fit(model, batch_of, SETTINGS["adam"], 20, folder=tmp_path, every=2)
    assert load_checkpoint(tmp_path / "training.safetensors")[1]["step"] == 4
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_callback_that_raises_loses_no_step(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "PAUSE", 0.0)

    def callback(progress):
        if progress.step == 8:
            raise ZeroDivisionError("a plot that fails")

    with pytest.raises(ZeroDivisionError):
        fit(toy(), batch_of, SETTINGS["adam"], 20, folder=tmp_path, every=100, callbacks=[callback])
    assert load_checkpoint(tmp_path / "training.safetensors")[1]["step"] == 8


@pytest.mark.parametrize("spoil", ["loss", "gradient"])
def test_a_loss_that_is_not_finite_stops_and_the_last_good_checkpoint_stays(tmp_path, spoil):
    def batches(step):
        x, target, mask = batch_of(step)
        return Batch(x, target * float("nan") if step == 9 and spoil == "loss" else target, mask)

    class Steep(nn.Module):
        def __init__(self):
            super().__init__()
            self.toy = toy()
            self.edge = nn.Parameter(torch.ones(()))

        def forward(self, batch):
            sharp = (self.edge - self.edge.detach()).abs() if self.toy.seen != 9 else (self.edge * 0).sqrt()
            return {**self.toy(batch), "sharp": sharp if spoil == "gradient" else self.edge * 0}

    model = Steep()
    with pytest.raises(ReidError, match=rf"a {spoil} of .*nan at step 9 \(error .*lower learning_rate"):
        fit(model, batches, replace(SETTINGS["adam"], multipliers={}), 20, folder=tmp_path, every=4)
    assert all(torch.isfinite(each).all() for each in model.parameters())
    tensors, facts = load_checkpoint(tmp_path / "training.safetensors")
    assert facts["step"] == 8
    assert all(torch.isfinite(each).all() for each in tensors.values())


class Wrong(nn.Module):
    def __init__(self, answer):
        super().__init__()
        self.weight, self.answer = nn.Parameter(torch.ones(2)), answer

    def forward(self, batch):
        return self.answer(self.weight, batch)


@pytest.mark.parametrize(("answer", "words"), [
    (lambda weight, step: weight.sum(), "a batch with Tensor"),
    (lambda weight, step: {}, r"a batch with \{\}"),
    (lambda weight, step: {"a": weight}, r"'a': \(2,\)"),
    (lambda weight, step: {"a": weight.sum().detach()}, "No loss term depends"),
    (lambda weight, step: {"total": weight.sum()}, "none called total"),
    (lambda weight, step: {f"a{step}": weight.sum()}, "a1 after a0"),
])
def test_a_model_that_answers_wrongly_is_told_so(answer, words):
    with pytest.raises(ReidError, match=words):
        fit(Wrong(answer), lambda step: step, Optimiser("sgd", 0.1), 2)


@pytest.mark.parametrize(("change", "words"), [
    ({"steps": 0}, "steps=0"), ({"every": 0}, "every=0"), ({"facts": {"a": object()}}, "cannot be written"),
    ({"optimiser": Optimiser(multipliers={"haed": 20.0})}, "multiplier for 'haed'.*head"),
])
def test_bad_arguments_are_named(change, words):
    with pytest.raises(ReidError, match=words):
        fit(toy(), batch_of, **{"optimiser": SETTINGS["sgd"], "steps": 2, **change})
    with pytest.raises(ReidError, match="no parameter that can learn"):
        fit(toy().requires_grad_(False), batch_of, SETTINGS["sgd"], 2)


@pytest.mark.gpu
@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_on_a_gpu_it_learns_the_same_and_resumes(tmp_path, kind):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    state = torch.cuda.get_rng_state()
    here, there = (fit(toy(dropout=0.0), batch_of, SETTINGS[kind], 40, device=device) for device in ("cpu", "cuda"))
    assert there.history["error"] == pytest.approx(here.history["error"], rel=1e-2, abs=1e-3)

    def falls(step):
        if step == 23:
            raise ZeroDivisionError
        return batch_of(step)

    straight, again = toy(), toy()
    fit(straight, batch_of, SETTINGS[kind], 40, device="cuda")
    with pytest.raises(ZeroDivisionError):
        fit(toy(), falls, SETTINGS[kind], 40, device="cuda", folder=tmp_path / "run")
    asked = Asked()
    done = fit(again, asked, SETTINGS[kind], 40, device="cuda", folder=tmp_path / "run")
    assert (asked.steps[0], len(done.history["error"])) == (23, 40)
    for name, tensor in weights(straight).items():
        torch.testing.assert_close(weights(again)[name], tensor, rtol=1e-4, atol=1e-5)
    assert torch.equal(torch.cuda.get_rng_state(), state)
