"""Several trainings at once are the same trainings as one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn
from toy_training import SETTINGS, Batch, StillToy, batch_of, same_bits, toy, weights

from reidlib.errors import ReidError
from reidlib.training.fit import fit
from reidlib.training.settings import Optimiser
from reidlib.training.stacked import fit_stacked

STEPS, SEEDS = 20, [0, 1, 2]


def batches_of(step):
    """Run 1's targets are a hundred times as large, so that its gradients are clipped and the others' are not."""
    batches = [batch_of(step, run) for run in SEEDS]
    return [batch._replace(target=batch.target * 100) if run == 1 else batch for run, batch in enumerate(batches)]


def models(dropout=0.0, kind=StillToy):
    return [toy(seed, kind, dropout) for seed in SEEDS]


def one_by_one(settings, **options):
    done, trained = [], models()
    for run, model in enumerate(trained):
        done.append(fit(model, lambda step, run=run: batches_of(step)[run], settings, STEPS, **options))
    return trained, done


def assert_equal_runs(together, separate):
    for (model, fitted), (other, expected) in zip(together, separate, strict=True):
        for name, tensor in weights(other).items():
            torch.testing.assert_close(weights(model)[name], tensor, rtol=1e-4, atol=1e-6)
        assert fitted.history.keys() == expected.history.keys()
        for name, column in expected.history.items():
            assert fitted.history[name] == pytest.approx(column, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("settings", [
    *SETTINGS.values(),
    replace(SETTINGS["sgd"], clip="value", clip_at=0.3),
    replace(SETTINGS["adam"], clip="norm", clip_at=2.0, weight_decay=1e-2, multipliers={"head": 3.0, "body": 0.5}),
], ids=["sgd-norm", "adam-value", "sgd-value", "adam-norm"])
def test_stacked_is_separate(settings):
    trained, together = (stack := models()), fit_stacked(stack, batches_of, settings, STEPS, seeds=SEEDS)
    separate, done = one_by_one(settings)
    assert_equal_runs(zip(trained, together, strict=True), zip(separate, done, strict=True))


def test_the_comparison_would_see_a_norm_shared_by_the_runs():
    """One clipping for all together is what a careless stack does: it changes the quiet runs."""
    settings = SETTINGS["sgd"]
    norms = torch.tensor([done.history["gradient_norm"] for done in one_by_one(settings)[1]])
    assert (norms[1] > settings.clip_at).all()
    assert (norms[0] < 0.1 * norms[1]).all()
    shared, (separate, _) = models(), one_by_one(settings)

    class Joint(nn.Module):
        def __init__(self):
            super().__init__()
            self.runs = nn.ModuleList(shared)

        def forward(self, batches):
            return {f"run {run}": sum(model(batches[run]).values()) for run, model in enumerate(self.runs)}

    fit(Joint(), batches_of, replace(settings, multipliers={f"runs.{run}.head": 5.0 for run in SEEDS}), STEPS)
    assert not torch.allclose(shared[0].head.weight, separate[0].head.weight, rtol=1e-2)


def test_dropout_differs_between_the_runs():
    same = [toy(0, StillToy, 0.5) for _ in SEEDS]
    done = fit_stacked(same, lambda step: [batch_of(step)] * 3, Optimiser("sgd", 0.01), 3, seeds=SEEDS)
    assert len({each.history["error"][0] for each in done}) == 3
    again = fit_stacked([toy(0, StillToy, 0.5) for _ in SEEDS], lambda step: [batch_of(step)] * 3,
                        Optimiser("sgd", 0.01), 3, seeds=SEEDS)
    assert [each.history for each in again] == [each.history for each in done]


def test_bfloat16_runs_near_float32():
    exact, near = (fit_stacked(models(), batches_of, replace(SETTINGS["adam"], precision=precision), STEPS, seeds=SEEDS)
                   for precision in ("float32", "bfloat16"))
    for one, other in zip(exact, near, strict=True):
        assert other.history["error"] != one.history["error"]
        assert other.history["error"] == pytest.approx(one.history["error"], rel=0.05, abs=0.02)


def test_a_stack_resumes_bit_for_bit(tmp_path):
    def falls(step):
        if step == 11:
            raise ZeroDivisionError
        return batches_of(step)

    straight, again = models(dropout=0.3), models(dropout=0.3)
    expected = fit_stacked(straight, batches_of, SETTINGS["adam"], STEPS, seeds=SEEDS)
    with pytest.raises(ZeroDivisionError):
        fit_stacked(models(dropout=0.3), falls, SETTINGS["adam"], STEPS, seeds=SEEDS, folder=tmp_path / "run")
    done = fit_stacked(again, batches_of, SETTINGS["adam"], STEPS, seeds=SEEDS, folder=tmp_path / "run")
    assert all(same_bits(weights(one), weights(other)) for one, other in zip(straight, again, strict=True))
    assert [each.history for each in done] == [each.history for each in expected]


def test_modes_and_the_users_random_state_are_left_alone():
    before, stack = torch.get_rng_state(), models(dropout=0.3)
    stack[1].eval()
    fit_stacked(stack, batches_of, SETTINGS["sgd"], 2, seeds=SEEDS)
    assert torch.equal(torch.get_rng_state(), before)
    assert [model.training for model in stack] == [True, False, True]


def test_callbacks_hear_the_mean_of_the_runs():
    heard = []
    done = fit_stacked(models(), batches_of, SETTINGS["adam"], 4, seeds=SEEDS, callbacks=[heard.append])
    assert heard[-1].terms["error"] == pytest.approx(sum(each.history["error"][-1] for each in done) / 3)
    assert (heard[-1].step, heard[-1].done) == (4, True)


def test_a_run_that_is_not_finite_is_named():
    def spoilt(step):
        batches = batches_of(step)
        return [*batches[:2], batches[2]._replace(target=batches[2].target / 0)] if step == 3 else batches

    stack = models()
    with pytest.raises(ReidError, match="step 3 of run 2"):
        fit_stacked(stack, spoilt, SETTINGS["adam"], STEPS, seeds=SEEDS)
    assert all(torch.isfinite(each).all() for model in stack for each in model.parameters())


class Wider(StillToy):
    def __init__(self, dropout):
        super().__init__(dropout)
        self.body[0] = nn.Linear(6, 17)


@pytest.mark.parametrize(("stack", "seeds", "batches", "words"), [
    (lambda: [], [], batches_of, "0 models"),
    (models, [0], batches_of, "3 models and 1 seeds"),
    (lambda: [toy(0, StillToy)] * 3, SEEDS, batches_of, "one model twice"),
    (lambda: [*models()[:2], toy(2, Wider)], SEEDS, batches_of, r"Model 2 .*body\.0\.weight"),
    (models, SEEDS, lambda step: batches_of(step)[:2], "2 batches for 3 models"),
    (models, SEEDS, lambda step: [*batches_of(step)[:2], Batch(torch.ones(5, 6), torch.ones(5), None)],
     r"batch\.x differs .*\(12, 6\).*\(5, 6\)"),
])
def test_what_cannot_be_stacked_is_named(stack, seeds, batches, words):
    with pytest.raises(ReidError, match=words):
        fit_stacked(stack(), batches, SETTINGS["adam"], 2, seeds=seeds)


@pytest.mark.gpu
def test_on_a_gpu_stacked_is_separate():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    trained, together = (stack := models()), fit_stacked(stack, batches_of, SETTINGS["sgd"], STEPS, seeds=SEEDS,
                                                         device="cuda")
    separate, done = one_by_one(SETTINGS["sgd"], device="cuda")
    for model, other in zip(trained, separate, strict=True):
        torch.testing.assert_close(model.head.weight, other.head.weight, rtol=1e-3, atol=1e-5)
    assert together[1].history["error"] == pytest.approx(done[1].history["error"], rel=1e-3)
