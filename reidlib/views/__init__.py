"""Figures and interactive views: everything that is looked at. They take arrays and plain callables, never models.

`figure(alt=…)` makes every picture, `View` carries every interactive view, `pipeline_map()` is the map of notebook 00.
Nothing here needs Jupyter; only `View.live()` does, and says so.
"""

from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.host import View
from reidlib.views.html import rounded
from reidlib.views.pipeline_map import pipeline_map
from reidlib.views.sprite import sprite_sheet

__all__ = ["DescribedFigure", "View", "figure", "pipeline_map", "rounded", "sprite_sheet"]
