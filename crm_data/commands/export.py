"""``mabat export``: a cut, a saved cut or a whole review as a file, for people and for a scheduler."""
from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from crm_data.accounts.preferences import Preferences, preferences_of
from crm_data.accounts.users import find_user, scope_of
from crm_data.analysis.cut_mending import open_saved
from crm_data.analysis.intervals import answered
from crm_data.analysis.meetings import list_reviews
from crm_data.analysis.rate_store import effective
from crm_data.analysis.saved_cuts import SavedCut, list_cuts
from crm_data.analysis.segment_store import names_of, visible_segments
from crm_data.commands import speaking
from crm_data.commands.cuts import cut_of, cut_options
from crm_data.commands.progress import progress_bar
from crm_data.commands.speaking import say, say_n, told
from crm_data.commands.target_asking import operator
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.segments import with_segments
from crm_data.errors import N_, InputError, UnknownName
from crm_data.exports.cells import total_rows
from crm_data.exports.document import Document
from crm_data.exports.files import format_of, write_file
from crm_data.exports.from_cut import answer_part, chart_notes, cut_document
from crm_data.model.appdb import audit, open_appdb
from crm_data.model.folding import fold
from crm_data.model.snapshots import open_store
from crm_data.output.figure_kinds import KINDS
from crm_data.output.formats import Formats
from crm_data.output.words import Words, languages
from crm_data.settings import load_settings
from crm_data.text import Figure

STOPPED = 130


@dataclass(frozen=True)
class Asker:
    """Who exports, of what: ``user`` signs, ``scope`` are the rights, ``base`` the dashboard's address for links back."""

    engine: Any
    user: Any
    store: Any
    warehouse: Any
    scope: Scope
    words: Words
    formats: Formats
    base: str


@click.command("export")
@cut_options("--until")
@click.option("--fig", type=click.Choice(KINDS), help="The figure wanted; default: the one that suits the answer.")
@click.option("--saved", metavar="NAME", help="Instead of a cut's options: a saved cut, by its name or number.")
@click.option("--review", "review_id", metavar="ID", help="Instead of a cut's options: a whole weekly review, by its number; “last” is the newest.")
@click.option("--to", "to", required=True, metavar="FILE", help="Where to; the ending says the format: .png .svg .csv .xlsx .pptx .html .pdf.")
@click.option("--title", default="", help="Title in place of what the cut shows.")
@click.option("--user", "user_name", metavar="NAME", help="With the rights of this user, and what this user saved. Default: everything.")
@click.option("--language", type=click.Choice(languages()), help="Language of the file; default: the language of commands.")
@click.option("--address", metavar="URL", help="Address of the dashboard, for the link back. Default: by the settings address and port.")
@click.option("--quiet", is_flag=True, help="No progress bar, no line at the end.")
@click.pass_context
def export(ctx: click.Context, to, fig, saved, review_id, title, user_name, language, address, quiet, measures_, **options) -> None:
    """Write a cut (options as of “mabat cut”, the last day is --until), a saved cut or a review to a file."""
    path = _target(to)
    form = format_of(path)
    # Amounts are as the data keeps them, but in what is made for a user to read: there they are told as the user has chosen.
    asker = _asker(user_name, language or speaking.language(), address, "" if user_name and form != "csv" else "rial")
    _one_source(measures_, options, saved, review_id, fig)
    try:
        with _stoppable(), progress_bar(hidden=quiet) as show:
            show(0.0, told(N_("Adding up")))
            if review_id is not None:
                document, detail = _review(asker, review_id, title)
            else:
                document, detail = _cut(asker, saved, measures_, options, fig or "", title)

            def tell(done: int, total: int) -> None:
                show(0.1 + 0.9 * (done / total if total else 0.0), told(N_("Writing")))
            size = write_file(document, path, tell)
    except KeyboardInterrupt:
        say(N_("Stopped. Nothing was written."), err=True)
        ctx.exit(STOPPED)
    rows = total_rows(document)
    audit(asker.engine, asker.user, "export", {**detail, "what": document.title, "format": form, "rows": rows, "bytes": size, "snapshot": asker.warehouse.snapshot, "file": path.name})
    if not quiet:
        say_n("{file}: {n} row, {size} KB", "{file}: {n} rows, {size} KB", rows, file=str(path), n=Figure(f"{rows:,}"), size=Figure(f"{max(size // 1024, 1):,}"))


def _target(text: str) -> Path:
    """``--to`` as a path; a day there is the last day of ``mabat cut``, which has another name here."""
    path = Path(text)
    if not path.suffix and text[:4].isdigit():
        raise InputError(N_("--to names the file here. The last day of the period is --until {text}."), text=text[:20])
    return path


