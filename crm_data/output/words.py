"""Words people read, in their language: a gettext translator made per request, never a global.

English sentences are the message ids, so English needs no catalog. ``Words("xx")`` is the pseudo-language of the
tests: every translated text is wrapped in ⟦ ⟧, so a text that never went through here can be seen.
"""
from __future__ import annotations

import copy
import gettext
import re
import string
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from crm_data.errors import N_, Cause, MabatError
from crm_data.output.dates import DateFormats
from crm_data.output.demo_words import DEMO_LABELS
from crm_data.output.members import MEMBERS, NUMBERED, UNITS
from crm_data.text import Amount, Figure, persian_digits, persian_figure

#: What a number with its signs stands between in a language from right to left.
ISOLATE, POP = "\u2066", "\u2069"
#: What a text of the data stands between there: it runs as its own first letter does.
FIRST_STRONG = "\u2068"
#: What runs from right to left whatever it holds stands between this and the same end.
FROM_RIGHT = "\u2067"
LOCALE_FOLDER = Path(__file__).parent / "locale"
DOMAIN = "mabat"
PSEUDO = "xx"
#: A number of things of which every language says "many", for a word that stands apart from its number.
MANY = 5

#: Languages that can be chosen: code -> the language's own name. A language is offered when its catalog exists.
LANGUAGES = {"en": "English", "he": "עברית", "fa": "فارسی"}
RIGHT_TO_LEFT = frozenset({"he", "fa", "ar", "ur"})


