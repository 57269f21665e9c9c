"""What a country decides where nothing else was said: the first day of the week, the days of rest, how phone numbers are read.

Countries are written as people write them: an ISO code, or the name in English, Hebrew or Persian. Days of the week are 0 Monday ... 6 Sunday.
"""
from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
#: The days as the settings write them, Monday first.
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MON_FRI = frozenset({SATURDAY, SUNDAY})
#: Languages the names of countries are known in.
LANGUAGES = ("en", "he", "fa")

#: Days of rest by ISO country, where they are not Saturday and Sunday. Iran's usual week of work is Saturday to Wednesday; firms that
#: also work on Thursdays say so in the settings.
WEEKENDS: dict[str, frozenset[int]] = {
    "IL": frozenset({FRIDAY, SATURDAY}), "IR": frozenset({THURSDAY, FRIDAY}), "AF": frozenset({THURSDAY, FRIDAY}),
    **dict.fromkeys(("BH", "DZ", "EG", "IQ", "JO", "KW", "LY", "OM", "PS", "QA", "SA", "SD", "SY", "YE"),
                    frozenset({FRIDAY, SATURDAY})),
}
#: Short and older forms that are no name of the list.
_ALSO = {"uk": "GB", "usa": "US", "england": "GB", "great britain": "GB", "holland": "NL", "united states of america": "US", "turkey": "TR",
         "czech republic": "CZ", "palestine": "PS", "russia": "RU", "ארצות הברית": "US", "ארהב": "US", "אנגליה": "GB", "امریکا": "US", "انگلستان": "GB", "انگلیس": "GB"}
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "־": " ", "-": " ", **dict.fromkeys("\u200c\u200e\u200f״׳\"'’.")})


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for code in Locale("en").territories if len(code) == 2 and code.isalpha())


@lru_cache(maxsize=1)
def _named() -> dict[str, str]:
    """Names of countries, as they are compared -> ISO code."""
    found = {_plain(name): code for language in LANGUAGES for code, name in Locale(language).territories.items() if code in _codes()}
    return found | {_plain(name): code for name, code in _ALSO.items()}


def _plain(text: str) -> str:
    letters = "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch))
    return " ".join(letters.translate(_LETTERS).split())


@lru_cache(maxsize=2000)
def country_code(country: str | None, timezone: str | None = None) -> str | None:
    """ISO code of a country written as a code or a name, else of the time zone; None where neither tells."""
    text = (country or "").strip()
    if len(text) == 2 and text.upper() in _codes():
        return text.upper()
    return _named().get(_plain(text)) or get_global("zone_territories").get(timezone or "")


def is_country(code: str) -> bool:
    """Whether it is an ISO code of two capital letters."""
    return code in _codes()


def country_name(code: str, language: str) -> str:
    """The name of a country in a language of the product (English in any other); "" where there is none."""
    return Locale(language if language in LANGUAGES else "en").territories.get(code, "")


def weekend_of(country: str | None, timezone: str | None = None) -> frozenset[int]:
    """Days of rest; Saturday and Sunday where the country is not known."""
    return WEEKENDS.get(country_code(country, timezone) or "", MON_FRI)


@lru_cache(maxsize=300)
def first_day_of(country: str | None) -> int:
    """The first day of the week, by ISO code: Sunday in Israel and the United States, Saturday in Iran, Monday where nothing is known."""
    try:
        return Locale.parse(f"und_{country}").first_week_day if country else MONDAY
    except (UnknownLocaleError, ValueError):
        return MONDAY