def _one_source(measures: tuple[str, ...], options: dict[str, Any], saved: str | None, review_id: int | None, fig: str | None) -> None:
    """One of: the options of a cut, a saved cut, a review."""
    cut = bool(measures) or any(options[n] for n in ("by", "grain", "first", "last", "period", "where", "top", "order", "ascending")) or options["compare"] != "none"
    if cut + (saved is not None) + (review_id is not None) > 1:
        raise InputError(N_("Give a cut (-m ...), --saved NAME or --review ID: one of them."))
    if not cut and saved is None and review_id is None:
        raise InputError(N_("Say what to export: a cut (-m revenue -b branch ...), --saved NAME or --review ID."))
    if fig and review_id is not None:
        raise InputError(N_("--fig is for a cut; a review has its own figures."))


def _asker(user_name: str | None, language: str, address: str | None, money: str = "") -> Asker:
    settings = load_settings()
    engine = open_appdb(settings.appdb)
    user = find_user(engine, user_name) if user_name else operator()
    if getattr(user, "disabled", False):
        raise InputError(N_("The user “{name}” is disabled."), name=user.name)
    store = open_store(settings.warehouse, **settings.place)
    warehouse = effective(engine, store.warehouse())
    warehouse = with_segments(warehouse, visible_segments(engine, user, catalog_for(warehouse)))
    scope = scope_of(user, warehouse) if user_name else Scope.everything()
    taste = (preferences_of(engine, user) if user_name else Preferences()).filled(language)
    words = Words(language, taste.digits, calendar=taste.calendar).for_data(warehouse.manifest.sources)
    formats = Formats(words, warehouse.currency, calendar=taste.calendar, money=money or taste.money, short=taste.short)
    return Asker(engine, user, store, warehouse, scope, formats.words, formats, address or f"http://{settings.address}:{settings.port}")


# What is exported -----------------------------------------------------------------------------------------------------
def _cut(asker: Asker, saved: str | None, measures: tuple[str, ...], options: dict[str, Any], fig: str, title: str) -> tuple[Document, dict[str, Any]]:
    detail: dict[str, Any] = {}
    if saved is not None:
        kept = find_saved(asker.engine, asker.user, saved)
        cut, fig, title = opened(asker, kept), fig or kept.fig, title or kept.name
        detail["saved"] = kept.id
    else:
        cut = cut_of(measures, asker.warehouse, **options)
    answer = answered(cut, asker.warehouse, scope=asker.scope)
    notes = chart_notes(asker.engine, answer, asker.warehouse, asker.scope, asker.formats, asker.user)
    part = answer_part(answer, asker.warehouse, asker.scope, asker.words, asker.formats, fig=fig, link=asker.base, user=asker.user, title=title, notes=notes)
    return cut_document(part, asker.words), {**detail, "cut": cut.to_link()}


def find_saved(engine: Any, user: Any, name: str) -> SavedCut:
    """The saved cut of this name or number that ``user`` may see. Raises a sentence with the names there are."""
    known = list_cuts(engine, user)
    found = [k for k in known if str(k.id) == name] or [k for k in known if fold(k.name) == fold(name)]
    if not found:
        raise UnknownName("saved cut", name[:80], [k.name for k in known])
    if len(found) > 1:
        raise InputError(N_("{count} saved cuts are called “{name}”. Name one by its number: {known}."), count=len(found), name=name[:80],
                         known=", ".join(f"{k.id} ({k.author})" for k in found))
    return found[0]


def opened(asker: Asker, kept: SavedCut) -> Cut:
    """The cut a saved one holds today. Raises a sentence that names what is gone since."""
    found = open_saved(kept.link, catalog_for(asker.warehouse), asker.warehouse.as_of, label=asker.words.label, called=names_of(asker.engine, asker.user))
    if found.cut is not None:
        return found.cut
    if found.gone:
        raise InputError(N_("“{name}” cannot be asked any more: gone since it was saved: {names}. Open it in Explore and save it anew."), name=kept.name,
                         names=", ".join(f"“{g.called}”" for g in found.gone))
    raise found.error or InputError(N_("“{name}” cannot be read any more."), name=kept.name)


def _review(asker: Asker, wanted: str, title: str) -> tuple[Document, dict[str, Any]]:
    from crm_data.exports.review_pack import opened_document

    review_id = _number(asker, wanted)
    document = opened_document(asker.engine, asker.user, review_id, asker.store, asker.scope, asker.words, link=asker.base, title=title, formats=asker.formats)
    return document, {"review": review_id}


def _number(asker: Asker, wanted: str) -> int:
    """A review's number; "last" for the newest meeting."""
    if wanted.strip().isdecimal() and len(wanted) < 10:
        return int(wanted)
    if wanted.strip().casefold() != "last":
        raise InputError(N_("“{text}” is not the number of a review; “last” is the newest."), text=wanted[:40])
    found = list_reviews(asker.engine, asker.user)
    if not found:
        raise InputError(N_("There is no review yet. Make one with “mabat review create”."))
    return found[0].id


# Stopping -------------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """A polite end by a scheduler (SIGTERM) counts as Ctrl+C, so that no half file is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
