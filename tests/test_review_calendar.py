"""A meeting by Jalali months: its numbers against sums by hand, reopened and closed, and the same for a reader of Gregorian days.

Paper (tests/truth, tests/review_firm.py). 1 Farvardin 1405 is 21 March 2026, so Aban 1405 is 23 October to 21 November and 20 November is its 29th.
As of 31 October (9 Aban): Azar O-5 100 · Dey O-6 2,000 · Bahman O-7 300 · Esfand O-8 150 · Farvardin O-9 110 + O-10 110 · Ordibehesht O-12 1,000 ·
Khordad O-14 110 · Tir none · Mordad O-15 950 · Shahrivar none · Mehr O-16 400 + O-17 2,590 · Aban O-18 115.
As of 20 November: Bahman with O-21 75 · Farvardin both undone · Khordad without Farid · Mehr O-16 450 · Aban O-18 115 + O-19 120.3333 + O-20 1,100.
"""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm_data.accounts.preferences import Preferences
from crm_data.analysis.meetings import change_agenda, change_review, create_review, get_review, list_reviews
from crm_data.analysis.review import Block
from crm_data.analysis.review_look import look
from crm_data.analysis.review_room import close_review, open_review
from crm_data.analysis.target_store import Goal, set_target
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period
from crm_data.errors import InputError
from crm_data.exports.review_pack import review_document
from crm_data.model import appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from tests.page_runs import ADMIN, page_run, texts
from tests.review_firm import FIRST, SECOND, engine, publish_two, store, two, two_url  # noqa: F401

ALL = Scope.everything()
BLOCKS = tuple(map(Block, ("changes", "segments", "ranking", "pipeline", "complaints")))
#: First days of the months Azar 1404 to Aban 1405, and the revenue of each at the two meetings.
STARTS = (date(2025, 11, 22), date(2025, 12, 22), date(2026, 1, 21), date(2026, 2, 20), date(2026, 3, 21), date(2026, 4, 21),
          date(2026, 5, 22), date(2026, 6, 22), date(2026, 7, 23), date(2026, 8, 23), date(2026, 9, 23), date(2026, 10, 23))
THEN = (100, 2000, 300, 150, 220, 1000, 110, 0, 950, 0, 2990, 115)
NOW = (100, 2000, 375, 150, 0, 1000, 0, 0, 950, 0, 3040, Decimal("1335.3333"))


@pytest.fixture
def meetings(engine, store):
    """A Gregorian meeting of 31 October, closed; the Jalali one of 20 November, open."""
    first = create_review(engine, ADMIN, store, held_on=FIRST, agenda=BLOCKS)
    close_review(engine, ADMIN, first.id, store, scope=ALL)
    return get_review(engine, ADMIN, first.id), create_review(engine, ADMIN, store, agenda=BLOCKS, calendar="jalali")


def looked(engine, store, review, kind: str):
    return look(Block(kind), open_review(engine, ADMIN, review.id, store), scope=ALL, engine=engine, user=ADMIN)


def by_month(answer) -> dict[date, object]:
    return {p.date() if hasattr(p, "date") else p: v for p, v in zip(answer.rows["period"], answer.rows["revenue"], strict=True)}


# Numbers --------------------------------------------------------------------------------------------------------
def test_the_months_of_a_meeting_are_those_of_its_calendar(engine, store, meetings):
    one = looked(engine, store, meetings[1], "changes").shown[0]
    assert one.cut.grain == "jalali_month" and one.cut.period == Period(STARTS[0], SECOND, calendar="jalali")
    assert by_month(one.answer) == dict(zip(STARTS, NOW, strict=True)) and by_month(one.then) == dict(zip(STARTS, THEN, strict=True))
    revenue = one.hero[0]
    # 29 days of Aban now and 9 of the same month then: days were only added, which is no judgement.
    assert (revenue.now, revenue.then, revenue.change) == (Decimal("1335.3333"), 115, Decimal("1220.3333"))
    assert (revenue.period.first, revenue.period.last, revenue.period_then.last, revenue.same_start, revenue.grown) == (STARTS[-1], SECOND, FIRST, True, True)
    assert (revenue.period.calendar, revenue.period_then.calendar) == ("jalali", "jalali")
    orders = next(f for f in one.hero if f.measure == "orders")
    assert (orders.now, orders.then) == (3, 1)


def test_what_was_restated_is_told_by_its_months(engine, store, meetings):
    told = {r.first: (r.last, r.then, r.now, r.unexplained) for r in looked(engine, store, meetings[1], "changes").restated if r.measure == "revenue"}
    assert told == {date(2026, 9, 23): (date(2026, 10, 22), 2990, 3040, 0), date(2026, 5, 22): (date(2026, 6, 21), 110, 0, 0),
                    date(2026, 3, 21): (date(2026, 4, 20), 220, 0, 0), date(2026, 1, 21): (date(2026, 2, 19), 300, 375, 0)}


