"""A long export: how far it is, and the wish to stop it. Nothing here knows a screen or a thread pool."""
from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from crm_data.errors import N_, MabatError


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` steps (rows, slides; 0: not known yet)."""

    done: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Cancelled(MabatError):
    """Whoever wanted the file does not want it any more. Nothing was left behind."""

    def __init__(self) -> None:
        super().__init__(N_("The export was stopped."))


#: What a writer calls now and then: it raises ``Cancelled`` when the work is to stop.
Tell = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Tells nobody and never stops."""


class Job:
    """Shared between the thread that writes and the one that watches: call it as a ``Tell``."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._progress = Progress()

    def __call__(self, done: int, total: int) -> None:
        self._progress = Progress(done, total)
        if self._stop.is_set():
            raise Cancelled()

    def cancel(self) -> None:
        """The next step raises ``Cancelled`` in the thread that writes."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def progress(self) -> Progress:
        return self._progress
