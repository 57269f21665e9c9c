"""How a target is spread over its period: evenly over working days, in last year's shape, or by shares set for its months.

A curve says what share of the target should be reached by the end of each day: it never falls and ends at 1.
"""
from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Literal

from crm_data.analysis.target_periods import months_of as calendar_set_in
from crm_data.analysis.working_days import AnyCalendar, days_of
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError

PhasingKind = Literal["working_days", "last_year", "manual"]
KINDS: tuple[PhasingKind, ...] = ("working_days", "last_year", "manual")
NO_LAST_YEAR = N_("Nothing is known of these days a year ago, so the target is spread over working days.")


@dataclass(frozen=True)
class Phasing:
    """``shares``: of a manual one, the part of the target each month of the period brings, in order; they sum to 1.

    Raises InputError for what cannot be spread.
    """

    kind: PhasingKind = "working_days"
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(N_("There is no phasing “{kind}”. Use one of: {known}."), kind=str(self.kind)[:40], known=", ".join(KINDS))
        if self.kind != "manual":
            if self.shares:
                raise InputError(N_("Shares of months belong to a manual phasing."))
            return
        if not self.shares or any(not math.isfinite(x) or x < 0 for x in self.shares):
            raise InputError(N_("A manual phasing needs a share of 0 or more for each month."))
        whole = sum(self.shares)
        if whole <= 0:
            raise InputError(N_("The shares of the months cannot all be 0."))
        if abs(whole - 1) > 1e-9:
            object.__setattr__(self, "shares", tuple(x / whole for x in self.shares))

    def check(self, period: Period) -> None:
        """Raise InputError where the period has other months than the shares."""
        months = months_of(period)
        if self.kind == "manual" and (not period.whole_months() or len(months) < 2):
            raise InputError(N_("Shares by month need a period of at least two whole months."))
        if self.kind == "manual" and len(self.shares) != len(months):
            raise InputError(N_("The period has {months} months, and {n} shares were given. Give one for each month."), months=len(months), n=len(self.shares))

    def to_text(self) -> str | None:
        """As it is kept; None for the plain one."""
        return None if self.kind == "working_days" else json.dumps({"kind": self.kind, **({"shares": list(self.shares)} if self.shares else {})})

    @staticmethod
    def from_text(text: str | None) -> Phasing:
        """Read :meth:`to_text`. Raises InputError for what it could not have written."""
        if not text:
            return PLAIN
        try:
            kept = json.loads(text)
            return Phasing(kept["kind"], tuple(float(x) for x in kept.get("shares", ())))
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(N_("The phasing of a target cannot be read. Set it anew.")) from error

    @staticmethod
    def read(text: str) -> Phasing:
        """What a person writes: ``working_days``, ``last_year``, or a share for each month: ``20/30/50`` (per cent, or any weights)."""
        told = text.strip()
        if not told or told in ("working_days", "last_year"):
            return Phasing("last_year") if told == "last_year" else PLAIN
        try:
            return Phasing("manual", tuple(float(part.strip().rstrip("%")) for part in told.split("/")))
        except ValueError:
            raise InputError(N_("“{text}” is not a phasing. Write working_days, last_year, or a share for each month such as 20/30/50."), text=told[:60]) from None

    def written(self) -> str:
        """As :meth:`read` takes it."""
        return "/".join(f"{share:.12g}" for share in self.shares) or self.kind


PLAIN = Phasing()


@dataclass(frozen=True)
class Curve:
    """``shares``: of the target, by the end of each day of the period; ``why``: what was done instead of what was asked."""

    shares: tuple[float, ...]
    why: str = ""

    def at(self, first: date, day: date) -> float:
        """The share that should be reached by the end of ``day`` (0 before the period, 1 after it)."""
        n = (day - first).days
        return 0.0 if n < 0 or not self.shares else self.shares[min(n, len(self.shares) - 1)]


def curve(phasing: Phasing, calendar: AnyCalendar, first: date, last: date, daily: Mapping[date, float] | None = None) -> Curve:
    """The curve of a period. ``daily``: what was reached day by day, also a year before the period (for its shape)."""
    days = days_of(first, last)
    if phasing.kind == "last_year":
        own = calendar_set_in(first, last)
        # Returns of a day do not take back what should have been reached.
        before = [max(0.0, (daily or {}).get(own.shift(day, -12), 0.0)) for day in days]
        return Curve(tuple(_running(before))) if sum(before) > 0 else Curve(tuple(_worked(calendar, days)), NO_LAST_YEAR)
    if phasing.kind == "manual":
        phasing.check(Period(first, last))
        weights: list[float] = []
        for share, month in zip(phasing.shares, months_of(Period(first, last)), strict=True):
            inside = [day for day in days if (day.year, day.month) == month]
            done = 0.0
            for level in _worked(calendar, inside):
                weights.append((level - done) * share)
                done = level
        return Curve(tuple(_running(weights)))
    return Curve(tuple(_worked(calendar, days)))


def joined(parts: Sequence[Curve], values: Sequence[float]) -> Curve:
    """The curve of several targets of one period together: what is expected of the whole is the sum of what is expected of each."""
    whole = math.fsum(values)
    days = zip(*(part.shares for part in parts), strict=True)
    return Curve(tuple(math.fsum(value * share for value, share in zip(values, day, strict=True)) / whole for day in days),
                 next((part.why for part in parts if part.why), ""))


def months_of(period: Period) -> list[tuple[int, int]]:
    """The calendar months a period touches, in order."""
    return list(dict.fromkeys((day.year, day.month) for day in days_of(period.first, period.last)))


def _worked(calendar: AnyCalendar, days: Sequence[date]) -> list[float]:
    """Share of the working days passed; of calendar days where none is worked."""
    weights = [calendar.weight(day) for day in days]
    return _running(weights if sum(weights) > 0 else [1.0] * len(weights))


def _running(weights: Sequence[float]) -> list[float]:
    whole = math.fsum(weights)
    shares = [min(1.0, part / whole) for part in accumulate(weights)]
    return [*shares[:-1], 1.0]
