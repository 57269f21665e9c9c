"""Exports on the screen: what each frame and page takes along, in which formats, under whose rights, and that every file is logged."""
from __future__ import annotations

import io
import json

import openpyxl
import pytest
from pptx import Presentation
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from crm_data.accounts.users import ensure_administrator
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model import appdb as model
from crm_data.model.appdb import open_appdb
from pages.parts import export_jobs
from tests.page_runs import ADMIN

YEAR = {"period": "2025-01-01..2025-12-31", "vs": "last_year"}
PAGES = ("today", "segments", "explore", "team", "rankings", "worth", "tiers", "pipeline")
LINK = "http://localhost/somewhere?period=last_year"


@pytest.fixture(autouse=True)
def clean():
    yield
    export_jobs.close()


def _script(name: str, key: str, link: str) -> None:
    from pages import shell
    from pages.parts import export_dialog, frames
    from pages.parts.frames import Framed
    shell.show(next(s for s in shell.PAGES if s.name == name))()
    standing = frames.standing()
    if key == "page" and standing:
        export_dialog.page_body(standing[0].page, "The page", standing, link)
    one = next((f for f in standing if isinstance(f, Framed) and f.key == key), None)
    if one is not None:
        export_dialog.frame_body(one.page, one, link)


@pytest.fixture
def opened(monkeypatch, tmp_path, truth_url):
    """A function that draws a page with the inside of an export dialog under it."""
    def open_(name: str, key: str, query: dict | None = None, scope: Scope | None = None, dark: bool = False) -> AppTest:
        from pages import shell
        monkeypatch.setenv("MABAT_HOME", str(tmp_path))
        monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
        monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
        monkeypatch.setattr(shell, "current_user", lambda: ADMIN)
        # Without a browser there is no cookie of a session.
        monkeypatch.setattr(export_jobs, "owner_of", lambda session, user: f"session of {user}")
        if scope is not None:
            monkeypatch.setattr(shell, "scope_of", lambda user, warehouse: scope)
        ensure_administrator(open_appdb(f"sqlite:///{tmp_path / 'app.db'}"))
        app = AppTest.from_function(_script, kwargs={"name": name, "key": key, "link": LINK}, default_timeout=90)
        for one, value in (query or YEAR).items():
            app.query_params[one] = value
        app.run()
        assert not app.exception, app.exception
        return app
    return open_


def press(app: AppTest, key: str, ending: str):
    """Ask for a format; the finished job."""
    app.button(key=f"export_{key}_{ending}_go").click().run()
    assert not app.exception, app.exception
    state = app.session_state[f"_export_{key}"]
    assert "error" not in state, state
    job = state["job"]
    assert job.over.wait(60) and job.state == "ready", (job.state, job.error)
    return job


def logged(tmp_path) -> list[dict]:
    with open_appdb(f"sqlite:///{tmp_path / 'app.db'}").connect() as connection:
        return [json.loads(r.detail) if isinstance(r.detail, str) else r.detail for r in connection.execute(select(model.audit_log).where(model.audit_log.c.action == "export"))]


def test_a_frame_as_a_workbook_holds_the_numbers_of_the_data_with_its_total(opened, truth, tmp_path):
    app = opened("segments", "bars", {**YEAR, "by": "branch"})
    job = press(app, "bars", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(job.path.read_bytes())).worksheets[0]
    rows = [[c.value for c in r] for r in sheet.iter_rows()]
    answer = ask(Cut(("revenue",), by=("branch",), period=Period.from_text(YEAR["period"], truth.as_of)), truth, scope=Scope.everything())
    wanted = {r["branch"]: float(r["revenue"]) for r in answer.rows.to_dict("records") if r["branch"]}
    found = {r[0]: r[1] for r in rows[1:]}
    assert {name: pytest.approx(value) for name, value in wanted.items()}.items() <= found.items()
    assert rows[-1][1] == pytest.approx(float(answer.totals["revenue"]))
    [line] = logged(tmp_path)
    assert line["format"] == "xlsx" and line["rows"] == len(rows) - 2 and line["bytes"] == job.size and "cut" in line and line["what"]


def test_clicking_twice_makes_and_logs_one_file(opened, tmp_path):
    app = opened("segments", "bars")
    first = press(app, "bars", "csv")
    assert press(app, "bars", "csv") is first and len(logged(tmp_path)) == 1
    assert first.path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_taken_along_whole_as_a_workbook_and_as_slides(opened, name):
    app = opened(name, "page")
    titles = [m.value for m in app.markdown if m.value.startswith("- ")]
    assert titles and any("part" in c.value and "row" in c.value for c in app.caption)
    book = openpyxl.load_workbook(io.BytesIO(press(app, "page", "xlsx").path.read_bytes()))
    assert len(book.worksheets) >= 2
    texts = {str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None}
    assert any(LINK in t for t in texts) and not any(t.startswith("customer?id=") for t in texts)
    deck = Presentation(io.BytesIO(press(app, "page", "pptx").path.read_bytes()))
    assert len(deck.slides) >= 2 and deck.slides[0].shapes.title.text == "The page"


def test_a_ranking_holds_everybody_though_the_screen_shows_the_first(opened, monkeypatch):
    from pages.parts import ranking_table
    monkeypatch.setattr(ranking_table, "SHOWN", 2)
    app = opened("rankings", "ranking")
    sheet = openpyxl.load_workbook(io.BytesIO(press(app, "ranking", "xlsx").path.read_bytes())).worksheets[0]
    grid = app.get("arrow_data_frame") or app.dataframe
    assert sheet.max_row - 1 > 2 and any("in all" in m.value for m in app.markdown if m.value.startswith("**"))
    assert grid is not None


