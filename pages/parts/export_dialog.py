"""The export dialog of a frame, and of a page: a format each a button, how far a long one is, and the file brought when it is ready."""
from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from crm_data.exports.document import Part
from crm_data.exports.files import write_document
from crm_data.exports.passport import passport_of
from crm_data.exports.pictures import can_draw
from crm_data.output.formats import plain
from crm_data.output.tables import file_name
from pages.parts import export_jobs, export_part, export_picture
from pages.parts.courier.component import bring
from pages.parts.export_formats import FORMATS, Format
from pages.parts.export_jobs import Job
from pages.parts.frames import Framed, Taken, Tiled
from pages.parts.sign_in import COOKIE
from pages.parts.state import link_here
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Seconds a click waits for a file before it shows how far it is; seconds between two looks.
PATIENCE, LOOK = 1.2, 0.5
GROUPS = ((N_("Picture"), ("png", "svg")), (N_("Table"), ("xlsx", "csv")), (N_("Slides, report, web page"), ("pptx", "pdf", "html")))
LIST_GROUPS = ((N_("All rows"), ("xlsx", "csv", "pptx", "pdf", "html")),)
PAGE_GROUPS = ((N_("Slides, report, web page"), ("pptx", "pdf", "html")), (N_("Tables"), ("xlsx",)))


def open_frame(page: Page, one: Framed, link: str) -> None:
    """Open the dialog of one frame."""
    begin(one.key)
    st.dialog(page.words.t(N_("Export")), width="medium")(frame_body)(page, one, link)


def frame_body(page: Page, one: Framed, link: str) -> None:
    """The inside of a frame's dialog."""
    head = st.container()
    taken = one.made.choose() if one.made.choose is not None else None
    found = _halves(one, link, taken)
    head.markdown(f"**{md(found[0].part.title)}**" + (f"  \n{md(found[0].part.sentence)}" if found[0].part.sentence else ""))
    _rows_line(page, found)
    _buttons(page, one.key, GROUPS, found, found[0].part.title, link)


def list_buttons(page: Page, key: str, title: str, taken: Taken, cut: Cut | None = None) -> None:
    """The formats of a list, inside a dialog that shows the beginning of it."""
    link = link_here()
    passport = passport_of(page.words, page.formats, page.warehouse, page.scope, cut=cut, link=link, user=page.user, notes=taken.notes)
    part = Part(plain(title), taken.sentence, passport=passport, row_count=taken.rows)
    _buttons(page, key, LIST_GROUPS, [export_part.Half(part, taken, cut.to_link() if cut is not None else None)], title, link)


def open_page(page: Page, title: str, standing: Sequence[Framed | Tiled], link: str) -> None:
    """Open the dialog of the whole page."""
    begin("page")
    st.dialog(page.words.t(N_("Export page")), width="medium")(page_body)(page, title, standing, link)


def page_body(page: Page, title: str, standing: Sequence[Framed | Tiled], link: str) -> None:
    """The inside of a page's dialog: what it takes along, and the formats that hold several."""
    words, found = page.words, []
    for one in standing:
        found += _halves(one, link, None)
    if not found:
        st.caption(words.t(N_("Nothing on this page can be taken along: there is no chart or table with anything in it.")))
        return
    names = list(dict.fromkeys(half.part.title for half in found))
    st.caption(md(words.n("{n} part, with every row of its table, as you may see them:", "{n} parts, with every row of their tables, as you may see them:", len(names),
                          n=page.formats.count(len(names)))))
    st.markdown("\n".join(f"- {md(name)}" for name in names))
    _buttons(page, "page", PAGE_GROUPS, found, title, link)


def _halves(one: Framed | Tiled, link: str, taken: Taken | None) -> list[export_part.Half]:
    return list(export_part.halves(one, link, taken))


def _rows_line(page: Page, found: Sequence[export_part.Half]) -> None:
    rows = found[0].rows
    if rows is None:
        st.caption(page.words.t(N_("Every row, whole numbers, as you may see them.")))
    elif rows:
        st.caption(md(page.words.n("{n} row, whole numbers, as you may see them.", "{n} rows, whole numbers, as you may see them.", rows, n=page.formats.count(rows, full=True))))


# Buttons ----------------------------------------------------------------------------------------------------------------
def _buttons(page: Page, key: str, groups: Sequence[tuple[str, Sequence[str]]], found: Sequence[export_part.Half], title: str, link: str) -> None:
    for head, endings in groups:
        with st.container(horizontal=True, key=f"export_{key}_{endings[0]}", vertical_alignment="center", gap="small"):
            st.caption(page.words.t(head), width="stretch" if page.narrow else 150)
            for ending in endings:
                one = FORMATS[ending]
                why = _refused(page, one, found)
                if st.button(one.label, key=f"export_{key}_{ending}_go", icon=one.icon, disabled=bool(why), help=why or None):
                    _asked(page, key, one, found, title, link)
    job = state_of(key).get("job")
    waiting = isinstance(job, Job) and job.running
    if waiting:
        job.over.wait(PATIENCE)
    st.fragment(status, run_every=LOOK if waiting and job.running else None)(page, key)


