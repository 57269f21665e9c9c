"""Where in the weekly review one is: the meeting, the block and whether it is presented, all kept in the address, so that Back works
and a link opens the same block."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

REVIEW, BLOCK, PRESENT = "review", "block", "present"
_SCREEN = "review_screen"
#: The window a presenter most likely has, until its browser says.
USUAL_SCREEN = (1920, 1080)


@dataclass(frozen=True)
class Where:
    """``review``: id of the meeting, 0 for the newest; ``block`` counts from 1."""

    review: int = 0
    block: int = 1
    presenting: bool = False


def where() -> Where:
    """Read the address; what is no number there counts as not given."""
    return Where(_number(REVIEW, 0), max(_number(BLOCK, 1), 1), st.query_params.get(PRESENT) == "1")


def _number(name: str, otherwise: int) -> int:
    text = str(st.query_params.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def go(*, review: int | None = None, block: int | None = None, presenting: bool | None = None) -> None:
    """Change the address: one entry of the browser's history. Review 0 is the newest."""
    query = {k: st.query_params.get_all(k) for k in st.query_params}
    if review is not None:
        query.pop(BLOCK, None)
        query.pop(REVIEW, None)
        if review:
            query[REVIEW] = [str(review)]
    if block is not None:
        query[BLOCK] = [str(block)]
    if presenting is not None:
        query.pop(PRESENT, None)
        if presenting:
            query[PRESENT] = ["1"]
    if query != {k: st.query_params.get_all(k) for k in st.query_params}:
        st.query_params.from_dict(query)


def acted(told: Mapping[str, object]) -> None:
    """What a key asked for."""
    to = told.get("to")
    if told.get("leave"):
        go(presenting=False)
    elif told.get("present"):
        go(presenting=True)
    elif isinstance(to, int | float) and to >= 1:
        go(block=int(to))


def screen() -> tuple[int, int]:
    """Width and height of the window that presents, in its own pixels."""
    return st.session_state.get(_SCREEN, USUAL_SCREEN)


def seen(size: object) -> None:
    """The browser told the size of its window; nonsense is left aside."""
    if isinstance(size, list | tuple) and len(size) == 2 and all(isinstance(v, int | float) and 200 <= v <= 20_000 for v in size):
        st.session_state[_SCREEN] = (int(size[0]), int(size[1]))
