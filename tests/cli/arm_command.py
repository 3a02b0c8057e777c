"""`reidlib train arm` on tiny people, in this process or in one that can be killed."""

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
sys.path.append(str(ROOT / "tests" / "arm"))


def typed(*arguments):
    """The result of the command typed with these arguments."""
    return CliRunner().invoke(app, ["train", "arm", *map(str, arguments)])


def killed(step: int, out: Path, *arguments) -> int:
    """Starts the command and kills it once its checkpoint has reached `step`."""
    command = [sys.executable, "-c", "from reidlib.cli import main; main()", "train", "arm", "--out", out, *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(torch.get_num_threads())}
    process = subprocess.Popen([*map(str, command)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < limit and _step(out) < step:
        time.sleep(0.002)
    process.kill()
    return process.wait()


def _step(out: Path) -> int:
    try:
        return json.loads((out / "training.json").read_text())["step"]
    except FileNotFoundError:
        return 0 if out.is_dir() else -1


def outcome(out: Path) -> tuple[dict[str, bytes], dict]:
    """Everything that a run leaves but the clock: weights and results, to be compared bit for bit."""
    tensors, facts = load_checkpoint(out / "network.safetensors")
    result = json.loads((out / "result.json").read_text())
    assert result["results"] == facts["results"]
    assert result["results"].pop("training_seconds") >= 0
    return {name: tensor.numpy().tobytes() for name, tensor in tensors.items()}, result
