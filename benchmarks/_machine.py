"""On what a benchmark ran: the facts that every recorded run carries."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import torch


def machine(**more: object) -> dict[str, object]:
    """Processor, cores, system and versions, with the benchmark's own facts behind them."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":")[1].strip() if lines else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        **more,
    }
