"""Text files: encoding, delimiter, header, and rows that do not fit, by their number."""
from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from crm_data.errors import ImportRefused
from crm_data.sources.csv_files import csv_table
from crm_data.sources.raw import Workplace, prepare
from crm_data.sources.text_files import detect_delimiter, detect_encoding, header_of, unique_names

HEBREW = "מספר,שם,עיר\n1,יעל כהן,חיפה\n2,דוד לוי,תל אביב\n3,Bank לאומי,ירושלים\n"
PERSIAN = "شماره,نام,شهر\n1,علي رضايي,تهران\n2,گلناز پژمان,اصفهان\n"
ARABIC = "رقم,اسم,مدينة\n1,محمد علي,القاهرة\n2,فاطمة,عمان\n"
WESTERN = "id,nom,ville\n1,Société Générale,Besançon\n2,Zoë Künstler,Málaga\n"


@pytest.fixture
def work(tmp_path):
    con = duckdb.connect()
    prepare(con)
    (tmp_path / "copies").mkdir()
    yield Workplace(con, tmp_path / "copies")
    con.close()


def load(work: Workplace, path: Path) -> list[tuple]:
    table = csv_table(path)
    table.load(table, work)
    return work.con.execute(f'SELECT * FROM raw."{table.name}" ORDER BY _row').fetchall()


@pytest.mark.parametrize(("text", "encoding", "found"), [
    (HEBREW, "utf-8", "utf-8"), (HEBREW, "utf-8-sig", "utf-8-sig"), (HEBREW, "utf-16", "utf-16"), (HEBREW, "utf-16-le", "utf-16-le"),
    (HEBREW, "utf-16-be", "utf-16-be"), (HEBREW, "cp1255", "cp1255"), (PERSIAN, "cp1256", "cp1256"), (ARABIC, "cp1256", "cp1256"),
    (PERSIAN, "utf-8", "utf-8"), (WESTERN, "cp1252", "cp1252"), ("a,b\n1,2\n", "ascii", "utf-8")])
def test_encodings_are_told_and_the_text_arrives_whole(tmp_path, work, text, encoding, found):
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    assert detect_encoding(path) == found
    rows = load(work, path)
    assert [",".join(row[:-2]) for row in rows] == text.splitlines()[1:]
    assert [row[-2:] for row in rows] == [("people.csv", 2 + number) for number in range(len(rows))]


def test_a_wrong_encoding_is_said_and_refused(tmp_path, work):
    path = tmp_path / "people.csv"
    path.write_bytes(HEBREW.encode("cp1255"))
    table = csv_table(path)
    with pytest.raises(ImportRefused, match=r"people\.csv is not written in utf-16"):
        table.load(table, Workplace(work.con, work.folder, "utf-16"))
    with pytest.raises(ImportRefused, match="There is no encoding “klingon”"):
        table.load(table, Workplace(work.con, work.folder, "klingon"))


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(bytes(range(256)) * 50)
    with pytest.raises(ImportRefused, match=r"photo\.csv is not a text file"):
        detect_encoding(path)


def test_broken_bytes_in_utf8_reject_their_row_only(tmp_path, work):
    path = tmp_path / "people.csv"
    path.write_bytes(("id,name\n" + "".join(f"{n},שם\n" for n in range(20))).encode() + b"20,\xff\xfe\n" + "21,סוף\n".encode())
    rows = load(work, path)
    assert len(rows) == 21
    assert rows[-1][0] == "21" and rows[-1][-1] == 23
    assert work.con.execute("SELECT row_number, reason FROM rejects").fetchall() == [
        (22, "the row holds bytes that are not valid UTF-8")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    text = f"id{delimiter}name{delimiter}note\n1{delimiter}a{delimiter}x, y; z\n2{delimiter}b{delimiter}\n"
    assert detect_delimiter(text) == delimiter
    assert header_of(text, delimiter) == ["id", "name", "note"]


def test_names_are_made_unique():
    assert unique_names(["a", "A", "", "a", "_row", " b  c "]) == ["a", "A_2", "column3", "a_3", "_row_2", "b c"]


def test_rows_that_do_not_fit_are_rejected_by_their_number(tmp_path, work):
    path = tmp_path / "a.csv"
    path.write_text('id,name,x\n1,a,2\n2,"b\nc",3\n3,bad\n4,d,5,6\n5,"",7\n6,f,8\n', encoding="utf-8")
    rows = load(work, path)
    assert [(row[0], row[1], row[-1]) for row in rows] == [("1", "a", 2), ("2", "b\nc", 3), ("5", None, 6), ("6", "f", 7)]
    assert work.con.execute("SELECT file, row_number, value, reason FROM rejects ORDER BY 2").fetchall() == [
        ("a.csv", 4, "3,bad", "the row has fewer fields than the header"),
        ("a.csv", 5, "4,d,5,6", "the row has more fields than the header")]


def test_row_numbers_hold_in_a_large_file(tmp_path, work):
    path = tmp_path / "large.csv"
    bad = {17, 100_003, 150_000, 150_001, 199_999}
    lines = [f"{n},{'x' * (n % 40)},{n}" if n not in bad else f"{n}" for n in range(2, 200_002)]
    path.write_text("id,text,copy\n" + "\n".join(lines) + "\n", encoding="utf-8")
    load(work, path)
    assert work.con.execute("SELECT count(*), count(*) FILTER (WHERE CAST(id AS BIGINT) = _row) FROM raw.large").fetchone() == (
        200_000 - len(bad), 200_000 - len(bad))
    assert {row[0] for row in work.con.execute("SELECT row_number FROM rejects").fetchall()} == bad


def test_an_empty_file_is_refused(tmp_path, work):
    (tmp_path / "none.csv").write_text("", encoding="utf-8")
    with pytest.raises(ImportRefused, match=r"none\.csv is empty"):
        load(work, tmp_path / "none.csv")


@pytest.mark.parametrize("text", ["id,name\r1,a\r2,b\r", "id,name\r\n1,a\r\n2,b\r\n", "id,name\n1,a\r2,b\n", "id,name\n1,a\r\r\n2,b\r\n",
                                  '\ufeffid,name\n"1","a"\n2,b', "id;name\n1;a\n2;b\n"])
def test_line_ends_of_any_kind(tmp_path, work, text):
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert [row[:2] for row in load(work, tmp_path / "a.csv")] == [("1", "a"), ("2", "b")]


def test_a_stray_quotation_mark_rejects_its_row(tmp_path, work):
    (tmp_path / "a.csv").write_text('id,name\n1,"a"b\n2,c"d\n3,e\n', encoding="utf-8")
    assert [row[:2] for row in load(work, tmp_path / "a.csv")] == [("2", 'c"d'), ("3", "e")]
    assert work.con.execute("SELECT row_number, reason FROM rejects").fetchall() == [
        (2, "a quotation mark is not closed or stands in the wrong place")]
