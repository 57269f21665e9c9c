"""Days as each reader has them: in columns, in errors, in files, in targets of either calendar, and in the fields they are typed into."""
from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from urllib.parse import unquote

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from crm_data.analysis.findings import Said
from crm_data.analysis.phasing import Phasing, curve
from crm_data.analysis.review import Figure, Restated, Stored
from crm_data.analysis.target_course import course, cut_of, looked_at, monthly
from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.timeline import timeline
from crm_data.analysis.working_days import places
from crm_data.calendars import JALALI, from_jalali, to_jalali
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import Period
from crm_data.errors import InputError
from crm_data.exports.csv_out import to_csv
from crm_data.exports.document import Document, Part, Passport
from crm_data.exports.interactive import to_interactive
from crm_data.exports.report import to_html_report
from crm_data.exports.review_tables import figures_sheet, stored_sheet
from crm_data.exports.wording import formats_of, merged
from crm_data.exports.workbook import to_xlsx
from crm_data.output.dates import DateFormats
from crm_data.output.formats import Formats
from crm_data.output.review_words import restated_text
from crm_data.output.tables import Column, Sheet, cell_text
from crm_data.output.words import Words
from pages.parts.days import given
from pages.parts.target_heat import calendar_of_months
from pages.parts.timeline.view import EPOCH, story_data
from tests import target_firm

DAY, EVERYTHING = date(2026, 11, 20), Scope.everything()
NOVEMBER, ABAN = (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 10, 23), date(2026, 11, 21))


def formats(language: str, calendar: str = "gregorian", digits: str = "latin") -> Formats:
    return Formats(Words(language, digits, calendar=calendar), "ILS", calendar=calendar)


# Columns --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "calendar", "digits", "told"), [
    ("en", "gregorian", "latin", "20 Nov 2026"), ("he", "gregorian", "latin", "20.11.2026"), ("fa", "gregorian", "latin", "2026/11/20"), ("fa", "gregorian", "persian", "۲۰۲۶/۱۱/۲۰"),
    ("fa", "jalali", "persian", "۱۴۰۵/۰۸/۲۹"), ("fa", "jalali", "latin", "1405/08/29"), ("en", "jalali", "latin", "1405/08/29"), ("he", "jalali", "latin", "1405/08/29")])
def test_a_day_in_a_column(language, calendar, digits, told):
    own = formats(language, calendar, digits)
    assert own.day_figures(DAY) == told and cell_text(Column("day", "Day", "date"), DAY, own) == told
    assert own.day_figures(None) == "" and cell_text(Column("day", "Day", "date"), None, own) == ""


def test_jalali_days_of_a_column_sort_as_they_read():
    own = DateFormats("fa", "jalali", "persian")
    days = [date.fromordinal(date(2025, 1, 1).toordinal() + 13 * n) for n in range(90)]
    assert [own.day_figures(d) for d in days] == sorted(own.day_figures(d) for d in days)


def test_a_period_of_the_other_calendar_is_called_by_its_own_name():
    jalali, plain = DateFormats("en", "jalali"), DateFormats("en")
    assert jalali.called(*NOVEMBER) == "Nov 2026" and plain.called(*ABAN) == "Aban 1405"
    assert jalali.called(*ABAN) == "Aban 1405" and plain.called(*NOVEMBER) == "Nov 2026"
    assert jalali.called(date(2026, 1, 1), date(2026, 12, 31)) == "2026" and plain.called(date(2026, 3, 21), date(2027, 3, 20)) == "1405"
    assert jalali.called(DAY, DAY) == "29 Aban 1405" and plain.called(DAY, date(2026, 11, 25)) == "20–25 Nov 2026"


