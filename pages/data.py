"""What the numbers rest on: where the data comes from, how far it reaches, what is in it, and earlier snapshots."""
from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from crm_data.errors import N_
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import open_store
from crm_data.output.table_words import TABLE_LABELS
from crm_data.settings import load_settings
from pages.parts.firm_settings import firm_settings
from pages.parts.page_help import plain_head

if TYPE_CHECKING:
    from crm_data.output.words import Words
    from pages.parts.context import Page


def contents(manifest, words: Words) -> pd.DataFrame:
    """Tables of a snapshot: name, what a row is, rows."""
    rows = [(words.t(TABLE_LABELS[name]), words.t(TABLES[name].info["doc"]), int(facts["rows"])) for name, facts in manifest.tables.items() if name in TABLES]
    return pd.DataFrame(rows, columns=["table", "holds", "rows"]).sort_values("rows", ascending=False, kind="stable", ignore_index=True)


def in_order(frame: pd.DataFrame, words: Words) -> list[str]:
    """The columns as they stand on the screen: a grid has no direction, so the first is put last where reading begins at the right."""
    return list(frame.columns[::-1] if words.rtl else frame.columns)


def _counted(frame: pd.DataFrame, page: Page):
    """Numbers of rows as the reader writes numbers; they still sort as numbers."""
    return frame.style.format({"rows": lambda n: page.formats.count(n, full=True)})


def render(page: Page) -> None:
    """Draw the page."""
    words, manifest = page.words, page.warehouse.manifest
    plain_head(words, N_("Data"), "data")
    st.caption(words.t(N_("What the numbers rest on. Data reaches {day}; snapshot {name}, made {made}; amounts in {currency}."),
                       day=page.formats.day(manifest.as_of), name=manifest.name, made=page.formats.moment(manifest.created_at), currency=manifest.currency))
    with st.container(border=True, key="frame_contents"):
        st.markdown(f"## {words.t(N_('What is in it'))}")
        st.caption(words.t(N_("From: {sources}"), sources=words.listed(manifest.sources)))
        table = contents(manifest, words)
        if not page.scope.personal or page.scope.branches is not None:
            st.caption(words.t(N_("Counts are of the whole firm; the pages show what your role and branches allow.")))
        empty = [t for t in table[table["rows"] == 0]["table"]]
        full = table[table["rows"] > 0]
        st.dataframe(_counted(full, page), alt=words.t(N_("What is in it")), hide_index=True, row_height=36, height="content", column_order=in_order(full, words), column_config={
            "table": st.column_config.TextColumn(words.t(N_("Table"))), "holds": st.column_config.TextColumn(words.t(N_("A row is")), width="large"),
            "rows": words.t(N_("Rows"))})
        if empty:
            st.caption(words.t(N_("Nothing yet in: {tables}. An administrator adds it with “mabat import”; see the page on importing."), tables=words.listed(empty)))
    firm_settings(page)
    _snapshots(page)


def _snapshots(page: Page) -> None:
    words = page.words
    settings = load_settings()
    found = open_store(settings.warehouse, **settings.place).list()
    with st.container(border=True, key="frame_snapshots"):
        st.markdown(f"## {words.t(N_('Snapshots'))}")
        st.caption(words.t(N_("Each import makes a new one; earlier ones stay whole and can be opened again.")))
        rows = [(m.name, page.formats.moment(m.created_at), page.formats.day(m.as_of), sum(int(t["rows"]) for t in m.tables.values()), m.name == page.warehouse.snapshot)
                for m in sorted(found, key=lambda m: m.created_at, reverse=True)]
        frame = pd.DataFrame(rows, columns=["name", "made", "reaches", "rows", "shown"])
        st.dataframe(_counted(frame, page), alt=words.t(N_("Snapshots")), hide_index=True, row_height=36, height="content", column_order=in_order(frame, words), column_config={
            "name": words.t(N_("Snapshot")), "made": words.t(N_("Made")), "reaches": words.t(N_("Data to")),
            "rows": words.t(N_("Rows")), "shown": st.column_config.CheckboxColumn(words.t(N_("Shown now")))})
