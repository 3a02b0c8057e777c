"""What every committed notebook must keep; each rule yields sentences that say which cell and what to do.

A rule takes a `Page` and returns the list of its complaints. `hygiene.py` runs them all.
"""

from __future__ import annotations

import ast
import importlib
import re
import statistics
from dataclasses import dataclass
from pathlib import Path

from reidlib.course.strip import is_marked, kept_text, strip

MAX_CELL, MEDIAN_CELL, MAX_CODE, MAX_WORDS = 25, 8, 180, 1800
PARAMETERS = ("PROFILE", "SEED", "DEVICE")
# The fixed skeleton, as the beginnings of second-level headings, in order.
SKELETON = (
    "Before you start", "A concrete object", "Predict", "Build", "Look", "Exercise", "Break it",
    "What this does not show", "Quiz", "Recap",
)  # fmt: skip
FORBIDDEN = {
    r"\binteract\(": "bare interact hides its errors from papermill: use a view of reidlib.views",
    r"\bwidgets\.Output\b|\bOutput\(\)": "drawing into an Output can hang papermill: use a view of reidlib.views",
    r"^\s*[!%]": "shell and magic lines do not run outside IPython: call Python",
    r"\.cuda\(": "use the run's device: .to(run.device)",
    r"\bpyplot\b|\bplt\.": "figures go through reidlib.views.figure(alt=…), which keeps an alt text",
    r"(?<![\w.])(?:/(?:home|Users|root)/|[A-Z]:\\)": "no path of one machine",
    r"np\.random\.(?!default_rng|Generator|SeedSequence)\w+|torch\.manual_seed|\brandom\.seed": (
        "no global random state: use run.rng(…)"
    ),
}
FORBIDDEN_TAGS = {"raises-exception", "skip-execution", "nbval-skip", "nbval-ignore-output", "nbval-raises-exception"}


@dataclass
class Page:
    """One notebook file: its path, its text, the parsed notebook and the names of all notebooks beside it."""

    path: Path
    text: str
    notebook: object
    neighbours: list[str]

    @property
    def code(self) -> list:
        return [(i, c) for i, c in enumerate(self.notebook.cells) if c.cell_type == "code"]

    @property
    def prose(self) -> list:
        return [(i, c) for i, c in enumerate(self.notebook.cells) if c.cell_type == "markdown"]


def stripped(page: Page) -> list[str]:
    return [] if strip(page.text) == page.text else ["is not in its committed form: type make strip"]


def marked_cells_keep_text(page: Page) -> list[str]:
    return [
        f"cell {i} is marked for comparison but keeps no printed text, so nothing is compared: run it, then make strip"
        for i, cell in page.code
        if is_marked(cell) and not kept_text(cell)
    ]


def parameters(page: Page) -> list[str]:
    tagged = [cell for _, cell in page.code if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        return [f"has {len(tagged)} cells tagged 'parameters'; needs one"]
    assigned = {t.id for n in ast.parse(tagged[0].source).body if isinstance(n, ast.Assign) for t in n.targets}
    return [f"its parameters cell lacks {name}" for name in PARAMETERS if name not in assigned]


def caps(page: Page) -> list[str]:
    lengths = [len([line for line in cell.source.splitlines() if line.strip()]) for _, cell in page.code]
    tall = [f"cell {i} has {n} lines of code; at most {MAX_CELL}"
            for (i, _), n in zip(page.code, lengths, strict=True) if n > MAX_CELL]  # fmt: skip
    words = sum(len(cell.source.split()) for _, cell in page.prose)
    if lengths and statistics.median(lengths) > MEDIAN_CELL:
        tall.append(f"its median cell has {statistics.median(lengths)} lines; at most {MEDIAN_CELL}")
    if sum(lengths) > MAX_CODE:
        tall.append(f"has {sum(lengths)} lines of code; at most {MAX_CODE}")
    if words > MAX_WORDS:
        tall.append(f"has {words} words; at most {MAX_WORDS}")
    return tall


def skeleton(page: Page) -> list[str]:
    prose = "\n".join(cell.source for _, cell in page.prose)
    complaints = []
    if not page.prose or not re.match(r"# .+\n+\*\*Claim\.\*\* \S", page.prose[0][1].source):
        complaints.append("must begin with '# Title' and then '**Claim.** one sentence'")
    headings = re.findall(r"^## (.+)$", prose, flags=re.M)
    position = -1
    for needed in SKELETON:
        where = next((k for k, h in enumerate(headings) if h.startswith(needed) and k > position), None)
        if where is None:
            before = headings[position] if position >= 0 else "the title"
            complaints.append(f"lacks the heading '## {needed} …' after {before!r}")
        else:
            position = where
    return complaints


def forbidden(page: Page) -> list[str]:
    complaints = [
        f"cell {i}: {why}"
        for i, cell in page.code
        for pattern, why in FORBIDDEN.items()
        if re.search(pattern, cell.source, flags=re.M)
    ]
    for i, cell in enumerate(page.notebook.cells):
        for tag in sorted(FORBIDDEN_TAGS & set(cell.metadata.get("tags", []))):
            complaints.append(f"cell {i}: the tag {tag} means different things to papermill and nbval; use try/except")
    return complaints


def pictures_have_alt(page: Page) -> list[str]:
    return [
        f"cell {i}: a picture without a text for those who cannot see it"
        for i, cell in page.prose
        if re.search(r"!\[\s*\]\(", cell.source) or re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", cell.source)
    ]


def links(page: Page) -> list[str]:
    complaints, targets = [], set()
    for i, cell in page.prose:
        for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            name = target.split("#")[0]
            targets.add(name)
            # A notebook that is announced but not written yet must not be linked.
            if not (page.path.parent / name).exists():
                complaints.append(f"cell {i}: the link {target} leads nowhere")
    here = page.neighbours.index(page.path.name)
    for neighbour in page.neighbours[max(here - 1, 0) : here] + page.neighbours[here + 1 : here + 2]:
        if neighbour not in targets:
            complaints.append(f"has no link to its neighbour {neighbour}")
    return complaints


def names_exist(page: Page) -> list[str]:
    """Every `from reidlib… import name` and `import reidlib…` of the notebook resolves."""
    complaints = []
    for i, cell in page.code:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            complaints.append(f"cell {i}: {error.msg}")
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "reidlib":
                complaints += [
                    f"cell {i}: reidlib has no {node.module}.{alias.name}"
                    for alias in node.names
                    if not _exists(node.module, alias.name)
                ]
    return complaints


def _exists(module: str, name: str) -> bool:
    try:
        if hasattr(importlib.import_module(module), name):
            return True
        importlib.import_module(f"{module}.{name}")
    except ImportError:
        return False
    return True


def cell_ids(page: Page) -> list[str]:
    ids = [cell.get("id") for cell in page.notebook.cells]
    odd = [f"cell {i}: the id '{k}' should be short words joined by hyphens"
           for i, k in enumerate(ids) if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", k or "")]  # fmt: skip
    return odd + (["has cells with the same id"] if len(set(ids)) < len(ids) else [])


RULES = (
    stripped, marked_cells_keep_text, parameters, caps, skeleton, forbidden, pictures_have_alt, links, names_exist,
    cell_ids,
)  # fmt: skip
