"""Amounts said with their unit: 1000 rials, ۵ میلیون تومان. Known only where amounts are kept in rials."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from crm_data.analysis.ask_tokens import Piece, fold
from crm_data.text import RIALS

_SCALES = {fold(word): scale for scale, words in ((10**3, "thousand|هزار|אלף|אלפים"), (10**6, "million|میلیون|ملیون|מיליון|מליון"), (10**9, "billion|میلیارد|ملیارد|מיליארד|מליארד"))
           for word in words.split("|")}
_UNITS = {fold(word): rials for word, rials in RIALS.items()}
#: Between the parts of one number: five million and 500 thousand.
_AND = frozenset({"و", "and", "ו"})


def rials_said(text: Sequence[Piece], numbers: Iterable[tuple[int, str]]) -> tuple[int, tuple[str, ...]] | None:
    """An amount that begins with one of these numbers, given by where they end: (where the amount ends, (in rials, one unit in rials, its
    scale, the number as written)); of one without its unit, "500 thousand", (how many, its
    scale, the number as written). None of a plain number."""
    for end, number in numbers:
        total, scale, first, place = Decimal(0), 0, 0, end
        part = Decimal(number)
        while True:
            said, place = _scale(text, place)
            if scale and said >= scale:
                break
            total, scale, first = total + part * said, said, first or said
            if place < len(text) and (unit := _UNITS.get(text[place].key)):
                return place + 1, (_text(total * unit), str(unit), str(first), number)
            place += place < len(text) and text[place].key in _AND
            if scale == 1 or place >= len(text) or not text[place].number or text[place].percent:
                break
            part, place = Decimal(text[place].number), place + 1
        scale, place = _scale(text, end)
        if scale > 1:
            return place, (_text(Decimal(number) * scale), str(scale), number)
    return None


def _text(number: Decimal) -> str:
    return format(number.to_integral_value() if number == number.to_integral_value() else number, "f")


def _scale(text: Sequence[Piece], place: int) -> tuple[int, int]:
    """How many the words from ``place`` on make of a number (a thousand million: 10**9), and the place after them."""
    scale = 1
    while place < len(text) and (said := _SCALES.get(text[place].key)):
        scale, place = scale * said, place + 1
    return scale, place


def in_rials(limits: Sequence[tuple[str, ...]], times: int) -> list[Decimal]:
    """The limits of a condition in rials, each the codes of a number or amount. What is said once, "between 5 and 10 million toman", is
    meant of both; a number whose unit is nowhere said is in the asker's, of ``times`` rials."""
    unit = next((Decimal(codes[1]) for codes in reversed(limits) if len(codes) == 4), Decimal(times))
    last = limits[-1] if limits else ()
    scale, number = (Decimal(last[-2]), Decimal(last[-1])) if len(last) > 1 else (1, 0)

    def one(codes: tuple[str, ...]) -> Decimal:
        value = Decimal(codes[0])
        if len(codes) == 4:
            return value
        return value * unit * (scale if len(codes) == 1 and value < number else 1)
    return [one(codes) for codes in limits]
