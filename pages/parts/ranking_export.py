"""The whole ranking as a file, and as a list for a campaign: only those who agreed to be contacted, with mail and phone."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from sqlalchemy import select

from crm_data.analysis.customers import check_personal, visible
from crm_data.analysis.ranking import Ranking, names_of
from crm_data.analysis.ranking_criteria import unit_of
from crm_data.analysis.ranking_link import Asked
from crm_data.analysis.ranking_reasons import MOST, reasons
from crm_data.errors import N_
from crm_data.model import schema as s
from crm_data.output.ranking_sheet import notes, ranking_sheet
from crm_data.output.tables import Sheet, file_name, to_csv, to_xlsx
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def export_body(page: Page, asked: Asked, found: Ranking, rows: Any) -> None:
    """The inside of the export dialog."""
    from pages.parts.figure_menu import download

    words, formats = page.words, page.formats
    consented = found.subject == "customer" and st.toggle(words.t(N_("For a campaign: only those who agreed to be contacted")), key="ranking_consented")
    keys = [int(k) for k in rows["key"]]
    contacts = agreed(page, keys) if consented else None
    count = len(rows) if contacts is None else len(contacts)
    st.caption(md(words.n("{n} row, whole numbers, as you may see them.", "{n} rows, whole numbers, as you may see them.", count, n=formats.count(count, full=True))))
    if consented:
        st.caption(words.t(N_("Left out: who did not agree, was never asked, or is another branch's or colleague's customer.")))
    title = words.t(N_("Ranking for a campaign")) if consented else words.t(N_("Ranking"))

    def sheet() -> Sheet:
        return whole(page, found, rows, contacts)
    told = [title, *notes(found, words, formats, page.catalog)]
    detail = {"what": title, "rows": count, "link": asked.to_link(), "consented": bool(consented)}
    with st.container(horizontal=True):
        download(page, "ranking_xlsx", "XLSX", file_name(title, page.warehouse.as_of, "xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                 lambda: to_xlsx(sheet(), title, told, words.rtl), {**detail, "format": "xlsx"})
        download(page, "ranking_csv", "CSV", file_name(title, page.warehouse.as_of, "csv"), "text/csv", lambda: to_csv(sheet()), {**detail, "format": "csv"})


def whole(page: Page, found: Ranking, rows: Any, contacts: dict[int, dict[str, Any]] | None) -> Sheet:
    """Every row; reasons of the first ones, as on the page."""
    keys = [int(k) for k in rows["key"]] if contacts is None else list(contacts)
    ranked = [int(k) for k in rows["key"][:MOST]]
    return ranking_sheet(found, {c.name: unit_of(c.name, page.catalog) for c in found.criteria}, names_of(page.warehouse, page.scope, found.subject, keys),
                         reasons(found, ranked, page.warehouse, page.scope), page.words, page.formats, page.catalog, contacts=contacts, rows=rows)


def agreed(page: Page, keys: list[int]) -> dict[int, dict[str, Any]]:
    """How to reach those of ``keys`` who agreed to be contacted, whom the viewer may see."""
    check_personal(page.scope)
    c, mine = s.customer.c, set(keys)
    with page.warehouse.engine.connect() as connection:
        rows = connection.execute(select(c.id, c.number, c.email, c.phone, c.language).where(c.consent_contact, *visible(page.scope))).fetchall()
    return {r.id: {"number": r.number, "email": r.email, "phone": r.phone, "language": r.language} for r in rows if r.id in mine}
