"""Charts from plain values: each builder returns a ``Picture`` (figure and alt text). No data is asked for here."""
from __future__ import annotations

from crm_data.output.charts.breakdown import Heads, Row, breakdown
from crm_data.output.charts.bullets import Bullet, bullets
from crm_data.output.charts.common import CONFIG, Picture
from crm_data.output.charts.concentration import concentration
from crm_data.output.charts.cumulative import Landing, cumulative
from crm_data.output.charts.heatmap import heatmap
from crm_data.output.charts.movers import Move, movers
from crm_data.output.charts.small_multiples import Panel, small_multiples
from crm_data.output.charts.theme import DARK, LIGHT, Theme, theme
from crm_data.output.charts.tile import tile_figure
from crm_data.output.charts.waterfall import Step, waterfall

__all__ = ["CONFIG", "DARK", "LIGHT", "Bullet", "Heads", "Landing", "Move", "Panel", "Picture", "Row", "Step", "Theme", "breakdown", "bullets",
           "concentration", "cumulative", "heatmap", "movers", "small_multiples", "theme", "tile_figure", "waterfall"]