def test_an_ordinary_period_goes_by_its_own_calendar_not_by_its_days():
    """A firm of Gregorian dates whose data ends on 21 November has no Aban, whatever its days happen to be; a Jalali meeting has."""
    as_of, plain, jalali = ABAN[1], formats("en"), formats("en", "jalali")
    year, days = Period.named("last_12_months", as_of), Period.named("last_30_days", as_of)
    assert plain.dated(*year.dated) == "22 Nov 2025 – 21 Nov 2026" and plain.dated(*days.dated) == "23 Oct – 21 Nov 2026"
    assert plain.called(year.first, year.last) == "Azar 1404 – Aban 1405"
    assert jalali.dated(*days.dated) == "Aban 1405" and jalali.dated(*Period.named("last_30_days", NOVEMBER[1]).dated) == "10 Aban – 9 Azar 1405"
    own = Period.named("jalali_this_month", as_of)
    assert plain.dated(*own.dated) == jalali.dated(*own.dated) == "Aban 1405"
    assert jalali.dated(*Period(*NOVEMBER).dated) == plain.dated(*Period(*NOVEMBER).dated) == "Nov 2026"
    said = {name: Said("{period}", {"period": (unit, value)}) for name, unit, value in (("target", "period", ABAN), ("ordinary", "dated", days.dated))}
    assert said["target"].text(plain.words, plain) == "Aban 1405" and said["ordinary"].text(plain.words, plain) == "23 Oct – 21 Nov 2026"


def test_what_a_review_says_of_its_days_goes_by_its_calendar():
    plain, kept = formats("en"), Restated("revenue", "Revenue", "money", "up", *ABAN, 1, 2)
    assert "23 Oct – 21 Nov 2026" in restated_text(plain.words, plain, kept) and "Aban 1405" in restated_text(plain.words, plain, replace(kept, calendar="jalali"))
    stored = Stored(0, "revenue", None, *ABAN, "")
    told = [stored_sheet([replace(stored, calendar=c)], None, plain.words, plain).rows[0]["days"] for c in ("gregorian", "jalali")]
    assert told == ["23 Oct – 21 Nov 2026", "Aban 1405"]
    figure = Figure("revenue", "Revenue", "money", "up", 1, period=Period.named("last_30_days", ABAN[1]))
    told = [figures_sheet([replace(figure, period=p)], plain.words, plain).rows[0]["days"] for p in (figure.period, Period(*ABAN, calendar="jalali"))]
    assert told == ["23 Oct – 21 Nov 2026", "Aban 1405"]


def test_days_of_texts_and_errors_are_the_readers():
    wrong = pytest.raises(InputError, Period, date(2026, 11, 20), date(2026, 11, 1)).value
    assert str(wrong).startswith("The period ends on 2026-11-01, before it starts on 2026-11-20.")
    assert "1 Nov 2026" in Words("en").error(wrong) and "10 Aban 1405" in Words("en", calendar="jalali").error(wrong)
    persian = Words("fa", "persian", calendar="jalali").error(wrong)
    assert "۱۰ آبان ۱۴۰۵" in persian and "۲۹ آبان ۱۴۰۵" in persian
    assert Words("he", calendar="jalali").for_data(["demo"]).calendar == "jalali"


# The screen -----------------------------------------------------------------------------------------------------------
def _drawn(language: str, calendar: str, digits: str):
    def script(page, sheet):
        from pages.parts.table import table
        table(page, "t", sheet, on_cell=lambda row, name: None)
    own = formats(language, calendar, digits)
    page = SimpleNamespace(words=own.words, formats=own, theme="light", narrow=False)
    sheet = Sheet((Column("day", "Day", "date"), Column("part", "Part", "part", bar=True, width=118), Column("n", "Number", "count")),
                  ({"day": DAY, "part": 0.25, "n": 1234}, {"day": None, "part": None, "n": None}, {"day": date(2026, 3, 21), "part": 1.5, "n": 5}))
    at = AppTest.from_function(script, args=(page, sheet)).run()
    assert not at.exception
    return at.dataframe[0]


def _shown(grid) -> dict[str, list]:
    from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
    told = convert_arrow_bytes_to_pandas_df(grid.proto.arrow_data.styler.display_values)
    return {name: list(told[name]) for name in told}


def test_days_of_a_grid_are_told_as_read_and_stay_days():
    grid = _drawn("fa", "jalali", "persian")
    assert _shown(grid)["day"] == ["۱۴۰۵/۰۸/۲۹", "", "۱۴۰۵/۰۱/۰۱"] and list(grid.value["day"]) == [DAY, None, date(2026, 3, 21)]
    # A column with a format of its own would be written by the browser, in its own calendar.
    assert '"type": "date"' in grid.proto.columns and "YYYY" not in grid.proto.columns
    assert _shown(_drawn("he", "gregorian", "latin"))["day"] == ["20.11.2026", "", "21.03.2026"]


