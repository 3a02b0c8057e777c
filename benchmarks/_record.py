"""A recorded run as JSON that fits a repository: one line for each row of numbers, not one for each number."""

from __future__ import annotations

import json
from pathlib import Path

WIDE = 4000  # characters; rows of numbers, however many, stay on one line


def dumped(value: object, depth: int = 0) -> str:
    """JSON of `value`, indented by one blank down to the last dictionary or list that holds only plain values."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if not any(isinstance(each, dict | list) for each in inner) or (len(line) < WIDE and _flat(inner)):
        return line
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        rows = [f"{json.dumps(str(key), ensure_ascii=False)}: {dumped(each, depth + 1)}" for key, each in value.items()]
        return "{" + pad + f",{pad}".join(rows) + end + "}"
    return "[" + pad + f",{pad}".join(dumped(each, depth + 1) for each in value) + end + "]"


def _flat(inner: list) -> bool:
    """Whether what is inside holds only lists of plain values."""
    return all(not isinstance(each, dict | list)
               or (isinstance(each, list) and not any(isinstance(one, dict | list) for one in each)) for each in inner)


def record(path: Path, content: dict) -> None:
    """Writes it."""
    path.write_text(dumped(content) + "\n", encoding="utf-8")
