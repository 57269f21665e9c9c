"""``mabat ask``: a question in plain words, what was understood of it, and the answer."""
from __future__ import annotations

import json
from dataclasses import replace

import click

from crm_data.analysis.ask_values import values
from crm_data.analysis.ask_words import Understood, from_first_day, understand
from crm_data.commands.cuts import answer_csv, answer_json, answer_table, open_warehouse
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.query import ask
from crm_data.errors import N_, InputError
from crm_data.output.words import LANGUAGES, Words


@click.command("ask")
@click.argument("words_", metavar="WORDS", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="Language the question is asked in.")
def ask_words(words_: tuple[str, ...], form: str, language: str) -> None:
    """Ask in plain words: mabat ask "revenue by branch this quarter against last year"."""
    warehouse = open_warehouse()
    words = Words(language).for_data(warehouse.manifest.sources)
    catalog = catalog_for(warehouse)
    scope = Scope.everything()

    def members(dimension: str) -> list[tuple[str, str]]:
        return [(v, words.member(dimension, v)) for v in values(dimension, warehouse, scope)]

    understood = understand(" ".join(words_), catalog, words, today=warehouse.as_of, members=members)
    cut = from_first_day(understood.cut, warehouse, scope=scope) if understood.cut else None
    if cut is None:
        if understood.problem:
            raise understood.problem
        raise InputError(N_("Nothing of this was understood. Name a measure and what to cut it by, for example: revenue by branch last year."))
    answer = ask(cut, warehouse, scope=scope)
    if form == "json":
        told = {"understood": [_token(t) for t in understood.tokens], "not_understood": list(understood.not_understood), **answer_json(answer)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(answer_csv(answer), nl=False)
        click.echo("\n".join(_notes(replace(understood, cut=cut), catalog, words)), err=True)
    else:
        click.echo("\n".join([*_notes(replace(understood, cut=cut), catalog, words), ""]))
        click.echo(answer_table(answer, catalog))


def _token(token) -> dict[str, object]:
    return {"text": token.text, "kind": token.kind, "meaning": token.meaning, "code": token.code, "sure": token.sure, "or": list(token.others)}


def _notes(understood: Understood, catalog: Catalog, words: Words) -> list[str]:
    """The cut as a sentence, what was guessed, and what was not understood."""
    assert understood.cut is not None
    lines = [understood.cut.describe(words, catalog)]
    for token in understood.tokens:
        if not token.sure:
            instead = words.t(N_("; or: {others}"), others=words.listed(token.others)) if token.others else ""
            told = words.t(N_("“{text}” was read as: {meaning}"), text=token.text, meaning=token.meaning) if token.text else words.t(N_("Assumed: {meaning}"), meaning=token.meaning)
            lines.append(told + instead)
    if understood.not_understood:
        lines.append(words.t(N_("Not understood: {texts}"), texts=words.listed(f"“{t}”" for t in understood.not_understood)))
    return lines