def test_a_bar_leaves_its_number_to_a_column_where_digits_are_persian():
    grid = _drawn("fa", "jalali", "persian")
    assert [c.strip("\u2066\u2069") for c in _shown(grid)["part"]] == ["۲۵٪", "–", "۱۵۰٪"]
    assert list(grid.value.columns) == ["day", "part", "part (bar)", "n"] and list(grid.value["part (bar)"])[0] == 25.0 and '"format": " "' in grid.proto.columns
    plain = _drawn("he", "gregorian", "latin")
    assert list(plain.value.columns) == ["day", "part", "n"] and '"format": "%.0f%%"' in plain.proto.columns


def _field(language: str, calendar: str, value: date | None, typed: str | None = None, needed: bool = False):
    def script(page, value, needed):
        import streamlit as st

        from pages.parts.days import day_input
        st.session_state["found"] = day_input(page, "Day", value, "day", lowest=page.today.replace(year=2000), highest=page.today.replace(year=2030), needed=needed)
    own = formats(language, calendar, "persian" if calendar == "jalali" else "latin")
    at = AppTest.from_function(script, args=(SimpleNamespace(words=own.words, formats=own, today=DAY), value, needed)).run()
    if typed is not None:
        at.text_input[0].set_value(typed).run()
    assert not at.exception
    return at, at.session_state["found"]


def test_whoever_reads_jalali_writes_the_day():
    at, found = _field("fa", "jalali", DAY)
    assert at.text_input[0].value == "۱۴۰۵/۰۸/۲۹" and found == DAY and not at.date_input
    for typed in ("1405/9/1", "۱۴۰۵-۰۹-۰۱", "2026-11-22", " ۲۰۲۶/۱۱/۲۲ "):
        assert _field("fa", "jalali", DAY, typed)[1] == date(2026, 11, 22)
    assert _field("fa", "jalali", DAY, "")[1] is None
    for typed, needed in (("۱۴۰۵/۱۳/۰۱", False), ("soon", False), ("1370/01/01", False), ("1420/01/01", False), ("", True)):
        with pytest.raises(InputError):
            given(_field("fa", "jalali", DAY, typed, needed)[1])


@pytest.mark.parametrize(("language", "form"), [("en", "DD/MM/YYYY"), ("he", "DD.MM.YYYY"), ("fa", "YYYY/MM/DD")])
def test_others_have_the_picker_in_their_order(language, form):
    at, found = _field(language, "gregorian", DAY)
    assert found == DAY and at.date_input[0].proto.format == form and not at.text_input
    assert _field(language, "gregorian", None)[1] is None


# Files ----------------------------------------------------------------------------------------------------------------
def _document(language: str, calendar: str, digits: str) -> Document:
    passport = Passport(currency="ILS", calendar=calendar, digits=digits)
    sheet = Sheet((Column("what", "What"), Column("day", "Day", "date"), Column("n", "Number", "count")),
                  ({"what": "Call", "day": DAY, "n": 1234}, {"what": "Visit", "day": None, "n": 5}), {"what": "All", "day": None, "n": 1239})
    return Document("Days", parts=(Part("Done", sheet=sheet, passport=passport),), passport=passport, language=language, rtl=language != "en")


def _cells(document: Document):
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx(document)))["Done"]
    return [[(c.value, c.number_format) for c in row] for row in page.iter_rows()]


@pytest.mark.parametrize(("language", "pattern"), [("en", "[$-809]d mmm yyyy"), ("he", "dd.mm.yyyy"), ("fa", "yyyy/mm/dd")])
def test_a_workbook_holds_real_days_in_the_languages_order(language, pattern):
    rows = _cells(_document(language, "gregorian", "latin"))
    assert [v for v, _ in rows[0]] == ["What", "Day", "Number"] and rows[1][1] == (datetime(2026, 11, 20), pattern) and rows[2][1][0] is None


def test_a_workbook_for_jalali_readers_has_the_text_before_the_day():
    head, call, visit, total = _cells(_document("fa", "jalali", "persian"))
    assert head[1][0] == "Day" and head[2][0] not in ("Day", "Number") and "Day" in head[2][0] and head[3][0] == "Number"
    assert call[1][0] == "۱۴۰۵/۰۸/۲۹" and call[2] == (datetime(2026, 11, 20), "yyyy/mm/dd") and call[3][0] == 1234
    assert visit[1][0] is None and visit[2][0] is None and total[0][0] == "All" and total[3][0] == 1239