def test_files_of_a_branch_hold_nothing_of_another(opened, truth):
    haifa, = [r for r in ask(Cut(("revenue",), by=("branch",)), truth, scope=Scope.everything()).rows["branch"] if r == "Haifa"]
    from crm_data.model import schema as s
    with truth.engine.connect() as connection:
        key = connection.execute(select(s.branch.c.id).where(s.branch.c.name == haifa)).scalar_one()
        strangers = [r.name for r in connection.execute(select(s.customer.c.name).where(s.customer.c.branch_id != key))]
        mine = [r.name for r in connection.execute(select(s.customer.c.name).where(s.customer.c.branch_id == key))]
    app = opened("rankings", "page", scope=Scope(frozenset({key}), None, True))
    texts = " ".join(str(c.value) for sheet in openpyxl.load_workbook(io.BytesIO(press(app, "page", "xlsx").path.read_bytes())) for row in sheet.iter_rows() for c in row if c.value)
    assert any(name in texts for name in mine) and not [name for name in strangers if name and name in texts]


def test_hints_for_the_hand_are_left_out_of_files(opened):
    app = opened("segments", "bars")
    told = next(m.value for m in app.markdown if m.value.startswith("**") and "2025" in m.value)
    assert "click" not in told


def test_a_picture_is_drawn_light_and_wide_though_the_screen_is_dark_and_narrow(opened, monkeypatch, tmp_path):
    from pages import shell
    from pages.parts.context import Page
    made = shell.make_page

    def dark(*args):
        from dataclasses import replace
        page = made(*args)
        return replace(page, screen_theme="dark", screen_narrow=True) if isinstance(page, Page) else page
    monkeypatch.setattr(shell, "make_page", dark)
    app = opened("segments", "bars")
    app.button(key="export_bars_png_go").click().run()
    errand = app.session_state["_export_bars"]["picture"]
    drawn = json.dumps(errand["figures"])
    assert errand["format"] == "png" and errand["name"].endswith(".png") and "#2459B8" in drawn and "#6FA5F2" not in drawn
    assert errand["title"].startswith("Revenue") and any("Seen by: All branches" in line.replace("\xa0", " ") for line in errand["foot"]) and LINK in errand["foot"]
    assert [line["format"] for line in logged(tmp_path)] == ["png"]


def test_a_short_table_is_a_picture_and_a_long_one_says_why_not(opened, monkeypatch):
    from pages.parts import export_picture
    app = opened("segments", "table", {**YEAR, "by": "branch"})
    app.button(key="export_table_svg_go").click().run()
    table = app.session_state["_export_table"]["picture"]["table"]
    assert table["head"][0] == "Branch" and table["total"] and table["rows"][-1][0] == "All" and len(table["rows"][0]) == len(table["head"])
    monkeypatch.setattr(export_picture, "MOST_ROWS", 1)
    app = opened("segments", "table", {**YEAR, "by": "branch"})
    assert app.button(key="export_table_png_go").disabled and "workbook" in app.button(key="export_table_png_go").help


def test_a_report_says_where_there_is_no_browser(opened, monkeypatch):
    from pages.parts import export_dialog
    monkeypatch.setattr(export_dialog, "can_draw", lambda: False)
    app = opened("segments", "bars")
    assert app.button(key="export_bars_pdf_go").disabled and "HTML" in app.button(key="export_bars_pdf_go").help
    assert not app.button(key="export_bars_png_go").disabled


def test_a_writer_that_fails_says_so_and_logs_nothing(opened, monkeypatch, tmp_path):
    from crm_data.errors import InputError
    from pages.parts import export_dialog

    def refuses(*_args):
        raise InputError("This is too much.")
    monkeypatch.setattr(export_dialog, "write_document", refuses)
    app = opened("segments", "bars")
    app.button(key="export_bars_xlsx_go").click().run()
    assert app.session_state["_export_bars"]["job"].over.wait(10)
    app.run()
    assert "This is too much." in " ".join(w.value for w in app.warning) and not logged(tmp_path)


def test_a_long_one_shows_how_far_it_is_and_can_be_cancelled(opened, monkeypatch, tmp_path):
    import time

    from pages.parts import export_dialog

    def slow(document, file, ending, tell):
        while True:
            file.write(b"x")
            tell(2, 8)
            time.sleep(0.01)
    monkeypatch.setattr(export_dialog, "write_document", slow)
    monkeypatch.setattr(export_dialog, "PATIENCE", 0.3)
    app = opened("segments", "bars")
    app.button(key="export_bars_xlsx_go").click().run()
    job = app.session_state["_export_bars"]["job"]
    assert job.state == "making" and (job.done, job.total) == (2, 8)
    app.button(key="export_bars_cancel").click().run()
    assert job.over.wait(5) and job.state == "cancelled" and not job.folder.exists()
    app.run()
    assert any("Cancelled" in c.value for c in app.caption) and not logged(tmp_path)


def test_filters_of_the_page_stand_in_the_passport(opened):
    app = opened("segments", "bars", {**YEAR, "by": "customer_type", "f": Filter("branch", "is", ("Haifa",)).to_text()})
    book = openpyxl.load_workbook(io.BytesIO(press(app, "bars", "xlsx").path.read_bytes()))
    about = " ".join(str(c.value) for row in book.worksheets[-1].iter_rows() for c in row if c.value)
    assert "Haifa" in about and "All branches" in about and LINK in about and "Administrator" in about
