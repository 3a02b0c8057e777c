"""The first lines of a notebook: profile, seed, device, and streams of random numbers."""

from __future__ import annotations

import hashlib
import random

import numpy as np
import pytest
import torch

from reidlib import course
from reidlib.course.profiles import PROFILES
from reidlib.errors import ReidError

PINNED = [16440982899521600094, 6770182609288553763]
TORCH_PINNED = 1414731249565677162


@pytest.fixture
def no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)


def test_defaults_without_a_gpu(no_cuda):
    assert [course.default(name) for name in ("PROFILE", "SEED", "DEVICE")] == ["cpu", 0, "cpu"]


def test_defaults_with_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [course.default(name) for name in ("PROFILE", "DEVICE")] == ["gpu", "cuda"]


def test_the_environment_wins(monkeypatch, no_cuda):
    for name, value in {"PROFILE": "ci", "SEED": "7", "DEVICE": "meta"}.items():
        monkeypatch.setenv(f"REIDLIB_{name}", value)
    assert [course.default(name) for name in ("PROFILE", "SEED", "DEVICE")] == ["ci", 7, "meta"]


def test_start_says_where_it_runs(capsys, no_cuda):
    run = course.start("ci", 3, "cpu")
    assert (run.profile, run.seed, run.device) == (PROFILES["ci"], 3, torch.device("cpu"))
    line = capsys.readouterr().out
    for part in ("reidlib ", "Python 3.", f"torch {torch.__version__}", "profile ci", "seed 3", "cpu ("):
        assert part in line
    assert line.count("\n") == 1


def test_start_without_arguments_takes_the_defaults(monkeypatch, no_cuda):
    monkeypatch.setenv("REIDLIB_PROFILE", "ci")
    monkeypatch.setenv("REIDLIB_SEED", "11")
    run = course.start()
    assert (run.profile.name, run.seed, run.device.type) == ("ci", 11, "cpu")


def test_the_large_profile_on_a_processor_is_pointed_out(capsys, no_cuda):
    course.start("gpu", 0, "cpu")
    assert "takes hours" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "found", "todo"),
    [
        (("quick", 0, "cpu"), "profile 'quick'", "REIDLIB_PROFILE"),
        (("gpuu", 0, "cpu"), "profile 'gpuu'", 'PROFILE = "gpu"'),
        (("ci", -1, "cpu"), "seed -1", "SEED = 0 in the parameters cell"),
        (("ci", 1.5, "cpu"), "seed 1.5", "SEED = 0"),
        (("ci", True, "cpu"), "seed True", "SEED = 0"),
        (("ci", 0, "cuda"), "device 'cuda'", 'DEVICE = "cpu"'),
        (("ci", 0, "potato"), "device 'potato'", "REIDLIB_DEVICE"),
        (("ci", 0, 3.5), "device 3.5", 'DEVICE = "cpu"'),
    ],
)
def test_wrong_parameters_are_told_with_the_way_out(no_cuda, monkeypatch, arguments, found, todo):
    def refuse(*_, **__):
        raise RuntimeError("no such device")

    if arguments[2] == "cuda":  # the machine of this test may have one
        monkeypatch.setattr(torch, "zeros", refuse)
    with pytest.raises(ReidError) as error:
        course.start(*arguments)
    assert found in error.value.found
    assert todo in error.value.todo


def test_a_wrong_seed_in_the_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv("REIDLIB_SEED", "many")
    with pytest.raises(ReidError, match=r"seed 'many'.*REIDLIB_SEED=0"):
        course.default("SEED")


def test_an_unknown_parameter_has_no_default():
    with pytest.raises(ReidError, match="PROFILE, SEED, DEVICE"):
        course.default("COLOUR")


def test_streams_repeat_and_do_not_meet(no_cuda):
    run, again, other = (course.start("ci", seed, "cpu") for seed in (5, 5, 6))
    draws = {
        "same": run.rng("split", 1).random(4),
        "other key": run.rng("split", 2).random(4),
        "text, not number": run.rng("split", "1").random(4),
        "other seed": other.rng("split", 1).random(4),
        "no key": run.rng().random(4),
    }
    assert again.rng("split", 1).random(4).tolist() == draws["same"].tolist()
    assert len({tuple(d.tolist()) for d in draws.values()}) == len(draws)
    first = torch.rand(3, generator=run.torch_generator("net"))
    assert torch.equal(first, torch.rand(3, generator=again.torch_generator("net")))
    assert not torch.equal(first, torch.rand(3, generator=other.torch_generator("net")))


def test_streams_are_the_same_on_every_machine(no_cuda):
    """Pinned raw words: these decide what a notebook shows, and numpy keeps them over its versions."""
    run = course.start("ci", 0, "cpu")
    words = np.frombuffer(hashlib.sha256(b"(0, 'numpy', 'pinned')").digest(), "<u4")
    expected = np.random.PCG64(np.random.SeedSequence([int(w) for w in words])).random_raw(2).tolist()
    assert run.rng("pinned").bit_generator.random_raw(2).tolist() == expected == PINNED
    assert run.torch_generator("pinned").initial_seed() == TORCH_PINNED




def test_nothing_global_is_seeded(no_cuda):
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist()  # noqa: NPY002
    run = course.start("ci", 0, "cpu")
    run.rng("x").random()
    torch.rand(1, generator=run.torch_generator("x"))
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist()  # noqa: NPY002
    assert before == after


@pytest.mark.gpu
def test_on_a_gpu(capsys):
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    run = course.start("gpu", 0, "cuda")
    assert torch.cuda.get_device_name() in capsys.readouterr().out
    draw = torch.rand(2, device="cuda", generator=run.torch_generator("x", device="cuda"))
    assert draw.device.type == run.device.type == "cuda"


def test_a_size_for_one_notebook(no_cuda):
    assert [course.start(name, 0, "cpu").pick(ci=1, cpu=2, gpu=3) for name in ("ci", "cpu", "gpu")] == [1, 2, 3]


def test_profiles_grow():
    ci, cpu, gpu = (PROFILES[name] for name in ("ci", "cpu", "gpu"))
    for size in ("persons", "frames", "steps", "seeds"):
        assert 0 < getattr(ci, size) <= getattr(cpu, size) <= getattr(gpu, size)
    assert gpu.frames == 16  # RAN, section 4.2
    assert (ci.world, cpu.world, gpu.world) == ("street-v1-small", "street-v1", "street-v1")


def test_every_public_name_exists_and_no_file_hides_one():
    from pathlib import Path

    assert all(callable(getattr(course, name)) for name in course.__all__)
    files = {p.stem for p in Path(course.__file__).parent.glob("*.py")}
    assert not files & set(course.__all__)
    assert set(course.__all__) <= set(dir(course))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = course.nothing