def test_a_csv_is_the_same_for_everyone():
    made = {to_csv(_document(*who)) for who in (("en", "gregorian", "latin"), ("he", "gregorian", "latin"), ("fa", "jalali", "persian"))}
    assert len(made) == 1 and b"Call,2026-11-20,1234" in made.pop()


def test_a_report_tells_days_and_numbers_as_they_are_read():
    for made in (to_html_report, to_interactive):
        persian, hebrew = made(_document("fa", "jalali", "persian")), made(_document("he", "gregorian", "latin"))
        assert "۱۴۰۵/۰۸/۲۹" in persian and "۱٬۲۳۴" in persian and "2026-11-20" not in persian
        assert "20.11.2026" in hebrew and "1,234" in hebrew


def test_a_part_without_a_passport_has_the_documents_calendar():
    document = _document("fa", "jalali", "persian")
    bare = replace(document, parts=tuple(replace(p, passport=Passport()) for p in document.parts))
    assert merged(bare.parts[0], bare).calendar == "jalali" and merged(bare.parts[0], bare).digits == "persian"
    assert formats_of(bare).day(DAY) == "۲۹ آبان ۱۴۰۵" and formats_of(replace(bare, passport=Passport())).jalali is False


# Targets --------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return target_firm.build(tmp_path_factory.mktemp("dates"), "dates")


#: Shahrivar 1405 is 23 August to 22 September 2026, Mordad 23 July to 22 August; the data end on 15 September, 24 Shahrivar.
SHAHRIVAR, MORDAD = (date(2026, 8, 23), date(2026, 9, 22)), (date(2026, 7, 23), date(2026, 8, 22))


def test_jalali_months_of_attainment_are_reckoned_over_jalali_days(firm):
    """Haifa sold 100,000 on 20 August (Mordad) and 90,000 in September by the 15th (Shahrivar)."""
    known = [Target(Goal("revenue", *MORDAD, "branch", "Haifa"), 80_000.0), Target(Goal("revenue", *SHAHRIVAR, "branch", "Haifa"), 180_000.0)]
    found = monthly(known, "revenue", "branch", firm, scope=EVERYTHING, on=target_firm.AS_OF, firm=places(firm), members=["Haifa"], months=3, calendar="jalali")["Haifa"]
    assert [m.first for m in found] == [from_jalali(1405, n, 1) for n in (4, 5, 6)]
    assert [m.actual for m in found] == [None, 100_000.0, 90_000.0] and found[1].attained == 1.25 and [m.estimate for m in found] == [False, False, True]
    # The Gregorian months know nothing of these targets.
    plain = monthly(known, "revenue", "branch", firm, scope=EVERYTHING, on=target_firm.AS_OF, firm=places(firm), members=["Haifa"], months=3)["Haifa"]
    assert [m.attained for m in plain] == [None, None, None]


def test_months_of_branches_are_drawn_in_the_calendar_their_targets_have():
    jalali, plain = Target(Goal("revenue", *SHAHRIVAR, "branch", "Haifa"), 1.0), Target(Goal("revenue", *NOVEMBER, "branch", "Haifa"), 1.0)
    assert calendar_of_months([plain], "revenue", "jalali") == "gregorian" and calendar_of_months([jalali], "revenue", "gregorian") == "jalali"
    assert calendar_of_months([plain, jalali], "revenue", "jalali") == "jalali" and calendar_of_months([plain, jalali], "revenue", "gregorian") == "gregorian"
    assert calendar_of_months([], "revenue", "jalali") == "jalali" and calendar_of_months([plain], "orders", "jalali") == "jalali"


def test_a_jalali_months_course_is_beside_the_same_jalali_month_a_year_before(firm):
    """Esfand 1403 had 30 days, so that Farvardin 1404 begins on 21 March 2025, Farvardin 1405 on 21 March 2026, Farvardin 1404's year before on 20 March 2024."""
    first, last = from_jalali(1404, 1, 1), from_jalali(1404, 1, 31)
    before = {JALALI.shift(day, -12): float(n) for n, day in enumerate([date.fromordinal(first.toordinal() + i) for i in range(31)], 1)}
    assert min(before) == date(2024, 3, 20)
    goal, about = Goal("revenue", first, last), catalog_for(firm).measure("revenue")
    found = course(goal, 100.0, before, places(firm).working("", ""), about, last)
    assert [round(b - a) for a, b in zip((0.0, *found.last_year), found.last_year, strict=False)] == list(range(1, 32))


