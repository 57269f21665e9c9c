"""The whole review as one deck, report, page or workbook, made beside while one goes on reading."""
from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.review import Opened
from crm_data.errors import N_, MabatError
from crm_data.exports.document import Document
from crm_data.exports.files import write_document
from crm_data.exports.pictures import can_draw
from crm_data.exports.review_pack import review_document
from crm_data.model.appdb import audit
from crm_data.output.tables import file_name
from pages.parts import export_jobs
from pages.parts.export_dialog import LOOK, PATIENCE, begin, state_of, status
from pages.parts.export_formats import FORMATS, Format
from pages.parts.export_jobs import Job
from pages.parts.review_meeting import name_of
from pages.parts.sign_in import COOKIE
from pages.parts.state import link_here
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

KEY, ENDINGS = "review", ("pptx", "pdf", "html", "xlsx")


def download_dialog(page: Page, opened: Opened) -> None:
    begin(KEY)
    st.dialog(page.words.t(N_("Download the review")), width="medium")(download_body)(page, opened)


def download_body(page: Page, opened: Opened) -> None:
    """The formats, and how far the one asked for is."""
    words, review = page.words, opened.review
    st.caption(md(words.n("{n} block of “{title}” with its numbers, figure and table, and the decisions, as you may see them.",
                          "{n} blocks of “{title}” with their numbers, figures and tables, and the decisions, as you may see them.", len(review.agenda),
                          n=page.formats.count(len(review.agenda)), title=name_of(page, review))))
    with st.container(horizontal=True, key="review_formats"):
        for ending in ENDINGS:
            one = FORMATS[ending]
            why = words.t(N_("There is no Chrome, Chromium or Edge on the server to print with. Take the HTML file and print it.")) if one.prints and not can_draw() else ""
            if st.button(one.label, key=f"review_format_{ending}", icon=one.icon, disabled=bool(why), help=why or None):
                _asked(page, opened, one)
    job = state_of(KEY).get("job")
    waiting = isinstance(job, Job) and job.running
    if waiting:
        job.over.wait(PATIENCE)
    st.fragment(status, run_every=LOOK if waiting and job.running else None)(page, KEY)


def document_of(page: Page, opened: Opened) -> Callable[[], Document]:
    """Makes the document later, in a thread: everything of this run is taken along now."""
    scope, engine, user, words, formats, link = page.scope, page.appdb, page.user, page.words, page.formats, link_here()
    title = name_of(page, opened.review)
    return lambda: review_document(opened, scope=scope, engine=engine, user=user, words=words, formats=formats, link=link, title=title)


def _asked(page: Page, opened: Opened, one: Format) -> None:
    """Begin the file; asked for twice it is made once."""
    engine, user, number, make_document = page.appdb, page.user, opened.review.id, document_of(page, opened)
    name = file_name(name_of(page, opened.review), opened.review.held_on, one.ending)

    def make(job: Job) -> int:
        made = make_document()
        job.progress(0, 0)
        with job.path.open("w+b") as file:
            write_document(made, file, one.ending, job.progress)
        return sum(part.row_count if part.row_count is not None else len(part.sheet.rows) if part.sheet is not None else 0 for part in made.parts)

    def told(job: Job, rows: int) -> None:
        audit(engine, user, "export", {"what": "review", "review": number, "format": one.ending, "rows": rows, "bytes": job.size})
    same = repr((KEY, number, opened.review.changed_at, one.ending, page.warehouse.key, page.scope.key, page.formats.key))
    state = state_of(KEY)
    try:
        state["job"] = export_jobs.start(export_jobs.owner_of(st.context.cookies.get(COOKIE), user.id), same, name, one.mime, make, told)
        state["n"] = secrets.token_hex(8)
        state.pop("error", None)
    except MabatError as error:
        state["error"] = page.words.error(error)
