"""Numbers, money, periods and changes as people read them, by language: one place, so that a number looks the same
in a tile, a chart, a table and a file.

Compact is for the screen (₪4.82M, ₪904K, 5,647), full for tables and files (4,822,310). Minus is U+2212. In a
right-to-left language every number is wrapped in U+2066...U+2069, so that signs and units keep their places; a number
with a word after it (4.82 million toman) stands in U+2068...U+2069, which runs as the word does.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, get_currency_symbol

from crm_data.errors import N_
from crm_data.output.dates import DateFormats
from crm_data.output.words import FIRST_STRONG, FROM_RIGHT, ISOLATE, POP, Words
from crm_data.text import RIAL, TOMAN_RIALS, persian_figure, plain

MINUS = "\u2212"
#: What a value that is not known looks like.
NONE = "–"
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
#: The same as words of a language, where they are wanted: they stand after the number, with a space.
SCALE_WORDS = {
    "he": {"T": "טריליון", "B": "מיליארד", "M": "מ׳", "K": "א׳"},
    "fa": {"T": "هزار میلیارد", "B": "میلیارد", "M": "م", "K": "هزار"},
    "en": {"T": "trillion", "B": "billion", "M": "million", "K": "thousand"}}
TOMAN = {"fa": "تومان", "he": "טומאן", "en": "toman"}
_WORD_UNITS = {"days": N_("{number} d"), "hours": N_("{number} h"), "minutes": N_("{number} min"), "years": N_("{number} y")}


@dataclass(frozen=True)
class Delta:
    """A change as shown: ``text`` without sign, ``arrow`` up, down or "" and ``tone`` good, bad or none.

    ``amount`` is the change as a number: relative, or the difference where a relative change means nothing
    (shares in points, scores, a base of zero or less).
    """

    text: str
    arrow: str
    tone: str
    amount: float | None

    @property
    def full(self) -> str:
        """Arrow and text, e.g. "↑ 9.1%"."""
        sign = {"up": "↑ ", "down": "↓ "}.get(self.arrow, "")
        return sign + self.text


NO_DELTA = Delta("", "", "none", None)


class Formats(DateFormats):
    """Formats of one language and one reporting currency. ``isolates`` defaults to the language's direction.

    ``calendar`` of dates; ``money``: "toman" tells rials in tomans; ``short``: "words" for short numbers in words. Digits are
    those of ``words``; ``words`` of the formats tell amounts in texts as the formats do. ``symbol`` is the sign of what amounts
    are told in ("₪", "تومان"), which heads of columns say.

    An amount is turned into tomans once, where it is drawn or written: by :meth:`money` and what is made of it, or by
    :meth:`shown` for a cell, a chart's number or a field; what is typed goes back by :meth:`kept`.
    """

    def __init__(self, words: Words | None = None, currency: str = "ILS", isolates: bool | None = None, *, calendar: str = "gregorian",
                 money: str = "rial", short: str = "letters") -> None:
        self.words = words or Words()
        self.currency = currency
        super().__init__(self.words.html_lang, calendar, self.words.digits)
        self.isolates = self.words.rtl if isolates is None else isolates
        self.symbol, self._before, self._gap = _currency(currency, self.language)
        self.toman = currency == RIAL and money == "toman"
        #: How many of the currency's own units one unit told is.
        self.times = TOMAN_RIALS if self.toman else 1
        if self.toman:
            self.symbol = TOMAN.get(self.language, TOMAN["en"])
            self.words = self.words.telling(self.symbol, TOMAN_RIALS)
        self._scale_words = SCALE_WORDS.get(self.language, {}) if short == "words" else {}

    # Numbers ------------------------------------------------------------------------------------------------
    def money(self, value: object, full: bool = False, signed: bool = False, decimals: int | None = None, trim: bool = False) -> str:
        """An amount in the reporting currency: compact, or ``full`` to the whole unit (``decimals`` to be exact)."""
        return self.told(self.shown(value), full, signed, decimals, trim)

    def told(self, amount: object, full: bool = False, signed: bool = False, decimals: int | None = None, trim: bool = False) -> str:
        """As :meth:`money`, of an amount that is in the unit told already."""
        number = _number(amount)
        if number is None:
            return NONE
        body, scale = (self._full(abs(number), decimals or 0), "") if full else self._compact(abs(number), trim)
        sign = _sign(number, body, signed)
        if self.toman or scale or _is_word(self.symbol):
            return self._worded(sign + body, scale, self.symbol)
        if self._before or not self.isolates:
            return self._wrap(sign + (f"{self.symbol}{self._gap}{body}" if self._before else f"{body}{self._gap}{self.symbol}"))
        # After its number the sign stands where one reads on: at its left.
        return f"{FROM_RIGHT}{self._wrap(sign + body)}{self._gap}{self._signs(self.symbol)}{POP}"

    def bare(self, amount: object, short: bool = False, signed: bool = False) -> str:
        """An amount from :meth:`shown` for a cell under a head that says the currency: in full, or ``short``; cents only under 100."""
        number = _number(amount)
        if number is None:
            return NONE
        if abs(number) < 100 and not number.is_integer():
            return self.number(number, 2, signed)
        if not short:
            return self.count(number, full=True, signed=signed)
        body, scale = self._compact(abs(number))
        sign = _sign(number, body, signed)
        return self._worded(sign + body, scale) if scale else self._wrap(sign + body)

    def shown(self, value: Any) -> Any:
        """An amount of the data in the unit told: rials as tomans where those are chosen. Decimals stay exact; what is no number stays as it is."""
        return _turned(value, self.times, divide=True) if self.times != 1 else value

    def kept(self, amount: Any) -> Any:
        """The other way: an amount typed in the unit told as the data keeps it. ``kept(shown(x)) == x`` to the last digit."""
        return _turned(amount, self.times, divide=False) if self.times != 1 else amount

    @property
    def key(self) -> tuple[object, ...]:
        """What tells these formats from others: part of the key of whatever is kept with formatted texts in it."""
        return (self.words.language, self.currency, self.calendar, self.digits, self.toman, bool(self._scale_words))

    @property
    def unit(self) -> str:
        """What amounts are told in, where there is room for its name: "ILS", "تومان"."""
        return self.symbol if self.toman else self.currency

    def count(self, value: object, full: bool = False, signed: bool = False, trim: bool = False) -> str:
        """How many: to the last one under 100,000 (5,647), compact above (1.24M)."""
        number = _number(value)
        if number is None:
            return NONE
        whole = full or abs(number) < 1e5
        body, scale = (self._full(abs(number), 0), "") if whole else self._compact(abs(number), trim)
        sign = _sign(number, body, signed)
        return self._worded(sign + body, scale) if scale else self._wrap(sign + body)

    def number(self, value: object, decimals: int | None = None, signed: bool = False) -> str:
        """A number such as an average: two decimals under 10, one under 100, none above unless told."""
        number = _number(value)
        if number is None:
            return NONE
        if decimals is None:
            decimals = 2 if abs(number) < 10 else 1 if abs(number) < 100 else 0
        body = self._full(abs(number), decimals)
        return self._wrap(_sign(number, body, signed) + body)

    def share(self, value: object, decimals: int = 1) -> str:
        """A rate given as 0-1, e.g. a win rate: 65.1%."""
        number = _number(value)
        if number is None:
            return NONE
        body = self._full(abs(number) * 100, decimals)
        return self._wrap(_sign(number, body, False) + body + "%")

    def part(self, value: object) -> str:
        """A part of a whole given as 0-1, without decimals; a small part is never shown as nothing: <1%."""
        number = _number(value)
        if number is None:
            return NONE
        if 0 < number < 0.005:
            return self._wrap("<1%")
        return self.share(number, 0)

    def value(self, value: object, unit: str, full: bool = False) -> str:
        """A measure's value by its unit (money, count, share, number, days, hours, minutes, years, score)."""
        if _number(value) is None:
            return NONE
        if unit == "money":
            return self.money(value, full)
        if unit == "count":
            return self.count(value, full)
        if unit == "share":
            return self.share(value)
        if unit in _WORD_UNITS:
            return self._sentence(self.words.t(_WORD_UNITS[unit], number=self.number(value, 1)))
        return self.number(value)

    def average(self, value: object, unit: str) -> str:
        """As ``value``, for a money average: under 1,000 with the precision an average needs (₪84.20)."""
        number = _number(self.shown(value)) if unit == "money" else None
        if number is not None and abs(number) < 100:
            return self.told(number, full=True, decimals=2)
        return self.value(value, unit)

    def axis(self, value: float, unit: str) -> str:
        """A round value on an axis, without the zeros that say nothing: ₪6M, not ₪6.00M."""
        if unit in ("money", "count"):
            return self.money(value, trim=True) if unit == "money" else self.count(value, trim=True)
        return self.value(value, unit)

    # Changes ------------------------------------------------------------------------------------------------
    def delta(self, now: object, before: object, unit: str = "count", better: str = "up") -> Delta:
        """What changed: relative, in points for shares, as a difference where the base is not above zero."""
        new, old = _number(now), _number(before)
        if new is None or old is None or (old == 0 and new == 0 and unit not in ("share", "score")):
            return NO_DELTA
        difference = new - old
        if unit == "share":
            text, shown = self.points(abs(difference)), round(difference * 100, 1)
        elif unit == "score" or old <= 0:
            text, shown = self.value(abs(difference), unit), round(difference, 2)
        else:
            difference = difference / old
            text, shown = self.change(abs(difference)), round(difference * 100, 1)
        arrow = "" if not shown else "up" if shown > 0 else "down"
        tone = "none" if not arrow or better not in ("up", "down") else "good" if arrow == better else "bad"
        return Delta(text, arrow, tone, difference)

    def change(self, value: object) -> str:
        """A relative change given as a fraction, one decimal: 9.1%; beyond ten times as a factor (×14)."""
        number = _number(value)
        if number is None:
            return NONE
        if number >= 9.995:
            return self._wrap("×" + self._full(number + 1, 0))
        return self.share(number, 1)

    def points(self, value: object, signed: bool = False) -> str:
        """A difference of two shares, in percentage points: 1.2 pts."""
        number = _number(value)
        if number is None:
            return NONE
        body = self._full(abs(number) * 100, 1)
        return self._sentence(self.words.t(N_("{number} pts"), number=self._wrap(_sign(number, body, signed) + body)))

    def signed(self, value: object, unit: str) -> str:
        """A difference with its sign: +₪284K, −26, +1.2 pts."""
        number = _number(value)
        if number is None:
            return NONE
        if unit == "money":
            return self.money(value, signed=True)
        if unit == "share":
            return self.points(number, signed=True)
        return self.count(value, signed=True) if unit == "count" else self.number(value, signed=True)

    # Inside -------------------------------------------------------------------------------------------------
    def _full(self, number: float, decimals: int) -> str:
        return _decimal(number, decimals, self.language)

    def _compact(self, number: float, trim: bool = False) -> tuple[str, str]:
        """The number, shortened, and the word of its scale ("" where a letter stands in the number). ``trim``: without idle zeros."""
        if number < 999.5:
            whole = number >= 100 or float(number).is_integer()
            return self._full(number, 0 if whole else 1), ""
        scale, letter = next(((s, x) for s, x in _SCALES if number >= s * 0.9995), _SCALES[-1])
        scaled = number / scale
        decimals = 0 if letter == "K" and scaled >= 10 else 1 if letter == "K" or scaled >= 100 else 2
        body = self._full(scaled, decimals)
        if trim and decimals:
            body = body.rstrip("0").rstrip(".,")
        return (body, self._scale_words[letter]) if letter in self._scale_words else (body + letter, "")

    def _wrap(self, text: str) -> str:
        """A number with its signs, which runs from left to right wherever it stands."""
        text = self._signs(text)
        return f"{ISOLATE}{text}{POP}" if self.isolates else text

    def _worded(self, number: str, *after: str) -> str:
        """A number and the words after it, which run as the words do."""
        return self._sentence("\xa0".join([self._wrap(number), *(w for w in after if w)]))

    def _sentence(self, text: str) -> str:
        return f"{FIRST_STRONG}{text}{POP}" if self.isolates else text

    def _signs(self, text: str) -> str:
        """Digits, and with Persian ones the signs that go with them."""
        return persian_figure(text) if self.digits == "persian" else text