def test_a_jalali_years_last_year_has_its_first_day_read(firm):
    """Year 1404 begins on 21 March 2025, 1403 on 20 March 2024: 366 days, of which the 365 of 1404 step back to 365."""
    first, last = from_jalali(1404, 1, 1), from_jalali(1404, 12, 29)
    read = looked_at(first, last, last)
    assert (read.first, read.last) == (date(2024, 3, 20), last)
    assert looked_at(date(2026, 1, 1), date(2026, 12, 31), DAY).first == date(2025, 1, 1)
    days = {date.fromordinal(n): 100.0 for n in range(read.first.toordinal(), read.last.toordinal() + 1)}
    found = course(Goal("revenue", first, last), 100.0, days, places(firm).working("", ""), catalog_for(firm).measure("revenue"), last)
    assert found.last_year[:2] == (100.0, 200.0) and found.last_year[-1] == 36_500.0


def test_last_years_shape_of_a_jalali_target_is_that_of_the_jalali_year(firm):
    """All of last year's Farvardin on its first day, 20 March 2024: all of Farvardin 1404's target is due on its first."""
    first, last = from_jalali(1404, 1, 1), from_jalali(1404, 1, 31)
    found = curve(Phasing("last_year"), places(firm).working("", ""), first, last, {date(2024, 3, 20): 10.0})
    assert found.why == "" and found.shares[0] == 1.0
    # Of Gregorian months nothing changes: 1 April goes by 1 April.
    assert curve(Phasing("last_year"), places(firm).working("", ""), date(2025, 4, 1), date(2025, 4, 30), {date(2024, 4, 1): 10.0}).shares[0] == 1.0


@pytest.mark.parametrize(("days", "told"), [(SHAHRIVAR, "@jalali"), (NOVEMBER, "")])
def test_the_question_behind_a_target_keeps_its_calendar(firm, days, told):
    goal = Goal("revenue", *days)
    one = SimpleNamespace(goal=goal, parts=(), children=())
    assert cut_of(one, days[1], places(firm)).period.to_text() == f"{days[0]}..{days[1]}{told}"


# The story ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("calendar", "digits"), [("gregorian", "latin"), ("jalali", "persian")])
def test_events_stand_under_the_month_they_lie_in(truth, everything, calendar, digits):
    own, story = formats("fa", calendar, digits), timeline(truth, everything, 1)
    data = story_data(story, [], own.words, own)
    days = [date.fromordinal(EPOCH.toordinal() + d) for d in data["ev"]["d"]]
    assert [data["months"][m]["w"] for m in data["ev"]["m"]] == [own.month(day) for day in days]
    assert [m["n"] for m in data["months"]] == [data["ev"]["m"].count(i) for i in range(len(data["months"]))]
    years = [own.parts(day)[0] for day in (min(days), story.until)]
    assert [y["w"] for y in data["years"]] == [own.figures(y) for y in range(max(years[1], own.parts(max(days))[0]), years[0] - 1, -1)]
    assert all(own.parts(date.fromordinal(EPOCH.toordinal() + y["first"]))[1:] == (1, 1) for y in data["years"])
    assert all(a["first"] == b["last"] + 1 for a, b in zip(data["years"], data["years"][1:], strict=False))
    spans = [date.fromordinal(EPOCH.toordinal() + d) for d, _ in data["spans"]]
    assert spans[0] <= min(days) and all(own.parts(d)[2] == 1 for d in spans) and [w for _, w in data["spans"]] == [own.month(d) for d in spans]
    if calendar == "jalali":
        assert to_jalali(days[0])[0] == 1405 and data["years"][0]["w"] == "۱۴۰۵"


def test_the_link_of_a_file_keeps_the_calendar_of_its_months(truth, everything):
    from crm_data.cuts.cut import Cut
    from crm_data.exports.from_cut import cut_part
    own, cut = formats("fa", "jalali", "persian"), Cut(("revenue",), ("branch",), Period.named("jalali_year_to_date", truth.as_of))
    assert "2026-03-21..2026-11-20@jalali" in unquote(cut_part(cut, truth, everything, own.words, own, link="https://mabat.example/").passport.link)


def test_pages_of_a_report_are_counted_in_its_digits():
    assert "counter(page,persian)" in to_html_report(_document("fa", "jalali", "persian")) and "counter(page)" in to_html_report(_document("he", "gregorian", "latin"))