def _refused(page: Page, one: Format, found: Sequence[export_part.Half]) -> str:
    """Why a format cannot be had here; empty when it can."""
    words = page.words
    if one.prints and not can_draw():
        return words.t(N_("There is no Chrome, Chromium or Edge on the server to print with. Take the HTML file and print it."))
    if one.ending == "csv" and found[0].rows == 0:
        return words.t(N_("There is no table here."))
    if one.here and (_long(found) or not export_picture.drawable(tuple(half.part for half in found))):
        return words.t(N_("A picture holds at most {n} rows. Take the workbook or the report."), n=export_picture.MOST_ROWS)
    return ""


def _long(found: Sequence[export_part.Half]) -> bool:
    return found[0].part.picture is None and (found[0].rows or 0) > export_picture.MOST_ROWS


def _asked(page: Page, key: str, one: Format, found: Sequence[export_part.Half], title: str, link: str) -> None:
    """Somebody wants this format now."""
    from crm_data.model.appdb import audit

    name = file_name(title, page.warehouse.as_of, one.ending)
    detail = {"what": title, "format": one.ending, "rows": sum(half.rows or 0 for half in found), **_cut_of(found), **_chosen(found)}
    if one.here:
        parts = tuple(half.whole() for half in found)
        state_of(key).clear()
        state_of(key)["picture"] = export_picture.errand(page, parts, name, one.ending, secrets.token_hex(8))
        audit(page.appdb, page.user, "export", detail)
        return
    document = export_part.document_of(page, title, found, link)
    engine, user = page.appdb, page.user

    def make(job: Job) -> int:
        made = document()
        job.progress(0, 0)
        with job.path.open("w+b") as file:
            write_document(made, file, one.ending, job.progress)
        return sum(part.row_count or 0 for part in made.parts)

    def told(job: Job, rows: int) -> None:
        audit(engine, user, "export", {**detail, "rows": rows, "bytes": job.size})

    same = repr((key, one.ending, title, link, page.warehouse.key, page.scope.key, page.formats.key, [(h.part.title, h.part.sentence, h.rows) for h in found], sorted(_chosen(found).items())))
    try:
        state_of(key)["job"] = export_jobs.start(export_jobs.owner_of(st.context.cookies.get(COOKIE), page.user.id), same, name, one.mime, make, told)
        state_of(key).pop("picture", None)
        state_of(key)["n"] = secrets.token_hex(8)
    except MabatError as error:
        state_of(key)["error"] = page.words.error(error)


def _cut_of(found: Sequence[export_part.Half]) -> dict[str, Any]:
    cuts = [half.cut for half in found if half.cut]
    return {"cut": cuts[0] if len(found) == 1 else cuts} if cuts else {}


def _chosen(found: Sequence[export_part.Half]) -> Mapping[str, Any]:
    return found[0].taken.detail if len(found) == 1 and found[0].taken is not None else {}


# How it goes ----------------------------------------------------------------------------------------------------------
def status(page: Page, key: str) -> None:
    """The line under the buttons."""
    words, state = page.words, state_of(key)
    job = state.get("job")
    if error := state.get("error"):
        st.warning(error, icon=":material/error_outline:")
    elif "picture" in state:
        bring(f"courier_{key}", state["picture"])
    elif isinstance(job, Job) and job.running:
        text = words.t(N_("Waiting for its turn …")) if job.state == "waiting" else words.t(N_("Making the file … {n} s"), n=page.formats.count(job.seconds))
        with st.container(horizontal=True, vertical_alignment="center", key=f"export_{key}_progress"):
            st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, text=text)
            st.button(words.t(N_("Cancel")), key=f"export_{key}_cancel", icon=":material/close:", on_click=export_jobs.cancel, args=(job,))
    elif isinstance(job, Job) and job.state == "ready":
        bring(f"courier_{key}", {"n": state["n"], "kind": "file", "href": f"/export/{job.token}", "name": job.name, "dir": "rtl" if words.rtl else "ltr",
                                 "labels": export_picture.labels(page)})
    elif isinstance(job, Job) and job.state == "cancelled":
        st.caption(words.t(N_("Cancelled. Nothing was written.")))
    elif isinstance(job, Job) and job.error is not None:
        st.warning(words.error(job.error), icon=":material/error_outline:")


def begin(key: str) -> None:
    """The dialog opens: nothing has been asked for yet."""
    st.session_state[f"_export_{key}"] = {}


def state_of(key: str) -> dict[str, Any]:
    return st.session_state.setdefault(f"_export_{key}", {})
