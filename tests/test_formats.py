"""Numbers and periods as people read them: compact and full, signs, isolates, changes and points."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from crm_data.output.formats import MINUS, Formats, plain
from crm_data.output.words import Words


@pytest.fixture
def en():
    return Formats(Words("en"), "ILS")


@pytest.mark.parametrize("value, text", [
    (4_822_000, "₪4.82M"), (904_300, "₪904K"), (-26_000, "−₪26K"), (5_400, "₪5.4K"), (999, "₪999"), (999.6, "₪1.0K"), (999_600, "₪1.00M"),
    (0, "₪0"), (-0.0, "₪0"), (Decimal("12.50"), "₪12.5"), (1_234_567_890, "₪1.23B"), (123_456_789, "₪123.5M"), (None, "–"), (float("nan"), "–"), (float("inf"), "–")])
def test_compact_money(en, value, text):
    assert en.money(value) == text


def test_full_money_rounds_half_up_and_keeps_cents_when_asked(en):
    assert en.money(4_822_310.5, full=True) == "₪4,822,311"
    assert en.money(Decimal("0.285"), full=True, decimals=2) == "₪0.29"
    assert en.money(-1234.5, full=True, decimals=2) == "−₪1,234.50"


def test_minus_is_real_and_zero_has_none(en):
    assert en.count(-3) == MINUS + "3"
    assert en.money(-0.001, full=True) == "₪0"
    assert "-" not in en.share(-0.034)


def test_counts_and_shares(en):
    assert en.count(5_647) == "5,647" and en.count(99_999) == "99,999" and en.count(1_240_000) == "1.24M" and en.count(1_240_000, full=True) == "1,240,000"
    assert en.share(0.3312) == "33.1%" and en.part(0.3349) == "33%" and en.part(0.001) == "<1%" and en.part(0) == "0%"
    assert en.number(4.2706) == "4.27" and en.number(41.26) == "41.3" and en.number(1234.5) == "1,235"


def test_units_by_word(en):
    assert en.value(3.24, "days") == "3.2 d" and en.value(2, "hours") == "2.0 h" and en.value(None, "days") == "–"
    assert en.value(0.5, "share") == "50.0%" and en.value(4.27, "score") == "4.27" and en.value(7, "count") == "7"


@pytest.mark.parametrize("now, before, unit, better, text, tone", [
    (109.1, 100, "money", "up", "↑ 9.1%", "good"), (97, 100, "money", "up", "↓ 3.0%", "bad"), (97, 100, "money", "down", "↓ 3.0%", "good"),
    (97, 100, "money", "none", "↓ 3.0%", "none"), (100, 100, "money", "up", "0.0%", "none"), (0.331, 0.343, "share", "up", "↓ 1.2 pts", "bad"),
    (100.01, 100, "money", "up", "0.0%", "none"), (1500, 100, "count", "up", "↑ ×15", "good"), (4.5, 4.2, "score", "up", "↑ 0.30", "good"),
    (10, -5, "money", "up", "↑ ₪15", "good"), (5, 0, "count", "up", "↑ 5", "good")])
def test_changes(en, now, before, unit, better, text, tone):
    delta = en.delta(now, before, unit, better)
    assert (delta.full, delta.tone) == (text, tone)


def test_no_change_without_both(en):
    assert en.delta(5, None).text == "" and en.delta(None, 5).text == "" and en.delta(0, 0).text == ""


def test_signed(en):
    assert en.signed(284_000, "money") == "+₪284K" and en.signed(-26_000, "money") == "−₪26K" and en.signed(0, "money") == "₪0"
    assert en.signed(-0.012, "share") == "−1.2 pts" and en.signed(0.012, "share") == "+1.2 pts" and en.signed(3, "count") == "+3"


def test_axis_values_lose_idle_zeros(en):
    assert en.axis(6_000_000, "money") == "₪6M" and en.axis(2_500_000, "money") == "₪2.5M" and en.axis(500_000, "money") == "₪500K"


def test_right_to_left_numbers_are_isolated():
    he = Formats(Words("he"), "ILS")
    # The sign of money comes after its number where one reads on to the left, and the minus stays before its digits.
    assert he.money(4_820_000) == "\u2067\u20664.82M\u2069\xa0₪\u2069"
    assert he.money(-26_000) == "\u2067\u2066−26K\u2069\xa0₪\u2069"
    assert Formats(Words("he"), "ILS", isolates=False).money(-26_000) == "−26K\xa0₪"
    assert Formats(Words("he"), isolates=False).count(3) == "3"
    assert "\u2066" in he.delta(110, 100).text and he.delta(110, 100).arrow == "up"


def test_currencies():
    assert Formats(Words("en"), "USD").money(1e6) == "$1.00M" and Formats(Words("en"), "CHF").money(1e6) == "CHF\xa01.00M"


def test_periods(en):
    assert en.period(date(2026, 11, 1), date(2026, 11, 20)) == "1–20 Nov 2026"
    assert en.period(date(2026, 11, 1), date(2026, 11, 30)) == "Nov 2026"
    assert en.period(date(2025, 12, 1), date(2026, 11, 30)) == "Dec 2025 – Nov 2026"
    assert en.period(date(2026, 1, 1), date(2026, 12, 31)) == "2026"
    assert en.period(date(2026, 1, 1), date(2026, 11, 20)) == "1 Jan – 20 Nov 2026"
    assert en.period(date(2025, 11, 21), date(2026, 11, 20)) == "21 Nov 2025 – 20 Nov 2026"
    assert en.period(date(2026, 2, 3), date(2026, 2, 3)) == "3 Feb 2026"


def test_short_names_of_periods(en):
    assert en.versus(date(2025, 11, 1), date(2025, 11, 20)) == "Nov ’25"
    assert en.bucket(date(2026, 7, 1), "quarter") == "Q3 2026" and en.bucket(date(2026, 7, 1), "month") == "Jul 2026"
    assert en.moment(datetime(2026, 11, 20, 6)) == "20 Nov 2026, 06:00"


def test_months_do_not_leak_between_languages():
    assert "נוב" in Formats(Words("he")).month(date(2026, 11, 1))
    assert "נוב" not in Formats(Words("fa")).month(date(2026, 11, 1))


def test_text_of_the_data_loses_direction_marks():
    assert plain("a\u202eexe.txt\u2066b") == "aexe.txtb" and plain(None) == ""


@pytest.mark.parametrize("language, currency, plus, minus", [
    ("en", "ILS", "₪4.82M", "−₪26K"), ("en", "USD", "$4.82M", "−$26K"), ("en", "EUR", "€4.82M", "−€26K"), ("en", "GBP", "£4.82M", "−£26K"), ("en", "IRR", "IRR\xa04.82M", "−IRR\xa026K"),
    ("he", "ILS", "4.82M\xa0₪", "−26K\xa0₪"), ("he", "USD", "4.82M\xa0$", "−26K\xa0$"), ("he", "EUR", "4.82M\xa0€", "−26K\xa0€"), ("he", "GBP", "4.82M\xa0£", "−26K\xa0£"),
    ("fa", "IRR", "4.82M\xa0ریال", "−26K\xa0ریال"), ("fa", "ILS", "₪\xa04.82M", "−₪\xa026K"), ("fa", "EUR", "€\xa04.82M", "−€\xa026K")])
def test_the_sign_of_money_stands_where_the_language_has_it(language, currency, plus, minus):
    formats = Formats(Words(language), currency)
    assert (plain(formats.money(4_820_000)), plain(formats.money(-26_000))) == (plus, minus)


@pytest.mark.parametrize("language, texts", [
    ("en", ("4.82 million toman", "904 thousand toman", "1.20 billion toman", "−26 thousand toman")),
    ("he", ("4.82 מ׳ טומאן", "904 א׳ טומאן", "1.20 מיליארד טומאן", "−26 א׳ טומאן")),
    ("fa", ("4.82 م تومان", "904 هزار تومان", "1.20 میلیارد تومان", "−26 هزار تومان"))])
def test_tomans_in_words(language, texts):
    formats = Formats(Words(language), "IRR", money="toman", short="words")
    assert tuple(plain(formats.money(v)).replace("\xa0", " ") for v in (48_200_000, 9_040_000, 12_000_000_000, -260_000)) == texts


def test_amounts_of_cells_stand_under_the_sign_of_their_head():
    toman = Formats(Words("en"), "IRR", money="toman")
    assert (toman.symbol, toman.unit, toman.currency, toman.times) == ("toman", "toman", "IRR", 10)
    assert toman.bare(toman.shown(12_345_670)) == "1,234,567" and toman.bare(toman.shown(845)) == "84.50" and toman.bare(toman.shown(-12_345_670), short=True, signed=True) == "−1.23M"
    assert toman.bare(toman.shown(12_000), signed=True) == "+1,200" and toman.bare(None) == "–"
    assert toman.average(845, "money") == "84.50\xa0toman" and toman.average(8450, "money") == "845\xa0toman", "cents by what is told, not by what is kept"
    shekel = Formats(Words("en"), "ILS", money="toman")
    assert (shekel.symbol, shekel.unit, shekel.times) == ("₪", "ILS", 1) and shekel.bare(shekel.shown(1234.5)) == "1,235"


def test_texts_tell_amounts_as_the_numbers_beside_them():
    toman = Formats(Words("fa", "persian"), "IRR", money="toman").words
    assert plain(toman.amount(Decimal("1000000"))) == "۱۰۰٬۰۰۰ تومان" and plain(toman.amount(Decimal("12345"))) == "۱٬۲۳۴٫۵ تومان"
    assert plain(toman.for_data(["demo"]).amount(Decimal(50))) == "۵ تومان" and Words("en").amount(Decimal("1000000")) == "1,000,000"
