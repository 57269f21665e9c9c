"""Frames: what goes wrong stays inside, rows add up to the number, links and names are safe, exports are written down."""
from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model import appdb as model
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.explain import sections
from pages.parts.figure import Content
from pages.parts.figure_menu import page_audit
from pages.parts.rows_dialog import rows_sheet, same


@pytest.fixture
def page(truth, tmp_path):
    words = Words("en")
    return SimpleNamespace(words=words, formats=Formats(words, "ILS"), catalog=catalog_for(truth), warehouse=truth, scope=Scope.everything(), theme="light",
                           narrow=False, appdb=open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), user=SimpleNamespace(id=None, name="Dana"))


def test_what_goes_wrong_in_a_frame_stays_in_it(page):
    def script(page):
        from crm_data.errors import InputError
        from pages.parts.figure import frame

        def refused():
            raise InputError("Not {what}.", what="this")

        def broken():
            raise RuntimeError("secret")
        frame(page, "a", "First", content=refused)
        frame(page, "b", "Second", content=broken)
        frame(page, "c", "Third *one*", "and a sentence")
    app = AppTest.from_function(script, args=(page,)).run()
    said = "\n".join(str(e.value) for e in (*app.markdown, *app.caption))
    assert not app.exception and "Not this." in said and "secret" not in said and "Something went wrong here" in said
    assert "## Third \\*one\\*\nand a sentence" in said


@pytest.mark.parametrize("measure, filters", [("revenue", ()), ("revenue", (Filter("branch", "is", ("Haifa",)),)), ("contacts", ()), ("open_balance", ()), ("customers", ()),
                                              ("worth", ()), ("won_value", ())])
def test_rows_behind_add_up_to_the_number_and_name_their_customers(page, measure, filters):
    cut = Cut((measure,), period=Period.named("year_to_date", page.warehouse.as_of), filters=filters)
    number = ask(cut, page.warehouse, scope=page.scope).totals[measure]
    behind = rows_behind(cut, page.warehouse, scope=page.scope, measure=measure)
    assert behind.exact and same(behind.total, number)
    sheet = rows_sheet(page, behind, measure)
    assert len(sheet.rows) == behind.count and sheet.columns[0].name == "day"
    links = [r["customer"] for r in sheet.rows if r["customer"]]
    assert links and all(text.startswith("customer?id=") and "#" in text for text in links)
    assert not any(str(r["customer"]).startswith("customer?id=") for r in rows_sheet(page, behind, measure, links=False).rows)


def test_equal_to_the_last_cent():
    assert same(Decimal("10.004"), 10.0) and not same(Decimal("10.01"), 10.0) and same(0.5, 0.5000000001) and not same(1, None) and same(None, None)


def test_explaining_gives_definition_denominator_filters_and_coverage(page):
    cut = Cut(("win_rate",), by=("age_band",), period=Period.named("year_to_date", page.warehouse.as_of), filters=(Filter("party", "is", ("person",)),), compare="last_year")
    answer = ask(cut, page.warehouse, scope=page.scope)
    said = {head: " ".join(lines) for head, lines in sections(page, Content(cut=cut, answer=answer, notes=("A note.",)))}
    assert "won and lost" in said["Definition"] and "do not add up" in said["Definition"]
    assert "Person or company: Person" in said["Period and filters"] and "Compared with" in said["Period and filters"]
    assert "known for" in said["How much is known"] and said["Notes"] == "A note." and "ILS" in said["Data"]


def test_exports_are_written_into_the_audit(page):
    page_audit(page, "export", {"what": "Revenue by branch", "rows": 3, "format": "csv"})
    with page.appdb.connect() as connection:
        row = connection.execute(select(model.audit_log)).mappings().one()
    assert row["action"] == "export" and row["user_name"] == "Dana" and "Revenue by branch" in str(row["detail"])
