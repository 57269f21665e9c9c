"""Data as firms in Israel and Iran have it, through real imports: old encodings, names in both scripts, phones, identity numbers."""
from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import xlsxwriter
from click.testing import CliRunner
from sqlalchemy import text

from crm_data.accounts.users import User
from crm_data.analysis.customers import profile
from crm_data.analysis.search import find
from crm_data.analysis.search_sql import find_by_sql
from crm_data.calendars import from_jalali, jalali_month_days
from crm_data.cli import main
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import AccessDenied
from crm_data.model.snapshots import open_store
from crm_data.output.words import Words
from crm_data.sources.importer import import_source
from crm_data.sources.jalali import gregorian_sql, gregorian_text
from crm_data.sources.raw import prepare
from crm_data.sources.report import in_words
from crm_data.text import plain
from tests.importing import Firm, settings_in
from tests.page_runs import page_run, texts

ALL = Scope.everything()
#: Names of few consonants, and the reason SQL alone does not find them in another script.
UNHEARD, LATER = ("George Khoury", "Ohana", "Ali Rezaei"), "by the letters alone: found as soon as the index is there"
HEBREW = """מספר,שם,טלפון,זהות,עיר
1,אברהם כהן,052-123 4567,3933742-3,חיפה
2,שָׂרָה לֵוִי,(03) 612-3456,,תל אביב
3,ג'ורג' חורי,+972-54-770-0005,123456782,נצרת
4,רות בן־דוד,0771234567,000000018,באר שבע
5,יצחק פרץ,521234568,039337422,ירושלים
6,מיכאל אוחנה,*2700,,אשדוד
"""
PERSIAN = """شماره,نام,تلفن,کد,شهر
1,علي رضايي,0912 345 6789,0084575948,تهران
2,علي\u200cرضا كريمي,021-88776655,0499370899,اصفهان
3,گلناز پژمان,00989351112233,84575948,شيراز
4,آرش مؤمني,9123456780,0684159415,تبريز
5,محمّد حسيني,+98 912 000 1122,,مشهد
"""
SQL = {
    "he": 'SELECT "מספר" AS source_id, "מספר" AS number, "שם" AS name, \'person\' AS party, \'customer\' AS relation, "טלפון" AS phone, "זהות" AS identity_number, "עיר" AS city FROM raw.customers',
    "fa": 'SELECT "شماره" AS source_id, "شماره" AS number, "نام" AS name, \'person\' AS party, \'customer\' AS relation, "تلفن" AS phone, "کد" AS identity_number, "شهر" AS city FROM raw.customers',
}


def brought(folder: Path, language: str, lines: str, encoding: str) -> tuple[Firm, object]:
    """A firm of the language's country whose customers were imported from one file of an old encoding, and the import's report."""
    firm = Firm(folder)
    firm.settings = settings_in(folder, timezone={"he": "Asia/Jerusalem", "fa": "Asia/Tehran"}[language])
    firm.sql(customer=SQL[language])
    firm.source.mkdir(parents=True)
    (firm.source / "customers.csv").write_bytes(lines.replace("\n", "\r\n").encode(encoding))
    return firm, import_source(str(firm.source), firm.mapping, firm.settings)


def warehouse_of(firm: Firm):
    return open_store(firm.settings.warehouse, **firm.settings.place).warehouse()


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory):
    return brought(tmp_path_factory.mktemp("he"), "he", HEBREW, "cp1255")


@pytest.fixture(scope="module")
def persian(tmp_path_factory):
    return brought(tmp_path_factory.mktemp("fa"), "fa", PERSIAN, "cp1256")


def rows(firm: Firm, sql: str) -> list[tuple]:
    with warehouse_of(firm).engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def found(firm: Firm, typed: str, how=find) -> list[str]:
    return [one.number for one in how(warehouse_of(firm), ALL, typed, 5)]


def test_cp1255_names_come_in_whole(hebrew):
    firm, report = hebrew
    assert report.rejects == () and rows(firm, "SELECT name, city FROM customer ORDER BY id") == [
        tuple(line.split(",")[i] for i in (1, 4)) for line in HEBREW.splitlines()[1:]]


def test_cp1256_names_come_in_whole(persian):
    firm, report = persian
    assert report.rejects == () and rows(firm, "SELECT name, city FROM customer ORDER BY id") == [
        tuple(line.split(",")[i] for i in (1, 4)) for line in PERSIAN.splitlines()[1:]]


