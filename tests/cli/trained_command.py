"""`reidlib train …` typed in this process, or in one that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import torch
from typer.testing import CliRunner

from reidlib.cli import app
from reidlib.training.checkpoints import load_checkpoint

ROOT = Path(__file__).resolve().parents[2]


def typed(what: str, *arguments):
    """The result of `reidlib train what` with these arguments."""
    return CliRunner().invoke(app, ["train", what, *map(str, arguments)])


def killed(what: str, step: int, out: Path, *arguments, after: float = 0.0) -> int:
    """Starts the command and kills it `after` seconds after its checkpoint has reached `step`."""
    command = [sys.executable, "-c", "from reidlib.cli import main; main()", "train", what, "--out", out, *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(torch.get_num_threads())}
    process = subprocess.Popen([*map(str, command)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < limit and _step(out) < step:
        time.sleep(0.002)
    time.sleep(after)
    process.kill()
    return process.wait()


def _step(out: Path) -> int:
    try:
        return json.loads((out / "training.json").read_text())["step"]
    except FileNotFoundError:
        return 0 if out.is_dir() else -1


def weights_and_result(out: Path) -> tuple[dict[str, bytes], dict]:
    """What a run leaves but the clock, to be compared bit for bit."""
    tensors, facts = load_checkpoint(out / "network.safetensors")
    result = json.loads((out / "result.json").read_text())
    assert result["results"] == facts["results"]
    assert result["results"].pop("training_seconds") >= 0
    return {name: tensor.numpy().tobytes() for name, tensor in tensors.items()}, result
