"""The workbook template: complete, explained, its examples not imported, and a filled one imported without a mapping."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest
from click.testing import CliRunner

from crm_data.cli import main
from crm_data.errors import ImportRefused
from crm_data.model.schema import CODES, TABLES
from crm_data.output.words import Words
from crm_data.sources.importer import import_source
from crm_data.sources.mapping import FILLED_FROM, output_columns
from crm_data.sources.template import template_columns, write_template
from crm_data.sources.template_examples import EXAMPLES
from tests.importing import figures, rows_of, settings_in


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path, Words("en"), "ILS")
    return path


def fill(template, rows: dict[str, list[dict[str, object]]], *, keep_examples: bool = True):
    book = openpyxl.load_workbook(template)
    for table, items in rows.items():
        sheet = book[table]
        names = [cell.value for cell in sheet[1]]
        if not keep_examples:
            sheet.delete_rows(2)
        for number, item in enumerate(items, start=3 if keep_examples else 2):
            for name, value in item.items():
                sheet.cell(number, names.index(name) + 1, value)
    book.save(template)
    return template


FIRM = {
    "customer": [{"source_id": 1, "number": "007", "name": "Maya", "party": "person", "relation": "customer", "city": "Haifa",
                  "customer_since": dt.date(2026, 1, 2)},
                 {"source_id": 2, "number": "008", "name": "Firm", "party": "company", "relation": "customer"}],
    "sales_order": [{"source_id": "O1", "customer_ref": 1, "status": "delivered", "ordered_on": dt.date(2026, 2, 3)}],
    "order_line": [{"source_id": "L1", "order_ref": "O1", "quantity": 3, "unit_price": 10.5, "discount": 1.5}],
}


def test_every_sheet_has_its_columns_explained_and_an_example(template):
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["Read me", *EXAMPLES]
    for table in EXAMPLES:
        sheet = book[table]
        names = [cell.value for cell in sheet[1]]
        assert names == template_columns(table) and set(names) == set(output_columns(table))
        assert all(cell.comment and len(cell.comment.text) >= 4 for cell in sheet[1]), table
        example = {name: cell.value for name, cell in zip(names, sheet[2], strict=False)}
        assert str(example["source_id"]).startswith("EXAMPLE")
        for name, column in output_columns(table).items():
            field = TABLES[table].c[column]
            bold = sheet.cell(1, names.index(name) + 1).font.bold
            required = not field.nullable and (table, column) not in FILLED_FROM
            assert bool(bold) == required, f"{table}.{name}"
            if required:
                assert example[name] is not None, f"{table}.{name}"
            if (table, column) in CODES and example.get(name):
                assert example[name] in CODES[table, column]


def test_examples_are_not_imported(template, tmp_path):
    report = import_source(str(template), None, settings_in(tmp_path))
    assert report.total("read") == 0 and report.snapshot is None


def test_examples_are_right_in_themselves(template, tmp_path):
    book = openpyxl.load_workbook(template)
    for table in EXAMPLES:
        for cell in book[table][2]:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("EXAMPLE-", "own ")
    book.save(template)
    report = import_source(str(template), None, settings_in(tmp_path))
    assert report.rejects == ()
    assert {table.table: table.new for table in report.tables} == dict.fromkeys(EXAMPLES, 1)


@pytest.mark.parametrize("keep_examples", [True, False])
def test_a_filled_template_needs_no_mapping(template, tmp_path, keep_examples):
    settings = settings_in(tmp_path)
    fill(template, FIRM, keep_examples=keep_examples)
    report = import_source(str(template), None, settings)
    assert report.rejects == () and figures(report, "customer") == (2, 2, 0, 0, 0)
    assert rows_of(settings, "SELECT number, customer_since::VARCHAR FROM customer ORDER BY number") == [("007", "2026-01-02"), ("008", None)]
    assert rows_of(settings, "SELECT net_base, ordered_on::VARCHAR FROM order_line") == [(Decimal("30.0000"), "2026-02-03")]
    again = import_source(str(template), None, settings)
    assert again.snapshot is None and again.total("unchanged") == 4


def test_a_reject_names_the_sheet_and_its_row(template, tmp_path):
    fill(template, {"customer": [*FIRM["customer"], {"source_id": 3, "number": "009", "name": "Late", "party": "persn", "relation": "lead"}]})
    reject, = import_source(str(template), None, settings_in(tmp_path)).rejects
    assert (reject.file, reject.row, reject.column, reject.value) == ("template.xlsx/customer", 5, "party", "persn")


def test_a_renamed_column_is_named(template, tmp_path):
    book = openpyxl.load_workbook(template)
    book["customer"]["B1"].value = "numbr"
    book.save(template)
    with pytest.raises(ImportRefused, match="the sheet customer gives the column “numbr”.*Did you mean “number”"):
        import_source(str(template), None, settings_in(tmp_path))


def test_a_workbook_that_is_no_template_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(ImportRefused, match="No mapping was named, and the source is not a filled template"):
        import_source(str(tmp_path / "other.xlsx"), None, settings_in(tmp_path))


def test_a_workbook_is_found_from_the_folder_one_stands_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MABAT_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    assert runner.invoke(main, ["template", "mine.xlsx"]).exit_code == 0
    read = runner.invoke(main, ["import", "mine.xlsx", "--dry-run"])
    assert read.exit_code == 0 and "The source holds no rows." in read.output


def test_the_command_writes_and_does_not_write_over(tmp_path):
    runner, path = CliRunner(), tmp_path / "mine.xlsx"
    assert runner.invoke(main, ["template", str(path)]).exit_code == 0 and path.exists()
    again = runner.invoke(main, ["template", str(path)])
    assert again.exit_code == 2 and "is there already" in again.output
    assert runner.invoke(main, ["template", str(tmp_path / "mine.csv")]).exit_code == 2