@pytest.mark.parametrize("how", [find, find_by_sql])
@pytest.mark.parametrize(("typed", "number"), [
    ("אברהם כהן", "1"), ("אברהמ כהנ", "1"), ("כהן", "1"), ("Avraham Cohen", "1"), ("שרה לוי", "2"), ("שָׂרָה", "2"), ("Sara Levi", "2"), ("גורג חורי", "3"), ("ג׳ורג׳", "3"),
    ("George Khoury", "3"), ("בן דוד", "4"), ("בן-דוד", "4"), ("רות בן־דוד", "4"), ("Ruth Ben David", "4"), ("יצחק פרצ", "5"), ("Peretz", "5"), ("Ohana", "6")])
def test_hebrew_names_are_found(hebrew, typed, number, how):
    if how is find_by_sql and typed in UNHEARD:
        pytest.skip(LATER)
    assert found(hebrew[0], typed, how)[:1] == [number]


@pytest.mark.parametrize("how", [find, find_by_sql])
@pytest.mark.parametrize(("typed", "number"), [
    ("علی رضایی", "1"), ("علي رضائي", "1"), ("رضایی", "1"), ("Ali Rezaei", "1"), ("علی\u200cرضا کریمی", "2"), ("علیرضا", "2"), ("علیرضا کریمی", "2"), ("كريمي", "2"), ("Alireza Karimi", "2"),
    ("گلناز پژمان", "3"), ("Golnaz", "3"), ("آرش مومنی", "4"), ("ارش", "4"), ("Arash Momeni", "4"), ("محمد حسینی", "5"), ("مُحَمَّد", "5"), ("Mohammad Hosseini", "5")])
def test_persian_names_are_found(persian, typed, number, how):
    if how is find_by_sql and typed in UNHEARD:
        pytest.skip(LATER)
    assert number in found(persian[0], typed, how)[:2]


def test_a_half_space_typed_as_a_space_is_found(persian):
    assert found(persian[0], "علی رضا کریمی")[:1] == ["2"]


@pytest.mark.parametrize("how", [find, find_by_sql])
@pytest.mark.parametrize(("typed", "number"), [
    ("0521234567", "1"), ("052-123-4567", "1"), ("+972 52 1234567", "1"), ("00972521234567", "1"), ("۰۵۲۱۲۳۴۵۶۷", "1"), ("03-6123456", "2"), ("036123456", "2"), ("0547700005", "3"),
    ("077-1234567", "4"), ("0521234568", "5")])
def test_israeli_phones_are_found_however_written(hebrew, typed, number, how):
    assert found(hebrew[0], typed, how)[:1] == [number]


@pytest.mark.parametrize("how", [find, find_by_sql])
@pytest.mark.parametrize(("typed", "number"), [
    ("09123456789", "1"), ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "1"), ("+98 912 345 6789", "1"), ("0098 912 345 6789", "1"), ("02188776655", "2"), ("021-88776655", "2"), ("۰۲۱۸۸۷۷۶۶۵۵", "2"), ("09351112233", "3"),
    ("0912 345 6780", "4"), ("09120001122", "5")])
def test_iranian_phones_are_found_however_written(persian, typed, number, how):
    assert found(persian[0], typed, how)[:1] == [number]


def test_phones_without_a_country_are_the_firms_own(hebrew, persian):
    assert rows(hebrew[0], "SELECT phone_digits FROM customer ORDER BY id LIMIT 5") == [
        ("972521234567",), ("97236123456",), ("972547700005",), ("972771234567",), ("972521234568",)]
    assert rows(persian[0], "SELECT phone_digits FROM customer ORDER BY id") == [
        ("989123456789",), ("982188776655",), ("989351112233",), ("989123456780",), ("989120001122",)]


def test_persian_digits_and_named_countries(tmp_path):
    firm = Firm(tmp_path).files(customers="id,name,phone,country,code\n1,الف,۰۹۱۲۳۴۵۶۷۸۹,ایران,۰۰۸۴۵۷۵۹۴۸\n2,ב,054-1234567,ישראל,39337423.0\n3,C,0912 345 6789,Atlantis,\n")
    firm.sql(customer="SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation, phone, country, code AS identity_number FROM raw.customers")
    report = firm.bring()
    assert firm.rows("SELECT phone_digits, identity_number FROM customer ORDER BY id") == [("989123456789", "0084575948"), ("972541234567", "39337423"), (None, None)]
    assert report.doubts == ()