def test_the_other_blocks_are_of_the_running_month_and_its_year(engine, store, meetings):
    by_branch = looked(engine, store, meetings[1], "segments").shown[0]
    assert by_branch.cut.period == Period(STARTS[-1], SECOND, "jalali_month_to_date")
    rows = {r["branch"]: r["revenue"] for r in by_branch.answer.rows.to_dict("records") if r["revenue"]}
    assert sorted(rows.values()) == [Decimal("235.3333"), 1100]
    # Against 1 to 29 Aban 1404, 23 October to 20 November 2025: O-3 1,000 + O-4 200.
    assert by_branch.answer.totals["revenue"] == Decimal("1335.3333") and by_branch.answer.totals_before["revenue"] == 1200
    assert looked(engine, store, meetings[1], "ranking").link.query["period"] == ("jalali_last_12_months",)
    # Avi in the 12 months since 30 Aban 1404, 21 November 2025, a day after O-4: O-16 450 + O-19 120.3333 now; 110 + 400 as of 31 October, since 10 Aban 1404
    # (1 November 2025), with O-4 200.
    avi = look(Block("customers", "", (("key", "truth:1"),)), open_review(engine, ADMIN, meetings[1].id, store), scope=ALL, engine=engine, user=ADMIN).lines[0].figures[0]
    assert (avi.now, avi.then, avi.period.first, avi.period_then.first) == (Decimal("570.3333"), 710, date(2025, 11, 21), date(2025, 11, 1))
    assert [s.cut.period.name or s.cut.grain for kind in ("pipeline", "complaints") for s in looked(engine, store, meetings[1], kind).shown] == ["jalali_month_to_date", "jalali_month"] * 2


def test_a_target_of_the_jalali_month_stands_beside_its_number(engine, store, meetings):
    set_target(engine, Goal("revenue", date(2026, 11, 1), date(2026, 11, 30)), 9000, user=ADMIN)
    assert looked(engine, store, meetings[1], "changes").hero[0].target is None
    set_target(engine, Goal("revenue", date(2026, 10, 23), date(2026, 11, 21)), 2000, user=ADMIN)
    assert looked(engine, store, meetings[1], "changes").hero[0].target == 2000


# Kept -----------------------------------------------------------------------------------------------------------
def test_the_calendar_stays_when_a_meeting_is_arranged_and_closed(engine, store, meetings):
    second = meetings[1]
    change_agenda(engine, ADMIN, second.id, BLOCKS[:2])
    change_review(engine, ADMIN, second.id, title="Aban")
    assert get_review(engine, ADMIN, second.id).calendar == "jalali"
    before = looked(engine, store, second, "changes")
    closed = close_review(engine, ADMIN, second.id, store, scope=ALL)
    assert closed.calendar == "jalali" and [b.kind for b in closed.agenda] == ["changes", "segments"]
    first = closed.figures[0]
    assert (first.measure, first.value, first.first, first.last) == ("revenue", Decimal("1335.3333"), STARTS[-1], SECOND)
    assert first.calendar == "jalali"
    again = looked(engine, store, second, "changes")
    assert [(f.measure, f.now, f.then, f.period) for f in again.hero] == [(f.measure, f.now, f.then, f.period) for f in before.hero]
    assert again.shown[0].cut == before.shown[0].cut and again.restated == before.restated


def test_a_meeting_is_gregorian_unless_it_says_otherwise(engine, store, meetings):
    first, _ = meetings
    with engine.connect() as connection:
        kept = [json.loads(text) for text in connection.execute(select(appdb.meeting.c.agenda).order_by(appdb.meeting.c.id)).scalars()]
        said = [json.loads(d) if isinstance(d, str) else d for d in connection.execute(select(appdb.audit_log.c.detail).where(appdb.audit_log.c.action == "review.create")).scalars()]
    assert first.calendar == "gregorian" and "calendar" not in kept[0] and kept[1]["calendar"] == "jalali"
    assert [d["calendar"] for d in said] == ["gregorian", "jalali"]
    shown = looked(engine, store, first, "changes").shown[0]
    assert shown.cut.grain == "month" and shown.hero[0].now == 3105
    with engine.begin() as connection:
        connection.execute(appdb.meeting.update().values(agenda=json.dumps({"blocks": [{"kind": "changes"}], "calendar": "lunar"})))
    assert get_review(engine, ADMIN, first.id).calendar == "gregorian"
    with pytest.raises(InputError, match="lunar"):
        create_review(engine, ADMIN, store, calendar="lunar")


