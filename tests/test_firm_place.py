"""The firm's place: week, weekend and year by its country or as set, the same in cuts, asked words, targets, commands and on the page."""
from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.target_kinds import holding
from crm_data.analysis.working_days import places, weekend_at
from crm_data.cli import main
from crm_data.countries import FRIDAY, MON_FRI, SATURDAY, SUNDAY, THURSDAY
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import NAMED, Period, buckets, fiscal, fiscal_month
from crm_data.errors import InputError
from crm_data.model.snapshots import open_store
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.settings import load_settings
from pages.parts.filter_bar import name_of, offered_periods
from tests.importing import Firm, settings_in
from tests.page_runs import page_run, texts

DAY = date(2026, 11, 20)  # a Friday


def of(tmp_path, **more: str):
    return load_settings({"MABAT_HOME": str(tmp_path), **{f"MABAT_{name.upper()}": value for name, value in more.items()}})


@pytest.mark.parametrize(("more", "country", "week_start", "weekend"), [
    ({}, "IL", SUNDAY, {FRIDAY, SATURDAY}), ({"timezone": "Asia/Tehran"}, "IR", SATURDAY, {THURSDAY, FRIDAY}), ({"timezone": "Europe/Berlin"}, "DE", 0, {SATURDAY, SUNDAY}),
    ({"timezone": "America/New_York"}, "US", SUNDAY, {SATURDAY, SUNDAY}), ({"timezone": "UTC"}, "", 0, {SATURDAY, SUNDAY}), ({"country": "IR"}, "IR", SATURDAY, {THURSDAY, FRIDAY}),
    ({"country": "IR", "weekend": "friday"}, "IR", SATURDAY, {FRIDAY}), ({"country": "IL", "weekend": "Friday, saturday"}, "IL", SUNDAY, {FRIDAY, SATURDAY}),
    ({"weekend": "none"}, "IL", SUNDAY, set()), ({"country": "IR", "week_start": "6"}, "IR", SUNDAY, {THURSDAY, FRIDAY}), ({"country": "IR", "timezone": "Asia/Jerusalem"}, "IR", SATURDAY, {THURSDAY, FRIDAY})])
def test_what_the_settings_decide(tmp_path, more, country, week_start, weekend):
    settings = of(tmp_path, **more)
    assert (settings.country, settings.week_start, settings.weekend) == (country, week_start, frozenset(weekend))
    assert settings.place == {"week_start": week_start, "country": country, "weekend": frozenset(weekend)}


@pytest.mark.parametrize(("name", "value", "said"), [
    ("country", "Israel", "country code"), ("country", "ir", "country code"), ("country", "XX", "country code"), ("weekend", "fri", "days such as"), ("weekend", "friday;saturday", "days such as"),
    ("weekend", "monday,tuesday,wednesday,thursday,friday,saturday,sunday", "days such as"), ("week_start", "sunday", "from 0 to 6")])
def test_nonsense_is_refused(tmp_path, name, value, said):
    with pytest.raises(InputError, match=said):
        of(tmp_path, **{name: value})


def test_the_weekend_of_a_branch():
    friday = frozenset({FRIDAY})
    assert weekend_at("Iran", None, "IR", friday) == weekend_at("ایران", None, "IR", friday) == friday
    assert weekend_at(None, None, "IR", friday) == weekend_at("Atlantis", None, "IR", friday) == friday
    assert weekend_at("Israel", None, "IR", friday) == weekend_at(None, "Asia/Jerusalem", "IR", friday) == {FRIDAY, SATURDAY}
    assert weekend_at("Germany", None, "", MON_FRI) == MON_FRI


def test_branches_without_a_country_rest_as_the_firm_does(tmp_path):
    """September 2026 has 30 days, of which 4 are Fridays, 4 Saturdays, 4 Sundays and 4 Thursdays."""
    firm = Firm(tmp_path).files(branches="id,name,country\n1,Tabriz,\n2,Shiraz,Iran\n3,Haifa,Israel\n4,Bonn,Germany\n", days="id,day\n1,2026-09-01\n")
    firm.sql(branch="SELECT id AS source_id, name, country FROM raw.branches", work_calendar="SELECT id AS source_id, day, 'false' AS working FROM raw.days")
    firm.bring()
    month = date(2026, 9, 1), date(2026, 9, 30)

    def worked(**more: str) -> list[float]:
        settings = settings_in(tmp_path, **more)
        return [places(open_store(settings.warehouse, **settings.place).warehouse()).working("branch", name).worked(*month) for name in ("Tabriz", "Shiraz", "Haifa", "Bonn")]
    assert worked() == [21, 21, 21, 21]                                                # 1 September, a Tuesday, is nobody's
    assert worked(country="IR") == [21, 21, 21, 21]
    assert worked(country="IR", weekend="friday") == [25, 25, 21, 21]
    assert worked(country="DE", weekend="sunday") == [25, 21, 21, 25]


def test_a_firm_without_branches_rests_as_it_is_set(tmp_path):
    firm = Firm(tmp_path).files(days="id,day\n1,2026-09-01\n")
    firm.sql(work_calendar="SELECT id AS source_id, day, 'false' AS working FROM raw.days").bring()
    settings = settings_in(tmp_path, country="IR", weekend="friday")
    calendar = places(open_store(settings.warehouse, **settings.place).warehouse()).working("", None)
    assert calendar.worked(date(2026, 9, 1), date(2026, 9, 30)) == 25