# Identity numbers -----------------------------------------------------------------------------------------------------
def test_wrong_check_digits_are_told_masked_and_come_in_all_the_same(hebrew, persian):
    firm, report = hebrew
    doubt, = report.doubts
    assert (doubt.table, doubt.column, doubt.count, [(p.file, p.row, p.value) for p in doubt.places]) == (
        "customer", "identity_number", 1, [("customers.csv", 6, "xxxxxx422")])
    assert rows(firm, "SELECT identity_number FROM customer ORDER BY id") == [("39337423",), (None,), ("123456782",), ("000000018",), ("039337422",), (None,)]
    assert [p.value for d in persian[1].doubts for p in d.places] == ["xxxxxxx415"]
    told = in_words(report, Words("en"))
    assert "customer: 1 identity number looks wrong and was imported as it is: the check digit does not fit (row 6: xxxxxx422)" in told
    assert "039337422" not in told and "039337422" not in json.dumps(report.to_json())


def test_many_doubts_are_counted_and_the_first_shown(tmp_path):
    wrong = "".join(f"{n},X{n},person,{n:09d}\n" for n in range(2, 9))  # of these only 000000026 and the like would fit
    firm = Firm(tmp_path).files(customers="id,name,party,code\n1,Y,company,516179150\n" + wrong)
    firm.settings = settings_in(tmp_path, country="IL")
    firm.sql(customer="SELECT id AS source_id, id AS number, name, party, 'customer' AS relation, code AS identity_number FROM raw.customers")
    report = firm.bring(dry_run=True)
    doubt, = report.doubts
    assert doubt.count == 8 and len(doubt.places) == 5 and doubt.places[0].value == "xxxxxx150"
    assert in_words(report, Words("en")).count("…") == 1 and "8 identity numbers look wrong" in in_words(report, Words("en"))


@pytest.mark.parametrize("how", [find, find_by_sql])
def test_found_by_the_whole_number_only(hebrew, persian, how):
    for typed, number in (("39337423", "1"), ("039337423", "1"), ("3933742-3", "1"), ("039 337 423", "1"), ("۰۳۹۳۳۷۴۲۳", "1"), ("123456782", "3"), ("039337422", "5")):
        hits = how(warehouse_of(hebrew[0]), ALL, typed, 5)
        assert [(h.number, h.by) for h in hits[:1]] == [(number, "identity")] and hits[0].what.startswith("xxx") and len(hits[0].what.strip("x")) == 3
    for part in ("3933742", "9337423", "12345678", "93374"):
        assert not [h for h in how(warehouse_of(hebrew[0]), ALL, part, 5) if h.by == "identity"], part
    # Two wrote the same code, one without its zeros: both are found.
    assert sorted(found(persian[0], "0084575948", how)) == ["1", "3"]


def test_who_sees_numbers_only_finds_nobody(hebrew):
    scope = Scope(None, None, False)
    for ask in (lambda: find(warehouse_of(hebrew[0]), scope, "39337423", 5), lambda: profile(warehouse_of(hebrew[0]), scope, 1)):
        with pytest.raises(AccessDenied):
            ask()


def test_never_a_dimension(hebrew, tmp_path):
    catalog = catalog_for(warehouse_of(hebrew[0]))
    assert not [name for name in catalog.dimensions if "identity" in name]
    firm = Firm(tmp_path).files(customers="id,name\n1,A\n", more="id,of,key,value\n1,1,Identity_Number,039337423\n2,1,club,gold\n")
    firm.sql(customer="SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation FROM raw.customers",
             customer_attribute='SELECT id AS source_id, "of" AS customer_ref, key, value FROM raw.more')
    reject, = firm.bring().rejects
    assert reject.row == 2 and "give it as the column identity_number" in reject.reason and firm.rows("SELECT key FROM customer_attribute") == [("club",)]


def test_the_profile_has_it_and_the_command_finds_by_it(hebrew, monkeypatch):
    firm, _ = hebrew
    warehouse = warehouse_of(firm)
    assert profile(warehouse, ALL, found_id(warehouse, "1")).identity_number == "39337423"
    monkeypatch.setenv("MABAT_HOME", str(firm.settings.home))
    monkeypatch.setenv("MABAT_TIMEZONE", "Asia/Jerusalem")
    done = CliRunner().invoke(main, ["find", "039337423"])
    assert done.exit_code == 0 and "אברהם כהן" in done.output and "xxx" in done.output
    told = json.loads(CliRunner().invoke(main, ["find", "039337423", "--json"]).output)
    assert [(one["number"], one["found_by"]) for one in told["found"]] == [("1", "identity")] and "39337423" not in json.dumps(told["found"])


