"""Text as people search for it: without case, accents, vowel points, letter variants or script.

``fold`` is used for what is stored (``customer.search_text``) and for what is typed, so both always agree.
"""
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

import phonenumbers

from crm_data.countries import country_code

_HEBREW_FINAL = dict(zip("ךםןףץ", "כמנפצ", strict=True))
_ARABIC = {"ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ء": "",
           "ـ": ""}
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
# Joiners, direction marks and the quotation marks inside words (O'Neil, ג'ורג', צה״ל) carry nothing to search for.
_DROPPED = dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad'’‘`´׳״\"“”", "")
_TABLE = str.maketrans({**_HEBREW_FINAL, **_ARABIC, **_LATIN, **_DROPPED})
_DOUBLED_SCRIPT = re.compile(r"([וی])\1+")
_SPACES = re.compile(r"[\s\-־–—_/,.;:()\[\]]+")

#: Letters of other scripts as the Latin consonants they are written with; several where spellings differ.
#: Gutturals (h, kh, ch and their like) and vowels are left out: they are the ones transliterations disagree on.
_LETTERS: dict[str, tuple[str, ...]] = {letter: tuple(sounds.split("|")) for letter, sounds in {
    "א": "", "ב": "b|v", "ג": "g", "ד": "d", "ה": "", "ו": "v|", "ז": "z", "ח": "", "ט": "t", "י": "", "כ": "k", "ל": "l",
    "מ": "m", "נ": "n", "ס": "s", "ע": "", "פ": "p", "צ": "ts", "ק": "k", "ר": "r", "ש": "s", "ת": "t",
    "ا": "", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "g", "چ": "", "ح": "", "خ": "", "د": "d", "ذ": "z", "ر": "r",
    "ز": "z", "ژ": "z|g", "س": "s", "ش": "s", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "", "غ": "g", "ف": "p", "ق": "g|k",
    "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "v|", "ه": "", "ی": "",
}.items()}
#: The same for a Latin spelling, in order.
_SOUNDS = (("tsch", ""), ("tch", ""), ("sch", "s"), ("chae", "kae"), ("chr", "kr"), ("ch", ""), ("kh", ""), ("ph", "p"), ("tz", "ts"),
           ("ck", "k"), ("q", "k"), ("c", "k"), ("x", "ks"), ("f", "p"), ("w", "v"), ("j", "g"))
_NOT_CONSONANT = re.compile(r"[^b-df-gj-np-tvz]")
_DOUBLED = re.compile(r"([a-z])\1+")


def fold(text: str | None) -> str:
    """``text`` as it is compared: case, accents, points and joiners gone, letter variants one, digits ASCII."""
    if not text:
        return ""
    if text.isascii():
        plain = text.casefold().translate(_TABLE)
    else:
        split = unicodedata.normalize("NFKD", text.casefold())
        # Compose again what is a letter of its own after the marks are gone; marks (accents, vowel points) are dropped.
        # The Arabic alef with madda and the like fall apart into letter and mark and so become the plain letter.
        plain = "".join(c for c in split if not unicodedata.combining(c)).translate(_TABLE)
        plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
    return _SPACES.sub(" ", plain).strip()


def transliterate(text: str | None) -> str:
    """The Latin consonant skeletons of ``text`` in any script: ``Cohen`` and ``כהן`` both give ``kn``.

    A word that can be spelled in several ways gives several skeletons. One of a single letter is left out: it would
    find everybody.
    """
    return " ".join(skeleton for word in fold(text).split() for skeleton in skeletons(word))


@lru_cache(maxsize=50_000)
def skeletons(word: str) -> tuple[str, ...]:
    """The skeletons of one folded word, shortest last; none for digits, one-letter skeletons or unknown scripts."""
    if word.isascii():
        latin = _DOUBLED.sub(r"\1", word)
        for sound, plain in _SOUNDS:
            latin = latin.replace(sound, plain)
        found = [_NOT_CONSONANT.sub("", latin)]
    else:
        letters = _DOUBLED_SCRIPT.sub(r"\1", word)
        choices = [_LETTERS.get(letter, ("",)) for letter in letters]
        found = ["".join(choice).replace("tz", "ts") for choice in islice(product(*choices), 8)]
    return tuple(dict.fromkeys(skeleton for skeleton in found if len(skeleton) > 1))


def search_text(name: str | None, name_local: str | None, number: str | None, email: str | None,
                phone_digits: str | None = None) -> str:
    """What a customer is found by: names, their skeletons (each after a ``~``), number, mail and phone digits."""
    folded, local = fold(name), fold(name_local)
    marked = dict.fromkeys(f"~{skeleton}" for word in f"{folded} {local}".split() for skeleton in skeletons(word))
    parts = [folded, local if local != folded else "", " ".join(marked), fold(number), (email or "").casefold().strip(),
             phone_digits or ""]
    return " ".join(part for part in parts if part)


def search_words(query: str) -> list[tuple[str, ...]]:
    """A typed query, a tuple for each word: the folded word, then its skeletons marked ``~``.

    A customer matches when, for every word, its ``search_text`` contains one of the tuple. ``query`` may hold a phone
    number as people write it: a word of digits only stands for itself.
    """
    return [(word, *(f"~{skeleton}" for skeleton in skeletons(word))) for word in fold(query).split()]


def phone_digits(text: str | None, country: str | None) -> str:
    """A phone number in digits with its country code, ``""`` if it cannot be understood as one.

    ``country`` is an ISO code or a name in English, Hebrew or Persian; it matters only for numbers written without a country code.
    """
    if not text:
        return ""
    try:
        parsed = phonenumbers.parse(text, region(country))
    except phonenumbers.NumberParseException:
        return ""
    return f"{parsed.country_code}{'0' if parsed.italian_leading_zero else ''}{parsed.national_number}"


@lru_cache(maxsize=1000)
def region(country: str | None) -> str | None:
    """The ISO code of a country given by code or name; None when it is not known or has no phone numbers of its own."""
    code = country_code(country)
    return code if code in phonenumbers.SUPPORTED_REGIONS else None