class _Pseudo(gettext.NullTranslations):
    """Marks every text that goes through it; placeholders stay as they are."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧" if message else message


@lru_cache(maxsize=16)
def _catalog(language: str) -> gettext.NullTranslations:
    if language == PSEUDO:
        return _Pseudo()
    return gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[language], fallback=True)


class Words:
    """Texts in one language. ``t``, ``n`` and ``p`` translate and then fill ``{placeholders}`` from the values given.

    ``digits`` "persian": numbers in texts are written with the digits of Persian. ``demo``: the data is the demo's, whose own labels are
    translated too; those of a real firm stay as they are. ``calendar``: of days put into texts as days.
    """

    def __init__(self, language: str = "en", digits: str = "latin", demo: bool = False, calendar: str = "gregorian") -> None:
        self.language, self.digits, self.demo, self.calendar = language, digits, demo, calendar
        self._catalog = _catalog(language)
        self._sign, self._times = "", 1

    @property
    def rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language in RIGHT_TO_LEFT

    @property
    def arrow(self) -> str:
        """From what was to what is, the way the language is read."""
        return "←" if self.rtl else "→"

    @property
    def html_lang(self) -> str:
        """The language as a document says it; the pseudo-language is drawn as English."""
        return "en" if self.language == PSEUDO else self.language

    def for_data(self, sources: Iterable[str]) -> Words:
        """The same words for data from these sources (of a snapshot's manifest)."""
        found = copy.copy(self)
        found.demo = set(sources) == {"demo"}
        return found

    def telling(self, sign: str, times: int) -> Words:
        """The same words telling amounts in a unit of so many of the currency's own, with its sign."""
        found = copy.copy(self)
        found._sign, found._times = sign, times
        return found

    def t(self, msgid: str, **values: object) -> str:
        """The text of ``msgid``; values fill its placeholders."""
        return self._fill(self._catalog.gettext(msgid) if msgid else "", values)

    def n(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Singular or plural by the language's own rule; ``{n}`` is the number unless given formatted."""
        return self._fill(self._catalog.ngettext(singular, plural, n), {"n": n, **values})

    def p(self, context: str, msgid: str, **values: object) -> str:
        """The text of ``msgid`` where the same English word has several meanings."""
        return self._fill(self._catalog.pgettext(context, msgid), values)

    def listed(self, items: Iterable[str], sign: str = ",") -> str:
        """Things one after the other: "a, b, c"; ``sign`` ";" for things that hold commas. Persian has marks of its own."""
        return f"{_PERSIAN_MARKS[sign] if self.language == 'fa' else sign} ".join(map(self.isolated, items))

    def in_line(self, parts: Iterable[str | None]) -> str:
        """Parts of a line, "a · b · c", each in its place; empty ones are left out."""
        return " · ".join(self.isolated(part) for part in parts if part)

    def isolated(self, text: str) -> str:
        """A text that may hold words from left to right (a name of the data), so that what stands around it keeps its place in a sentence from right to left."""
        return f"{FIRST_STRONG}{text}{POP}" if self.rtl and _FROM_LEFT.search(text) and not _ISOLATED.search(text) else text

    def figure(self, number: str) -> str:
        """A number written with 0 to 9 ("10%", "1,000.5") in the reader's digits, keeping its signs in place in a sentence from right to left."""
        told = persian_figure(number) if self.digits == "persian" else number
        return f"{ISOLATE}{told}{POP}" if self.rtl else told

    def amount(self, number: Decimal) -> str:
        """An amount of the data in a text, to its last digit; with its sign where it is told in another unit than it is kept in."""
        if self._times == 1:
            return self.figure(f"{number:,f}")
        told = f"{number / self._times:,f}"
        return self.isolated(f"{self.figure(told.rstrip('0').rstrip('.') if '.' in told else told)} {self._sign}")

    def day(self, day: date) -> str:
        """A day as the reader's calendar and language have it."""
        return DateFormats(self.html_lang, self.calendar, self.digits).day(day)

    def _value(self, value: object) -> object:
        """What is put into a text: numbers given as text, days and names, each as it reads in the language."""
        if isinstance(value, Amount):
            return self.figure(value) if self._times == 1 else self.amount(value.number)
        if isinstance(value, Figure):
            return self.figure(value)
        if isinstance(value, MabatError):
            return self.isolated(self.error(value))
        if isinstance(value, Exception) and isinstance(next(iter(value.args), None), Cause):
            value = value.args[0]
        return self.day(value) if isinstance(value, date) else self.isolated(self.cause(value)) if isinstance(value, str) else value

    def _fill(self, text: str, values: dict[str, object]) -> str:
        values = {name: self._value(value) for name, value in values.items()}
        if self.rtl:
            text = text.replace("} → ", "} ← ")
        # Lists of words people type ("12|twelve") are no text to read.
        if self.digits == "persian" and "|" not in text:
            return _PERSIAN_FORM.vformat(text, (), values) if values else _DIGITS.sub(lambda m: m[0] if m[0][0] == "{" else persian_digits(m[0]), text)
        return text.format(**values) if values else text

    def error(self, error: BaseException) -> str:
        """A sentence for people: a ``MabatError`` in the language, anything else without its insides."""
        if not isinstance(error, MabatError):
            return self.t(N_("Something went wrong here. It is in the server's log; the rest of the page works."))
        values = {name: self._named(value) if name in _NAMES and isinstance(value, str) else value
                  for name, value in error.values.items()}
        return self.t(error.message, **values)

    def cause(self, text: str) -> str:
        """A ``Cause`` in the language; any other text as it stands."""
        return self.t(text.message, **text.values) if isinstance(text, Cause) else text

    def _named(self, names: str) -> str:
        """One name, or several with commas between."""
        return self._kind(names) if ", " not in names else self.listed(map(self._kind, names.split(", ")))

    def _kind(self, kind: str) -> str:
        """What an error is about ("measure"), or the name of a dimension whose code it gives; English keeps the small letters."""
        told, name = self.t(kind), kind.replace("_", " ").capitalize()
        return self.t(name) if told == kind and self.t(name) != name else told

    def label(self, named: object) -> str:
        """The name shown of a measure or dimension of the catalog (or of its name when the catalog is not at hand)."""
        text = getattr(named, "label", None) or str(named).replace("_", " ").capitalize()
        return self.t(text)

    def help(self, named: object) -> str:
        """What a measure or dimension means, in a sentence or two."""
        text = getattr(named, "help", None)
        return self.t(text) if text else ""

    def member(self, dimension: str, value: object) -> str:
        """A dimension's value as shown: codes translated, ``None`` as unknown, the firm's own names unchanged."""
        if value is None or value != value or value == "":
            return self.p("member", "Unknown")
        known = MEMBERS.get("segment" if dimension.startswith("segment_") else dimension, {}).get(str(value))
        if known:
            return self.p("member", known)
        if dimension in NUMBERED:
            return self.figure(str(value))
        return self.p("demo", str(value)) if self.demo and str(value) in DEMO_LABELS else str(value)

    def author(self, name: str) -> str:
        """Who wrote something, as it is kept with it: a user's name, or whoever sat at the machine itself."""
        return self.t(N_("{name} (command line)"), name=name.removesuffix(_MACHINE)) if name and name.endswith(_MACHINE) else name

    def unit(self, unit: str, n: float = 2) -> str:
        """The word of a unit ("days"), or "" for units that are written with a sign (money, share)."""
        pair = UNITS.get(unit)
        # "Two days" is one word in Hebrew, and it would stand after its number here: the form for many is meant.
        return self.n(pair[0], pair[1], 1 if n == 1 else MANY) if pair else ""


def preferred(wanted: str | None, otherwise: str = "") -> str:
    """The first language of a browser's ``Accept-Language`` that can be chosen, by the weights it gives; else ``otherwise``, else English."""
    asked: list[tuple[float, int, str]] = []
    for place, part in enumerate((wanted or "").split(",")[:20]):
        tag, _, weight = part.partition(";")
        try:
            asked.append((-float(weight.strip().removeprefix("q=") or 1) if weight else -1.0, place, tag.strip()[:2].lower()))
        except ValueError:
            continue
    # Old browsers call Hebrew "iw".
    known, old = languages(), {"iw": "he"}
    return next((old.get(tag, tag) for weight, _, tag in sorted(asked) if weight < 0 and old.get(tag, tag) in known), otherwise if otherwise in known else "en")


def languages() -> list[str]:
    """The languages that can be chosen now: English, and those whose catalog is compiled."""
    return [code for code in LANGUAGES
            if code == "en" or (LOCALE_FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").exists()]


class _PersianForm(string.Formatter):
    """Fills a text, its own numbers and those given as numbers in Persian digits; what is given as text stays as it is."""

    def parse(self, format_string: str):
        for literal, *rest in super().parse(format_string):
            yield (persian_digits(literal), *rest)

    def format_field(self, value: object, format_spec: str) -> str:
        told = super().format_field(value, format_spec)
        return persian_digits(told) if isinstance(value, int | float | Decimal) else told


#: Letters written from left to right; and what a text has that is in order already, or of several lines, which nothing can stand around.
_FROM_LEFT, _ISOLATED = re.compile("[A-Za-z\u00c0-\u052f]"), re.compile("[\u2066-\u2069\n]")
#: Values of errors that name measures or dimensions, by their codes or labels.
_NAMES = frozenset({"kind", "measure", "measures", "dimension", "dimensions"})
#: Stands behind the name of whoever wrote from the command line (``commands.target_asking.operator``).
_MACHINE = " (command line)"
_PERSIAN_FORM = _PersianForm()
_PERSIAN_MARKS = {",": "،", ";": "؛"}
#: Numbers of a text, and the placeholders in which they are none.
_DIGITS = re.compile(r"\{[^{}]*\}|[0-9]+")