def test_numbers_written_in_groups_are_whole_and_a_fraction_of_nothing_is_not(tmp_path):
    firm = Firm(tmp_path).files(customers="id,code\n1,CHE-123.456.000\n2,51.234.000\n3,39337423.0\n4,39337423.00\n").sql(
        customer="SELECT id AS source_id, id AS number, id AS name, 'company' AS party, 'customer' AS relation, code AS identity_number FROM raw.customers")
    firm.bring()
    assert firm.rows("SELECT identity_number FROM customer ORDER BY id") == [("CHE123456000",), ("51234000",), ("39337423",), ("39337423",)]


@pytest.mark.parametrize("how", [find, find_by_sql])
def test_an_identity_number_does_not_hide_the_customer_of_that_number(tmp_path, how):
    firm = Firm(tmp_path).files(customers="id,name,code\n10045,Anna,\n2,Ben,10045\n").sql(
        customer="SELECT id AS source_id, id AS number, name, 'company' AS party, 'customer' AS relation, code AS identity_number FROM raw.customers")
    firm.bring()
    assert sorted(h.number for h in how(warehouse_of(firm), ALL, "10045", 5)) == ["10045", "2"]


def found_id(warehouse, number: str) -> int:
    return next(one.id for one in find(warehouse, ALL, number, 1))


def test_a_changed_number_is_a_change_and_a_silent_source_keeps_it(tmp_path):
    sql = "SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation{} FROM raw.customers"
    firm = Firm(tmp_path).files(customers="id,name,code\n1,A,39337423\n").sql(customer=sql.format(", code AS identity_number"))
    assert firm.bring().tables[0].new == 1
    assert firm.files(customers="id,name,code\n1,A,3933742-3\n").bring().tables[0].unchanged == 1
    assert firm.files(customers="id,name,code\n1,A,123456782\n").bring().tables[0].changed == 1
    assert firm.sql(customer=sql.format("")).bring().tables[0].unchanged == 1
    assert firm.rows("SELECT identity_number FROM customer") == [("123456782",)]


# Days -----------------------------------------------------------------------------------------------------------------
def test_jalali_days_of_files_are_read(tmp_path):
    firm = Firm(tmp_path).files(customers="id,since,noted,happened\n1,1405-08-30,1404/12/29,1405/08/30 14:30\n2,۱۴۰۳/۱۲/۳۰,2026-11-21,2026-11-21 14:30:00\n3,1370.5.2,,1405-08-30T09:00:00+03:30\n"
                                          "4,1404/12/30,,\n5,12/05/2026,1405-13-01,\n")
    firm.sql(customer="SELECT id AS source_id, id AS number, 'A' || id AS name, 'person' AS party, 'customer' AS relation, since AS customer_since FROM raw.customers",
             customer_interest="SELECT id AS source_id, id AS customer_ref, 'need' AS kind, 'x' AS name, noted AS noted_on FROM raw.customers",
             interaction="SELECT id AS source_id, id AS customer_ref, 'phone' AS channel, happened AS started_at FROM raw.customers WHERE happened IS NOT NULL")
    report = firm.bring()
    assert firm.rows("SELECT source_id, customer_since::VARCHAR FROM customer ORDER BY 1") == [("1", "2026-11-21"), ("2", "2025-03-20"), ("3", "1991-07-24")]
    assert firm.rows("SELECT source_id, noted_on::VARCHAR FROM customer_interest ORDER BY 1") == [("1", "2026-03-20"), ("2", "2026-11-21"), ("3", None)]
    assert firm.rows("SELECT started_at::VARCHAR FROM interaction ORDER BY source_id") == [("2026-11-21 14:30:00",), ("2026-11-21 14:30:00",), ("2026-11-21 05:30:00",)]
    # A day there is not is refused, never read as one of the Middle Ages.
    assert {(r.table, r.value) for r in report.rejects if r.table == "customer" or r.value} >= {("customer", "1404/12/30")}
    assert {r.value for r in report.rejects if r.table == "customer_interest"} & {"1405-13-01"}


def test_every_day_of_four_centuries_is_read_as_the_calendar_says():
    con = duckdb.connect()
    prepare(con)
    days = [(year, month, day) for year in range(1200, 1600) for month in range(1, 13) for day in range(1, jalali_month_days(year, month) + 1)]
    written = pa.table({"text": [f"{y}/{m:02d}/{d:02d}" for y, m, d in days], "day": pa.array([from_jalali(*d) for d in days], pa.date32())})
    assert len(days) == 146_097
    con.register("written", written)
    assert con.execute(f"SELECT count(*) FROM written WHERE try_cast({gregorian_sql('text')} AS DATE) IS DISTINCT FROM day").fetchone() == (0,)
    con.close()


