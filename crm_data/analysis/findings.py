"""What a check found: a sentence with its number, what is behind it, how grave it is and where to look."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from crm_data.text import plain

Severity = Literal["bad", "warn", "good"]
ORDER: dict[Severity, int] = {"bad": 0, "warn": 1, "good": 2}


class Namer(Protocol):
    def t(self, msgid: str, **values: object) -> str: ...
    def n(self, singular: str, plural: str, n: int, /, **values: object) -> str: ...
    def listed(self, items: Iterable[str]) -> str: ...
    def member(self, dimension: str, value: object) -> str: ...


class Printer(Protocol):
    def value(self, value: object, unit: str, full: bool = False) -> str: ...
    def part(self, value: object) -> str: ...
    def points(self, value: object) -> str: ...
    def called(self, first: date, last: date) -> str: ...
    def dated(self, first: date, last: date, calendar: str) -> str: ...


@dataclass(frozen=True)
class Said:
    """A sentence before it is put into a language: msgid (and plural), values with their units.

    Units are the catalog's (days and hours said as whole ones, in words), and ``part`` (a share without decimals), ``points``, ``text`` (a name of the data), ``names`` (several of them),
    ``member:<dimension>`` (a code or name of a dimension), ``measure``, ``period`` (a pair of days somebody set, as of a target) and ``dated`` (two days and the calendar they are reckoned in:
    an ordinary period).
    """

    message: str
    values: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    plural: str = ""
    count: int = 0

    @staticmethod
    def n(singular: str, plural: str, count: int, values: Mapping[str, tuple[str, object]]) -> Said:
        """A sentence with a singular and a plural."""
        return Said(singular, values, plural, count)

    def text(self, words: Namer, formats: Printer) -> str:
        shown = {name: _shown(unit, value, words, formats) for name, (unit, value) in self.values.items()}
        return words.n(self.message, self.plural, self.count, **shown) if self.plural else words.t(self.message, **shown)


def _shown(unit: str, value: object, words: Namer, formats: Printer) -> str:
    if unit == "days":
        return words.n("{n} day", "{n} days", round(float(value)))  # type: ignore[arg-type]
    if unit == "hours":
        return words.n("{n} hour", "{n} hours", round(float(value)))  # type: ignore[arg-type]
    if unit == "text":
        return plain(value)
    if unit == "names":
        return words.listed(plain(name) for name in value)  # type: ignore[attr-defined]
    if unit.startswith("member:"):
        return plain(words.member(unit[7:], value))
    if unit == "measure":
        return words.t(str(value))
    if unit == "period":
        return formats.called(*value)  # type: ignore[attr-defined,misc]
    if unit == "dated":
        return formats.dated(*value)  # type: ignore[attr-defined,misc]
    return getattr(formats, unit)(value) if unit in ("part", "points") else formats.value(value, unit)


@dataclass(frozen=True)
class Link:
    """A page and its query parameters (several values a name), in stable codes."""

    page: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """``kind`` names the check and picks the icon; ``weight`` orders findings of one severity, money at stake where known."""

    kind: str
    severity: Severity
    title: Said
    detail: Said
    link: Link
    weight: float = 0.0

    def as_json(self) -> dict[str, object]:
        def bare(said: Said) -> dict[str, object]:
            return {"message": said.message, **{name: value for name, (_, value) in said.values.items() if not isinstance(value, tuple)}}
        return {"kind": self.kind, "severity": self.severity, "title": bare(self.title), "detail": bare(self.detail),
                "page": self.link.page, "query": {k: list(v) for k, v in self.link.query.items()}}
