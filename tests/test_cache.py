"""Answers kept: bounded by number and by size, errors not kept, one thread works for all who ask the same."""
from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pandas as pd
import pytest

from crm_data.cuts.cache import AnswerCache, size_of


@dataclass(frozen=True)
class Told:
    rows: pd.DataFrame


def frame(cells: int) -> Told:
    return Told(pd.DataFrame({"n": range(cells)}))


def test_the_least_recently_used_go_first() -> None:
    cache = AnswerCache(most=2)
    for key in ("a", "b"):
        cache.get(key, lambda: 1)
    cache.get("a", lambda: pytest.fail("is kept"))
    cache.get("c", lambda: 1)
    assert cache.get("a", lambda: 2) == 1 and cache.get("b", lambda: 2) == 2


def test_big_answers_push_out_others_and_too_big_ones_are_not_kept() -> None:
    one = size_of(frame(1000))
    assert one > 100_000
    cache = AnswerCache(most_bytes=3 * one)
    for key in range(5):
        cache.get(key, lambda: frame(1000))
    assert len(cache) == 3 and cache.bytes == 3 * one
    assert len(cache.get("big", lambda: frame(10_000)).rows) == 10_000
    assert len(cache) == 3 and cache.bytes == 3 * one
    cache.clear()
    assert len(cache) == 0 and cache.bytes == 0


def test_errors_are_not_kept() -> None:
    cache, calls = AnswerCache(), []

    def fails() -> int:
        calls.append(1)
        raise ValueError("no")
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            cache.get("k", fails)
    assert len(calls) == 2 and cache.get("k", lambda: 7) == 7


def _together(cache: AnswerCache, make, n: int = 8) -> list[object]:
    found: list[object] = []

    def ask() -> None:
        try:
            found.append(cache.get("k", make))
        except ValueError as error:
            found.append(str(error))
    threads = [threading.Thread(target=ask) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(t.is_alive() for t in threads)
    return found


def test_asked_together_is_worked_out_once() -> None:
    calls = []

    def slow() -> object:
        calls.append(1)
        time.sleep(0.2)
        return object()
    found = _together(AnswerCache(), slow)
    assert len(calls) == 1 and len(found) == 8 and len(set(map(id, found))) == 1


def test_who_waited_for_a_failure_gets_it_and_nobody_after() -> None:
    calls, cache = [], AnswerCache()

    def fails() -> object:
        calls.append(1)
        time.sleep(0.2)
        raise ValueError("no")
    assert _together(cache, fails) == ["no"] * 8 and len(calls) == 1
    assert cache.get("k", lambda: 1) == 1


def test_who_waited_for_one_that_was_stopped_works_it_out() -> None:
    cache, started = AnswerCache(), threading.Event()

    def stopped() -> object:
        started.set()
        time.sleep(0.2)
        raise SystemExit

    def ask() -> None:
        with pytest.raises(SystemExit):
            cache.get("k", stopped)
    thread = threading.Thread(target=ask)
    thread.start()
    started.wait(5)
    assert cache.get("k", lambda: 5) == 5
    thread.join(5)


def test_an_answer_may_ask_for_itself_and_for_others() -> None:
    cache = AnswerCache()
    assert cache.get("k", lambda: cache.get("other", lambda: 1) + cache.get("k", lambda: 2)) == 3


def test_what_is_cleared_while_it_is_worked_out_is_not_kept() -> None:
    cache = AnswerCache()

    def make() -> int:
        cache.clear()
        return 1
    assert cache.get("k", make) == 1 and len(cache) == 0
