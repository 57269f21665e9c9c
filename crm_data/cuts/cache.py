"""Answers already given, by (database, snapshot, scope, cut). A snapshot never changes, so they never go stale."""
from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TypeVar, cast

import pandas as pd

T = TypeVar("T")

#: Bytes the answers may take together, about: a Decimal in a frame counts like any other cell.
MOST_BYTES = 256 << 20
_CELL = 120


@dataclass
class _Making:
    """An answer somebody is working out. Others who want it wait for ``done``; ``by`` is the thread."""

    by: int
    done: threading.Event = field(default_factory=threading.Event)
    made: object = None
    error: BaseException | None = None


class AnswerCache:
    """The most recently used answers, at most ``most`` of them and ``most_bytes`` together. Safe for threads.

    Who asks for an answer while another is working it out waits for that one. Failed questions are not kept: those who waited
    get the same error, and the next who asks tries again.
    """

    def __init__(self, most: int = 1024, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes, self._lock = most, most_bytes, threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._making: dict[Hashable, _Making] = {}
        self.bytes = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(T, self._kept[key][0])
            other = self._making.get(key)
            if other is None:
                own = self._making[key] = _Making(threading.get_ident())
        if other is not None:
            if other.by == threading.get_ident():
                return make()  # asked for within itself: waiting would be for ever
            other.done.wait()
            if isinstance(other.error, Exception):
                raise other.error
            if other.error is not None:
                return self.get(key, make)  # the other was stopped, which says nothing of the question
            return cast(T, other.made)
        try:
            own.made = make()
        except BaseException as error:
            own.error = error
            raise
        finally:
            with self._lock:
                if self._making.get(key) is own:
                    del self._making[key]
                    if own.error is None:
                        self._keep(key, own.made)
            own.done.set()
        return cast(T, own.made)

    def _keep(self, key: Hashable, made: object) -> None:
        size = size_of(made)
        if size > self._most_bytes:
            return
        self._kept[key] = (made, size)
        self.bytes += size
        while len(self._kept) > self._most or self.bytes > self._most_bytes:
            self.bytes -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget all answers; those being worked out are not kept either."""
        with self._lock:
            self._kept.clear()
            self._making.clear()
            self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)


def size_of(thing: object, depth: int = 4) -> int:
    """Bytes something takes, about: frames by their cells, and what dataclasses and containers hold."""
    if isinstance(thing, pd.DataFrame):
        return _CELL * thing.size + 1000
    if isinstance(of_array := getattr(thing, "nbytes", None), int):
        return _CELL + of_array
    if not depth:
        return _CELL
    if is_dataclass(thing) and not isinstance(thing, type):
        return _CELL + sum(size_of(getattr(thing, f.name), depth - 1) for f in fields(thing))
    if isinstance(thing, Mapping):
        return _CELL + sum(_CELL + size_of(v, depth - 1) for v in thing.values())
    if isinstance(thing, list | tuple | set | frozenset):
        return _CELL + sum(size_of(v, depth - 1) for v in thing)
    return _CELL


ANSWERS = AnswerCache()
