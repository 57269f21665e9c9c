"""Charts from plain values: each builder returns a ``Picture`` (figure and alt text). No data is asked for here."""
from __future__ import annotations

from crm_data.output.charts.bars import Bar, BarRow, bars
from crm_data.output.charts.box import Spread, box
from crm_data.output.charts.breakdown import Heads, Row, breakdown
from crm_data.output.charts.bullets import Bullet, bullets
from crm_data.output.charts.common import CONFIG, Chart, Picture
from crm_data.output.charts.concentration import concentration
from crm_data.output.charts.cumulative import Landing, cumulative
from crm_data.output.charts.heatmap import heatmap
from crm_data.output.charts.lines import Line, Track, lines
from crm_data.output.charts.matrix import Block, MatrixCell, matrix
from crm_data.output.charts.movers import Move, movers
from crm_data.output.charts.numbers import Figure, numbers
from crm_data.output.charts.panels import LinePanel, panels
from crm_data.output.charts.quadrant import Corner, Crowd, Customer, quadrants
from crm_data.output.charts.scatter import Dot, Scale, scatter
from crm_data.output.charts.small_multiples import Panel, small_multiples
from crm_data.output.charts.stacked import Piece, Stack, stacked_bars, stacked_columns
from crm_data.output.charts.theme import DARK, LIGHT, Theme, theme
from crm_data.output.charts.tile import tile_figure
from crm_data.output.charts.treemap import Group, Tile, treemap
from crm_data.output.charts.waterfall import Step, waterfall
from crm_data.output.charts.whale import Mark, Span, whale_curve

__all__ = ["CONFIG", "DARK", "LIGHT", "Bar", "BarRow", "Block", "Bullet", "Chart", "Corner", "Crowd", "Customer", "Dot", "Figure", "Group", "Heads", "Landing", "Line", "LinePanel",
           "Mark", "MatrixCell", "Move", "Panel", "Picture", "Piece", "Row", "Scale", "Span", "Spread", "Stack", "Step", "Theme", "Tile", "Track",
           "bars", "box", "breakdown", "bullets", "concentration", "cumulative", "heatmap", "lines", "matrix", "movers",
           "numbers", "panels", "quadrants", "scatter", "small_multiples", "stacked_bars", "stacked_columns", "theme", "tile_figure",
           "treemap", "waterfall", "whale_curve"]
