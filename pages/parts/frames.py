"""The frames of the page as it stands: what "Export page" takes along. Each frame enters itself when it is drawn."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from crm_data.output.tables import Sheet

if TYPE_CHECKING:
    from pages.parts.context import Page
    from pages.parts.figure import Content
    from pages.parts.tiles import Tile

_KEPT = "_frames_of_page"


@dataclass(frozen=True)
class Taken:
    """A whole table for a file, where the sheet on screen is only its beginning. ``sheet`` is made when the file is, in a thread of its
    own: it may ask the database, never Streamlit. ``rows``: how many, where that
    is known before; ``title`` and ``sentence`` in place of the frame's, where it tells of a beginning. ``notes`` are lines of its passport, ``detail`` goes into the audit."""

    sheet: Callable[[], Sheet]
    rows: int | None = None
    title: str = ""
    sentence: str = ""
    notes: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Framed:
    """A frame as it was drawn. ``again`` makes its content anew (for a file: light and wide); None where it cannot be."""

    page: Page
    key: str
    title: str
    sentence: str
    made: Content
    again: Callable[[], Content] | None = None


@dataclass(frozen=True)
class Tiled:
    """A row of tiles as it was drawn."""

    page: Page
    tiles: tuple[Tile, ...]


def begin() -> None:
    """A new run of the page: nothing is drawn yet."""
    st.session_state[_KEPT] = {}


def enter(one: Framed) -> None:
    """A frame that has something to take along; drawn again (a fragment), it takes its old place."""
    _kept()[one.key] = one


def leave(key: str) -> None:
    """A frame that has nothing to take along any more."""
    _kept().pop(key, None)


def enter_tiles(page: Page, shown: Sequence[Tile]) -> None:
    """Tiles, in the order they stand."""
    _kept()["tiles " + " ".join(t.key for t in shown)] = Tiled(page, tuple(shown))


def standing() -> tuple[Framed | Tiled, ...]:
    """What is drawn on the page, from top to bottom; rows of tiles that follow each other as one."""
    found: list[Framed | Tiled] = []
    for one in _kept().values():
        last = found[-1] if found else None
        if isinstance(one, Tiled) and isinstance(last, Tiled):
            found[-1] = Tiled(one.page, (*last.tiles, *one.tiles))
        else:
            found.append(one)
    return tuple(found)


def _kept() -> dict[str, Framed | Tiled]:
    return st.session_state.setdefault(_KEPT, {})
