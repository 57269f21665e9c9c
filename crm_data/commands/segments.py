"""``mabat segments``: groups of customers by conditions of one's own, from the command line."""
from __future__ import annotations

import json
from dataclasses import asdict

import click

from crm_data.accounts.users import find_user
from crm_data.analysis.customers import resolve
from crm_data.analysis.segment_members import Line, explain, preview
from crm_data.analysis.segment_store import KeptSegment, broken, delete_segment, list_segments, save_segment
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import open_warehouse, parse_where
from crm_data.commands.speaking import say, write
from crm_data.commands.target_asking import operator
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import OPS, Filter, describe_filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError, UnknownName
from crm_data.model.appdb import open_appdb
from crm_data.model.folding import fold
from crm_data.output.formats import Formats
from crm_data.output.segment_words import line_text
from crm_data.output.words import Words
from crm_data.settings import load_settings

_user = click.option("--user", metavar="NAME", help="As this user: with the private segments of that user, and the user's name in the records.")
_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group()
def segments() -> None:
    """Segments of customers: conditions over fields and over measures of each customer."""


def _who(engine, name: str | None):
    return find_user(engine, name) if name else operator()


def _named(engine, user, name: str) -> KeptSegment:
    known = list_segments(engine, user)
    found = next((k for k in known if fold(k.name) == fold(name) or str(k.id) == name), None)
    if found is None:
        raise UnknownName("segment", name[:80], [k.name for k in known])
    return found


def condition_of(text: str, catalog: Catalog) -> Filter:
    """``customer_type=Students``, ``each.orders@year>=2`` (as ``mabat cut --where``), or the text of a link: ``each.revenue@12m:top:10%``."""
    name, found, rest = text.partition(":")
    if found and rest.partition(":")[0] in OPS:
        catalog.dimension(name)
        return Filter.from_text(text)
    return parse_where(text, catalog)


def _period(warehouse) -> Period:
    return Period.named("last_12_months", warehouse.as_of)


def _record(kept: KeptSegment, warehouse, catalog: Catalog) -> dict[str, object]:
    wrong = broken(kept.segment, catalog)
    told = None if wrong else preview(kept.segment.filters, kept.segment.every, warehouse, scope=Scope.everything(), period=_period(warehouse))
    return {"id": kept.id, "name": kept.name, "dimension": kept.segment.dimension, "all": kept.segment.every, "conditions": [f.to_text() for f in kept.segment.filters],
            "shared": kept.shared, "author": kept.author, "version": kept.version, "inside": told.inside if told else None, "of": told.everybody if told else None,
            "customers": told.customers if told else None, "of_customers": told.all_customers if told else None,
            "coverage": [asdict(c) for c in told.coverage] if told else [], "as_of": warehouse.as_of.isoformat(), "broken": str(wrong) if wrong else None}


def _print(record: dict[str, object], kept: KeptSegment, warehouse) -> None:
    """A segment with its conditions and how many are in it, in the run's language."""
    formats, catalog = speaking.formats(warehouse), catalog_for(warehouse)
    words = formats.words

    def count(name: str) -> str:
        return formats.count(record[name], full=True)
    shared = words.t(N_("shared")) if kept.shared else words.t(N_("private"))
    say(N_("{name}  ({details})"), name=kept.name, details=words.listed([kept.segment.dimension, shared, words.author(kept.author)]))
    if wrong := broken(kept.segment, catalog):
        write(f"    {words.t(N_('cannot be asked: {reason}'), reason=words.error(wrong))}")
        return
    between = words.t(N_("; and ")) if kept.segment.every else words.t(N_("; or "))
    write(f"    {between.join(describe_filter(f, words, catalog) for f in kept.segment.filters)}")
    people = words.t(N_("{inside} of {of} people and companies; {customers} of {all} customers on {day}"), inside=count("inside"), of=count("of"), customers=count("customers"),
                     all=count("of_customers"), day=formats.day(warehouse.as_of))
    write(f"    {people}")


