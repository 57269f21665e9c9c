"""Who and what is behind a part of a change: its customers, products or members, the largest difference first."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from crm_data.analysis.bridge import customers_behind
from crm_data.errors import N_, MabatError
from crm_data.output import why_view
from crm_data.output.tables import Sheet
from pages.parts import asking
from pages.parts.customer_back import coming
from pages.parts.frames import Taken
from pages.parts.table import table
from pages.parts.text import link, md

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN, EXPORTED = 500, 100_000


def opens(found: Any, part: str) -> bool:
    """Whether a part has something behind it."""
    return not (found.kind == "customers" and part == "without")


def open_part(page: Page, found: Any, part: str, before: str, now: str) -> None:
    """Open the dialog for a part; ``before`` and ``now`` name the two periods."""
    if opens(found, part):
        from pages.parts.export_dialog import begin

        begin(f"why_{part}")
        label, _ = why_view.part_text(found, part, asking.view(page))
        st.dialog(page.words.t(N_("Behind “{part}”"), part=label), width="large")(_inside)(page, found, part, before, now)


def _inside(page: Page, found: Any, part: str, before: str, now: str) -> None:
    try:
        sheet, count = _sheet(page, found, part, before, now, SHOWN, links=True)
    except MabatError as error:
        st.info(md(page.words.error(error)), icon=":material/visibility_off:")
        return
    words, seen, about = page.words, asking.view(page), found.part(part)
    label, meaning = why_view.part_text(found, part, seen)
    unit, decimals = page.catalog.measure(found.measure).unit, why_view.decimals_of(found, seen)
    with st.container(horizontal=True, vertical_alignment="bottom", key="why_head"):
        st.metric(words.t(N_("Part of the change")), why_view.amount(why_view.told_of(about.amount, unit, seen), unit, seen, decimals or (2 if unit == "money" else 0), signed=True), width="content")
        st.space("stretch")
        st.metric(words.t({"customers": N_("Customers"), "products": N_("Products"), "rates": N_("Members")}[found.kind]), page.formats.count(count, full=True), width="content")
    st.caption(md(meaning))
    table(page, f"why_behind_{part}", sheet, height=min(36 * (len(sheet.rows) + 1) + 3, 400), alt=words.t(N_("Behind “{part}”"), part=label))
    if count > len(sheet.rows):
        st.caption(words.t(N_("The first {n} rows; files hold all of them."), n=page.formats.count(len(sheet.rows))))
    _files(page, found, part, label, before, now)


def _sheet(page: Page, found: Any, part: str, before: str, now: str, limit: int, *, links: bool) -> tuple[Sheet, int]:
    seen = asking.view(page)
    if found.kind == "products":
        products = found.behind(part)
        return why_view.products_sheet(products[:limit], part, seen, before, now), len(products)
    if found.kind == "rates":
        return why_view.members_sheet(found, seen), len(found.members)
    behind = customers_behind(found, part, page.warehouse, scope=page.scope, limit=limit)
    rows = behind.rows.to_dict("records")
    if links:
        rows = [{**r, "customer": link("customer", {"id": str(int(r["customer_id"])), **coming()}, str(r["customer"]))} for r in rows]
    return why_view.customers_sheet(rows, found.measure, seen, before, now, links), behind.count


def _files(page: Page, found: Any, part: str, label: str, before: str, now: str) -> None:
    from pages.parts.export_dialog import list_buttons

    def whole() -> Sheet:
        return _sheet(page, found, part, before, now, EXPORTED, links=False)[0]
    list_buttons(page, f"why_{part}", label, Taken(whole, detail={"part": part, "measure": found.measure}), found.cut)
