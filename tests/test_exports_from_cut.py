"""A cut as a part of a file: every row, equal to what the cut says, under the viewer's own rights, with its passport."""
from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from crm_data.analysis.annotations import add_annotation
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import change
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.exports import from_cut
from crm_data.exports.csv_out import to_csv
from crm_data.exports.from_cut import chart_notes, cut_document, cut_part
from crm_data.exports.passport import passport_lines, scope_text
from crm_data.exports.workbook import to_xlsx
from crm_data.model.appdb import open_appdb
from crm_data.output.cut_sheet import count_rows, flat_sheet, sheet_rows
from crm_data.output.formats import Formats
from crm_data.output.views import View
from crm_data.output.words import Words

WORDS = Words("en")
FORMATS = Formats(WORDS, "ILS")
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
VIEWER = Scope(None, None, False)


def part_of(warehouse, scope, *measures, **options):
    return cut_part(Cut(measures, **{"period": YEAR, **options}), warehouse, scope, WORDS, FORMATS)


CUTS = [Cut(m, b, YEAR, g, (), c, "", True, t) for m, b, g, c, t in itertools.product(
    (("revenue", "orders", "average_order"), ("contacts", "csat")), ((), ("branch",), ("branch", "customer_type")), (None, "quarter"), ("none", "last_year", "previous"), (None, 2))
    if not (t and not b) and not (m[0] == "contacts" and len(b) > 1)]


