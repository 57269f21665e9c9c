"""Errors people read: one sentence that says what was wrong, where, what is allowed and what to do.

The bottom of the import graph: nothing of the product is imported here.
"""
from __future__ import annotations

import difflib
from collections.abc import Iterable


def N_(message: str) -> str:
    """Mark ``message`` for translation where it stands; it is translated where it is shown."""
    return message


class MabatError(Exception):
    """A sentence for people: an English template and its values, translated at the edge.

    ``str(error)`` is the English sentence; ``error.message`` and ``error.values`` let it be said in another language.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(message.format(**values) if values else message)


class InputError(MabatError):
    """What was asked for cannot be: a wrong option, period, value or file."""


class UnknownName(InputError):
    """A measure, dimension, table or file that does not exist; the nearest name is offered."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        close = nearest(name, known)
        if close:
            super().__init__(N_("There is no {kind} “{name}”. Did you mean “{close}”?"), kind=kind, name=name, close=close)
        else:
            super().__init__(N_("There is no {kind} “{name}”."), kind=kind, name=name)
        self.close = close


class AccessDenied(MabatError):
    """The user's role or scope does not allow it."""


class SnapshotDamaged(MabatError):
    """A snapshot's file does not match its manifest; it is not opened."""


class EngineUnavailable(MabatError):
    """The database does not answer."""


class ImportRefused(MabatError):
    """An import stopped before publishing; what was published before is unchanged."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None when nothing is near."""
    names = list(known)
    found = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.55)
    return next((n for n in names if n.lower() == found[0]), None) if found else None
