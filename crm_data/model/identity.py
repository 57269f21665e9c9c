"""Identity and company numbers: how they are kept, and whether their check digit fits. Pure; nothing here says whose a number is.

Kept are digits and capital letters alone: ``3933742-3`` and ``۳۹۳۳۷۴۲۳`` are one number. A number with letters (a passport) and one of
a country that is not known here is never judged.
"""
from __future__ import annotations

import re
import unicodedata

from crm_data.errors import N_

_NOT_KEPT = re.compile(r"[\W_]+")
#: Weights of the digits of a company's number in Iran; each is counted from the last digit but one, and two.
_LEGAL = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)
#: Digits of the number that Iran gives foreigners, and of its older tax numbers: they have no published check digit.
_UNJUDGED_IN_IRAN = 12

#: Stands for a hidden digit; the letters that are kept are capitals.
HIDDEN = "x"
#: How long a number is that is searched for, without leading zeros.
FEWEST, MOST = 4, 40

CHECK = N_("the check digit does not fit")
NINE = N_("numbers in Israel have 9 digits")
TEN = N_("national codes in Iran have 10 digits")
ELEVEN = N_("national ids of companies in Iran have 11 digits")


def plain_number(text: str | None) -> str:
    """A number as it is kept and compared: digits of any script as 0-9, capital letters, nothing between them."""
    letters = "".join(str(unicodedata.digit(ch)) if ch.isdigit() and not ch.isascii() else ch for ch in unicodedata.normalize("NFKC", text or ""))
    return _NOT_KEPT.sub("", letters).upper()


def identity_key(text: str | None) -> str:
    """What two ways to write one number share: leading zeros, which spreadsheets take away, do not count."""
    return plain_number(text).lstrip("0")


def israeli(number: str) -> bool:
    """Whether nine digits (leading zeros may be missing) are an Israeli identity or company number: every second digit doubled, the
    digits of the products summed, 10 divides the sum."""
    if not re.fullmatch(r"[0-9]{1,9}", number) or not int(number):
        return False
    products = (int(digit) * (1 + place % 2) for place, digit in enumerate(number.zfill(9)))
    return sum(product - 9 if product > 9 else product for product in products) % 10 == 0


def iranian_person(number: str) -> bool:
    """Whether ten digits (one or two leading zeros may be missing) are a national code: the last is what 11 leaves of the weighted others."""
    if not re.fullmatch(r"[0-9]{8,10}", number):
        return False
    digits = [int(digit) for digit in number.zfill(10)]
    if len(set(digits)) == 1 or not any(digits[3:9]):
        return False
    rest = sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return digits[9] == (rest if rest < 2 else 11 - rest)


def iranian_company(number: str) -> bool:
    """Whether eleven digits are a company's national id in Iran."""
    if not re.fullmatch(r"[0-9]{11}", number):
        return False
    digits = [int(digit) for digit in number]
    if not any(digits[3:9]):
        return False
    added = digits[9] + 2
    return digits[10] == sum((digit + added) * weight for digit, weight in zip(digits, _LEGAL, strict=False)) % 11 % 10


def sought(typed: str) -> str:
    """What is looked for where the whole of ``typed`` may be such a number; "" where it cannot be one."""
    key = identity_key(typed)
    return key if FEWEST <= len(key) <= MOST and any(ch.isdigit() for ch in key) else ""


def doubt(number: str, country: str | None, party: str | None) -> str:
    """What is wrong with a number (English, marked), "" where nothing is or nothing can be said. ``country``: ISO code; ``party``: person
    or company. A shop of one person in Iran may go by its owner's national code."""
    if not number or not number.isdigit():
        return ""
    if country == "IL":
        return "" if israeli(number) else NINE if len(number) > 9 else CHECK
    if country != "IR" or len(number) == _UNJUDGED_IN_IRAN or iranian_person(number):
        return ""
    if party == "company":
        return "" if iranian_company(number) else CHECK if len(number) in (10, 11) else ELEVEN
    return CHECK if 8 <= len(number) <= 10 else TEN


def shown(number: str, country: str | None, party: str | None) -> str:
    """A sound number with the leading zeros it is written with; any other as it is kept."""
    if country == "IL" and israeli(number):
        return number.zfill(9)
    return number.zfill(10) if country == "IR" and party == "person" and iranian_person(number) else number


def masked(number: str) -> str:
    """The last three letters, the others hidden: enough to find the row, not to use the number. A letter hides them, for dots would change
    sides in a line that is read from right to left."""
    return HIDDEN * (len(number) - 3) + number[-3:] if len(number) > 3 else HIDDEN * len(number)
