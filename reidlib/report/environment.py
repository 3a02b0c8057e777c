"""What a run depended on: versions, device and machine, without anything that names a user or a folder."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

# In the order in which a reader asks for them.
PACKAGES = (
    "torch", "torchvision", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn",
    "jupyterlab", "ipywidgets", "anywidget", "papermill", "nbval", "nbconvert", "ipykernel",
)  # fmt: skip


def package_versions(names: tuple[str, ...] = PACKAGES) -> dict[str, str | None]:
    """Installed versions by distribution name; None where it is missing."""
    found: dict[str, str | None] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def device_name() -> str:
    """The accelerator that torch would use, in words, or the processor with its core count."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    return f"CPU ({platform.machine()}, {available_cores()} cores)"


def available_cores() -> int:
    """Cores this process may use, which in a container is fewer than the machine has."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


def describe() -> dict[str, object]:
    """Everything that a report prints about where it ran."""
    import reidlib

    named = os.environ.get("REIDLIB_DATA")
    return {
        "data": Path(named).name if named else "the rendered street",
        "reidlib": reidlib.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "device": device_name(),
        "packages": package_versions(),
    }
