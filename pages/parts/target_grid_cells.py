"""Numbers as people type and paste them into the sheet of targets: read in any of the usual ways, or refused with a sentence."""
from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from crm_data.errors import N_, InputError
from crm_data.text import RIAL, RIALS

PERCENT = "share"
#: Marks of direction, which come along when something is copied out of right-to-left text.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_GROUPS = re.compile(r"(?<=\d)[\s'’_\u00a0\u202f](?=\d{3}(?!\d))")
#: Letters of Arabic keyboards, as Persian writes them.
_ARABIC = str.maketrans({"ي": "ی", "ى": "ی"})
_SIGNS = str.maketrans({"−": "-", "–": "-", "٬": ",", "،": ",", "٫": ".", "٪": "%"})
_LETTERS = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*")


def shown(value: float | None, unit: str, times: int = 1) -> str:
    """A target as it stands in a cell: exact, thousands parted by commas, shares in per cent; empty where there is none. ``times``: how
    many of the currency's own units one unit told is (``Formats.times``); it turns amounts of money only."""
    if value is None:
        return ""
    exact = Decimal(repr(float(value))) * (100 if unit == PERCENT else 1) / (times if unit == "money" else 1)
    whole, _, rest = f"{exact:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def read_number(text: str, unit: str, times: int = 1, currency: str = "") -> float | None:
    """The target typed in, in the measure's unit (shares are typed in per cent, money in ``times`` of the currency's own unit); None for an
    empty cell. Where the ``currency`` is the rial, an amount written with its unit (﷼, ریال, تومان) is in that unit, whatever ``times`` is.

    Reads 1200 · 1,200 · 1.200,50 · 1 200,5 · ٣ · ۱۲۳ · (1,200) · ₪ 1,200 · 40 %. Raises InputError for what is no number
    and for what can be two: 1.200 may be 1200 or 1.2.
    """
    clean = _UNSEEN.sub("", text).translate(_SIGNS).strip()
    clean = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in clean)
    if not clean:
        return None
    if unit == "money" and currency == RIAL:
        clean, times = _of_rials(clean, times)
    percent = clean.endswith("%")
    if percent and unit != PERCENT:
        raise InputError(N_("“{text}” is a percentage; this indicator is not."), text=text.strip()[:40])
    body = "".join(c for c in clean.removesuffix("%") if unicodedata.category(c) != "Sc").strip()
    negative = (body.startswith("(") and body.endswith(")")) or body.startswith("-") or body.endswith("-")
    body = _GROUPS.sub("", body.strip("()- \u00a0"))
    if not _PLAIN.fullmatch(body) or len(body) > 40:
        raise InputError(N_("“{text}” is not a number. Write it out, as 1200 or 1200.50."), text=text.strip()[:40])
    number = Decimal(_point(body, text)) / (100 if unit == PERCENT else 1) * (times if unit == "money" else 1)
    return float(-number if negative else number)


def _of_rials(clean: str, times: int) -> tuple[str, int]:
    """An amount without the unit written before or after it, and how many rials one is; as it came where none is written, or none that is known."""
    spelt = clean.replace("﷼", "ریال").translate(_ARABIC)
    words = list(_LETTERS.finditer(spelt))
    if len(words) != 1 or words[0].group().casefold() not in RIALS:
        return spelt, times
    before, after = spelt[:words[0].start()], spelt[words[0].end():]
    beside = not (any(map(str.isdigit, before)) and any(map(str.isdigit, after)))
    return (f"{before}{after}".strip(), RIALS[words[0].group().casefold()]) if beside else (spelt, times)


def _point(body: str, text: str) -> str:
    """Digits with a point before the fraction and nothing else. The last of two kinds of sign is the point."""
    marks = [c for c in body if c in ".,"]
    if not marks:
        return body
    last = marks[-1]
    if len(set(marks)) == 2:
        whole, _, rest = body.rpartition(last)
        parts = re.split("[.,]", whole)
        if last in whole or not _grouped(parts):
            raise InputError(N_("“{text}” is not a number. Write it out, as 1200 or 1200.50."), text=text.strip()[:40])
        return f"{''.join(parts)}.{rest}"
    parts = body.split(last)
    if len(parts) > 2:
        if not _grouped(parts):
            raise InputError(N_("“{text}” is not a number. Write it out, as 1200 or 1200.50."), text=text.strip()[:40])
        return "".join(parts)
    if not _grouped(parts) or parts[0] == "0":
        return ".".join(parts)
    if last == ",":
        return "".join(parts)
    raise InputError(N_("“{text}” can be read in two ways. Write {whole} or {part}."), text=text.strip()[:40], whole="".join(parts), part=f"{parts[0]}.{parts[1].rstrip('0') or '0'}")


def _grouped(parts: list[str]) -> bool:
    """Whether these are groups of thousands: three digits each, one to three in the first."""
    return 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
