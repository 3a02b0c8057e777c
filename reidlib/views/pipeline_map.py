"""The clickable map of notebook 00: both papers as boxes, each with its symbol, shape, equation, notebook and code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from reidlib.views.host import View
from reidlib.views.palette import role
from reidlib.views.pipeline_picture import pipeline_picture
from reidlib.views.pipeline_stages import LANES, STAGES, arrows

_LIBRARY = Path(__file__).parent.parent


def pipeline_map(notebooks: str = ".") -> View:
    """The map of both pipelines; click a box, or walk with the arrow keys.

    `notebooks` is the relative path from the page that shows the map to the folder of notebooks. A step links to its
    notebook when the file is there, and counts as runnable when its module is in this installation; both are looked
    up now, never declared.
    """
    exists = {stage.key: stage.exists(_LIBRARY) for stage in STAGES}
    names = dict.fromkeys(stage.notebook for stage in STAGES)
    links = {name: Path(notebooks, f"{name}.ipynb") for name in names}
    return View(
        "pipeline_map.js",
        {
            "lanes": [{"key": key, "title": title, "about": about} for key, (title, *about) in LANES.items()],
            "stages": [
                {**asdict(stage), "letters": stage.letters, "exists": exists[stage.key],
                 "mark": role(stage.accent).glyph if stage.accent else ""}
                for stage in STAGES
            ],
            "arrows": arrows(),
        },
        picture=pipeline_picture(exists),
        title="The pipeline of this course",
        parts=("pipeline_icons.js",),
        links={name: path.as_posix() for name, path in links.items() if path.is_file()},
    )  # fmt: skip
