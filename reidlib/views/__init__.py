"""Figures and interactive views: everything that is looked at. They take arrays and plain callables, never models.

`figure(alt=…)` makes every picture, `View` carries every interactive view, `pipeline_map()` is the map of notebook 00,
`FlowLens` is the view of notebook 02, `Occlude` of 03, `AttentionStrip` of 04 and 08, `Cobweb` of 05, `PullPush` of 06,
`rank_wall()` of 07, `EpisodeTable` of 09; `WinnersCurse` stands alone. `rerun()` draws anew what sliders and menus ask.
Nothing here needs Jupyter; only `View.live()` does, and says so.
"""

from reidlib.views.attention_strip import AttentionStrip
from reidlib.views.cobweb import Cobweb
from reidlib.views.controls import rerun
from reidlib.views.episode_table import EpisodeTable
from reidlib.views.figure import DescribedFigure, figure
from reidlib.views.flow_lens import FlowLens
from reidlib.views.host import View
from reidlib.views.html import rounded
from reidlib.views.occlude import Occlude
from reidlib.views.pipeline_map import pipeline_map
from reidlib.views.pull_push import PullPush
from reidlib.views.rank_wall import rank_wall
from reidlib.views.sprite import sprite_sheet
from reidlib.views.winners_curse import WinnersCurse

__all__ = [
    "AttentionStrip", "Cobweb", "DescribedFigure", "EpisodeTable", "FlowLens", "Occlude", "PullPush", "View",
    "WinnersCurse", "figure", "pipeline_map", "rank_wall", "rerun", "rounded", "sprite_sheet",
]  # fmt: skip
