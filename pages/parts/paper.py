"""Drawing for a file: in the light theme and at a desktop's width, whatever screen one sits at."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PAPER: ContextVar[bool] = ContextVar("mabat_on_paper", default=False)


def on_paper() -> bool:
    """Whether what is drawn now goes into a file."""
    return _PAPER.get()


@contextmanager
def for_paper() -> Iterator[None]:
    """Pages asked inside for their theme say light, and that they are not narrow."""
    before = _PAPER.set(True)
    try:
        yield
    finally:
        _PAPER.reset(before)
