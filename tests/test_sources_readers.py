"""Workbooks, Parquet, JSON and databases into raw tables; damaged and hostile files refused in a sentence."""
from __future__ import annotations

import datetime as dt
import zipfile

import duckdb
import openpyxl
import pytest
from sqlalchemy import create_engine, text

from crm_data.errors import EngineUnavailable, ImportRefused
from crm_data.sources import workbooks
from crm_data.sources.raw import Workplace, prepare
from crm_data.sources.readers import find_tables


@pytest.fixture
def work(tmp_path):
    con = duckdb.connect()
    prepare(con)
    (tmp_path / "copies").mkdir()
    yield Workplace(con, tmp_path / "copies")
    con.close()


def read(work: Workplace, source: object) -> dict[str, list[tuple]]:
    found = find_tables(str(source), work.folder)
    for table in found:
        table.load(table, work)
    return {table.name: work.con.execute(f'SELECT * FROM raw."{table.name}" ORDER BY _row').fetchall() for table in found}


def book(path, **sheets: list[list[object]]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)


def test_a_workbook_gives_a_table_a_sheet(tmp_path, work):
    path = tmp_path / "firm.xlsx"
    book(path, people=[["id", "born", "sum", "ok", "seen"], [1, dt.date(1990, 2, 3), 12.5, True, dt.datetime(2026, 1, 2, 3, 4)], [],
                       ["007", None, 3.0, False, None]], empty=[])
    assert read(work, path) == {"people": [("1", "1990-02-03", "12.5", "true", "2026-01-02 03:04:00", "firm.xlsx/people", 2),
                                           ("007", None, "3", "false", None, "firm.xlsx/people", 4)]}


def test_a_value_beyond_the_header_rejects_its_row(tmp_path, work):
    path = tmp_path / "firm.xlsx"
    book(path, people=[["id", "name"], [1, "a"], [2, "b", "stray"], [3, "c"]])
    assert [row[0] for row in read(work, path)["people"]] == ["1", "3"]
    assert work.con.execute("SELECT row_number, reason FROM rejects").fetchall() == [(3, "the row has more fields than the header")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x00" * 5000])
def test_a_corrupt_workbook_is_refused(tmp_path, work, content):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=r"bad\.xlsx is damaged or not an Excel workbook"):
        read(work, path)


def test_a_workbook_cut_short_or_with_broken_insides_is_refused(tmp_path, work):
    path = tmp_path / "firm.xlsx"
    book(path, people=[["id"], *([n] for n in range(500))])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportRefused, match="damaged or not an Excel workbook"):
        read(work, path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<nonsense")
    with pytest.raises(ImportRefused, match="damaged or not an Excel workbook"):
        find_tables(str(path), tmp_path)


def test_a_zip_bomb_is_refused_without_unpacking(tmp_path, work):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    assert path.stat().st_size < 100_000
    with pytest.raises(ImportRefused, match=r"would unpack to 60 MB, \d+ times its size"):
        read(work, path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1_200):
            archive.writestr(f"part{number}", "")
    with pytest.raises(ImportRefused, match="1200 parts inside"):
        read(work, path)


def test_too_many_cells_and_too_much_time_are_refused(tmp_path, work, monkeypatch):
    path = tmp_path / "wide.xlsx"
    book(path, people=[["a", "b"], *([n, n] for n in range(100))])
    monkeypatch.setattr(workbooks, "MAX_CELLS", 50)
    with pytest.raises(ImportRefused, match="more than 50 cells"):
        read(work, path)
    monkeypatch.setattr(workbooks, "SECONDS", 0.01)
    with pytest.raises(ImportRefused, match="took longer than"):
        find_tables(str(path), tmp_path)


def test_old_excel_and_unknown_kinds_are_refused(tmp_path, work):
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF")
    with pytest.raises(ImportRefused, match="save it as .xlsx"):
        read(work, tmp_path / "old.xls")
    with pytest.raises(ImportRefused, match="of a kind that cannot be read"):
        read(work, tmp_path / "scan.pdf")
    with pytest.raises(ImportRefused, match="There is no file or folder"):
        read(work, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportRefused, match="holds nothing that can be read"):
        read(work, tmp_path / "empty")
    with pytest.raises(ImportRefused, match="is not installed"):
        read(work, "package:no_such_package_here")


def test_parquet_keeps_values_as_text_and_nested_ones_as_json(tmp_path, work):
    duckdb.execute(f"COPY (SELECT 1.50::DECIMAL(9,2) AS price, DATE '2026-01-02' AS day, NULL AS none, [1, 2] AS list) "
                   f"TO '{tmp_path / 'sales.parquet'}'")
    assert read(work, tmp_path / "sales.parquet") == {"sales": [("1.50", "2026-01-02", None, "[1,2]", "sales.parquet", 1)]}
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(ImportRefused, match=r"bad\.parquet cannot be read as Parquet"):
        read(work, tmp_path / "bad.parquet")


@pytest.mark.parametrize("content", ['[{"id": "01", "n": 1.50, "deep": {"a": [1]}}, {"id": "02", "more/x": true}]',
                                     '{"id": "01", "n": 1.50, "deep": {"a": [1]}}\n{"id": "02", "more/x": true}\n'])
def test_json_arrays_and_lines(tmp_path, work, content):
    (tmp_path / "deals.json").write_text(content, encoding="utf-8")
    rows = read(work, tmp_path / "deals.json")["deals"]
    assert rows == [("01", "1.5", '{"a":[1]}', None, "deals.json", 1), ("02", None, None, "true", "deals.json", 2)]


@pytest.mark.parametrize(("content", "said"), [("[1, 2]", "something else than objects"), ('{"a": ', "is not valid JSON"),
                                               ("[]", "is empty"), ("[{}]", "is empty")])
def test_json_of_another_shape_is_refused(tmp_path, work, content, said):
    (tmp_path / "deals.json").write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefused, match=said):
        read(work, tmp_path / "deals.json")


def test_a_database_is_copied_as_text(tmp_path, work):
    engine = create_engine(f"sqlite:///{tmp_path / 'crm.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE person (id INTEGER, name TEXT, score NUMERIC, born DATE)"))
        connection.execute(text("INSERT INTO person VALUES (1, 'מאיה', 2.5, '1990-02-03'), (2, NULL, NULL, NULL)"))
    expected = {"person": [("1", "מאיה", "2.5000000000", "1990-02-03"), ("2", None, None, None)]}
    for source in (tmp_path / "crm.sqlite", f"sqlite:///{tmp_path / 'crm.sqlite'}"):
        found = {name: [row[:-2] for row in rows] for name, rows in read(work, source).items()}
        assert found == expected
        work.con.execute("DROP VIEW raw.person; DROP TABLE raw_base.person")
    engine.dispose()


def test_a_database_that_does_not_answer_is_said_without_its_password():
    with pytest.raises(EngineUnavailable, match="does not answer") as caught:
        find_tables("postgresql+psycopg://me:secret@127.0.0.1:1/crm", None)
    assert "secret" not in str(caught.value)
    with pytest.raises(ImportRefused, match="is not a database this machine can read"):
        find_tables("nosuchdb://here", None)


def test_two_tables_of_one_name_are_told_apart(tmp_path, work):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "people.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "source" / "people.tsv").write_text("b\n2\n", encoding="utf-8")
    assert set(read(work, tmp_path / "source")) == {"people", "people.tsv"}
