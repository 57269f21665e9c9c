"""Questions in words with years and months of the Jalali calendar, and words that are read for what they are."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.ask_tokens import WordList, pieces
from crm_data.analysis.ask_words import understand
from crm_data.calendars import from_jalali
from crm_data.cuts.periods import Period
from crm_data.output.words import Words
from tests.ask_firm import CATALOG, TODAY, members

#: 30 Aban 1405 is the day of these questions, 21 November 2026.
assert from_jalali(1405, 8, 30) == TODAY


class _Persian(Words):
    """Persian with the few words these questions need."""

    begins = {"by {dimension}|": "به تفکیک {dimension}", "last year|": "پارسال|سال گذشته", "last month|": "ماه گذشته", "this year|": "امسال", "-": "-", "s|es": "ها", "a|an|the": "در|از|را",
              "in {when}|": "در {when}|سال {when}|در سال {when}", "between {when}": "از {when} تا {when}", "{month} {year}|": "{month} {year}|{month} سال {year}", "{quarter} {year}|": "{quarter} {year}",
              "{n} {month} {year}": "{n} {month} {year}", "by month|": "ماهانه", "January|": "ژانویه", "Q1|": "فصل اول", "last {n} {unit}": "{n} {unit} گذشته", "month|": "ماه", "more than {n}": "بیش از {n} {measure}", "and|,": "و"}

    def t(self, msgid, **values):
        if "|" in msgid or msgid == "-":
            return next((v for k, v in self.begins.items() if msgid.startswith(k) and (k != "-" or msgid == "-")), "-")
        return {"Revenue": "فروش", "Orders": "سفارش", "Branch": "شعبه"}.get(msgid, msgid)


PERSIAN, ENGLISH = _Persian("fa"), Words("en")


def cut(text: str, words: Words = PERSIAN, calendar=None):
    told = understand(text, CATALOG, words, today=TODAY, members=members, calendar=calendar)
    assert told.cut is not None and not told.not_understood, (text, told.not_understood)
    return told.cut


def jalali(*days: int) -> Period:
    first, last = from_jalali(*days[:3]), from_jalali(*days[3:])
    return Period(first, last, calendar="jalali")


@pytest.mark.parametrize(("text", "period"), [
    ("فروش سال ۱۴۰۴", jalali(1404, 1, 1, 1404, 12, 29)),
    ("فروش 1403", jalali(1403, 1, 1, 1403, 12, 30)),
    ("فروش مهر", jalali(1405, 7, 1, 1405, 7, 30)),
    ("فروش مهر ماه", jalali(1405, 7, 1, 1405, 7, 30)),
    ("فروش مهرماه", jalali(1405, 7, 1, 1405, 7, 30)),
    ("فروش دی", jalali(1404, 10, 1, 1404, 10, 30)),
    ("فروش مهر ۱۴۰۴", jalali(1404, 7, 1, 1404, 7, 30)),
    ("فروش مهر پارسال", jalali(1404, 7, 1, 1404, 7, 30)),
    ("فروش فصل اول", jalali(1405, 1, 1, 1405, 3, 31)),
    ("فروش فصل اول ۱۴۰۴", jalali(1404, 1, 1, 1404, 3, 31)),
    ("فروش بهار ۱۴۰۴", jalali(1404, 1, 1, 1404, 3, 31)),
    ("فروش زمستان", jalali(1404, 10, 1, 1404, 12, 29)),
    ("فروش تیر و مرداد", jalali(1405, 4, 1, 1405, 5, 31)),
    ("فروش مرداد و تیر", jalali(1405, 4, 1, 1405, 5, 31)),
    ("فروش تیر و مرداد و شهریور ۱۴۰۴", jalali(1404, 4, 1, 1404, 6, 31)),
    ("فروش تیر و مرداد پارسال", jalali(1404, 4, 1, 1404, 5, 31)),
    ("فروش تیر ۱۴۰۴ و مرداد", jalali(1404, 4, 1, 1404, 5, 31)),
    ("فروش اسفند و فروردین", jalali(1404, 12, 1, 1405, 1, 31)),
    ("فروش اسفند و فروردین ۱۴۰۵", jalali(1404, 12, 1, 1405, 1, 31)),
    ("فروش آبان و آذر", jalali(1404, 8, 1, 1404, 9, 30)),
    ("فروش بهار و تابستان ۱۴۰۴", jalali(1404, 1, 1, 1404, 6, 31)),
    ("فروش از مهر تا آبان ۱۴۰۴", jalali(1404, 7, 1, 1404, 8, 30)),
    ("فروش ۱۵ مهر ۱۴۰۴", jalali(1404, 7, 15, 1404, 7, 15)),
    ("فروش 6 ماه گذشته", jalali(1405, 2, 31, 1405, 8, 30)),
    ("فروش ماه گذشته", Period.named("jalali_last_month", TODAY)),
    ("فروش پارسال", Period.named("jalali_last_year", TODAY)),
    ("فروش ۱۴۰۴/۰۷/۱۵", Period(from_jalali(1404, 7, 15), from_jalali(1404, 7, 15))),
    # What is Gregorian by its name or year stays so.
    ("فروش 2025", Period(date(2025, 1, 1), date(2025, 12, 31))),
    ("فروش ژانویه 2026", Period(date(2026, 1, 1), date(2026, 1, 31))),
    ("فروش ژانویه ۱۴۰۴", Period(date(2026, 1, 1), date(2026, 1, 31))),
    ("فروش فصل اول 2026", Period(date(2026, 1, 1), date(2026, 3, 31)))])
def test_persian_says_jalali_months_and_years(text: str, period: Period) -> None:
    assert cut(text).period == period and cut(text).measures == ("revenue",)


@pytest.mark.parametrize("text", ["orders of the 20% most profitable customers", "orders of the 20% of the most profitable customers"])
def test_a_part_beside_the_best_is_that_part(text: str) -> None:
    told = cut(text, ENGLISH)
    assert told.measures == ("orders",) and [f.to_text() for f in told.filters] == ["each.worth:top:20%"]
    assert [f.to_text() for f in cut("orders of the most profitable customers", ENGLISH).filters] == ["each.worth:top:10%"]


def test_months_apart_are_not_one_period() -> None:
    told = understand("فروش تیر و مهر", CATALOG, PERSIAN, today=TODAY, members=members)
    assert told.cut is not None and told.cut.period == jalali(1405, 4, 1, 1405, 4, 31) and told.not_understood == ("مهر",)


@pytest.mark.parametrize("text", ["مقایسه فروش مهر و آبان", "فروش مهر و آبان را مقایسه", "مقایسه فروش آبان با مهر", "مقایسه مهر تا آبان"])
@pytest.mark.parametrize("words", [PERSIAN, Words("fa")])
def test_two_months_compared_are_the_one_against_the_other(text: str, words: Words) -> None:
    told = understand(text, CATALOG, words, today=TODAY, members=members)
    assert told.cut is not None and told.cut.period == jalali(1405, 8, 1, 1405, 8, 30) and told.cut.compare == "previous" and told.cut.measures == ("revenue",)


def test_grains_are_those_of_the_calendar() -> None:
    assert cut("فروش ماهانه").grain == "jalali_month" and cut("فروش ماهانه 2025").grain == "month"
    assert cut("فروش ماهانه", calendar="gregorian").grain == "month"


def test_a_number_of_things_is_no_year() -> None:
    assert [f.to_text() for f in cut("بیش از 1400 سفارش").filters] == ["each.orders:at_least:1401"]


@pytest.mark.parametrize(("text", "period"), [
    ("revenue in Mehr 1404", jalali(1404, 7, 1, 1404, 7, 30)), ("revenue last month", Period.named("jalali_last_month", TODAY)), ("revenue in 1404", jalali(1404, 1, 1, 1404, 12, 29)),
    ("revenue in March 2026", Period(date(2026, 3, 1), date(2026, 3, 31))), ("revenue in October last year", Period(date(2025, 10, 1), date(2025, 10, 31)))])
def test_another_language_in_the_jalali_calendar(text: str, period: Period) -> None:
    assert cut(text, ENGLISH, "jalali").period == period


def test_another_language_in_its_own_calendar_knows_no_jalali_year() -> None:
    assert understand("revenue in 1404", CATALOG, ENGLISH, today=TODAY, members=members).not_understood
    assert cut("revenue last month", ENGLISH).period == Period.named("last_month", TODAY)


def test_a_prefix_is_tried_on_a_word_known_only_from_a_phrase() -> None:
    words = WordList((), ("in",))
    for phrase in (("inmonth", "this"), ("month",), ("instead",), ("stead",)):
        words.add(phrase)
    (one,), (other,) = pieces("inmonth"), pieces("instead")
    assert words.like(one) == {"inmonth": 1.0, "month": 0.97} and words.like(other) == {"instead": 1.0}


def test_a_little_word_as_written_is_no_other_word_bent() -> None:
    """A member "Its" must be typed as it is; "it" is only the little word."""
    def named(dimension):
        return [("7", "Ones"), ("8", "Aways")] if dimension == "branch" else []
    assert cut("revenue of it", ENGLISH).filters == ()
    told = understand("revenue most away", CATALOG, ENGLISH, today=TODAY, members=lambda d: [("7", "Mosts")] if d == "branch" else [])
    assert told.cut is not None and told.cut.filters == ()
    assert understand("revenue of ones", CATALOG, ENGLISH, today=TODAY, members=named).cut.filters[0].values == ("7",)  # type: ignore[union-attr]
