"""Targets as a sheet, and the Targets page as it was known on a day: on the small firm, with what is typed put into the sheet."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from crm_data.analysis.target_store import Goal, all_targets, history, list_targets, set_target
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period, month_end
from crm_data.errors import InputError
from crm_data.model import appdb as tables
from pages.parts import target_grid
from pages.parts.target_grid_cells import read_number, shown
from tests.target_firm import SEPTEMBER, build
from tests.test_targets_page import HAIFA, make, metrics, show  # noqa: F401 - make is a fixture

OCTOBER = Goal("revenue", date(2026, 10, 1), date(2026, 10, 31), "branch", "Haifa")
YEAR = Goal("revenue", date(2026, 1, 1), date(2026, 12, 31), "branch", "Haifa")
FIRM_YEAR = Goal("revenue", date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("sheet"), "sheet")


@pytest.fixture
def paste(monkeypatch):
    """What is typed: (whose, period) -> text. It stays in the control until the sheet is drawn anew, as in a browser."""
    kept: dict[str, dict[tuple[str, str], str]] = {}
    wanted: dict[tuple[str, str], str] = {}

    def editor(page, ask, frame, key):
        cells = kept.setdefault(key, {})
        cells.update(wanted)
        wanted.clear()
        after = frame.copy()
        for (who, column), text in cells.items():
            after.loc[after["who"] == who, column] = text
        return after
    monkeypatch.setattr(target_grid, "editor", editor)

    def typed(who: str, first: date, last: date, text: str) -> None:
        wanted[who, Period(first, last).to_text()] = text
    return typed


def sheet(page, state=None) -> AppTest:
    def script(page):
        from crm_data.analysis.target_store import all_targets
        from pages.parts.target_grid import grid_body
        grid_body(page, all_targets(page.warehouse, page.appdb), "revenue")
    app = AppTest.from_function(script, args=(page,), default_timeout=60)
    for name, value in (state or {}).items():
        app.session_state[name] = value
    app = app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption, *app.error, *app.warning, *app.info)).replace("\\", "")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize(("text", "number"), [
    ("1200", 1200), ("1,200", 1200), ("1.200,50", 1200.5), ("1,200.50", 1200.5), ("1 200,5", 1200.5), ("1\u202f200", 1200), ("1'200", 1200), ("1.200.000", 1_200_000),
    ("٣", 3), ("۱۲۳٬۴۵۶٫۷", 123_456.7), ("₪ 1,200", 1200), ("(1,200)", -1200), ("−5", -5), ("\u200f7", 7), ("0,5", 0.5), ("0.125", 0.125), ("12.5", 12.5), ("  ", None), ("", None)])
def test_numbers_of_other_places_are_read(text, number):
    assert read_number(text, "money") == number


@pytest.mark.parametrize(("text", "says"), [
    ("1.200", "Write 1200 or 1.2"), ("1.2M", "not a number"), ("abc", "not a number"), ("1,20,000", "not a number"), ("1,2.3,4", "not a number"), ("1e15", "not a number"), ("nan", "not a number"),
    ("½", "not a number"), ("40%", "percentage"), ("=1+1", "not a number"), ("1/2", "not a number")])
def test_what_is_no_number_gets_a_sentence(text, says):
    with pytest.raises(InputError) as found:
        read_number(text, "money")
    assert says in str(found.value)


@pytest.mark.parametrize("value", [0.4, 0.07, 0.1234, 1.0, 0.333])
def test_shares_are_typed_in_per_cent_and_come_back_as_they_were(value):
    assert read_number(shown(value, "share"), "share") == value and read_number("40 %", "share") == 0.4


def test_setting_cells_writes_only_what_changed(make, paste):  # noqa: F811
    page = make()
    app = sheet(page)
    assert "Nothing is changed yet" in said(app) and not [b for b in app.button if b.key == "target_grid_save"]
    paste("Haifa", OCTOBER.first, OCTOBER.last, "1.200,50")
    paste("Berlin", *SEPTEMBER, "")
    app.run()
    text = said(app)
    assert "2 targets would change (1 new, 1 withdrawn)" in text and "₪436,000 → ₪327,200.50" in text
    app.text_input(key="target_grid_why").set_value("budget").run()
    press(app, "target_grid_save")
    assert [(v.value, v.why, v.who) for v in history(page.appdb, OCTOBER)] == [(1200.5, "budget", "Dana Levi")]
    # That of the data keeps what it was as its first version.
    assert [v.value for v in history(page.appdb, Goal("revenue", *SEPTEMBER, "branch", "Berlin"))] == [None, 110_000]
    assert len(list_targets(page.appdb)) == 1 and app.session_state["targets_said"] == "2 targets saved."


def test_the_year_before_and_ten_per_cent_more(make, paste):  # noqa: F811
    page = make()
    app = sheet(page, {"target_grid_year": 2027})
    app.number_input(key="target_grid_percent").set_value(10.0).run()
    press(app, "target_grid_copy")
    assert "5 cells filled from 2026" in said(app) and "5 targets would change (5 new)" in said(app) and "₪0 → ₪479,600" in said(app)
    press(app, "target_grid_undo")
    assert "Nothing is changed yet" in said(app)
    press(app, "target_grid_copy")
    press(app, "target_grid_save")
    found = {(t.goal.member, t.goal.first): t.value for t in list_targets(page.appdb)}
    september, august = date(2027, 9, 1), date(2027, 8, 1)
    assert found == {("Haifa", september): 198_000, ("Haifa", august): 88_000, ("Berlin", september): 121_000, ("Tehran", september): 60_500, ("Nazareth", september): 12_100}


@pytest.mark.parametrize("how", ["equal", "working_days", "last_year"])
def test_a_year_split_sums_to_it_exactly(make, paste, how):  # noqa: F811
    page = make()
    app = sheet(page)
    paste("Haifa", YEAR.first, YEAR.last, "1,000,000.01")
    app.run()
    assert "Haifa, 2026: the parts of the year sum to ₪260,000, the whole is ₪1,000,000.01: ₪740,000.01 missing. 10 of 12 parts have no target." in said(app)
    app.selectbox(key="target_grid_how").set_value(how).run()
    press(app, "target_grid_split")
    assert "1 row split" in said(app) and "missing" not in said(app)
    press(app, "target_grid_save")
    months = [t for t in list_targets(page.appdb) if t.goal.member == "Haifa" and t.goal != YEAR]
    assert sum(Decimal(repr(t.value)) for t in months) == Decimal("1000000.01") and all(t.goal.last == month_end(t.goal.first) for t in months)
    if how == "equal":
        assert len(months) == 12 and {t.value for t in months} == {83_333.33, 83_333.34}
    if how == "last_year":
        # A year ago Haifa sold in September 2025 (75,000) and nothing else; the last year known in full for all months is 2025.
        assert [(t.goal.first, t.value) for t in months] == [(date(2026, 9, 1), 1_000_000.01)]


def test_the_firm_against_its_branches(make, paste):  # noqa: F811
    app = sheet(make())
    paste("The whole firm", *SEPTEMBER, "350000")
    app.run()
    assert [e.label for e in app.expander] == ["1 whole differs from its parts: all sums"]
    assert "The whole firm, Sep 2026: the rows sum to ₪356,000, the whole is ₪350,000: ₪6,000 too much." in said(app)


def test_ratios_are_neither_summed_nor_split(make, paste):  # noqa: F811
    app = sheet(make(), {"target_grid_measure": "gross_margin"})
    paste("Haifa", OCTOBER.first, OCTOBER.last, "41.5 %")
    paste("The whole firm", *SEPTEMBER, "30")
    app.run()
    text = said(app)
    assert "neither split nor summed" in text and "sum to" not in text and not app.expander and "→" not in text and "2 targets would change" in text
    assert "target_grid_split" not in {b.key for b in app.button} and app.number_input(key="target_grid_percent").disabled


def test_refused_cells_are_named_and_nothing_is_written(make, paste):  # noqa: F811
    page = make()
    app = sheet(page)
    paste("Haifa", OCTOBER.first, OCTOBER.last, "-5")
    paste("Berlin", OCTOBER.first, OCTOBER.last, "1.200")
    paste("Tehran", OCTOBER.first, OCTOBER.last, "5000")
    app.run()
    text = said(app)
    assert "Haifa, Oct 2026: Revenue cannot be negative" in text and "Berlin, Oct 2026: “1.200” can be read in two ways. Write 1200 or 1.2." in text
    assert app.button(key="target_grid_save").disabled and list_targets(page.appdb) == []
    # What cannot be stays in its cell while the rest of the sheet is worked on.
    app.selectbox(key="target_grid_year").set_value(2027).run()
    assert "2 changes in other sheets are not saved yet" in said(app)
    app.selectbox(key="target_grid_year").set_value(2026).run()
    assert "Berlin, Oct 2026: “1.200”" in said(app)
    paste("Berlin", OCTOBER.first, OCTOBER.last, "1200")
    paste("Haifa", OCTOBER.first, OCTOBER.last, "5")
    app.run()
    press(app, "target_grid_save")
    assert sorted(t.value for t in list_targets(page.appdb)) == [5, 1200, 5000]


def test_what_somebody_else_changed_meanwhile_is_not_written_over(make, paste, monkeypatch):  # noqa: F811
    page = make()
    app = sheet(page)
    paste("Haifa", OCTOBER.first, OCTOBER.last, "100")
    app.run()
    from pages.parts import target_grid_save

    def late(warehouse, engine):
        set_target(page.appdb, OCTOBER, 777, user=page.user)
        return all_targets(warehouse, engine)
    monkeypatch.setattr(target_grid_save, "all_targets", late)
    press(app, "target_grid_save")
    assert "Somebody else changed Haifa, Oct 2026" in said(app) and [v.value for v in history(page.appdb, OCTOBER)] == [777]


def test_a_branch_manager_has_the_rows_of_the_branch_only(make):  # noqa: F811
    app = sheet(make(scope=Scope(frozenset({2}), None, True)))
    rows = list(app.dataframe[0].value["who"])
    assert rows == ["Haifa"]
    assert list(sheet(make()).dataframe[0].value["who"]) == ["The whole firm", "Berlin", "Group", "Haifa", "Nazareth", "Tehran"]


def test_by_quarters_and_by_years(make, paste):  # noqa: F811
    page = make()
    app = sheet(page, {"target_grid_step": "quarter"})
    assert len(app.dataframe[0].value.columns) == 1 + 1 + 4 if app.dataframe else True
    paste("Haifa", date(2026, 10, 1), date(2026, 12, 31), "300000")
    app.run()
    press(app, "target_grid_save")
    app = sheet(page, {"target_grid_step": "year"})
    paste("Haifa", date(2027, 1, 1), date(2027, 12, 31), "2000000")
    app.run()
    assert "target_grid_split" not in {b.key for b in app.button}
    press(app, "target_grid_save")
    assert {(t.goal.first, t.goal.last, t.value) for t in list_targets(page.appdb)} == {
        (date(2026, 10, 1), date(2026, 12, 31), 300_000), (date(2027, 1, 1), date(2027, 12, 31), 2_000_000)}


def test_the_sheet_is_for_who_may_set(make):  # noqa: F811
    assert "edit_grid" in {b.key for b in show(make()).button} and "edit_grid" not in {b.key for b in show(make(role="viewer")).button}
    assert "target_grid_copy" in {b.key for b in show(make(), state={"targets_grid": "revenue"}).button}
    assert "target_grid_copy" not in {b.key for b in show(make(role="viewer"), state={"targets_grid": "revenue"}).button}


def test_the_page_as_it_was_known_on_a_day(make):  # noqa: F811
    page = make()
    set_target(page.appdb, HAIFA, 100_000, user=page.user, why="first")
    set_target(page.appdb, HAIFA, 300_000, user=page.user, why="second")
    with page.appdb.begin() as connection:
        v = tables.target_version
        connection.execute(update(v).where(v.c.version == 1).values(created_at=datetime(2026, 9, 10, 8)))
    now = show(page)
    assert metrics(now)["Gap to target"] == "₪299K"
    then = show(page, query={"known": "2026-09-15"})
    assert not then.exception and metrics(then)["Gap to target"] == "₪99K"
    assert "as they were known at the end of 15 Sept 2026" in said(then)
    assert not {"set_target", "adopt_targets", "edit_grid"} & {b.key for b in then.button} and "targets_known_back" in {b.key for b in then.button}
    # Before anybody had set it, that of the data held.
    before = show(page, query={"known": "2026-09-09"})
    assert not before.exception and "9 Sept 2026" in said(before)
    then.date_input[0].set_value(date(2026, 9, 12)).run()
    assert then.query_params["known"] in ("2026-09-12", ["2026-09-12"]) and "end of 12 Sept 2026" in said(then)
    then.button(key="targets_known_back").click().run()
    assert metrics(then)["Gap to target"] == "₪299K" and "known" not in then.query_params


def test_a_target_opened_as_once_known_cannot_be_changed(make):  # noqa: F811
    from pages.parts.target_view import key_of
    page = make()
    app = show(page, state={"targets_open": key_of(HAIFA), "target_view_0": "stand"}, query={"known": "2026-09-15"})
    assert not app.exception
    assert "Change" not in offered(app) and "Versions" in offered(app)
    assert "Change" in offered(show(page, state={"targets_open": key_of(HAIFA), "target_view_0": "stand"}))


def offered(app: AppTest) -> list[str]:
    """The views of an opened target."""
    return [option.content for group in app.get("button_group") for option in group.proto.options]


@pytest.mark.parametrize(("text", "says"), [("2026-13-01", "is not a day"), ("yesterday", "is not a day"), ("2999-01-01", "has not come yet")])
def test_a_day_that_cannot_be_gets_a_sentence(make, text, says):  # noqa: F811
    app = show(make(), query={"known": text})
    assert not app.exception and says in said(app) and "edit_grid" in {b.key for b in app.button} and metrics(app)["Gap to target"] == "₪179K"
