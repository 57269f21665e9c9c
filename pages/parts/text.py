"""Text of the data inside Markdown: escaped, so that a customer's name is never markup, and addresses inside the app."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from crm_data.text import in_order

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#+!|~$&])")
_DIRECTIVE = re.compile(r":(?=\S)")
_LETTER = re.compile(r"[^\W\d_]")
_LIST = re.compile(r"^(\s*\d+)([.)])")


def md(text: object) -> str:
    """``text`` as plain words inside Markdown: no emphasis, link, image, formula, icon or list of its own."""
    flat = " ".join(in_order(text).split())
    return _LIST.sub(r"\1\\\2", _DIRECTIVE.sub(r"\\:", _MARKUP.sub(r"\\\1", flat)))


def heading(text: str, rtl: bool) -> str:
    """A head of a grid. Grids are drawn from left to right in every language: a head that holds more than letters ("12 months", a sign of money)
    keeps the order it is read in."""
    mixed = _LETTER.search(text) and not all(c.isalpha() or c in " \u200c" for c in text)
    return f"\u2067{text}\u2069" if rtl and mixed else text


def link(path: str, query: Mapping[str, str | Sequence[str]] | None = None, shown: str = "") -> str:
    """A relative address inside the app; ``shown`` is carried after # for tables that print a link's name."""
    tail = "?" + urlencode(query, doseq=True) if query else ""
    return path + tail + ("#" + quote(shown, safe="") if shown else "")
