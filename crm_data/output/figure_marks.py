"""Marks of a figure or a table: what a bar, point or cell stands for, as text that travels through the browser and back.

A mark is ``{dimension: member key, "period": first day of the bucket}``; a total leaves a key out. Member keys are those of
:func:`crm_data.output.views.member_key`.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from crm_data.cuts.cut import Filter
from crm_data.errors import InputError
from crm_data.output.views import OTHERS, key_filter

PERIOD = "period"
MAX_MARK = 4000


def mark_key(mark: Mapping[str, str]) -> str:
    """The mark as JSON text, the same for the same mark. ``{}`` stands for the whole cut."""
    return json.dumps(dict(mark), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def mark_of(text: str) -> dict[str, str] | None:
    """Reads :func:`mark_key`; None for text that it did not write (it comes from a browser)."""
    if len(text) > MAX_MARK:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(k, str) and k and isinstance(v, str) for k, v in found.items()):
        return None
    return found


def mark_filters(text: str) -> tuple[tuple[Filter, ...], date | None]:
    """The filters a mark stands for, and the first day of its bucket (None without one).

    A mark that cannot be chosen ("others") and unreadable text give ``((), None)``.
    """
    mark = mark_of(text) or {}
    try:
        start = date.fromisoformat(mark[PERIOD]) if PERIOD in mark else None
        filters = [key_filter(d, key) for d, key in mark.items() if d != PERIOD]
    except (ValueError, InputError):
        return (), None
    if any(f is None for f in filters):
        return (), None
    return tuple(f for f in filters if f is not None), start


class Chosen:
    """Which marks are lit when some are chosen: those that agree with a chosen mark in all they have in common."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.marks = [m for m in (mark_of(k) for k in keys) if m]

    def __bool__(self) -> bool:
        return bool(self.marks)

    def lit(self, mark: Mapping[str, str]) -> bool:
        """True also when nothing is chosen."""
        return not self.marks or self.picked(mark)

    def picked(self, mark: Mapping[str, str]) -> bool:
        """Whether this very mark is chosen; False when nothing is."""
        return any(mark.keys() & one.keys() and all(mark[k] == one[k] for k in mark.keys() & one.keys()) for one in self.marks)


def choosable(mark: Mapping[str, str]) -> bool:
    """Whether a click on the mark can narrow: what a top N left out cannot be named."""
    return OTHERS not in mark.values()
