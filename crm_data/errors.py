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


class Cause(str):
    """A sentence that stands within another one, or in a list of what is wrong: the English text, with the template and values to say it in another
    language (``Words.cause``). Machines are given the English one."""

    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> Cause:
        self = super().__new__(cls, message.format(**values) if values else message)
        self.message, self.values = message, values
        return self


#: What the system says most often when a file cannot be read or written, or an address not be had.
_OF_THE_SYSTEM = (N_("No such file or directory"), N_("Permission denied"), N_("Operation not permitted"), N_("No space left on device"), N_("Read-only file system"),
                  N_("Is a directory"), N_("Not a directory"), N_("File exists"), N_("Address already in use"), N_("Cannot assign requested address"))


def cause_of(error: OSError) -> str:
    """What the system says of a file or an address, to stand within a sentence."""
    said = error.strerror or str(error)
    return Cause(said) if said in _OF_THE_SYSTEM else said


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
