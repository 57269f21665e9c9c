"""An import: what is rejected and why, keys that stay, importing twice, a dry run, the command line."""
from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crm_data.cli import main
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import open_store
from crm_data.sources.importer import import_source
from tests.importing import CUSTOMER_SQL, CUSTOMERS, Firm, everything_in, figures, settings_in, write_files

ORDER_SQL = """SELECT id AS source_id, customer AS customer_ref, 'delivered' AS status, day AS ordered_on FROM raw.orders"""
LINE_SQL = "SELECT id AS source_id, \"order\" AS order_ref, quantity, price AS unit_price, discount FROM raw.lines"


@pytest.fixture
def firm(tmp_path) -> Firm:
    made = Firm(tmp_path)
    write_files(made.source, CUSTOMERS)
    return made.sql(customer=CUSTOMER_SQL)


def said(report) -> list[tuple]:
    return [(reject.table, reject.row, reject.source_id, reject.column, reject.value, reject.reason) for reject in report.rejects]


def test_an_import_is_published_whole(firm):
    report = firm.bring()
    assert figures(report, "customer") == (3, 3, 0, 0, 0)
    assert report.snapshot == open_store(firm.settings.warehouse).published().name
    assert open_store(firm.settings.warehouse).verify(report.snapshot) == []
    assert firm.rows("SELECT source, source_id, number, name, city, birth_date::VARCHAR FROM customer ORDER BY source_id") == [
        ("firm", "C1", "C1", "Maya Cohen", "Haifa", "1990-02-03"), ("firm", "C2", "C2", "Firm Ltd", "Berlin", None),
        ("firm", "C3", "C3", "Dan Levi", "Haifa", "1985-11-30")]


def test_importing_twice_changes_nothing(firm):
    firm.bring()
    before = everything_in(firm.folder / "home" / "warehouse")
    again = firm.bring()
    assert figures(again, "customer") == (3, 0, 0, 3, 0) and again.snapshot is None
    assert everything_in(firm.folder / "home" / "warehouse") == before


def test_changes_keep_the_key_and_what_the_mapping_does_not_give(firm):
    firm.bring()
    ids = dict(firm.rows("SELECT source_id, id FROM customer"))
    firm.files(customers=CUSTOMERS["customers.csv"].replace("Berlin", "Bonn") + "C4,New One,Acre,\n")
    firm.sql(customer=CUSTOMER_SQL.replace(", born AS birth_date", ""))
    assert figures(firm.bring(), "customer") == (4, 1, 1, 2, 0)
    assert {key: value for key, value in firm.rows("SELECT source_id, id FROM customer") if key in ids} == ids
    assert firm.rows("SELECT city, birth_date::VARCHAR FROM customer WHERE source_id IN ('C2', 'C3') ORDER BY source_id") == [
        ("Bonn", None), ("Haifa", "1985-11-30")]


def test_a_dry_run_changes_nothing_at_all(firm):
    firm.files(customers=CUSTOMERS["customers.csv"] + "C9,Bad,Acre,never\n")
    report = firm.bring(dry_run=True)
    assert figures(report, "customer") == (4, 3, 0, 0, 1)
    assert report.snapshot is None and report.rejects_folder is None and not (firm.folder / "home").exists()
    firm.bring()
    before = everything_in(firm.folder)
    firm.files(customers="id,name,city,born\nC1,Other,X,\n")
    changed = firm.bring(dry_run=True)
    assert figures(changed, "customer") == (1, 0, 1, 0, 0)
    after = everything_in(firm.folder)
    assert {name for name in after if after[name] != before.get(name)} == {"source/customers.csv"}


