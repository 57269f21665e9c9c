"""Times of calls that are compared with each other: taken in turns, so that a busy machine slows all of them alike."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping


def seconds(call: Callable[[], object]) -> float:
    """Seconds one call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def in_turns(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Seconds of each call at its fastest over ``repeats`` rounds, after one round to warm up.

    Other programs only ever slow a call down, so the fastest time is the one nearest to its own.
    """
    for call in calls.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            taken[name].append(seconds(call))
    return {name: min(values) for name, values in taken.items()}
