"""The workbook template: a sheet a table, its columns explained in the headers' comments, an example in the second row."""
from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlsxwriter
from sqlalchemy import Boolean, Column, Date, DateTime, Numeric

from crm_data.errors import N_
from crm_data.model.schema import CODES, TABLES
from crm_data.sources.mapping import FILLED_FROM, output_columns
from crm_data.sources.template_examples import EXAMPLES
from crm_data.sources.template_mapping import EXAMPLE

#: Rows a sheet's lists of allowed values and formats reach down to.
ROWS = 5_000

READ_ME = (
    N_("Each sheet is a table. Fill in the sheets you have data for and leave the others as they are: an empty sheet is nothing wrong."),
    N_("The first row holds the names of the columns; do not change them. Point at a name to read what it means."),
    N_("Names in bold must be filled in every row; a column you know nothing of stays empty: empty means unknown."),
    N_("The second row is an example. It is not imported, because its source_id begins with EXAMPLE. Write over it or delete it."),
    N_("source_id is your own key of the row: a customer number, an order number. It must differ in every row of a sheet. Importing "
       "again with the same key changes the row; it never makes a second one."),
    N_("A column that ends in _ref names a row of another sheet by its source_id: customer_ref in the sheet sales_order is the "
       "source_id of a customer."),
    N_("Days are Excel dates or are written 2026-11-22. Instants are written 2026-11-22 14:30. Yes and no are true and false. "
       "Numbers have no currency sign and no thousands separators."),
    N_("Days of the Jalali calendar are read too, 1405-08-30 or 1405/08/30, and so are Persian digits: the years 1200 to 1599 are Jalali."),
    N_("Amounts are in the currency named in the row, or in {currency} where none is named. Columns that end in _base are in "
       "{currency}; leave them empty and they are worked out with the rates of the sheet currency_rate."),
    N_("Start with: customer, product, sales_order, order_line. Then interaction, complaint and opportunity."),
    N_("When it is filled in, run: mabat import FILE.xlsx --dry-run, read the report, and run it again without --dry-run."),
)


def write_template(path: Path, words, currency: str) -> None:
    """Write the template to ``path``; ``currency`` is the reporting currency named in the explanations."""
    with xlsxwriter.Workbook(path) as book:
        styles = {
            "required": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EDF3", "valign": "top"}),
            "header": book.add_format({"bottom": 1, "bg_color": "#F5F7F9", "valign": "top"}),
            "example": book.add_format({"italic": True, "font_color": "#7A828C"}),
            "example_date": book.add_format({"italic": True, "font_color": "#7A828C", "num_format": "yyyy-mm-dd"}),
            "example_instant": book.add_format({"italic": True, "font_color": "#7A828C", "num_format": "yyyy-mm-dd hh:mm"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}), "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "title": book.add_format({"bold": True, "font_size": 14}), "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "plain": book.add_format({"num_format": "@"}),
        }
        _read_me(book, words, currency, styles)
        for table in EXAMPLES:
            _sheet(book, table, words, styles)


def _read_me(book: xlsxwriter.Workbook, words, currency: str, styles: dict) -> None:
    sheet = book.add_worksheet("Read me")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    if words.rtl:
        sheet.right_to_left()
    sheet.write(0, 0, words.t("How to fill in this workbook"), styles["title"])
    row = 2
    for number, line in enumerate(READ_ME, start=1):
        sheet.write(row, 0, number, styles["text"])
        sheet.write(row, 1, words.t(line, currency=currency), styles["text"])
        row += 1
    row += 1
    sheet.write(row, 0, words.t("Sheet"), styles["header"])
    sheet.write(row, 1, words.t("What stands in it"), styles["header"])
    for table in EXAMPLES:
        row += 1
        sheet.write_url(row, 0, f"internal:'{table}'!A1", string=table)
        sheet.write(row, 1, words.t(TABLES[table].info["doc"]), styles["text"])


def template_columns(table: str) -> list[str]:
    """The columns of a sheet: the key first, then the table's own order."""
    return ["source_id", *(name for name in output_columns(table) if name != "source_id")]


def _sheet(book: xlsxwriter.Workbook, table: str, words, styles: dict) -> None:
    sheet = book.add_worksheet(table)
    sheet.freeze_panes(1, 1)
    for place, name in enumerate(template_columns(table)):
        column = TABLES[table].c[output_columns(table)[name]]
        required = not column.nullable and (table, column.name) not in FILLED_FROM
        sheet.write(0, place, name, styles["required" if required else "header"])
        sheet.write_comment(0, place, explanation(table, name, column, words), {"x_scale": 2.2, "y_scale": 1.2})
        sheet.set_column(place, place, max(len(name) + 3, 14), _format(column, styles))
        if (table, column.name) in CODES:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": list(CODES[table, column.name]),
                                                          "error_type": "warning"})
        _example(sheet, place, EXAMPLES[table].get(name), styles)


def explanation(table: str, name: str, column: Column, words) -> str:
    """What a column means, whether it must be filled, what is allowed, and what a reference refers to."""
    parts = [words.t(column.doc)]
    if name == "source_id":
        parts = [words.t("Your own key of the row; it must differ in every row of the sheet.")]
    if column.info.get("to"):
        parts.append(words.t("The source_id of a row of the sheet {sheet}.", sheet=column.info["to"]))
    if (table, column.name) in CODES:
        parts.append(words.t("One of: {codes}.", codes=", ".join(CODES[table, column.name])))
    if (table, column.name) in FILLED_FROM:
        parts.append(words.t("Worked out when empty, from {columns}.", columns=", ".join(FILLED_FROM[table, column.name])))
    elif not column.nullable:
        parts.append(words.t("Must be filled."))
    return " ".join(parts)


def _format(column: Column, styles: dict):
    if isinstance(column.type, Date):
        return styles["date"]
    if isinstance(column.type, DateTime):
        return styles["instant"]
    # Keys and phone numbers stay as typed: Excel would take away their zeros.
    return None if isinstance(column.type, Numeric | Boolean) else styles["plain"]


def _example(sheet, place: int, value: object, styles: dict) -> None:
    if value is None:
        return
    if isinstance(value, dt.datetime):
        sheet.write_datetime(1, place, value, styles["example_instant"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(1, place, value, styles["example_date"])
    elif isinstance(value, bool):
        sheet.write_boolean(1, place, value, styles["example"])
    elif isinstance(value, (int, float)):
        sheet.write_number(1, place, value, styles["example"])
    else:
        sheet.write_string(1, place, value, styles["example"])


__all__ = ["EXAMPLE", "explanation", "template_columns", "write_template"]
