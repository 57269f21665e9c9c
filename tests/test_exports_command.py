"""``mabat export`` as people and schedulers use it: figures equal to ``mabat cut``, one line for what is wrong, no half file, a line in the audit."""
from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crm_data.accounts.users import add_user, find_user
from crm_data.analysis.meetings import create_review
from crm_data.analysis.saved_cuts import save_cut
from crm_data.cli import main
from crm_data.commands.target_asking import operator
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.model import appdb
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.output.pdf import find_browser

ROOT = Path(__file__).resolve().parents[1]
YEAR = ("--period", "year_to_date")


@pytest.fixture
def kept(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def run(truth_url, monkeypatch, tmp_path, kept):
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output + str(result.exception or "")
        assert "Traceback" not in result.output
        return result.output
    return call


def first_sheet(path: Path) -> list[list]:
    return [[c.value for c in row] for row in openpyxl.load_workbook(path).worksheets[0].rows]


def audits(engine) -> list[tuple[str, dict]]:
    with engine.connect() as connection:
        rows = connection.execute(select(appdb.audit_log).where(appdb.audit_log.c.action == "export").order_by(appdb.audit_log.c.id)).all()
    return [(r.user_name, json.loads(r.detail)) for r in rows]


@pytest.mark.parametrize("arguments", [
    ("-m", "revenue", "-b", "branch", *YEAR),
    ("-m", "revenue", "-m", "orders", "-m", "gross_margin", "-b", "customer_type", "--grain", "quarter", "--from", "2026-01-01", "--until", "2026-06-30"),
    ("-m", "contacts", "-b", "contact_channel", "--where", "contact_channel!=phone", *YEAR),
    ("-m", "revenue", "-b", "customer", "--top", "3", "--ascending", *YEAR)])
def test_figures_are_those_of_cut_as_json(run, tmp_path, arguments):
    told = json.loads(run("cut", *arguments, "--json"))
    for ending in ("xlsx", "csv"):
        run("export", *arguments, "--to", str(tmp_path / f"x.{ending}"))
    sheet = first_sheet(tmp_path / "x.xlsx")
    listed = list(csv.reader((tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()))
    measures = [a for flag, a in zip(arguments, arguments[1:], strict=False) if flag == "-m"]
    places = [len(sheet[0]) - len(measures) + n for n in range(len(measures))]
    for line, row in enumerate([*told["rows"], *([told["others"]] if told["others"] else []), told["totals"]], start=1):
        for place, measure in zip(places, measures, strict=True):
            if row[measure] is None:
                assert sheet[line][place] is None and listed[line][place] == ""
            else:
                assert sheet[line][place] == pytest.approx(row[measure], abs=1e-9) and float(listed[line][place]) == pytest.approx(row[measure], abs=1e-9)
    assert len(sheet) == len(listed) == len(told["rows"]) + 2 + bool(told["others"])


def test_the_paper_firms_revenue_by_branch(run, tmp_path):
    said = run("export", "-m", "revenue", "-b", "branch", *YEAR, "--to", str(tmp_path / "out.xlsx"))
    rows = {r[0]: r[1] for r in first_sheet(tmp_path / "out.xlsx")}
    assert rows["Haifa"] == 855.3333 and rows["Eilat"] == 6800 and rows["Paris"] == 1250 and rows["Unknown"] == 150 and rows["All"] == 9055.3333
    assert "out.xlsx: 4 rows" in said


def test_every_export_is_in_the_audit(run, tmp_path, kept):
    run("export", "-m", "revenue", "-b", "branch", *YEAR, "--to", str(tmp_path / "a.csv"))
    (who, detail), = audits(kept)
    assert who == operator().name and detail["what"] == "Revenue by branch" and detail["format"] == "csv" and detail["rows"] == 4 and detail["bytes"] == (tmp_path / "a.csv").stat().st_size
    assert detail["cut"]["m"] == ["revenue"] and detail["cut"]["by"] == ["branch"] and detail["file"] == "a.csv" and detail["snapshot"]


@pytest.mark.parametrize("ending", ["pptx", "html", "png", "svg", "pdf"])
def test_every_format_is_written(run, tmp_path, ending):
    if ending in ("png", "svg", "pdf") and find_browser() is None:
        pytest.skip("no browser here")
    run("export", "-m", "revenue", "-b", "branch", *YEAR, "--compare", "last_year", "--to", str(tmp_path / f"x.{ending}"))
    data = (tmp_path / f"x.{ending}").read_bytes()
    assert len(data) > 3000 and data.lstrip().startswith({"pptx": b"PK", "html": b"<!", "png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}[ending])


def test_a_saved_cut_by_name_and_number(run, tmp_path, kept):
    cut = Cut(("revenue",), ("branch",), Period.named("year_to_date", date(2026, 11, 20)))
    saved = save_cut(kept, operator(), name="By branch", cut=cut, fig="bars")
    for name in ("by branch", str(saved.id)):
        run("export", "--saved", name, "--to", str(tmp_path / "s.xlsx"))
        assert first_sheet(tmp_path / "s.xlsx")[-1] == ["All", 9055.3333]
    assert audits(kept)[0][1]["what"] == "By branch" and audits(kept)[0][1]["saved"] == saved.id
    assert "no saved cut “By brnch”. Did you mean “By branch”" in run("export", "--saved", "By brnch", "--to", str(tmp_path / "t.xlsx"), code=2)


def test_with_the_rights_of_a_user(run, tmp_path, kept):
    add_user(kept, "dana", role="viewer", branches=("Haifa",))
    mine = save_cut(kept, find_user(kept, "dana"), name="Mine", cut=Cut(("orders",), ("branch",), Period.named("year_to_date", date(2026, 11, 20))))
    run("export", "--saved", "Mine", "--user", "dana", "--to", str(tmp_path / "d.xlsx"))
    assert {r[0] for r in first_sheet(tmp_path / "d.xlsx")[1:]} <= {"Haifa", "All"}
    about = [[c.value for c in row] for row in openpyxl.load_workbook(tmp_path / "d.xlsx")["About"].rows]
    assert ["Seen by", "Only these branches: Haifa, without personal data"] in about and audits(kept)[-1][0] == "dana"
    assert "no saved cut" in run("export", "--saved", "Mine", "--to", str(tmp_path / "e.xlsx"), code=2) and mine.name == "Mine"
    assert "age_band" in run("export", "-m", "customers", "-b", "age", "--user", "dana", "--to", str(tmp_path / "e.xlsx"), code=2) and not (tmp_path / "e.xlsx").exists()


def test_a_whole_review(run, tmp_path, kept, truth_url):
    review = create_review(kept, operator(), open_store(truth_url), title="Weekly", participants=("Dana",))
    run("export", "--review", str(review.id), "--to", str(tmp_path / "r.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames[0] == "What changed since last time" and book.sheetnames[-1] == "About" and "Decisions due" in book.sheetnames
    revenue = next(r for r in first_sheet(tmp_path / "r.xlsx") if r[0] == "Revenue")
    now = json.loads(run("cut", "-m", "revenue", "--period", "month_to_date", "--json"))["totals"]["revenue"]
    assert now in [v for v in revenue if isinstance(v, int | float)] and audits(kept)[-1][1]["review"] == review.id
    run("export", "--review", "last", "--to", str(tmp_path / "l.xlsx"))
    assert first_sheet(tmp_path / "l.xlsx") == first_sheet(tmp_path / "r.xlsx") and "is not the number of a review" in run("export", "--review", "x", "--to", str(tmp_path / "n.xlsx"), code=2)
    assert "no such" in run("export", "--review", "99", "--to", str(tmp_path / "n.xlsx"), code=2)


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("-m", "revenue", "--to", "x.doc"), "end it with one of .png"),
    (("-m", "revenue", "--to", "2026-01-31"), "--to names the file here. The last day of the period is --until 2026-01-31"),
    (("--to", "x.csv"), "Say what to export"),
    (("-m", "revenue", "--saved", "x", "--to", "x.csv"), "one of them"),
    (("-m", "revenu", "--to", "x.csv"), "no measure “revenu”"),
    (("-m", "revenue", "--to", "nowhere/x.csv"), "There is no folder"),
    (("-m", "revenue", "--user", "nobody", "--to", "x.csv"), "no user “nobody”"),
    (("--review", "1", "--fig", "bars", "--to", "x.csv"), "a review has its own figures")])
def test_what_is_wrong_gets_one_line_and_no_file(run, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    told = run("export", *arguments, code=2)
    assert sentence in told and len(told.strip().splitlines()) == 1 and not list(tmp_path.glob("*x.*"))


def test_what_stood_there_stays_when_the_export_fails(run, tmp_path):
    target = tmp_path / "x.xlsx"
    target.write_bytes(b"old")
    run("export", "-m", "revenue", "-b", "nothing_known", "--to", str(target), code=2)
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_half_file(truth_url, tmp_path, wanted):
    """The command is stopped while its rows are written, as by Ctrl+C and by a scheduler."""
    script = """
import sys, time
from crm_data.exports import from_cut
real = from_cut.sheet_rows
def slow(*arguments, **options):
    for row in real(*arguments, **options):
        print("writing", flush=True)
        yield row
        time.sleep(30)
from_cut.sheet_rows, from_cut.MOST_HELD = slow, 1
from crm_data.cli import main
main(sys.argv[1:])
"""
    (tmp_path / "temp").mkdir()
    env = {**os.environ, "MABAT_WAREHOUSE": truth_url, "MABAT_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temp")}
    (tmp_path / "home").mkdir()
    (tmp_path / "out").mkdir()
    process = subprocess.Popen([sys.executable, "-c", script, "export", "-m", "revenue", "-b", "customer", *YEAR, "--to", str(tmp_path / "out" / "x.xlsx")], cwd=ROOT, env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline().strip() == "writing"
        time.sleep(0.2)
        process.send_signal(wanted)
        _, error = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130 and "Nothing was written" in error and "Traceback" not in error
    assert not list((tmp_path / "out").iterdir()) and not [p for p in (tmp_path / "temp").iterdir() if p.name.startswith(("mabat", "tmp"))]