@pytest.mark.parametrize(("country", "first"), [("IR", date(2026, 11, 14)), ("IL", date(2026, 11, 15)), ("GB", date(2026, 11, 16))])
def test_one_week_everywhere(truth_url, tmp_path, monkeypatch, country, first):
    """The cut of the command line, the catalog of the pages and the weeks of targets begin on one day: Saturday, Sunday or Monday."""
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    monkeypatch.setenv("MABAT_COUNTRY", country)
    settings = load_settings()
    warehouse = open_store(settings.warehouse, **settings.place).warehouse()
    catalog = catalog_for(warehouse)
    assert catalog.week_start == warehouse.week_start == settings.week_start and buckets(Period(DAY, DAY), "week", catalog.week_start) == (first,)
    assert holding("week", DAY, 1, catalog.week_start).first == first
    told = CliRunner().invoke(main, ["cut", "-m", "revenue", "--grain", "week", "--period", "month_to_date", "--format", "json"])
    assert told.exit_code == 0, told.output
    assert str(first) in told.output and all(date.fromisoformat(found).weekday() == settings.week_start for found in _weeks(json.loads(told.output)))


def _weeks(told: dict) -> list[str]:
    found = [row["period"][:10] for row in told["rows"]]
    assert len(found) >= 3
    return found


# The firm's own year ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "day", "first", "last"), [
    ("year_to_date_from_04", date(2026, 11, 20), date(2026, 4, 1), date(2026, 11, 20)), ("year_to_date_from_04", date(2026, 3, 31), date(2025, 4, 1), date(2026, 3, 31)),
    ("year_to_date_from_04", date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 1)), ("this_year_from_04", date(2026, 11, 20), date(2026, 4, 1), date(2027, 3, 31)),
    ("last_year_from_04", date(2026, 11, 20), date(2025, 4, 1), date(2026, 3, 31)), ("last_year_from_03", date(2025, 1, 1), date(2023, 3, 1), date(2024, 2, 29))])
def test_periods_of_the_firms_year(name, day, first, last):
    period = Period.named(name, day)
    assert (period.first, period.last, period.name) == (first, last, name) and Period.from_text(period.to_text(), day) == period


def test_they_are_compared_with_the_year_before():
    day = date(2026, 11, 20)
    to_date, whole = Period.named("year_to_date_from_04", day), Period.named("last_year_from_04", day)
    assert [(p.first, p.last) for p in (to_date.previous(), to_date.last_year())] == [(date(2025, 4, 1), date(2025, 11, 20))] * 2
    assert (whole.previous().first, whole.previous().last) == (date(2024, 4, 1), date(2025, 3, 31))
    this = Period.named("this_year_from_04", day).compared("previous", as_of=day)
    assert (this.first, this.last) == (date(2025, 4, 1), date(2025, 11, 20))


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(2, 12))
def test_a_year_of_the_firm_is_a_year_and_the_target_year_is_the_same(day, month):
    this, last = Period.named(fiscal("this_year", month), day), Period.named(fiscal("last_year", month), day)
    assert this.first <= day <= this.last and this.days in (365, 366) and (this.first - last.last).days == 1 and last.days in (365, 366)
    assert (this.first, this.last) == (holding("fiscal_year", day, month).first, holding("fiscal_year", day, month).last)


def test_they_are_offered_where_the_year_is_another():
    assert list(offered_periods("gregorian", 1)) == ["month_to_date", "last_month", "quarter_to_date", "year_to_date", "last_12_months", "last_year"]
    assert list(offered_periods("gregorian", 4))[-2:] == ["year_to_date_from_04", "last_year_from_04"] and len(offered_periods("jalali", 4)) == 8
    assert (name_of("year_to_date_from_04"), name_of("jalali_last_month"), name_of("last_year"), name_of("nothing")) == ("The firm’s year to date", "Last month", "Last year", "")
    assert fiscal("last_year", 1) == "last_year" and fiscal_month("last_year") is None and fiscal_month("last_year_from_11") == 11
    with pytest.raises(InputError) as refused:
        Period.named("year_to_date_from_13", DAY)
    assert "year_to_date" in str(refused.value) and "_from_" not in str(refused.value).replace("year_to_date_from_13", "") and "last_year_from_04" in NAMED


def test_the_strip_and_the_data_page_tell_it(truth_url, tmp_path, monkeypatch):
    monkeypatch.setenv("MABAT_FISCAL_YEAR_START", "4")
    at = page_run(monkeypatch, tmp_path, truth_url, "segments", query={"period": "year_to_date_from_04"})
    assert not at.exception and "1 Apr – 20 Nov 2026" in texts(at)
    monkeypatch.setenv("MABAT_COUNTRY", "IR")
    monkeypatch.setenv("MABAT_WEEKEND", "friday")
    told = texts(page_run(monkeypatch, tmp_path, truth_url, "data"))
    for line in ("- Country: **Iran**", "- The week begins on: **Saturday**", "- Days of rest: **Friday**", "- The firm’s year begins in: **April**", "Asia/Jerusalem"):
        assert line in told.replace("\\", ""), told


@pytest.mark.parametrize(("language", "calendar", "wanted"), [("he", "gregorian", ["איראן", "שבת", "שישי", "חמישי", "אפריל"]), ("fa", "jalali", ["ایران", "شنبه", "جمعه", "پنجشنبه", "آوریل"])])
def test_the_facts_are_in_the_readers_language(tmp_path, truth, language, calendar, wanted):
    from types import SimpleNamespace

    from pages.parts.firm_settings import facts
    words = Words(language)
    page = SimpleNamespace(words=words, formats=Formats(words, "IRR", calendar=calendar), warehouse=truth)
    values = " ".join(value for _, value in facts(page, of(tmp_path, country="IR", fiscal_year_start="4")))
    assert all(word in values.replace("\u200c", "") for word in wanted), values
