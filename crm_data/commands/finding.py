"""``mabat find`` and ``mabat handover``: who it is, and the page to take along."""
from __future__ import annotations

import json
from pathlib import Path

import click

from crm_data.accounts.preferences import Preferences
from crm_data.analysis import story_words
from crm_data.analysis.customers import find, resolve
from crm_data.analysis.found import Found
from crm_data.analysis.handover import sheet
from crm_data.analysis.search import search
from crm_data.analysis.search_sql import find_by_sql
from crm_data.commands import speaking
from crm_data.commands.cuts import open_warehouse
from crm_data.commands.speaking import say
from crm_data.cuts.access import Scope
from crm_data.errors import N_, InputError, cause_of
from crm_data.model.appdb import audit, open_appdb
from crm_data.output.formats import Formats, plain
from crm_data.output.handover import handover_html
from crm_data.output.pdf import to_pdf
from crm_data.output.words import Words, languages
from crm_data.settings import load_settings
from crm_data.text import Figure

#: From so many customers on SQL is asked first: the index that also knows misspelt names takes seconds to make.
LARGE = 20_000


@click.command("find")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many customers to print, the surest first.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: number, id, names, city, branch, whether only alike, and what it was found by.")
def find_command(text: str, limit: int, as_json: bool) -> None:
    """Find customers by name in any script (misspelt too), number, phone or mail."""
    warehouse, scope = open_warehouse(), Scope.everything()
    found = _sure(warehouse, scope, text, limit) or list(search(warehouse, scope, text, limit, wait=True).found)
    if as_json:
        click.echo(json.dumps({"text": text, "found": [_json(one) for one in found], "snapshot": warehouse.snapshot}, ensure_ascii=False, indent=2))
    elif not found:
        say(N_("Nobody fits “{text}”. Try a part of the name, the last digits of the phone, or the number."), text=text[:60])
    else:
        words = speaking.words(warehouse.manifest.sources)
        speaking.write("\n".join(_line(one, words) for one in found))


def _sure(warehouse, scope: Scope, text: str, limit: int) -> list[Found]:
    """What SQL finds letter by letter in a large warehouse; nothing in a small one, where the index is made in no time."""
    if int(warehouse.manifest.tables["customer"]["rows"]) < LARGE or not text.replace("~", " ").strip():
        return []
    return [one for one in find_by_sql(warehouse, scope, text[:200].replace("\x00", "").replace("~", " ").strip(), limit) if not one.alike]


def _json(one: Found) -> dict[str, object]:
    return {"id": one.id, "number": one.number, "name": one.name, "name_local": one.name_local, "city": one.city, "branch": one.branch, "alike": one.alike,
            "found_by": one.by or "name", "what": one.what or None}


#: By what somebody was found who was not found by name, number or city, which stand in the line already.
_BY = {"phone": N_("phone: {what}"), "mail": N_("mail: {what}"), "contact": N_("contact person: {what}"), "identity": N_("identity number: {what}")}


def _line(one: Found, words: Words) -> str:
    local = f" ({one.name_local})" if one.name_local and one.name_local != one.name else ""
    places = [words.member(dimension, value) for dimension, value in (("city", one.city), ("branch", one.branch)) if value]
    by = [words.t(_BY[one.by], what=one.what)] if one.what and one.by in _BY else []
    more = words.listed([*places, *by, *([words.t(N_("alike"))] if one.alike else [])])
    return plain(f"{one.number:<12}{one.name}{local}" + (f"  ({more})" if more else ""))


@click.command()
@click.argument("key", metavar="ID")
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write: FILE.html or FILE.pdf (a PDF needs Chrome, Chromium or Edge here).")
@click.option("--language", type=click.Choice(languages()), help="Language of the page; default: the language of commands.")
def handover(key: str, file: Path, language: str | None) -> None:
    """One printable page about a customer, for a visit or a colleague. ID is its number, its id, or a name only it has."""
    if file.suffix.lower() not in (".html", ".pdf"):
        raise InputError("The file must end with .html or .pdf, not “{name}”.", name=file.name)
    if not file.parent.is_dir():
        raise InputError("There is no folder {folder}.", folder=file.parent)
    warehouse, scope, engine = open_warehouse(), Scope.everything(), open_appdb(load_settings().appdb)
    taste = Preferences().filled(language or speaking.language())
    words = Words(language or speaking.language(), taste.digits, calendar=taste.calendar).for_data(warehouse.manifest.sources)
    formats = Formats(words, warehouse.currency, calendar=taste.calendar, money=taste.money, short=taste.short)
    found = sheet(warehouse, scope, engine, one_customer(warehouse, scope, key))
    page = handover_html(found, words, formats, lambda said: story_words.say(said, words, formats))
    data = to_pdf(page) if file.suffix.lower() == ".pdf" else page.encode()
    try:
        file.write_bytes(data)
    except OSError as error:
        raise InputError("{file} cannot be written: {cause}.", file=file, cause=cause_of(error)) from error
    audit(engine, None, "export", {"what": "hand-over sheet", "customer": found.who.key, "number": found.who.number, "format": file.suffix.lower()[1:], "bytes": len(data), "by": "command line"})
    say(N_("{name}: {file} ({size} KB)"), name=found.who.name, file=str(file), size=Figure(f"{len(data) / 1000:.0f}"))


def one_customer(warehouse, scope: Scope, key: str) -> int:
    """The id of the one customer meant; a sentence when there is none or there are several."""
    try:
        return resolve(warehouse, scope, key)
    except InputError:
        hits = [h for h in find(warehouse, scope, key, limit=6) if not h.alike and h.by not in ("contact", "city")]
        if len(hits) == 1:
            return hits[0].id
        if hits:
            raise InputError("Several customers fit “{key}”: {names}. Give one number.", key=key[:60], names=", ".join(f"{h.number} {h.name}" for h in hits)) from None
        raise
