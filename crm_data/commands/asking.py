"""``mabat ask``: a question in plain words, what was understood of it, and the answer."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import click

from crm_data.analysis.ask_values import values
from crm_data.analysis.ask_words import Understood, from_first_day, understand
from crm_data.commands import speaking
from crm_data.commands.cuts import answer_csv, answer_json, answer_table, open_warehouse
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.query import ask
from crm_data.errors import N_, InputError
from crm_data.output.words import Words, languages


@click.command("ask")
@click.argument("words_", metavar="WORDS", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--language", type=click.Choice(languages()), help="Language the question is asked and answered in; default: the language of commands, else English.")
def ask_words(words_: tuple[str, ...], form: str, language: str | None) -> None:
    """Ask in plain words: mabat ask "revenue by branch this quarter against last year"."""
    warehouse = open_warehouse()
    catalog, scope, question = catalog_for(warehouse), Scope.everything(), " ".join(words_)
    words, understood = _understood(question, [language] if language else [speaking.language(), "en"], warehouse, scope)
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
        speaking.write("\n".join(_notes(replace(understood, cut=cut), catalog, words)), err=True)
    else:
        speaking.write("\n".join([*_notes(replace(understood, cut=cut), catalog, words), ""]))
        speaking.write(answer_table(answer, catalog, words, speaking.formats_in(words, warehouse.currency)))


def _understood(question: str, languages_: Sequence[str], warehouse, scope: Scope) -> tuple[Words, Understood]:
    """The words of the language in which most of the question is understood, and what is; the first of them where it is the same in several.

    A year or a number alone makes a cut in any language: only what is left over tells which one was meant.
    """
    found: list[tuple[Words, Understood]] = []
    for code in languages_:
        words = speaking.spoken_in(code).for_data(warehouse.manifest.sources)

        def members(dimension: str, words: Words = words) -> list[tuple[str, str]]:
            return [(v, words.member(dimension, v)) for v in values(dimension, warehouse, scope)]
        found.append((words, understand(question, catalog_for(warehouse), words, today=warehouse.as_of, members=members, currency=warehouse.currency)))
    return min(found, key=lambda one: (one[1].cut is None, sum(map(len, one[1].not_understood))))


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
