"""Language and form as a person wants them: kept, followed, told to nobody else; Persian digits, tomans, short words, either calendar."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from crm_data.accounts.preferences import CHOICES, Preferences, choose, choose_language, preferences_of
from crm_data.accounts.users import add_user, find_user
from crm_data.errors import InputError
from crm_data.model import appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words, preferred

LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def test_a_choice_is_kept_for_one_person_and_written_to_the_log(engine):
    dana, vera = (add_user(engine, name, role="viewer") for name in ("dana", "vera"))
    assert preferences_of(engine, dana) == Preferences()
    choose(engine, dana, "calendar", "jalali")
    choose(engine, dana, "calendar", "gregorian")
    choose(engine, dana, "digits", "persian")
    assert preferences_of(engine, dana) == Preferences(calendar="gregorian", digits="persian") and preferences_of(engine, vera) == Preferences()
    choose(engine, dana, "digits", "")
    assert preferences_of(engine, dana) == Preferences(calendar="gregorian")
    choose_language(engine, dana, "fa", ["en", "fa"])
    assert find_user(engine, "dana").language == "fa" and find_user(engine, "vera").language is None
    with engine.connect() as connection:
        actions = list(connection.execute(select(appdb.audit_log.c.action).where(appdb.audit_log.c.user_name == "dana")).scalars())
    assert actions.count("user.preference") == 5


@pytest.mark.parametrize(("name", "value"), [("calendar", "hebrew"), ("colour", "red"), ("digits", "roman")])
def test_what_cannot_be_chosen_is_refused(engine, name, value):
    with pytest.raises(InputError):
        choose(engine, add_user(engine, "dana", role="viewer"), name, value)


def test_a_language_the_product_has_not_is_refused(engine):
    with pytest.raises(InputError):
        choose_language(engine, add_user(engine, "dana", role="viewer"), "xx", ["en", "he"])


def test_what_was_not_chosen_follows_the_language():
    assert Preferences().filled("fa") == Preferences("jalali", "persian", "toman", "words")
    assert Preferences().filled("he") == Preferences("gregorian", "latin", "rial", "letters") == Preferences().filled("en")
    assert Preferences(calendar="gregorian").filled("fa").calendar == "gregorian" and Preferences(calendar="jalali").filled("en").calendar == "jalali"
    assert set(CHOICES) == set(vars(Preferences()))


def test_the_browsers_languages_are_tried_by_weight():
    known = {"en", "he", "fa"}
    assert preferred("de, en;q=0.5") == "en" == preferred(None) == preferred("") == preferred("x;q=high") == preferred("zz")
    if known <= set(__import__("crm_data.output.words", fromlist=["languages"]).languages()):
        assert preferred("en;q=0.3,fa-IR;q=0.9") == "fa" and preferred("iw-IL") == "he" and preferred("he;q=0, fa;q=0.1") == "fa"


def test_numbers_in_texts_take_the_digits_and_given_texts_do_not():
    words = Words("en", "persian")
    assert words.t("{n} of 12: {code}", n=7, code="C-7") == "۷ of ۱۲: C-7"
    assert words.n("{n} row", "{n} rows", 30) == "۳۰ rows" and words.t("by {p25} and 5") == "by {p25} and ۵"
    assert words.t("12|twelve") == "12|twelve" and Words("en").t("{n} of 12", n=7) == "7 of 12"


@pytest.fixture
def persian():
    return Formats(Words("fa", "persian"), "IRR", calendar="jalali", money="toman", short="words")


def test_rials_are_told_in_tomans_with_their_word(persian):
    assert persian.money(48_200_000) == f"{FSI}{LRI}۴٫۸۲{PDI}\xa0م\xa0تومان{PDI}"
    assert persian.money(-9_040_000) == f"{FSI}{LRI}−۹۰۴{PDI}\xa0هزار\xa0تومان{PDI}"
    assert persian.money(12_345, full=True) == f"{FSI}{LRI}۱٬۲۳۵{PDI}\xa0تومان{PDI}"
    assert persian.money(20_000_000, trim=True) == persian.axis(20_000_000, "money") == f"{FSI}{LRI}۲{PDI}\xa0م\xa0تومان{PDI}"
    # Heads of tables and files say what their amounts are told in; the data stays in rials.
    assert persian.symbol == persian.unit == "تومان" and persian.currency == "IRR"
    rials = Formats(Words("fa", "persian"), "IRR", money="rial", short="words").money(48_200_000)
    assert "۴۸٫۲" in rials and "تومان" not in rials
    assert "تومان" not in Formats(Words("fa", "persian"), "ILS", money="toman").money(5)


def test_persian_shares_counts_and_changes(persian):
    assert persian.share(0.331) == f"{LRI}۳۳٫۱٪{PDI}" and persian.count(5_647) == f"{LRI}۵٬۶۴۷{PDI}"
    assert persian.count(1_240_000) == f"{FSI}{LRI}۱٫۲۴{PDI}\xa0م{PDI}" and persian.part(0.001) == f"{LRI}<۱٪{PDI}"
    delta = persian.delta(90, 100)
    assert delta.text == f"{LRI}۱۰٫۰٪{PDI}" and (delta.arrow, delta.tone) == ("down", "bad")
    assert persian.count(-3) == f"{LRI}−۳{PDI}" and persian.number(-0.001) == f"{LRI}۰٫۰۰{PDI}"


def test_hebrew_short_numbers_by_letters_and_by_words():
    assert Formats(Words("he"), "ILS").money(4_820_000) == f"\u2067{LRI}4.82M{PDI}\xa0₪{PDI}"
    assert Formats(Words("he"), "ILS", short="words").money(904_000) == f"{FSI}{LRI}904{PDI}\xa0א׳\xa0₪{PDI}"
    assert Formats(Words("he"), "ILS", short="words").money(4_820_000) == f"{FSI}{LRI}4.82{PDI}\xa0מ׳\xa0₪{PDI}"


def test_a_unit_in_words_runs_as_its_word_does():
    hebrew = Formats(Words("he"), "ILS").value(3.2, "days")
    assert hebrew.startswith(f"{FSI}{LRI}3.2{PDI}") and hebrew.endswith(PDI)
    assert Formats(Words("en"), "ILS").value(3.2, "days") == "3.2 d"


def test_jalali_dates(persian):
    first, last = date(2026, 10, 23), date(2026, 11, 21)
    assert persian.day(last) == "۳۰ آبان ۱۴۰۵" and persian.period(first, last) == "آبان ۱۴۰۵"
    assert persian.period(first, date(2026, 11, 1)) == "۱–۱۰ آبان ۱۴۰۵" and persian.period(date(2025, 3, 21), date(2026, 3, 20)) == "۱۴۰۴"
    assert persian.period(date(2026, 3, 21), last) == "فروردین–آبان ۱۴۰۵" and persian.versus(date(2025, 10, 23), date(2025, 11, 21)) == "آبان ۰۴"
    assert persian.bucket(date(2026, 9, 23), "jalali_quarter") == "پاییز ۱۴۰۵" and persian.bucket(date(2026, 11, 1), "month") == "نوامبر ۲۰۲۶"
    english = Formats(Words("en"), calendar="jalali")
    assert english.period(first, last) == "Aban 1405" and english.day(date(2026, 3, 21)) == "1 Farvardin 1405" and english.month(first, short=True) == "Aba"
    assert english.bucket(date(2026, 9, 23), "jalali_quarter") == "Q3 1405" and english.bucket_short(first, "jalali_month") == ("Aba", 1405)
    assert Formats(Words("en")).bucket(first, "jalali_month") == "Aban 1405"
