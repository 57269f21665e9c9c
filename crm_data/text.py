"""Text of the data made safe to stand beside other text; as low as errors, so that every layer may use it."""
from __future__ import annotations

import re
from decimal import Decimal

#: A toman is ten rials. It is what people read and type who chose it; amounts are kept, linked and given to machines in rials.
RIAL, TOMAN_RIALS = "IRR", 10
#: How many rials the unit is that is written with an amount, in every script it is typed in (the rial's sign taken apart is "ریال").
RIALS = {**dict.fromkeys(("ریال", "ریالات", "rial", "rials", "irr", "ריאל", "ריאלים"), 1),
         **dict.fromkeys(("تومان", "تومن", "toman", "tomans", "טומאן", "טומאנים", "תומאן", "תומאנים"), TOMAN_RIALS)}

#: Marks of writing direction, and control characters (which a terminal would obey).
_ODD = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Figure(str):
    """A number written as text ("12.5%") for a sentence that is put into a language later: there it takes the reader's digits and its direction."""


class Amount(Figure):
    """An amount of money as a ``Figure``, as the data keeps it; ``number`` is what a reader of another unit (tomans) is told it by."""

    number: Decimal

    def __new__(cls, text: str, number: float | Decimal) -> Amount:
        made = super().__new__(cls, text)
        made.number = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
        return made


def plain(text: object) -> str:
    """Text of the data without the characters that turn the writing direction around or control a terminal; tabs and line ends stay."""
    return _ODD.sub("", "" if text is None else str(text))


_LATER = re.compile("[\u200e\u200f\u061c\u202a-\u202e\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ISOLATES = re.compile("[\u2066-\u2069]")


def in_order(text: object) -> str:
    """A sentence made here with text of the data in it: as ``plain``, but isolates that are closed again stay, which keep that text and numbers in their places."""
    flat = _LATER.sub("", "" if text is None else str(text))
    if not _ISOLATES.search(flat):
        return flat
    opened, kept = [], set()
    for found in _ISOLATES.finditer(flat):
        if found[0] != "\u2069":
            opened.append(found)
        elif opened and (begins := opened.pop())[0] != "\u2067":
            kept |= {begins.start(), found.start()}
    return _ISOLATES.sub(lambda found: found[0] if found.start() in kept else "", flat)


_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_PERSIAN_SIGNS = str.maketrans({",": "٬", ".": "٫", "%": "٪"})
_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def persian_digits(text: str) -> str:
    """Text with its digits written as in Persian."""
    return text.translate(_PERSIAN)


def persian_figure(number: str) -> str:
    """A number as written with 0 to 9, "1,000.5%", with the digits and signs of Persian."""
    return persian_digits(number.translate(_PERSIAN_SIGNS))


def latin_digits(text: str) -> str:
    """Text with Persian and Arabic digits written as 0 to 9."""
    return text.translate(_LATIN)
