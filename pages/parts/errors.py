"""What goes wrong on a page stays a sentence: calm words and a number on screen, the rest in the log."""
from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from crm_data.errors import N_, MabatError
from crm_data.output.words import Words, languages, preferred

log = logging.getLogger("mabat")


def show_error(error: Exception, words: Words) -> None:
    """A known error as its sentence; an unexpected one as a calm sentence with a number to find it in the log."""
    if isinstance(error, MabatError):
        st.warning(words.error(error), icon=":material/error_outline:")
        return
    number = secrets.token_hex(3).upper()
    log.error("incident %s", number, exc_info=error)
    st.error(words.t(N_("This part could not be shown. Nothing is lost. Tell your administrator the number {number}."), number=number), icon=":material/report:")


@contextmanager
def guard(words: Words) -> Iterator[None]:
    """Keep an error inside the part it happened in; Streamlit's own signals (rerun, stop) are no ``Exception`` and pass."""
    try:
        yield
    except Exception as error:
        show_error(error, words)


def tried(words: Words, do: Callable[[], object], into: str) -> bool:
    """Do something in a callback, where nothing can be drawn: what goes wrong is kept as its sentence under ``into`` for the next run."""
    try:
        do()
    except MabatError as error:
        st.session_state[into] = words.error(error)
        return False
    return True


def on_script_error(error: Exception) -> bool:
    """The last resort, for an error outside any part: never a stack trace on screen."""
    show_error(error, _words())
    return True


def _words() -> Words:
    """The language the page was drawn in last, else the browser's: who looks may not be known any more."""
    shown = st.session_state.get("language")
    return Words(shown if shown in languages() else preferred(st.context.headers.get("Accept-Language")))
