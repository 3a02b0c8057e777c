"""What every planned comparison begins with: its plan, the folder of its steps, and which of them this call does."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import NamedTuple

import torch

from reidlib.data.cache import cache_folder

HERE = Path(__file__).resolve().parent


class Planned(NamedTuple):
    """asked : arguments. digest : of the plan's bytes. folder : of its steps. part, parts : every `parts`-th step from
    `part` on."""

    asked: argparse.Namespace
    digest: str
    folder: Path
    part: int
    parts: int


def planned(doc: str, plan: str, prefix: str, **more: dict) -> Planned:
    """The arguments --plan, --json, --part, and `more` ({"world": options of add_argument}), on one thread."""
    arguments = argparse.ArgumentParser(description=doc.splitlines()[0])
    arguments.add_argument("--plan", type=Path, default=HERE / plan)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--part", default="0/1", help="k/n: every n-th step, beginning with the k-th")
    for name, options in more.items():
        arguments.add_argument(f"--{name}", **options)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    digest = hashlib.sha256(asked.plan.read_bytes()).hexdigest()
    part, parts = map(int, asked.part.split("/"))
    return Planned(asked, digest, cache_folder(f"{prefix}-{digest[:12]}"), part, parts)