@pytest.mark.parametrize(("written", "read"), [
    ("1405-08-30", "2026-11-21"), (" 1405/8/30 ", "2026-11-21"), ("1403-12-30", "2025-03-20"), ("1404-12-30", None), ("1405-13-01", None), ("1405-08-301", None), ("2026-11-21", None),
    ("1405", None), ("12/05/2026", None), ("", None), (None, None), ("1405-08-30 10:15", "2026-11-21 10:15")])
def test_what_is_a_jalali_day(written, read):
    assert gregorian_text(written) == read


# Workbooks ------------------------------------------------------------------------------------------------------------
def test_a_workbook_that_took_the_zeros_away(tmp_path):
    """People fill in the template in Excel: numbers where there should be text, Persian digits, Jalali days."""
    file = tmp_path / "firm.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("customer")
        sheet.write_row(0, 0, ["source_id", "number", "name", "party", "relation", "phone", "identity_number", "country", "customer_since"])
        sheet.write_row(1, 0, [1, 1, "אברהם כהן", "person", "customer", 521234567, 39337423, "ישראל", "2026-01-05"])
        sheet.write_row(2, 0, [2, 2, "علی رضایی", "person", "customer", "۰۹۱۲۳۴۵۶۷۸۹", 84575948, "ایران", "۱۴۰۵/۰۸/۳۰"])
        sheet.write_row(3, 0, [3, 3, "پژمان", "company", "customer", 2188776655, 10380284790, "IR", "1405-01-01"])
        sheet.write_row(4, 0, [4, 4, "פלאפון", "company", "customer", "*2700", 516179150, "IL", ""])
    settings = settings_in(tmp_path)
    report = import_source(str(file), None, settings)
    firm = Firm(tmp_path)
    assert report.rejects == () and [(d.count, [p.value for p in d.places]) for d in report.doubts] == [(1, ["xxxxxx150"])]
    assert rows(firm, "SELECT phone_digits, identity_number, CAST(customer_since AS VARCHAR) FROM customer ORDER BY id") == [
        ("972521234567", "39337423", "2026-01-05"), ("989123456789", "84575948", "2026-11-21"), ("982188776655", "10380284790", "2026-03-21"), ("9722700", "516179150", None)]
    assert found(firm, "0084575948") == ["2"] and found(firm, "039337423") == ["1"]


def test_the_head_of_the_customer_shows_it_to_who_may_see_people(hebrew, monkeypatch, tmp_path):
    url, timezone = hebrew[0].settings.warehouse, "Asia/Jerusalem"
    monkeypatch.setenv("MABAT_TIMEZONE", timezone)
    key = str(found_id(warehouse_of(hebrew[0]), "1"))
    assert "identity number 039337423" in plain(texts(page_run(monkeypatch, tmp_path, url, "customer", query={"id": key})))
    viewer = page_run(monkeypatch, tmp_path, url, "customer", query={"id": key}, user=User(2, "eyes", "Eyes", "viewer", None))
    assert "39337423" not in texts(viewer) and "not single customers" in texts(viewer)
    assert "39337423" not in json.dumps(json.loads(CliRunner().invoke(main, ["customer", "1", "--json"], env={"MABAT_HOME": str(hebrew[0].settings.home)}).output))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Names that one script writes as one word and the other as two, and letters that are spelled in several ways."""
    names = ("علی\u200cاصغر یوسفی", "محمدرضا شجریان", "محمد رضا نوری", "ژاله خسروی", "منیژه یعقوبی", "רפאל", "רפאל בן דוד", "אורן שם־טוב", "ציפי שטרן", "עלי אבו ריא")
    firm = Firm(tmp_path_factory.mktemp("mixed")).files(customers="id,name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names)))
    firm.sql(customer="SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation FROM raw.customers").bring()
    return firm


@pytest.mark.parametrize(("typed", "number"), [
    ("Ali Asghar Yousefi", "0"), ("Aliasghar", "0"), ("علی اصغر", "0"), ("Mohammad Reza Shajarian", "1"), ("Mohammadreza Nouri", "2"), ("محمدرضا نوری", "2"), ("Jaleh", "3"), ("Zhaleh Khosravi", "3"),
    ("Manijeh", "4"), ("Manizheh", "4"), ("Bendavid Rafael", "6"), ("Ben-David", "6"), ("Shemtov", "7"), ("Oren Shem Tov", "7"), ("Zipi Stern", "8"), ("Tzipi", "8"), ("Abu Raya", "9")])
def test_one_word_in_one_script_is_two_in_another(mixed, typed, number):
    assert found(mixed, typed)[:1] == [number]
