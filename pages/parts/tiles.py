"""Tiles: one number each, with its comparison, its run over time, and how far its target is reached."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.errors import N_
from crm_data.output.charts import Picture
from crm_data.output.formats import NO_DELTA, Delta
from pages.parts.chart import plot
from pages.parts.frames import enter_tiles
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_COLOURS = {"good": "green", "bad": "red", "none": "gray"}


@dataclass(frozen=True)
class Tile:
    """``versus`` names what the change is against ("vs Nov ’25"), or says why there is none; ``caption`` is Markdown under
    30 characters."""

    key: str
    label: str
    value: str
    delta: Delta = NO_DELTA
    versus: str = ""
    picture: Picture | None = None
    caption: str = ""
    help: str = ""


def tiles(page: Page, shown: Sequence[Tile], columns: int = 5) -> None:
    """A tidy grid: ``columns`` across on a desktop, two on a phone."""
    enter_tiles(page, shown)
    with st.grid(columns, min_column_width=150, gap="small", key="tiles"):
        for tile in shown:
            _tile(page, tile)


def questions(page: Page, shown: Sequence[Tile]) -> None:
    """Wide tiles for what comes first: the number at the start, its run over time at the end."""
    enter_tiles(page, shown)
    for column, tile in zip(st.columns(max(len(shown), 1), gap="small"), shown, strict=False):
        with column, st.container(border=True, key=f"tile_{tile.key}", height="stretch"):
            start, end = st.columns([1.05, 1], gap="small", vertical_alignment="center")
            with start:
                number(page, tile)
            with end:
                _run(tile)


def _tile(page: Page, tile: Tile) -> None:
    with st.container(border=True, key=f"tile_{tile.key}", height="stretch"):
        number(page, tile)
        _run(tile)


def number(page: Page, tile: Tile) -> None:
    """The number with its change, for a card of its own."""
    delta = tile.delta
    change = delta.text or tile.versus or page.words.t(N_("no comparison"))
    st.metric(md(tile.label), tile.value, delta=isolated(page, change), delta_color=_COLOURS[delta.tone], delta_arrow=delta.arrow or "off",
              delta_description=(tile.versus or None) if delta.text else None, help=tile.help or None)


def _run(tile: Tile) -> None:
    if tile.picture is not None:
        plot(f"spark_{tile.key}", tile.picture)
    st.caption(tile.caption or " ")


def isolated(page: Page, change: str) -> str:
    """A change for a metric: in a right-to-left page the whole change is one right-to-left run with its number isolated inside."""
    return f"\u2067{change}\u2069" if page.words.rtl else change