def _turned(value: Any, times: int, *, divide: bool) -> Any:
    """``value`` as so many times more or less, in decimal arithmetic: of its own kind, but that a whole number divided may get a fraction."""
    if value is None or isinstance(value, bool | str) or value != value:
        return value
    if isinstance(value, Decimal):
        return value / times if divide else value * times
    if isinstance(value, int):
        return value * times if not divide else value // times if value % times == 0 else value / times
    try:
        exact = Decimal(repr(float(value)))
    except (TypeError, ValueError, OverflowError):
        return value
    return float(exact / times if divide else exact * times)


def _is_word(symbol: str) -> bool:
    """Whether a currency is told by a word that runs from right to left."""
    return any("\u0590" <= c <= "\u08ff" for c in symbol)


def _number(value: object) -> float | None:
    """``value`` as a float; None for what is not known (None, NaN, infinite)."""
    if value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _sign(number: float, body: str, signed: bool) -> str:
    """The sign of what is shown (digits still 0 to 9): a number that rounds to zero has none."""
    if not any(c in "123456789" for c in body):
        return ""
    return MINUS if number < 0 else "+" if signed else ""


@lru_cache(maxsize=4096)
def _decimal(number: float, decimals: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    # Half away from zero, as people round; repr keeps 0.285 from becoming 0.28.
    exact = Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return plain(format_decimal(exact, format=pattern, locale=language, numbering_system="latn"))


@lru_cache(maxsize=64)
def _currency(code: str, language: str) -> tuple[str, bool, str]:
    """Symbol of a currency, whether it stands before the number, and the space between."""
    symbol = plain(get_currency_symbol(code, locale=language))
    pattern = plain(Locale.parse(language).currency_formats["standard"].pattern.split(";")[0])
    before = pattern.index("¤") < pattern.index("#")
    spaced = "\xa0" in pattern or (before and symbol[-1:].isalpha()) or (not before)
    return symbol, before, "\xa0" if spaced else ""
