"""A document as plain values: what every writer (PNG, SVG, CSV, XLSX, PPTX, HTML, PDF) is given. Nothing here knows a format or a page.

A document has parts; a part is one chart or table with the sentence that says what it shows. Both carry a passport: under whose rights,
of which snapshot and with which filters their numbers were made.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from crm_data.output.charts import Picture
from crm_data.output.tables import Sheet


@dataclass(frozen=True)
class Passport:
    """Where numbers come from, as texts in the reader's language. ``filters`` and ``comparison`` as the cut says them; ``scope`` whose
    eyes ("All branches", "Branch Haifa, without personal data"); ``definitions`` a name and its meaning for every measure and dimension used;
    ``as_of`` the day the data reaches; ``link`` the address that opens the same; ``made_at`` in UTC; ``currency`` that of all amounts, three letters;
    ``calendar`` and ``digits`` those the reader has chosen, for its days; ``money`` "toman" where amounts of rials are told in tomans."""

    filters: str = ""
    comparison: str = ""
    scope: str = ""
    definitions: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    as_of: date | None = None
    snapshot: str = ""
    link: str = ""
    made_by: str = ""
    made_at: datetime | None = None
    currency: str = ""
    calendar: str = "gregorian"
    digits: str = "latin"
    money: str = "rial"


@dataclass(frozen=True)
class Hero:
    """One number drawn large with what stands beside it, ready as text: ("Last meeting", "₪1.13M"). ``tone``: good, bad or none."""

    value: str
    label: str = ""
    change: str = ""
    tone: str = "none"
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """One chart or table. Amounts in it are as the data keeps them: who writes the file tells them in the document's unit. ``picture`` is drawn in the light theme; ``sheet`` holds *all* rows of the cut (for very many, ``rows`` gives them
    one by one instead and ``sheet`` holds only the columns and the total); ``lines`` are sentences (a list of decisions, a note)."""

    title: str
    sentence: str = ""
    picture: Picture | None = None
    sheet: Sheet | None = None
    rows: Callable[[], Iterator[Mapping[str, Any]]] | None = None
    row_count: int | None = None
    heroes: tuple[Hero, ...] = ()
    lines: tuple[str, ...] = ()
    passport: Passport = field(default_factory=Passport)


@dataclass(frozen=True)
class Document:
    """Parts under one title. ``language`` is a code (en, he, fa), ``rtl`` its direction; ``passport`` is what all parts share."""

    title: str
    subtitle: str = ""
    parts: tuple[Part, ...] = ()
    passport: Passport = field(default_factory=Passport)
    language: str = "en"
    rtl: bool = False

    @property
    def calendar(self) -> str:
        """The calendar of its days: that of who made it, as the passports say."""
        return next((p.calendar for p in self._passports() if p.calendar != "gregorian"), "gregorian")

    @property
    def digits(self) -> str:
        """The digits of its texts, as the passports say."""
        return next((p.digits for p in self._passports() if p.digits != "latin"), "latin")

    @property
    def money(self) -> str:
        """What its amounts are told in, as the passports say: "rial" (as they are kept) or "toman"."""
        return next((p.money for p in self._passports() if p.money != "rial"), "rial")

    @property
    def currency(self) -> str:
        """The currency of its amounts, as the first passport that knows it says; "" where none does."""
        return next((p.currency for p in self._passports() if p.currency), "")

    def _passports(self) -> tuple[Passport, ...]:
        return (self.passport, *(part.passport for part in self.parts))
