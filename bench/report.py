"""The report: ratios with the figure each must keep to."""
from __future__ import annotations

from collections.abc import Sequence
from statistics import geometric_mean

from bench.answers import Timed
from bench.explore import Asked, percentile
from bench.imports import Load
from bench.pages import Drawn

ANSWER_AT_MOST = 1.5
CACHED_MS_AT_MOST = 5.0
IMPORT_AT_LEAST = 0.5
#: Below this many seconds of engine time a ratio says little: a few milliseconds of Python decide it.
SMALL = 0.010


def verdict(kept: bool) -> str:
    """``ok`` or ``MISSED``, the last column."""
    return "ok" if kept else "MISSED"


def verdict_of(timed: Timed) -> str:
    """``ok``, ``MISSED``, or ``small`` where the ratio is missed by an answer whose SQL takes next to nothing."""
    if timed.ratio > ANSWER_AT_MOST and timed.engine < SMALL and timed.cached * 1000 < CACHED_MS_AT_MOST:
        return "small"
    return verdict(timed.ratio <= ANSWER_AT_MOST and timed.cached * 1000 < CACHED_MS_AT_MOST)


def answers_in_words(timed: Sequence[Timed]) -> list[str]:
    """One line a cut, then the whole."""
    lines = [f"{'measure':<24}{'cut':<20}{'answer/SQL':>11}{'added ms':>10}{'statements':>12}{'cached ms':>11}"]
    lines += [f"{t.measure:<24}{t.way:<20}{t.ratio:>11.2f}{(t.answer - t.engine) * 1000:>10.1f}{t.statements:>12}{t.cached * 1000:>11.3f}  "
              f"{verdict_of(t)}" for t in timed]
    ratio, cached = overall(timed), max(t.cached for t in timed) * 1000
    lines.append(f"{'all':<24}{'geometric mean':<20}{ratio:>11.2f}{'':>33}  {verdict(ratio <= ANSWER_AT_MOST)} (at most {ANSWER_AT_MOST})")
    lines.append(f"{'all':<24}{'slowest cached':<20}{'':>33}{cached:>11.3f}  {verdict(cached < CACHED_MS_AT_MOST)} (under {CACHED_MS_AT_MOST:.0f} ms)")
    return lines


def explore_in_words(asked: Sequence[Asked]) -> list[str]:
    """Seconds of new cuts in the median and at the 95th percentile, then the slowest ten."""
    lines = [f"{len(asked)} cuts asked anew{'':<12}{'p50 s':>8}{'p95 s':>8}{'slowest':>9}"]
    for label, of in (("answer, by the clock", "clock"), ("answer, processor", "processor"), ("its SQL on the engine", "engine"), ("added in Python", "added"), ("from the cache", "cached")):
        values = [getattr(a, of) for a in asked]
        lines.append(f"  {label:<30}{percentile(values, 0.5):>8.3f}{percentile(values, 0.95):>8.3f}{max(values):>9.3f}")
    lines.append(f"the slowest ten: {'measures | by | grain | filters | period | compare | top':<70}{'s':>8}{'proc.':>8}{'SQL':>8}{'statements':>12}")
    slowest = sorted(asked, key=lambda a: a.clock, reverse=True)[:10]
    lines += [f"  {a.name:<85}{a.clock:>8.3f}{a.processor:>8.3f}{a.engine:>8.3f}{a.statements:>12}" for a in slowest]
    return lines


def overall(timed: Sequence[Timed]) -> float:
    """The geometric mean of the ratios: no single cut decides it."""
    return geometric_mean([t.ratio for t in timed])


def import_in_words(load: Load) -> list[str]:
    """The import's lines: against the typed load, by which it is judged, and against the untyped one."""
    publishing = load.publishing / load.imported.clock
    return [f"import/bulk load rate: {load.share:.2f} over {load.rows:,} rows (typed, sorted and checked by the engine; "
            f"{load.processor_share:.2f} in processor time)  {verdict(load.share >= IMPORT_AT_LEAST)} (at least {IMPORT_AT_LEAST})",
            f"import/untyped load rate: {load.untyped_share:.2f} (read_csv all_varchar into tables of text: nothing typed, sorted or checked)",
            f"import {load.imported.clock:.1f} s, {publishing:.0%} of it checking and publishing; typed load {load.typed.clock:.1f} s, "
            f"untyped load {load.untyped.clock:.1f} s"]


def pages_in_words(drawn: Sequence[Drawn]) -> list[str]:
    """One line a page."""
    return [f"page {d.page:<12} rerun {d.rerun * 1000:>7.0f} ms, {d.rerun / d.first:.2f} of its first run" for d in drawn]