@segments.command("list")
@_user
@_json
def list_(user: str | None, as_json: bool) -> None:
    """Segments with their conditions and how many customers are in each."""
    warehouse, engine = open_warehouse(), open_appdb(load_settings().appdb)
    catalog = catalog_for(warehouse)
    kept = list_segments(engine, _who(engine, user))
    records = [_record(k, warehouse, catalog) for k in kept]
    if as_json:
        click.echo(json.dumps(records, ensure_ascii=False, indent=1))
        return
    for one, record in zip(kept, records, strict=True):
        _print(record, one, warehouse)
    if not kept:
        say(N_('No segments yet. Make one with: mabat segments set "Regular" --where "each.orders@12m>=3"'))


@segments.command("set")
@click.argument("name")
@click.option("--where", multiple=True, metavar="CONDITION", help="customer_type=Students, each.orders@year>=2, each.revenue@12m:top:10% ...; repeat for several.")
@click.option("--any", "any_", is_flag=True, help="One condition is enough; otherwise all must hold.")
@click.option("--shared/--private", default=True, show_default=True, help="Who sees it in the dashboard.")
@click.option("--delete", "delete", is_flag=True, help="Delete it instead.")
@_user
@_json
def set_(name: str, where: tuple[str, ...], any_: bool, shared: bool, delete: bool, user: str | None, as_json: bool) -> None:
    """Make the segment NAME, or change the one of that name."""
    warehouse, engine = open_warehouse(), open_appdb(load_settings().appdb)
    catalog, who = catalog_for(warehouse), _who(engine, user)
    if delete:
        say(N_("{name}: deleted"), name=delete_segment(engine, who, _named(engine, who, name).id))
        return
    if not where:
        raise InputError(N_("Give at least one --where, for example --where customer_type=Students or --where “each.orders@12m>=3”."))
    old = next((k for k in list_segments(engine, who) if fold(k.name) == fold(name)), None)
    kept = save_segment(engine, who, name=name, filters=[condition_of(text, catalog) for text in where], every=not any_, shared=shared, catalog=catalog,
                        segment_id=old.id if old else None, expected=old.version if old else None)
    record = _record(kept, warehouse, catalog)
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        _print(record, kept, warehouse)


@segments.command("explain")
@click.argument("name")
@click.argument("customer")
@_user
@_json
def explain_(name: str, customer: str, user: str | None, as_json: bool) -> None:
    """Why CUSTOMER (its number or id) is in the segment NAME, or is not: each condition with its value."""
    warehouse, engine = open_warehouse(), open_appdb(load_settings().appdb)
    catalog, scope = catalog_for(warehouse), Scope.everything()
    kept, who = _named(engine, _who(engine, user), name), resolve(warehouse, scope, customer)
    inside, lines = explain(kept.segment.filters, kept.segment.every, who, warehouse, scope=scope, period=_period(warehouse))
    if as_json:
        words, formats = Words(), Formats(Words(), warehouse.currency)
        told = [line_text(line, words, formats, catalog) for line in lines]
        click.echo(json.dumps({"segment": kept.name, "customer": who, "inside": inside, "all": kept.segment.every, "conditions": [
            {"condition": line.condition.to_text(), "passes": line.passes, "value": list(line.value) if isinstance(line.value, tuple) else line.value,
             "from": line.period.first.isoformat() if line.period else None, "to": line.period.last.isoformat() if line.period else None,
             "place": line.place, "among": line.among, "text": f"{t.subject}: {t.value}; asked: {t.wanted}"} for line, t in zip(lines, told, strict=True)]}, ensure_ascii=False, indent=1))
        return
    formats = speaking.formats(warehouse)
    words = formats.words
    if kept.segment.every:
        say(N_("In “{name}” (all conditions must hold)") if inside else N_("Not in “{name}” (all conditions must hold)"), name=kept.name)
    else:
        say(N_("In “{name}” (one condition is enough)") if inside else N_("Not in “{name}” (one condition is enough)"), name=kept.name)
    for text in columns([(words.t(N_("yes")) if line.passes else words.t(N_("no")), _line(line, formats, catalog)) for line in lines]):
        write(f"  {text}")


def _line(line: Line, formats: Formats, catalog: Catalog) -> str:
    told = line_text(line, formats.words, formats, catalog)
    return formats.words.t(N_("{subject}: {value}; asked: {wanted}"), subject=told.subject, value=told.value, wanted=told.wanted)