@pytest.mark.parametrize("cut", CUTS, ids=lambda c: "-".join([*c.measures[:1], *c.by, c.grain or "", c.compare, str(c.limit or "")]))
def test_every_number_is_that_of_the_cut(truth, everything, cut):
    answer, part = ask(cut, truth, scope=everything), cut_part(cut, truth, everything, WORDS, FORMATS)
    matched = answer.matched().to_dict("records")
    rows = [r for r in part.sheet.rows if not r.get("_quiet")]
    assert len(rows) == len(matched) and part.row_count == len(part.sheet.rows)
    for mine, theirs in zip(rows, matched, strict=True):
        for m in cut.measures:
            assert mine[m] == theirs[m]
            if answer.before is not None:
                assert mine[f"{m}_before"] == theirs[f"{m}_before"]
    others = [r for r in part.sheet.rows if r.get("_quiet")]
    assert bool(others) == (answer.others is not None and bool(cut.by)) and all(others[0][m] == answer.others[m] for m in cut.measures if others)
    if cut.by or cut.grain:
        assert all(part.sheet.total[m] == answer.totals[m] for m in cut.measures)
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(cut_document(part, WORDS))))
    heads, cells = [c.name for c in part.sheet.columns], [[c.value for c in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    told = list(csv.reader(io.StringIO(to_csv(cut_document(part, WORDS)).decode("utf-8-sig"))))
    assert len(cells) == len(part.sheet.all_rows) == len(told) - 1
    for line, row in enumerate(part.sheet.all_rows):
        for m in cut.measures:
            at = heads.index(m)
            if row[m] is None:
                assert cells[line][at] is None and told[line + 1][at] == ""
            else:
                assert cells[line][at] == pytest.approx(float(row[m]), abs=5e-5) and float(told[line + 1][at]) == pytest.approx(float(row[m]), abs=5e-5)


def test_rows_made_one_by_one_are_those_of_the_frame(truth, everything):
    cut = Cut(("revenue", "gross_margin", "csat"), ("customer_type",), YEAR, compare="previous")
    answer = ask(cut, truth, scope=everything)
    view = View(WORDS, FORMATS, catalog_for(truth))
    made, matched = list(sheet_rows(view, answer, full=True)), answer.matched().to_dict("records")
    assert count_rows(answer, full=True) == len(made) == len(matched)
    for mine, theirs in zip(made, matched, strict=True):
        assert mine["revenue_change"] == (None if change(theirs["revenue"], theirs["revenue_before"]) is None else pytest.approx(theirs["revenue_change"]))
        assert (mine["revenue"], mine["revenue_before"]) == (theirs["revenue"], theirs["revenue_before"])


def test_a_change_of_a_score_is_a_difference_and_of_a_share_points(demo, everything):
    cut = Cut(("csat", "gross_margin", "revenue"), ("branch",), YEAR, compare="last_year")
    answer = ask(cut, demo, scope=everything)
    sheet = flat_sheet(View(WORDS, FORMATS, catalog_for(demo)), answer)
    kinds = {c.name: c.kind for c in sheet.columns}
    assert (kinds["csat_change"], kinds["gross_margin_change"], kinds["revenue_change"]) == ("difference", "points", "change")
    compared = 0
    for row, theirs in zip(sheet.rows, answer.matched().to_dict("records"), strict=True):
        if theirs["csat"] is not None and theirs["csat_before"] is not None:
            compared += 1
            assert row["csat_change"] == pytest.approx(theirs["csat"] - theirs["csat_before"])
    assert compared


def test_many_rows_are_handed_out_one_by_one(truth, everything, monkeypatch):
    held = part_of(truth, everything, "revenue", "orders", by=("customer",), compare="last_year")
    monkeypatch.setattr(from_cut, "MOST_HELD", 2)
    part = part_of(truth, everything, "revenue", "orders", by=("customer",), compare="last_year")
    assert part.sheet.rows == () and list(part.rows()) == list(held.sheet.rows) == list(part.rows()) and part.row_count == len(held.sheet.rows) > 2
    assert part.sheet.total == held.sheet.total
    strip = [[c.value for c in row] for row in openpyxl.load_workbook(io.BytesIO(to_xlsx(cut_document(part, WORDS)))).worksheets[0].rows]
    assert strip == [[c.value for c in row] for row in openpyxl.load_workbook(io.BytesIO(to_xlsx(cut_document(held, WORDS)))).worksheets[0].rows]


def test_too_many_marks_are_no_picture_and_that_is_said(truth, everything, monkeypatch):
    monkeypatch.setattr(from_cut, "MOST_DRAWN", 2)
    part = part_of(truth, everything, "revenue", by=("customer",))
    assert part.picture is None and "Too many rows to draw" in part.lines[0] and len(part.sheet.rows) > 2


def test_the_picture_is_light_and_the_title_says_what_is_shown(truth, everything):
    part = part_of(truth, everything, "revenue", by=("branch",), compare="last_year")
    assert part.title == "Revenue by branch, against last year" and part.sentence.startswith("1 Jan – 20 Nov 2026") and part.picture is not None
    assert part.heroes[0].label == "Revenue" and part.heroes[0].beside[0][0] == "1 Jan – 20 Nov 2025"
    assert part.heroes[0].value == FORMATS.average(ask(Cut(("revenue",), period=YEAR), truth, scope=everything).totals["revenue"], "money")
    assert cut_part(Cut(("revenue",), ("branch",), YEAR), truth, everything, WORDS, FORMATS, fig="treemap", title="Mine").title == "Mine"


def test_nothing_is_said_to_be_nothing(truth, everything):
    part = part_of(truth, everything, "revenue", by=("branch",), period=Period(date(2001, 1, 1), date(2001, 2, 1)))
    assert part.lines == ("Nothing in this period",) and part.picture is None and part.sheet.rows == ()


# Rights ---------------------------------------------------------------------------------------------------------------
def test_few_customers_stay_hidden_in_files(demo, everything):
    cut = Cut(("revenue", "customers"), ("city",), YEAR)
    answer, part = ask(cut, demo, scope=VIEWER), cut_part(cut, demo, VIEWER, WORDS, FORMATS)
    full = ask(cut, demo, scope=everything)
    secret = {(r["city"], r["revenue"]) for r in full.rows.to_dict("records")}
    hidden = [r for r in part.sheet.rows if r["revenue"] is None]
    assert answer.hidden_count and len(hidden) == sum(p == "rows" and m == "revenue" for p, _, m in answer.hidden) > 0
    document = cut_document(part, WORDS)
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(document)))
    numbers = {c.value for page in book for row in page.rows for c in row if isinstance(c.value, int | float)}
    gone = {float(round(v, 4)) for city, v in secret if city in {r["city"] for r in hidden} and v is not None}
    assert gone and not gone & numbers and not any(f"{v:.2f}" in to_csv(document).decode() for v in gone)
    assert any("rest on fewer than 5 customers" in note or "rests on fewer than 5 customers" in note for note in part.passport.notes)
    assert part.passport.scope == "All branches, without personal data"


