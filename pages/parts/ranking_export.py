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
from crm_data.output.tables import Sheet
from pages.parts import asking
from pages.parts.frames import Taken

if TYPE_CHECKING:
    from pages.parts.context import Page


def everybody(page: Page, asked: Asked, found: Ranking, rows: Any) -> Taken:
    """The whole ranking, as the page takes it along."""
    return _taken(page, asked, found, rows, "", None)


def chosen(page: Page, asked: Asked, found: Ranking, rows: Any) -> Taken:
    """What the file is for: the ranking, or a list for a campaign of those who agreed to be contacted. Drawn in the export dialog."""
    words = page.words
    if found.subject != "customer" or not page.scope.personal or not st.toggle(words.t(N_("For a campaign: only those who agreed to be contacted")), key="ranking_consented"):
        return everybody(page, asked, found, rows)
    st.caption(words.t(N_("Left out: who did not agree, was never asked, or is another branch's or colleague's customer.")))
    return _taken(page, asked, found, rows, words.t(N_("Ranking for a campaign")), agreed(page, [int(k) for k in rows["key"]]))


def _taken(page: Page, asked: Asked, found: Ranking, rows: Any, title: str, contacts: dict[int, dict[str, Any]] | None) -> Taken:
    count, formats = len(rows) if contacts is None else len(contacts), page.formats
    against = page.words.t(N_("rank against {period}"), period=formats.period(found.period_before.first, found.period_before.last)) if found.period_before else ""
    sentence = asking.sentence(page, formats.period(found.period.first, found.period.last), asking.filters_text(page), against,
                               page.words.t(N_("{count} in all"), count=formats.count(count, full=True)) if count == found.count else
                               page.words.t(N_("{shown} of {count}"), shown=formats.count(count, full=True), count=formats.count(found.count, full=True)))
    return Taken(lambda: whole(page, found, rows, contacts), count, title, sentence,
                 tuple(notes(found, page.words, page.formats, page.catalog)), {"link": asked.to_link(), "consented": contacts is not None})


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