# Readers --------------------------------------------------------------------------------------------------------
def test_files_hold_the_same_numbers_for_readers_of_either_calendar(engine, store, meetings):
    opened = open_review(engine, ADMIN, meetings[1].id, store)

    def made(calendar: str):
        words = Words("en", calendar=calendar)
        return review_document(opened, scope=ALL, engine=engine, user=ADMIN, words=words, formats=Formats(words, "ILS", calendar=calendar))
    theirs, own = made("gregorian"), made("jalali")
    for one, other in zip(theirs.parts, own.parts, strict=True):
        assert [h.value for h in one.heroes] == [h.value for h in other.heroes]
    rows, same = ({r["name"]: r for r in document.parts[0].sheet.rows} for document in (theirs, own))
    assert rows["Revenue"]["now"].number == same["Revenue"]["now"].number == pytest.approx(1335.3333)
    assert (rows["Revenue"]["days"], same["Revenue"]["days"]) == ("23 Oct – 20 Nov 2026", "1–29 Aban 1405")
    note = "by months of the Jalali calendar"
    assert note in theirs.passport.notes and note not in own.passport.notes
    assert any("Revenue · Mehr 1405 now reads ₪3,040" in line for part in theirs.parts for line in part.lines)


@pytest.mark.parametrize(("calendar", "days"), [("gregorian", "20 Nov 2026"), ("jalali", "29 Aban 1405")])
def test_every_reader_of_the_page_sees_the_same_numbers(monkeypatch, tmp_path, two_url, meetings, calendar, days):
    from pages import shell
    monkeypatch.setattr(shell, "preferences_of", lambda engine, user: Preferences(calendar=calendar))
    at = page_run(monkeypatch, tmp_path, two_url, "review", query={"review": str(meetings[1].id)})
    assert not at.exception
    said = texts(at)
    assert "| Revenue | **₪1.3K** | ₪115 |" in said and f"figures as of {days}" in said and "Revenue · Mehr 1405 now reads" in said
    drawn = str(at.get("plotly_chart")[0].proto)
    assert "Aban" in drawn and "Farvardin" in drawn and "Nov" not in drawn.replace("20 Nov 2026", "").replace("22 Nov 2025", "")
    assert ("by months of the Jalali calendar" in said) == (calendar == "gregorian")
    assert not page_run(monkeypatch, tmp_path, two_url, "review", query={"review": str(meetings[1].id), "present": "1"}).exception
    old = texts(page_run(monkeypatch, tmp_path, two_url, "review", query={"review": str(meetings[0].id)}))
    assert "₪3.1K" in old and ("by months of the Gregorian calendar" in old) == (calendar == "jalali")


@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_a_meeting_made_on_the_page_has_the_calendar_of_who_makes_it(monkeypatch, tmp_path, two_url, engine, calendar):
    from pages import shell
    from tests.dialog_runs import dialog_run
    monkeypatch.setattr(shell, "preferences_of", lambda engine, user: Preferences(calendar=calendar))
    at = dialog_run(monkeypatch, tmp_path, two_url, "review_meeting.new_body")
    at.button(key="review_start").click().run()
    assert not at.exception and [r.calendar for r in list_reviews(engine, ADMIN)] == [calendar]


# From the command line --------------------------------------------------------------------------------------------
def test_the_calendar_from_the_command_line(tmp_path, monkeypatch):
    from click.testing import CliRunner

    from crm_data.cli import main
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    publish_two(f"duckdb:///{tmp_path / 'warehouse'}", tmp_path)

    def run(*line: str, language: str = "en") -> str:
        found = CliRunner().invoke(main, ["--language", language, "review", *line])
        assert found.exit_code == 0, found.output
        return found.output
    assert json.loads(run("create", "--json"))["calendar"] == "gregorian"
    assert json.loads(run("create", "--json", language="fa"))["calendar"] == "jalali"
    assert json.loads(run("create", "--json", "--calendar", "gregorian", language="fa"))["calendar"] == "gregorian"
    assert json.loads(run("create", "--json", "--calendar", "jalali"))["calendar"] == "jalali"
    found = json.loads(run("show", "4", "--json"))
    revenue = found["blocks"][0]["figures"][0]["numbers"][0]
    assert (revenue["now"], revenue["from"], revenue["to"]) == (1335.3333, "2026-10-23", "2026-11-20")
    assert found["blocks"][0]["figures"][0]["cut"]["grain"] == ["jalali_month"]
    assert "by months of the Jalali calendar" in run("show", "4") and "by months" not in run("show", "1")
