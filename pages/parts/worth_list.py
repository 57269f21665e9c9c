"""Customers of a class or a group of the Worth page, as a list to work through and to take along."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from crm_data.analysis.customers import check_personal
from crm_data.analysis.ranking import names_of
from crm_data.analysis.worth_people import People
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts.customer_back import coming
from pages.parts.frames import Taken
from pages.parts.table import table
from pages.parts.text import link, md

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN = 200


def open_list(page: Page, key: str, title: str, people: People, positions: np.ndarray, worst_first: bool = False) -> None:
    """Open the dialog; only for who sees single customers."""
    from pages.parts.export_dialog import begin

    check_personal(page.scope)
    begin(f"list_{key}")
    worth = people.worth[positions]
    order = positions[np.argsort(worth if worst_first else -worth, kind="stable")]
    st.dialog(page.words.t(N_("Customers · {title}"), title=title), width="large")(_inside)(page, key, title, people, order)


def _inside(page: Page, key: str, title: str, people: People, order: np.ndarray) -> None:
    words, formats = page.words, page.formats
    with st.container(horizontal=True, vertical_alignment="bottom", key="list_head"):
        st.metric(words.t(N_("Customers")), formats.count(len(order), full=True), width="content")
        st.metric(words.t(N_("Gross profit")), formats.money(people.profit[order].sum()), width="content")
        st.metric(words.t(N_("Cost to serve")), formats.money(people.served[order].sum()), width="content")
        st.metric(words.t(N_("Worth")), formats.money(people.worth[order].sum()), width="content")
    sheet = customers_sheet(page, people, order[:SHOWN])
    table(page, f"list_{key}", sheet, height=min(36 * (len(sheet.rows) + 1) + 3, 420), alt=title)
    if len(order) > SHOWN:
        st.caption(md(words.t(N_("The first {n}; files hold all of them."), n=formats.count(SHOWN))))
    _files(page, key, title, people, order)


def customers_sheet(page: Page, people: People, order: np.ndarray, links: bool = True) -> Sheet:
    """One row a customer, in the order given."""
    words = page.words
    keys = [int(k) for k in people.keys[order]]
    names = names_of(page.warehouse, page.scope, "customer", keys)
    money = f" {page.formats.symbol}"
    columns = (Column("customer", words.t(N_("Customer")), "link" if links else "text", width=220), Column("revenue", words.t(N_("Revenue")) + money, "money", wide_only=True),
               Column("profit", words.t(N_("Gross profit")) + money, "money"), Column("served", words.t(N_("Cost to serve")) + money, "money"), Column("worth", words.t(N_("Worth")) + money, "money"))
    rows = []
    for key, i in zip(keys, order, strict=True):
        name = names.get(key, str(key))
        rows.append({"customer": link("customer", {"id": str(key), **coming()}, name) if links else name, "revenue": _cents(people.revenue[i]), "profit": _cents(people.profit[i]),
                     "served": _cents(people.served[i]), "worth": _cents(people.worth[i])})
    return Sheet(columns, tuple(rows))


def _cents(amount: float) -> float:
    return round(float(amount), 2)


def _files(page: Page, key: str, title: str, people: People, order: np.ndarray) -> None:
    from pages.parts.export_dialog import list_buttons

    # A file carries names, not addresses inside this dashboard.
    list_buttons(page, f"list_{key}", page.words.t(N_("Customers · {title}"), title=title), Taken(lambda: customers_sheet(page, people, order, links=False), len(order)))
