"""The rows behind a number: its first line says whether they add up to it."""
from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from crm_data.cuts.behind import told
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from crm_data.output.tables import Column, Sheet
from crm_data.text import persian_figure
from pages.parts.customer_back import coming
from pages.parts.frames import Taken
from pages.parts.table import table
from pages.parts.text import link, md

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN = 500
EXPORTED = 200_000
#: Columns of the rows in the order shown, with their heads; ``reference`` and ids stay inside.
_HEADS = {"day": N_("Date"), "customer": N_("Customer"), "kind": N_("Kind"), "detail": N_("Detail"), "product": N_("Product"), "branch": N_("Branch"),
          "owner": N_("Owner"), "value": N_("Amount")}

#: A quantity and its price: figures, where other details are words of the data.
_SUM = re.compile(r"[\d.,× −-]+$")
_WIDTHS = {"day": 96, "customer": 200, "kind": 90, "detail": 180, "product": 130, "branch": 110, "owner": 120}


def open_rows(page: Page, key: str, title: str, cut: Cut, measure: str, number: object) -> None:
    """Open the dialog for the rows of ``measure`` under ``cut``; ``number`` is what was shown."""
    from pages.parts.export_dialog import begin

    begin(f"rows_{key}")
    st.dialog(page.words.t(N_("Rows behind · {title}"), title=title), width="large")(_inside)(page, key, title, cut, measure, number)


def _inside(page: Page, key: str, title: str, cut: Cut, measure: str, number: object) -> None:
    from crm_data.cuts.behind import rows_behind

    try:
        behind = rows_behind(cut, page.warehouse, scope=page.scope, measure=measure, limit=SHOWN)
    except MabatError as error:
        st.warning(md(page.words.error(error)), icon=":material/error_outline:")
        return
    _first_line(page, behind, measure, number)
    if not behind.exact:
        st.caption(page.words.t(N_("The number is one thing over another: these are the rows of what stands above the line.")))
    sheet = rows_sheet(page, behind, measure)
    if not sheet.rows:
        st.caption(page.words.t(N_("No rows.")))
        return
    table(page, f"rows_{key}", sheet, height=min(36 * (len(sheet.rows) + 1) + 3, 400), alt=page.words.t(N_("Rows behind {title}"), title=title))
    if len(sheet.rows) >= SHOWN:
        st.caption(page.words.t(N_("The first {n} rows; files hold all of them."), n=page.formats.count(SHOWN)))
    _files(page, key, title, cut, measure, behind.count)


def _first_line(page: Page, behind: Any, measure: str, number: object) -> None:
    words, formats, unit = page.words, page.formats, page.catalog.measure(measure).unit
    whole = unit if behind.exact else "money" if unit == "money" else "number"
    with st.container(horizontal=True, vertical_alignment="bottom", key="rows_head"):
        st.metric(words.t(N_("Sum of the rows")), formats.value(behind.total, whole, full=True), width="content")
        if behind.exact and number is not None:
            if same(behind.total, number):
                st.badge(words.t(N_("equals the number clicked")), icon=":material/check:", color="green")
            else:
                gap = formats.value(abs(float(behind.total or 0) - float(number)), unit, full=True)  # type: ignore[arg-type]
                st.badge(words.t(N_("differs from the number clicked by {gap}"), gap=gap), icon=":material/error_outline:", color="orange")
        st.space("stretch")
        st.metric(words.t(N_("Rows")), formats.count(behind.count, full=True), width="content")
        st.metric(words.t(N_("Customers")), formats.count(behind.customers, full=True), width="content")


def same(total: object, number: object) -> bool:
    """Equal to the last cent (ratios, to a millionth)."""
    if total is None or number is None:
        return total is None and number is None
    return abs(float(total) - float(number)) <= (0.005 if isinstance(total, Decimal) else 1e-6 * max(1.0, abs(float(number))))  # type: ignore[arg-type]


def rows_sheet(page: Page, behind: Any, measure: str, links: bool = True) -> Sheet:
    """The rows as a sheet: a customer as a link to the customer's page (``links``), the amount last, columns without a value left out."""
    frame: pd.DataFrame = behind.rows
    unit = page.catalog.measure(measure).unit
    kinds = frame["kind"].nunique() if "kind" in frame else 0
    rows = [_row(page, record, links) for record in frame.to_dict("records")]
    columns = []
    for name, head in _HEADS.items():
        if name not in frame.columns or (name == "kind" and kinds < 2) or (name != "value" and all(not r[name] for r in rows)):
            continue
        if name == "value":
            # What is counted is one a row: a column of ones says nothing.
            if unit == "count" and behind.exact and kinds < 2:
                continue
            columns.append(Column("value", page.words.t(head) + (f" {page.formats.symbol}" if unit == "money" else ""), "money" if unit == "money" else "number", width=120))
        else:
            kind = "date" if name == "day" else "link" if name == "customer" and links else "text"
            columns.append(Column(name, page.words.t(head), kind, width=_WIDTHS.get(name), wide_only=name in ("kind", "product", "branch", "owner")))
    return Sheet(tuple(columns), tuple(rows))


def _row(page: Page, record: dict, links: bool) -> dict:
    key = record.get("customer_id")
    if links and key is not None and key == key:
        record["customer"] = link("customer", {"id": str(int(key)), **coming()}, str(record["customer"]))
    if "kind" in record:
        known = page.catalog.all_measures.get(str(record["kind"]))
        record["kind"] = page.words.label(known) if known is not None and known.label else page.words.label(str(record["kind"]))
    if page.formats.toman and record.get("currency") in ("", page.formats.currency):
        record["detail"] = told(record["detail"], page.formats.shown)
    for name in ("detail", "product", "branch"):
        if record.get(name) and record[name] == record[name]:
            record[name] = page.words.member(name, record[name])
    # On the screen alone: files hold what the data says.
    if links and record.get("detail") and page.formats.digits == "persian" and _SUM.match(str(record["detail"])):
        record["detail"] = persian_figure(str(record["detail"]))
    return {name: record.get(name) for name in _HEADS}


def _files(page: Page, key: str, title: str, cut: Cut, measure: str, count: int) -> None:
    from pages.parts.export_dialog import list_buttons

    def whole() -> Sheet:
        from crm_data.cuts.behind import rows_behind

        # A file carries names, not addresses inside this dashboard.
        return rows_sheet(page, rows_behind(cut, page.warehouse, scope=page.scope, measure=measure, limit=EXPORTED), measure, links=False)
    words, formats = page.words, page.formats
    most = words.t(N_("the first {n} of {all} rows"), n=formats.count(EXPORTED, full=True), all=formats.count(count, full=True)) if count > EXPORTED else ""
    list_buttons(page, f"rows_{key}", words.t(N_("Rows behind {title}"), title=title), Taken(whole, min(count, EXPORTED), sentence=most, detail={"measure": measure}), cut)
