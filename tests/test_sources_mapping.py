"""A mapping is checked before it runs: what it reads, what it gives, and that it is one SELECT over raw."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from crm_data.errors import ImportRefused, UnknownName
from crm_data.output.words import Words
from crm_data.sources.importer import import_source
from crm_data.sources.mapping import find_mapping, load_mapping, output_columns
from crm_data.sources.report import in_words
from tests.importing import CUSTOMER_SQL, CUSTOMERS, Firm, everything_in, settings_in, write_files


@pytest.fixture
def firm(tmp_path) -> Firm:
    made = Firm(tmp_path)
    write_files(made.source, CUSTOMERS)
    return made


def refused(firm: Firm, sql: str, table: str = "customer", toml: str = "") -> str:
    """What an import says that is refused; nothing may have been published or written by it."""
    firm.sql(**{table: sql}, **({"toml": toml} if toml else {}))
    with pytest.raises((ImportRefused, UnknownName)) as caught:
        firm.bring()
    home = firm.folder / "home"
    assert not home.exists() or not {name for name in everything_in(home) if not name.endswith(".lock")}
    return str(caught.value)


def test_a_missing_column_is_named_with_the_nearest_one(firm):
    said = refused(firm, CUSTOMER_SQL.replace("born AS", "bron AS"))
    assert said == "customer.sql reads the column “bron”, and raw.\"customers\" has none of that name. Did you mean “born”?"
    said = refused(firm, CUSTOMER_SQL.replace("born AS", "c.shoe_size_of_the_dog AS").replace("raw.customers", "raw.customers c"))
    assert "“shoe_size_of_the_dog”" in said and "There are: id, name, city, born" in said


def test_a_missing_table_is_named_with_the_nearest_one(firm):
    assert refused(firm, CUSTOMER_SQL.replace("raw.customers", "raw.custommers")) == (
        'customer.sql reads raw."custommers", and the source has no such table. Did you mean “customers”?')


@pytest.mark.parametrize(("sql", "said"), [
    ("DELETE FROM raw.customers", "must be a SELECT and nothing else"),
    ("SELECT 1 AS source_id; SELECT 2 AS source_id", "must be one SELECT; it holds 2 statements"),
    ("SELEC 1", "is not valid SQL"),
    ("SELECT * FROM read_csv('/etc/passwd')", "reads from “read_csv()”"),
    ("SELECT * FROM '/etc/passwd'", "A mapping reads only the tables of raw"),
    ("SELECT * FROM staging.customer", "reads “staging.customer”"),
    ("SELECT * FROM (SELECT * FROM duckdb_settings())", "reads from “duckdb_settings()”"),
    ("SELECT * FROM customers", 'write raw."customers"'),
    ("SELECT content AS source_id FROM read_text('/etc/hostname')", "reads from “read_text()”"),
    ("ATTACH '/tmp/x.db'", "must be a SELECT and nothing else"),
    ("COPY (SELECT 1) TO '/tmp/x.csv'", "must be a SELECT and nothing else"),
])
def test_only_a_select_over_raw_is_run(firm, sql, said):
    assert said in refused(firm, sql)


def test_common_table_expressions_are_fine(firm):
    firm.sql(customer="WITH c AS (SELECT * FROM raw.customers) " + CUSTOMER_SQL.replace("raw.customers", "c"))
    assert firm.bring().total("new") == 3


def test_columns_given_are_checked(firm):
    assert "Did you mean “owner_ref”?" in refused(firm, CUSTOMER_SQL.replace("city,", "city AS owner_id,"))
    assert "“cty”" in refused(firm, CUSTOMER_SQL.replace("city,", "city AS cty,"))
    assert "does not give source_id" in refused(firm, CUSTOMER_SQL.replace("id AS source_id, ", ""))
    assert "does not give relation, which every row of customer must have" in refused(
        firm, CUSTOMER_SQL.replace(", 'customer' AS relation", ""))
    (firm.mapping / "customer.sql").unlink()
    assert "order_line.sql does not give net or unit_price, which every row of order_line must have" in refused(
        firm, "SELECT id AS source_id, id AS order_ref, 1 AS quantity FROM raw.customers", table="order_line")


def test_a_value_cast_in_the_mapping_that_does_not_fit_is_explained(firm):
    said = refused(firm, CUSTOMER_SQL.replace("born AS", "CAST(name AS DATE) AS"))
    assert "customer.sql stopped" in said and "try_cast" in said


def test_files_and_options_that_fit_nothing_are_refused(firm):
    assert refused(firm, "SELECT 1", table="custmer") == "There is no table “custmer”. Did you mean “customer”?"
    (firm.mapping / "custmer.sql").unlink()
    assert "mapping option “curency”" in refused(firm, CUSTOMER_SQL, toml='curency = "EUR"')
    assert "is not an ISO currency code" in refused(firm, CUSTOMER_SQL, toml='currency = "euro"')
    assert "is not a time zone" in refused(firm, CUSTOMER_SQL, toml='timezone = "Mars/Olympus"')
    assert "is not valid TOML" in refused(firm, CUSTOMER_SQL, toml="currency = ")


def test_the_place_of_a_row_is_carried_through_a_join(tmp_path):
    firm = Firm(tmp_path).files(customers="id,name,born\nC1,A,1990-01-01\nC2,B,hello\n", cities="id,city\nC1,Haifa\nC2,Acre\n")
    firm.sql(customer="""SELECT c.id AS source_id, c.id AS number, name, 'person' AS party, 'customer' AS relation, born AS birth_date, city
                         FROM raw.customers c LEFT JOIN raw.cities t ON t.id = c.id""")
    reject, = firm.bring().rejects
    assert (reject.file, reject.row, reject.source_id, reject.column, reject.value) == ("customers.csv", 3, "C2", "birth_date", "hello")


def test_a_mapping_may_give_the_place_itself(tmp_path):
    firm = Firm(tmp_path).files(customers="id,name,born\nC1,A,x\nC1,A,y\n")
    firm.sql(customer="""SELECT id AS source_id, id AS number, any_value(name) AS name, 'person' AS party, 'customer' AS relation,
                         min(born) AS birth_date, min(_file) AS _file, max(_row) AS _row FROM raw.customers GROUP BY id""")
    reject, = firm.bring().rejects
    assert (reject.file, reject.row) == ("customers.csv", 3)


def test_mappings_are_found_by_name_or_nearest(tmp_path):
    assert load_mapping(find_mapping("northwind")).currency == "USD"
    with pytest.raises(UnknownName, match="Did you mean “northwind”"):
        find_mapping("nortwind")
    with pytest.raises(ImportRefused, match="is not a mapping"):
        find_mapping(str(tmp_path))


def test_a_folder_of_data_with_the_name_of_a_mapping_is_not_in_its_way(tmp_path, monkeypatch):
    (tmp_path / "northwind").mkdir()
    monkeypatch.chdir(tmp_path)
    assert (find_mapping("northwind") / "order_line.sql").exists()


def test_references_are_given_as_ref():
    columns = output_columns("customer")
    assert columns["owner_ref"] == "owner_id" and columns["acquisition_campaign_ref"] == "acquisition_campaign_id"
    assert "search_text" not in columns and "batch_id" not in columns
    assert "customer_ref" not in output_columns("order_line")


def test_the_page_that_teaches_a_mapping_is_right(tmp_path):
    page = (Path(__file__).resolve().parents[1] / "docs" / "mapping.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"^\*\*`([\w/.]+)`\*\*\n```\w+\n(.*?)^```", page, re.M | re.S):
        write_files(tmp_path / Path(name).parent, {Path(name).name: text})
    report = import_source(str(tmp_path / "shop"), tmp_path / "mapping", settings_in(tmp_path), dry_run=True)
    shown = re.search(r"A dry run does everything and changes nothing:\n\n```\n(.*?)\n```", page, re.S).group(1)
    assert in_words(report, Words("en")) == shown