def test_a_viewer_of_one_branch_gets_that_branch_alone(demo):
    with demo.engine.connect() as connection:
        from sqlalchemy import text
        number, name = connection.execute(text("select id, name from branch order by id limit 1")).one()
    scope = Scope(frozenset({number}), None, True)
    part = part_of(demo, scope, "revenue", by=("branch",))
    assert {r["branch"] for r in part.sheet.rows} == {name} and part.passport.scope == f"Only these branches: {name}"
    assert scope_text(WORDS, demo, Scope(frozenset(), None, False)) == "Only these branches: –, without personal data"


# The passport ---------------------------------------------------------------------------------------------------------
def test_the_passport_says_what_it_is_of(truth, everything):
    cut = Cut(("average_order",), ("branch",), YEAR, filters=(Filter("customer_type", "is", ("Students",)),), compare="last_year")
    part = cut_part(cut, truth, everything, WORDS, FORMATS, fig="bars", link="https://mabat.example", user=type("U", (), {"full_name": "Dana Levi"})())
    said = dict(passport_lines(part.passport))
    assert said["Filters"] == "1 Jan – 20 Nov 2026, both days included · Customer type: Students" and said["Comparison"] == "against 1 Jan – 20 Nov 2025"
    assert said["Seen by"] == "All branches" and said["Data to"] == "20 Nov 2026" and said["Snapshot"] == truth.snapshot and said["Made"].endswith("UTC, by Dana Levi")
    assert {"Average order", "Branch", "Customer type"} <= set(said) and any("do not add up" in n for n in part.passport.notes)
    assert part.passport.made_at.tzinfo is UTC and abs((datetime.now(UTC) - part.passport.made_at).total_seconds()) < 300


def test_the_days_of_the_passport_are_those_of_the_readers_calendar(truth, everything):
    """20 November 2026 is 29 Aban 1405."""
    words = Words("fa", "persian")
    formats = Formats(words, "ILS", calendar="jalali")
    part = cut_part(Cut(("revenue",), ("branch",), YEAR), truth, everything, words, formats, fig="bars")
    said = [text for _, text in passport_lines(part.passport, "fa")]
    assert "۲۹ آبان ۱۴۰۵" in said and not any("2026" in text for text in said if "UTC" not in text and truth.snapshot not in text)
    assert "20 Nov 2026" in [text for _, text in passport_lines(cut_part(Cut(("revenue",), ("branch",), YEAR), truth, everything, WORDS, FORMATS, fig="bars").passport)]


def test_the_link_opens_the_same_cut_of_the_same_days(truth, everything):
    cut = Cut(("revenue",), ("branch",), Period.named("last_12_months", truth.as_of), "month", (Filter("city", "is", ("Tel Aviv: A|B",)),), "last_year")
    link = cut_part(cut, truth, everything, WORDS, FORMATS, fig="lines", link="https://mabat.example/").passport.link
    query = parse_qs(urlsplit(link).query)
    again = Cut.from_link({k: v for k, v in query.items() if k != "fig"}, date(2030, 1, 1))
    days = ask(cut, truth, scope=everything).period
    assert link.startswith("https://mabat.example/explore?") and query["fig"] == ["lines"] and (again.period.first, again.period.last) == (days.first, days.last)
    assert again.filters == cut.filters and again.grain == "month" and again.compare == "last_year"
    assert cut_part(cut, truth, everything, WORDS, FORMATS, link="https://mabat.example/review?review=3").passport.link == "https://mabat.example/review?review=3"


def test_notes_on_days_stand_on_charts_over_time(truth, everything, tmp_path):
    engine = open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    add_annotation(engine, type("U", (), {"id": None, "name": "dana", "may_write": True})(), date(2026, 10, 16), "Price list changed")
    answer = ask(Cut(("revenue",), (), YEAR, "month"), truth, scope=everything)
    notes = chart_notes(engine, answer, truth, everything, FORMATS)
    assert [(n.day, n.text, n.said) for n in notes] == [(date(2026, 10, 16), "Price list changed", "16 Oct")]
    with_notes = cut_part(answer.cut, truth, everything, WORDS, FORMATS, notes=notes)
    assert "Price list changed" in with_notes.picture.alt and chart_notes(engine, ask(Cut(("revenue",), ("branch",), YEAR), truth, scope=everything), truth, everything, FORMATS) == ()


def test_amounts_keep_their_cents(truth, everything):
    part = part_of(truth, everything, "revenue")
    value = part.sheet.rows[0]["revenue"]
    assert isinstance(value, Decimal) and to_csv(cut_document(part, WORDS)).decode("utf-8-sig").splitlines()[1].startswith(f"{float(value):.10g}")
