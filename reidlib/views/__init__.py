"""Figures and interactive views: everything that is looked at. They take arrays and plain callables, never models.

`figure(alt=…)` makes every picture, `View` carries every interactive view, `pipeline_map()` is the map of notebook 00,
`AttentionStrip` and `rank_wall()` are those of notebooks 04, 07 and 08.
Nothing here needs Jupyter; only `View.live()` does, and says so.
"""

from reidlib.views.attention_strip import AttentionStrip
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.host import View
from reidlib.views.html import rounded
from reidlib.views.pipeline_map import pipeline_map
from reidlib.views.rank_wall import rank_wall
from reidlib.views.sprite import sprite_sheet

__all__ = [
    "AttentionStrip", "DescribedFigure", "View", "figure", "pipeline_map", "rank_wall", "rounded", "sprite_sheet",
]  # fmt: skip