def test_bad_values_are_rejected_with_their_place_and_kept(firm):
    firm.files(customers="id,name,city,born,kind,pay\nC1,Good,Haifa,1990-01-01,person,30\nC2,Bad day,Haifa,31/12/1990,person,30\n"
                         "C3,,Haifa,,person,\nC4,Bad code,Haifa,,robot,\nC5,Bad number,Haifa,,person,=soon\nC6,Both,,0021-01-01,alien,2.5\n")
    firm.sql(customer=CUSTOMER_SQL.replace("'person' AS party", "kind AS party, pay AS payment_days"))
    report = firm.bring()
    assert figures(report, "customer") == (6, 1, 0, 0, 5)
    assert sorted(said(report)) == sorted([
        ("customer", 3, "C2", "birth_date", "31/12/1990", "is not a day written like 2026-11-22"),
        ("customer", 4, "C3", "name", None, "is missing"),
        ("customer", 5, "C4", "party", "robot", "is not one of: person, company"),
        ("customer", 6, "C5", "payment_days", "=soon", "is not a whole number, or too large"),
        ("customer", 7, "C6", "birth_date", "0021-01-01", "is not a believable day: the year must be from 1850 to 2200")])
    assert [reject.count for reject in report.rejects if reject.column in ("party", "payment_days")] == [2, 2]
    kept = list(csv.DictReader((Path(report.rejects_folder) / "customer.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(kept) == 7 and {row["row"] for row in kept} == {"3", "4", "5", "6", "7"}
    assert [row["value"] for row in kept if row["source_id"] == "C5"] == ["'=soon"], "a formula is not kept live"


def test_values_in_other_writings_are_read(firm):
    firm.files(customers="id,name,city,born,ok,pay\nC1,A,Haifa,1990-01-01 00:00:00,yes,30.0\nC2,B,Haifa,۱۹۹۰-۰۱-۰۲,FALSE,۴۵\nC3,C, , ,,\n")
    firm.sql(customer=CUSTOMER_SQL + "").sql(customer=CUSTOMER_SQL.replace("city,", "city, ok AS consent_contact, pay AS payment_days,"))
    assert firm.bring().rejects == ()
    assert firm.rows("SELECT city, birth_date::VARCHAR, consent_contact, payment_days FROM customer ORDER BY source_id") == [
        ("Haifa", "1990-01-01", True, 30), ("Haifa", "1990-01-02", False, 45), (None, None, None, None)]


def test_keys_that_stand_twice(firm):
    firm.files(customers="id,name,city,born\nC1,Same,Haifa,\nC2,One,Haifa,\nC1,Same,Haifa,\nC2,Other,Haifa,\nC3,Alone,Acre,\n")
    report = firm.bring()
    table, = report.tables
    assert (table.read, table.new, table.repeated, table.rejected) == (5, 2, 1, 2)
    assert said(report) == [("customer", 3, "C2", "source_id", "C2", "stands in 2 rows that differ; the key of a row must be its own")]


def test_a_rejected_parent_rejects_its_children_with_the_reason(firm):
    firm.files(customers="id,name,city,born\nC1,Good,Haifa,\nC2,Bad,Haifa,soon\n",
               orders="id,customer,day\nO1,C1,2026-01-05\nO2,C2,2026-01-06\nO3,C7,2026-01-07\n",
               lines="id,order,quantity,price,discount\nL1,O1,2,10.5,1\nL2,O2,1,5,\nL3,O9,1,5,\n")
    firm.sql(sales_order=ORDER_SQL, order_line=LINE_SQL)
    report = firm.bring()
    day = "birth_date is not a day written like 2026-11-22"
    assert {row[0:1] + row[2:] for row in said(report)[1:]} == {
        ("order_line", "L3", "order_ref", "O9", "refers to a sales_order that is not there"),
        ("order_line", "L2", "order_ref", "O2",
         f"refers to a sales_order that was rejected (customer_ref refers to a customer that was rejected ({day}))"),
        ("sales_order", "O3", "customer_ref", "C7", "refers to a customer that is not there"),
        ("sales_order", "O2", "customer_ref", "C2", f"refers to a customer that was rejected ({day})")}
    assert figures(report, "sales_order") == (3, 1, 0, 0, 2) and figures(report, "order_line") == (3, 1, 0, 0, 2)
    assert firm.rows("SELECT net, net_base, ordered_on::VARCHAR, customer_id IS NOT NULL, counted FROM order_line") == [
        (Decimal("20.0000"), Decimal("20.0000"), "2026-01-05", True, True)]


def test_references_of_a_table_to_itself(firm):
    firm.files(customers="id,name,city,born,above\nC1,Child,Haifa,,C2\nC2,Parent,Haifa,,\nC3,Orphan,Haifa,,C8\nC4,Under orphan,Haifa,,C3\n"
                         "C5,Bad,Haifa,x,\nC6,Under bad,Haifa,,C5\n")
    firm.sql(customer=CUSTOMER_SQL.replace("city,", "city, above AS parent_ref,"))
    report = firm.bring()
    assert figures(report, "customer") == (6, 2, 0, 0, 4)
    reasons = {reject.source_id: reject.reason for reject in report.rejects}
    assert reasons["C3"] == "refers to a customer that is not there"
    assert reasons["C4"].startswith("refers to a customer that was rejected (parent_ref refers to a customer that is not there")
    assert reasons["C6"].startswith("refers to a customer that was rejected (birth_date is not a day")
    assert firm.rows("SELECT p.source_id FROM customer c JOIN customer p ON p.id = c.parent_id") == [("C2",)]
    assert figures(firm.bring(), "customer") == (6, 0, 0, 2, 4)


def test_rows_of_an_earlier_import_may_be_referred_to(firm):
    firm.bring()
    firm.files(orders="id,customer,day\nO1,C1,2026-01-05\n")
    (firm.mapping / "customer.sql").unlink()
    firm.sql(sales_order=ORDER_SQL)
    assert firm.bring().total("new") == 1
    assert firm.rows("SELECT c.source_id FROM sales_order o JOIN customer c ON c.id = o.customer_id") == [("C1",)]


def test_two_sources_do_not_meet_unless_the_mapping_says_so(firm, tmp_path):
    firm.bring()
    other = Firm(tmp_path)
    other.source, other.mapping = tmp_path / "books", tmp_path / "accounting"
    other.files(orders="id,customer,day\nO1,C1,2026-01-05\n").sql(sales_order=ORDER_SQL)
    assert figures(other.bring(), "sales_order") == (1, 0, 0, 0, 1)
    other.sql(toml='[references]\ncustomer = "firm"\n')
    assert figures(other.bring(), "sales_order") == (1, 1, 0, 0, 0)
    assert open_store(firm.settings.warehouse).published().sources == ("accounting", "firm")


def test_amounts_are_converted_with_the_rate_of_the_day_or_rejected(firm):
    firm.files(rates="cur,rate,day\nEUR,4.0,2026-01-01\nEUR,3.5,2026-02-01\n",
               invoices="id,customer,amount,cur,day,base\nI1,C1,100,EUR,2026-01-15,\nI2,C1,100,EUR,2026-03-15,\nI3,C1,100,ILS,2026-01-15,\n"
                        "I4,C1,100,EUR,2025-12-31,\nI5,C1,100,USD,2026-03-15,\nI6,C1,100,USD,2026-03-15,370\nI7,C1,100,,2026-01-15,\n"
                        "I8,C1,,EUR,2026-01-15,\n")
    firm.sql(currency_rate="SELECT cur || day AS source_id, cur AS currency, rate, day AS valid_on FROM raw.rates",
             invoice="SELECT id AS source_id, customer AS customer_ref, amount, cur AS currency, base AS amount_base, day AS issued_on "
                     "FROM raw.invoices")
    report = firm.bring()
    assert dict(firm.rows("SELECT source_id, amount_base FROM invoice")) == {
        "I1": Decimal("400.0000"), "I2": Decimal("350.0000"), "I3": Decimal("100.0000"), "I6": Decimal("370.0000"),
        "I7": Decimal("100.0000")}
    assert {(reject[2], reject[4], reject[5]) for reject in said(report)} == {
        ("I4", "EUR", "has no rate for EUR on 2025-12-31 or before; add one to currency_rate"),
        ("I5", "USD", "has no rate for USD on 2026-03-15 or before; add one to currency_rate"), ("I8", None, "is missing")}
    assert figures(firm.bring(), "invoice") == (8, 0, 0, 5, 3)


def test_lines_are_converted_with_the_order_s_currency_and_day(firm):
    firm.files(rates="cur,rate,day\nEUR,4.0,2026-01-01\n", orders="id,customer,day,cur\nO1,C1,2026-01-05,EUR\nO2,C1,2026-01-05,ILS\n",
               lines="id,order,quantity,price,discount\nL1,O1,2,10,1\nL2,O2,1,5,\n")
    firm.sql(currency_rate="SELECT cur AS source_id, cur AS currency, rate, day AS valid_on FROM raw.rates",
             sales_order=ORDER_SQL.replace("day AS", "cur AS currency, day AS"), order_line=LINE_SQL)
    firm.bring()
    assert firm.rows("SELECT source_id, net, net_base, discount_base FROM order_line ORDER BY 1") == [
        ("L1", Decimal("19.0000"), Decimal("76.0000"), Decimal("4.0000")), ("L2", Decimal("5.0000"), Decimal("5.0000"), None)]


def test_the_reporting_currency_of_a_warehouse_is_not_mixed(firm):
    firm.bring()
    firm.sql(toml='reporting_currency = "USD"')
    with pytest.raises(Exception, match="The warehouse is kept in ILS, and the mapping “firm” reports in USD"):
        firm.bring()


def test_instants_become_utc_and_give_the_day_and_hour_at_the_branch(firm):
    firm.files(branches="id,zone\nB1,America/New_York\nB2,\n",
               calls="id,customer,branch,began\nX1,C1,B2,2026-01-01 00:30:00\nX2,C1,B1,2026-01-01 00:30:00\nX3,C1,B2,2026-07-01T10:00:00Z\n"
                     "X4,C1,B2,2026-07-01T10:00:00+05:00\nX5,C1,B2,noon\n")
    firm.sql(toml='timezone = "Asia/Jerusalem"\n', branch="SELECT id AS source_id, id AS name, zone AS timezone FROM raw.branches",
             interaction="SELECT id AS source_id, customer AS customer_ref, branch AS branch_ref, 'phone' AS channel, began AS started_at "
                         "FROM raw.calls")
    report = firm.bring()
    assert firm.rows("SELECT source_id, started_at::VARCHAR, started_on::VARCHAR, started_hour FROM interaction ORDER BY 1") == [
        ("X1", "2025-12-31 22:30:00", "2026-01-01", 0), ("X2", "2025-12-31 22:30:00", "2025-12-31", 17),
        ("X3", "2026-07-01 10:00:00", "2026-07-01", 13), ("X4", "2026-07-01 05:00:00", "2026-07-01", 8)]
    assert said(report) == [("interaction", 6, "X5", "started_at", "noon", "is not an instant written like 2026-11-22 14:30:00")]


def test_an_unreadable_row_of_a_file_is_in_the_report(firm):
    firm.files(customers=CUSTOMERS["customers.csv"] + "C8,too few\n")
    report = firm.bring()
    file, = report.files
    assert (file.table, file.file, file.rows, file.rejected) == ("customers", "customers.csv", 3, 1)
    assert said(report) == [("raw.customers", 5, None, None, "C8,too few", "the row has fewer fields than the header")]
    assert (Path(report.rejects_folder) / "raw.customers.csv").exists()


def test_nothing_of_the_work_is_left(firm):
    firm.bring()
    assert list((firm.folder / "home" / "work").iterdir()) == []


def test_the_command_line(firm, monkeypatch):
    monkeypatch.setenv("MABAT_HOME", str(firm.settings.home))
    runner = CliRunner()
    call = ["import", str(firm.source), "--mapping", str(firm.mapping)]
    dry = runner.invoke(main, [*call, "--dry-run"])
    assert dry.exit_code == 0 and "Dry run: nothing was changed." in dry.output
    done = runner.invoke(main, [*call, "--json"])
    report = json.loads(done.output)
    assert done.exit_code == 0 and report["totals"] == {
        "read": 3, "accepted": 3, "new": 3, "changed": 0, "unchanged": 0, "repeated": 0, "rejected": 0}
    assert set(report) == {"source", "mapping", "batch", "dry_run", "currency", "snapshot", "files", "tables", "rejects",
                           "rejects_folder", "seconds", "doubts", "totals"}
    again = runner.invoke(main, call)
    assert "Nothing is new or changed" in again.output
    wrong = runner.invoke(main, ["import", str(firm.source / "none.csv"), "--mapping", str(firm.mapping)])
    assert wrong.exit_code == 2 and "There is no file or folder" in wrong.output and "Traceback" not in wrong.output


@pytest.mark.engines
def test_postgresql_as_warehouse_and_as_source(firm, postgres_database, tmp_path):
    """The same import into a warehouse in PostgreSQL, twice; and the customers read from a table in PostgreSQL."""
    from sqlalchemy import create_engine, text
    source = postgres_database()
    engine = create_engine(source)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE customers (id TEXT, name TEXT, city TEXT, born DATE, seen TIMESTAMPTZ, paid NUMERIC)"))
        connection.execute(text("INSERT INTO customers VALUES ('C1', 'מאיה', 'Haifa', '1990-02-03', now(), 1.50), ('C2', 'B', NULL, NULL, NULL, NULL)"))
    engine.dispose()
    settings = settings_in(tmp_path / "pg", warehouse=postgres_database())
    first = import_source(source, firm.mapping, settings)
    assert figures(first, "customer") == (2, 2, 0, 0, 0) and first.rejects == ()
    again = import_source(source, firm.mapping, settings)
    assert figures(again, "customer") == (2, 0, 0, 2, 0) and again.snapshot is None
    more = import_source(str(firm.source), firm.mapping, settings)
    assert figures(more, "customer") == (3, 1, 2, 0, 0)
    warehouse = open_store(settings.warehouse).warehouse()
    with warehouse.engine.connect() as connection:
        customer = TABLES["customer"]
        rows = connection.execute(select(customer.c.source_id, customer.c.city, customer.c.birth_date).order_by(customer.c.source_id)).all()
    assert [(key, city, str(born)) for key, city, born in rows] == [
        ("C1", "Haifa", "1990-02-03"), ("C2", "Berlin", "None"), ("C3", "Haifa", "1985-11-30")]


def test_an_unknown_time_zone_of_a_branch_is_rejected(firm):
    firm.files(branches="id,zone\nB1,Mars/Olympus\nB2,Asia/Jerusalem\n")
    firm.sql(branch="SELECT id AS source_id, id AS name, zone AS timezone FROM raw.branches")
    assert said(firm.bring()) == [("branch", 2, "B1", "timezone", "Mars/Olympus", "is not a time zone such as Asia/Jerusalem")]


def test_a_known_row_that_is_rejected_stays_as_it_was(firm):
    firm.bring()
    firm.files(customers="id,name,city,born\nC1,New name,Acre,never\nC2,,,\n")
    assert figures(firm.bring(), "customer") == (2, 0, 0, 0, 2)
    assert firm.rows("SELECT name FROM customer WHERE source_id IN ('C1', 'C2') ORDER BY source_id") == [("Maya Cohen",), ("Firm Ltd",)]


def test_what_publishing_fills_in_is_not_a_change(firm):
    firm.files(branches="id\nB1\n", customers="id,name,city,born,branch\nC1,A,Haifa,,B1\n", orders="id,customer,day,branch\nO1,C1,2026-01-05,\n")
    firm.sql(branch="SELECT id AS source_id, id AS name FROM raw.branches", customer=CUSTOMER_SQL.replace("city,", "city, branch AS branch_ref,"),
             sales_order=ORDER_SQL.replace("day AS", "branch AS branch_ref, day AS"))
    firm.bring()
    assert firm.rows("SELECT b.source_id FROM sales_order o JOIN branch b ON b.id = o.branch_id") == [("B1",)]
    assert firm.bring().snapshot is None
    firm.files(orders="id,customer,day,branch\nO1,C1,2026-01-06,\n")
    assert figures(firm.bring(), "sales_order") == (1, 0, 1, 0, 0)
