"""``mabat rankings``: saved rankings from the command line."""
from __future__ import annotations

import json

import click

from crm_data.accounts.users import find_user
from crm_data.analysis.ranking import names_of
from crm_data.analysis.ranking_criteria import unit_of
from crm_data.analysis.ranking_link import from_link
from crm_data.analysis.ranking_reasons import MOST, reasons
from crm_data.analysis.ranking_store import KeptRanking, list_rankings
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_segmented, to_json
from crm_data.commands.speaking import say, write
from crm_data.commands.target_asking import operator
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import describe_filter
from crm_data.errors import N_, MabatError, UnknownName
from crm_data.model.appdb import open_appdb
from crm_data.model.folding import fold
from crm_data.output.formats import Formats
from crm_data.output.ranking_sheet import ranking_sheet
from crm_data.output.ranking_words import criterion_label, reason_text
from crm_data.output.tables import cell_text, to_csv
from crm_data.output.words import Words
from crm_data.settings import load_settings

SUBJECTS = {"customer": N_("Customers"), "owner": N_("Owners"), "branch": N_("Branches")}
_user = click.option("--user", metavar="NAME", help="As this user: with the private rankings of that user.")


@click.group()
def rankings() -> None:
    """Rankings saved in the dashboard."""


def _known(user: str | None) -> list[KeptRanking]:
    engine = open_appdb(load_settings().appdb)
    return list_rankings(engine, find_user(engine, user) if user else operator())


@rankings.command("list")
@_user
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(user: str | None, as_json: bool) -> None:
    """Saved rankings: what they rank, by what, when."""
    kept = _known(user)
    if as_json:
        click.echo(json.dumps([{"id": k.id, "name": k.name, "shared": k.shared, "author": k.author, "link": k.link} for k in kept], ensure_ascii=False, indent=1))
        return
    if not kept:
        say(N_("No saved rankings yet. Save one on the page Rankings."))
        return
    warehouse = open_segmented()
    formats, catalog = speaking.formats(warehouse), catalog_for(warehouse)
    words = formats.words
    for k in kept:
        shared = words.t(N_("shared")) if k.shared else words.t(N_("private"))
        write(words.in_line((words.t(N_("{name}  ({details})"), name=k.name, details=words.listed([shared, words.author(k.author)])), _asked(k, warehouse, formats, catalog))))


def _asked(kept: KeptRanking, warehouse, formats: Formats, catalog: Catalog) -> str:
    """Whom a saved ranking ranks, by what, when and of whom; or why it cannot be asked any more."""
    words = formats.words
    try:
        whole = from_link(kept.link, warehouse.as_of, catalog)
        by = words.listed(criterion_label(c.name, words, catalog) for c in whole.asked.criteria)
        said = [words.t(SUBJECTS[whole.asked.subject]), words.t(N_("by {dimensions}"), dimensions=by), formats.period(whole.period.first, whole.period.last)]
        return words.in_line([*said, *(describe_filter(f, words, catalog) for f in whole.filters)])
    except MabatError as error:
        return words.t(N_("cannot be asked: {reason}"), reason=words.error(error))


@rankings.command("show")
@click.argument("name")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Only the first N.")
@click.option("--all", "every", is_flag=True, help="All rows.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@_user
def show(name: str, top: int, every: bool, form: str, as_json: bool, user: str | None) -> None:
    """The saved ranking NAME (or its number) on today's data, with the reasons of changed places."""
    kept = _known(user)
    found = next((k for k in kept if fold(k.name) == fold(name) or str(k.id) == name), None)
    if found is None:
        raise UnknownName("ranking", name[:80], [k.name for k in kept])
    warehouse, scope = open_segmented(), Scope.everything()
    machine = as_json or form in ("json", "csv")
    # What is given to programs says the same in every language.
    formats = Formats(Words(), warehouse.currency) if machine else speaking.formats(warehouse)
    catalog, words = catalog_for(warehouse), formats.words
    whole = from_link(found.link, warehouse.as_of, catalog)
    ranking = whole.found(warehouse, scope)
    rows = ranking.rows if not whole.asked.shown else ranking.rows[ranking.rows["class"].isin(whole.asked.shown)]
    rows = rows if every else rows.head(top)
    keys = [int(k) for k in rows["key"]]
    names, told = names_of(warehouse, scope, ranking.subject, keys), reasons(ranking, keys[:MOST], warehouse, scope)
    if as_json or form == "json":
        click.echo(json.dumps(_json(found, ranking, rows, names, {k: reason_text(r, words, formats, catalog) for k, r in told.items()}), ensure_ascii=False, indent=1))
        return
    sheet = ranking_sheet(ranking, {c.name: unit_of(c.name, catalog) for c in ranking.criteria}, names, told, words, formats, catalog, rows=rows)
    if form == "csv":
        click.echo(to_csv(sheet).decode("utf-8-sig"), nl=False)
        return
    say(N_("{name}: {period}, {n} of {all}"), name=found.name, period=formats.period(ranking.period.first, ranking.period.last), n=formats.count(len(rows), full=True), all=formats.count(ranking.count, full=True))
    body = [[c.head for c in sheet.columns], *([cell_text(c, r.get(c.name), formats) for c in sheet.columns] for r in sheet.rows)]
    for line in columns(body, right=[i for i, c in enumerate(sheet.columns) if c.kind not in ("text", "class")]):
        write(line)


def _json(kept: KeptRanking, ranking, rows, names: dict[int, str], told: dict[int, str]) -> dict[str, object]:
    def number(value: object) -> object:
        return None if value is None or value != value else to_json(value)
    return {"name": kept.name, "link": dict(kept.link), "from": ranking.period.first.isoformat(), "to": ranking.period.last.isoformat(), "count": ranking.count,
            "before": ranking.period_before and {"from": ranking.period_before.first.isoformat(), "to": ranking.period_before.last.isoformat()},
            "classes": [{"class": p.name, "count": p.count, "amount": p.amount, "share": p.share} for p in ranking.classes],
            "rows": [{"rank": int(r["rank"]), "move": number(r["move"]), f"{ranking.subject}_id": int(r["key"]), "name": names.get(int(r["key"]), ""), "score": r["score"], "class": r["class"],
                      "criteria": {c.name: {"value": number(r[c.name]), "percentile": r[f"{c.name}_place"], "adds": float(w * r[f"{c.name}_place"])}
                                   for c, w in zip(ranking.criteria, ranking.shares, strict=True)}, "why": told.get(int(r["key"]))} for r in rows.to_dict("records")]}
