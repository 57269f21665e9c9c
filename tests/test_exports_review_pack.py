"""A whole review as a document: the numbers of the meeting, what reads differently, decisions; and nothing a viewer may not see."""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import text

from crm_data.accounts.users import User
from crm_data.analysis.decisions import add_decision
from crm_data.analysis.meetings import create_review
from crm_data.analysis.review import Block, Figure
from crm_data.analysis.review_look import look
from crm_data.analysis.review_room import open_review
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.exports.cells import Told
from crm_data.exports.csv_out import cell
from crm_data.exports.review_pack import opened_document, review_document
from crm_data.exports.review_words import hero_of, told_change
from crm_data.exports.workbook import to_xlsx
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from tests.review_firm import FIRST, SECOND, two, two_url  # noqa: F401

WORDS = Words("en")
FORMATS = Formats(WORDS, "ILS")
BOSS = User(1, "boss", "Boss", "administrator", None)


@pytest.fixture
def engine(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def second(engine, two_url, everything):
    """The second meeting, with a decision of the first and blocks of every simple kind."""
    store = open_store(two_url)
    first = create_review(engine, BOSS, store, held_on=FIRST, title="October")
    year = Cut(("revenue",), (), Period.named("year_to_date", FIRST))
    then = open_review(engine, BOSS, first.id, store).warehouse
    add_decision(engine, BOSS, first.id, "=Call Farid", owner_name="Dana", due_on=date(2026, 11, 10), cut=year, measure="revenue", warehouse=then, scope=everything)
    link = '{"m": ["revenue"], "by": ["branch"], "period": ["last_month"], "fig": ["bars"]}'
    agenda = (Block("changes"), Block("segments"), Block("ranking"), Block("complaints"), Block("decisions"), Block("cut", "By branch", (("link", link),)),
              Block("note", "Before we go", (("text", "=1+1\nSecond line"),)), Block("customers", "", (("key", "nobody:1"),)))
    return create_review(engine, BOSS, store, held_on=SECOND, title="November", participants=("Dana", "Avi"), agenda=agenda)


def made(engine, review, two_url, scope):
    return opened_document(engine, BOSS, review.id, open_store(two_url), scope, WORDS, link="https://mabat.example")


def test_the_document_holds_the_meeting(engine, second, two_url, everything):
    document = made(engine, second, two_url, everything)
    assert document.title == "November" and document.subtitle == "20 Nov 2026 · Dana, Avi" and document.passport.link == f"https://mabat.example/review?review={second.id}"
    titles = [p.title for p in document.parts]
    assert titles[0] == "What changed since last time" and "By branch" in titles and "Before we go" in titles
    assert any("Last meeting: 31 Oct 2026" in note for note in document.passport.notes)
    note = next(p for p in document.parts if p.title == "Before we go")
    assert note.lines == ("=1+1", "Second line")
    gone = next(p for p in document.parts if p.title == "Customers")
    assert "gone from the data" in gone.lines[0]


def test_numbers_are_those_the_review_shows(engine, second, two_url, everything):
    opened = open_review(engine, BOSS, second.id, open_store(two_url))
    document = review_document(opened, scope=everything, engine=engine, user=BOSS, words=WORDS, formats=FORMATS)
    looked = look(Block("changes"), opened, scope=everything, engine=engine, user=BOSS)
    rows = {r["name"]: r for r in document.parts[0].sheet.rows}
    assert len(rows) == len(looked.hero)
    for figure in looked.hero:
        row = rows[figure.label]
        assert row["now"].number == pytest.approx(float(figure.now)) and str(row["now"]) == FORMATS.average(figure.now, figure.unit)
        assert (row["then"].number if row["then"] is not None else None) == (None if figure.then is None else pytest.approx(float(figure.then)))
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx(document))).worksheets[0]
    revenue = next(r for r in page.rows if r[0].value == "Revenue")
    assert revenue[2].value == pytest.approx(float(next(f.now for f in looked.hero if f.measure == "revenue"))) and revenue[2].number_format == '"₪"#,##0.00'


def test_what_reads_differently_is_said(engine, second, two_url, everything):
    said = [line for part in made(engine, second, two_url, everything).parts for line in part.lines]
    assert any("now reads" in line and "at the last meeting it read" in line for line in said)


def test_decisions_come_with_their_number(engine, second, two_url, everything):
    part = next(p for p in made(engine, second, two_url, everything).parts if p.title == "Decisions due")
    row, = part.sheet.rows
    assert row["text"] == "=Call Farid" and row["owner"] == "Dana" and row["due"] == date(2026, 11, 10) and row["state"] == "open" and row["measure"] == "Revenue"
    assert isinstance(row["then"], Told) and isinstance(row["now"], Told) and row["then"].kind == "money"
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx(made(engine, second, two_url, everything))))["Decisions due"]
    assert page["A2"].value == "=Call Farid" and page["A2"].data_type == "s"


def test_a_viewer_without_personal_data_finds_no_name(engine, two_url, demo_url):
    store = open_store(demo_url)
    review = create_review(engine, BOSS, store, title="Weekly")
    with store.warehouse().engine.connect() as connection:
        names = {n for (n,) in connection.execute(text("select name from customer where name is not null")) if len(n) > 6}
        branches = {n for (n,) in connection.execute(text("select name from branch"))} | {n for (n,) in connection.execute(text("select name from staff"))}
    full = made(engine, review, demo_url, Scope.everything())
    limited = made(engine, review, demo_url, Scope(None, None, False))
    assert any(n in _bytes(full) for n in names)
    assert not [n for n in names - branches if n in _bytes(limited)]
    assert limited.passport.scope == "All branches, without personal data"


def _bytes(document) -> str:
    with zipfile.ZipFile(io.BytesIO(to_xlsx(document))) as inside:
        return "".join(inside.read(n).decode("utf-8", "replace") for n in inside.namelist()) + repr([p.picture.figure.to_json() for p in document.parts if p.picture])


def test_a_gone_snapshot_leaves_what_was_stored(engine, second, two_url, everything):
    from dataclasses import replace
    from decimal import Decimal

    from crm_data.analysis.review import Stored
    opened = open_review(engine, BOSS, second.id, open_store(two_url))
    review = replace(opened.review, figures=(Stored(0, "revenue", Decimal("12.5"), date(2026, 11, 1), date(2026, 11, 20), everything.key),))
    document = review_document(replace(opened, review=review, warehouse=None, then=None, gone="S9"), scope=everything, engine=engine, user=BOSS, words=WORDS, formats=FORMATS)
    assert document.parts[0].sheet.rows[0]["value"].number == 12.5 and "S9" in document.parts[0].lines[0] and document.passport.snapshot == "S9"
    hidden = review_document(replace(opened, review=review, warehouse=None, then=None, gone="S9"), scope=Scope(None, None, False), engine=engine, user=BOSS, words=WORDS, formats=FORMATS)
    assert hidden.parts[0].sheet is None and "12.5" not in repr(hidden.parts[0])


def test_numbers_of_several_units_in_one_column():
    figure = Figure("gross_margin", "Gross margin", "share", "up", 0.42, 0.40, True)
    change = told_change(figure, FORMATS)
    assert change.number == pytest.approx(0.02) and change.kind == "points" and float(cell(change)) == pytest.approx(0.02)
    hero = hero_of(figure, WORDS, FORMATS)
    assert hero.value == "42.0%" and hero.tone == "good" and ("Last meeting", "40.0%") in hero.beside
    other = Figure("revenue", "Revenue", "money", "up", 5, 9, True, same_start=False)
    assert told_change(other, FORMATS) is None and hero_of(other, WORDS, FORMATS).change == ""
