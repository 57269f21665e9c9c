"""``mabat cut``, ``mabat measures`` and ``mabat dimensions``: the numbers from the command line."""
from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import click

from crm_data.analysis.rate_store import effective
from crm_data.analysis.segment_store import all_shared, broken
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import OPS, Cut, Filter
from crm_data.cuts.periods import COMPARISONS, GRAINS, Period, day_from_text
from crm_data.cuts.query import ask
from crm_data.cuts.segments import with_segments
from crm_data.errors import N_, InputError
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.output.cut_sheet import amount
from crm_data.output.cut_words import coverage_notes
from crm_data.output.formats import Formats
from crm_data.output.views import View
from crm_data.output.words import Words
from crm_data.settings import load_settings
from crm_data.text import plain


def open_warehouse():
    """The published warehouse of the settings, priced by the rates administrators set, or a sentence that says how to get one."""
    settings = load_settings()
    return effective(open_appdb(settings.appdb), open_store(settings.warehouse, **settings.place).warehouse())


def open_segmented():
    """The published warehouse with the segments everybody sees as dimensions."""
    warehouse = open_warehouse()
    catalog = catalog_for(warehouse)
    return with_segments(warehouse, (one for one in all_shared(open_appdb(load_settings().appdb)) if not broken(one, catalog)))


def to_json(value: object) -> object:
    """Numbers as JSON numbers (money rounded to 4 decimals, exact to the cent), days as text, not defined as null."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(round(value, 4))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value


def records(frame, by: tuple[str, ...]) -> list[dict[str, object]]:
    """Rows of an answer for ``--format json``: inner ids are left out, except ``customer_id``."""
    hidden = {f"{d}_id" for d in by if d != "customer"} | {"bucket"}
    return [{k: to_json(v) for k, v in r.items() if k not in hidden} for r in frame.to_dict("records")]


def answer_json(answer: Answer) -> dict[str, object]:
    """The documented JSON of an answer."""
    def numbers(values) -> dict[str, object] | None:
        return None if values is None else {k: to_json(v) for k, v in values.items()}
    period, earlier, by = answer.period, answer.period_before, answer.cut.by
    before = None if answer.before is None else {
        "from": earlier.first.isoformat(), "to": earlier.last.isoformat(), "rows": records(answer.before, by),
        "totals": numbers(answer.totals_before), "others": numbers(answer.others_before)}
    return {"cut": {**answer.cut.to_link(), "from": period.first.isoformat(), "to": period.last.isoformat()}, "rows": records(answer.rows, by),
            "totals": numbers(answer.totals), "others": numbers(answer.others), "before": before, "coverage": answer.coverage,
            "as_of": answer.as_of.isoformat(), "snapshot": answer.snapshot}


def parse_where(text: str, catalog: Catalog) -> Filter:
    """``DIM=VALUE`` (several with ``|``), ``DIM!=VALUE``, ``DIM>=N``, ``DIM<N``, ``DIM~TEXT``, ``DIM=`` for not known; or as in a link: ``NAME:OP:VALUES``."""
    if text.partition(":")[2].partition(":")[0] in OPS:
        condition = Filter.from_text(text)
        catalog.dimension(condition.dimension)
        return condition
    for sign, op in (("!=", "is_not"), (">=", "at_least"), ("<", "below"), ("~", "contains"), ("=", "is")):
        name, found, value = text.partition(sign)
        if found:
            catalog.dimension(name)
            if op == "is" and not value:
                return Filter(name, "is_empty")
            return Filter(name, op, tuple(value.split("|")) if op in ("is", "is_not") else (value,))  # type: ignore[arg-type]
    raise InputError(N_("“{text}” is not a filter. Write DIMENSION=VALUE, for example --where customer_type=Students."), text=text[:80])


def period_of(first: str | None, last: str | None, name: str | None, today: date) -> Period | None:
    if name:
        if first or last:
            raise InputError(N_("Give either --period or --from and --to, not both."))
        return Period.from_text(name, today)
    if not first and not last:
        return None
    if not first:
        raise InputError(N_("--to needs --from: say on which day the period starts."))
    return Period(day_from_text(first), day_from_text(last) if last else today)


def cut_options(*last_day: str):
    """The options that make a cut, for every command that asks one; see :func:`cut_of`. ``last_day``: how the last day is given."""
    def decorated(command):
        for option in reversed(_options(last_day)):
            command = option(command)
        return command
    return decorated


def _options(last_day: Sequence[str]) -> tuple:
    return (
        click.option("--measure", "-m", "measures_", multiple=True, help="Measure; repeat for several."),
        click.option("--by", "-b", multiple=True, help="Dimension; repeat for several."),
        click.option("--grain", type=click.Choice(GRAINS), help="Also by day, week, month, quarter or year."),
        click.option("--from", "first", metavar="DAY", help="First day, included (2026-01-31)."),
        click.option(*last_day, "last", metavar="DAY", help="Last day, included; default: the day the data reaches."),
        click.option("--period", metavar="NAME", help="Instead of first and last day: month_to_date, last_month, year_to_date, last_12_months ..."),
        click.option("--where", multiple=True, metavar="DIM=VALUE", help="Filter; | between values; also != >= < ~. Of each customer's measure: each.worth:top:10%."),
        click.option("--compare", type=click.Choice(COMPARISONS), default="none", show_default=True, help="Period to compare with."),
        click.option("--top", type=int, help="Only the first N of the first dimension, with the others beside."),
        click.option("--order", default="", help="Measure or dimension to order by; default: the first measure."),
        click.option("--ascending", is_flag=True, help="Smallest first."))


def cut_of(measures: Sequence[str], warehouse, *, by=(), grain=None, first=None, last=None, period=None, where=(), compare="none", top=None, order="", ascending=False) -> Cut:
    """The cut that the options of :func:`cut_options` name."""
    if not measures:
        raise InputError(N_("Name at least one measure, for example -m revenue. “mabat measures” lists them."))
    catalog = catalog_for(warehouse)
    return Cut(tuple(measures), tuple(by), period_of(first, last, period, warehouse.as_of), grain, tuple(parse_where(w, catalog) for w in where), compare, order, not ascending, top)


@click.command()
@cut_options("--to", "--until")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
def cut(measures_, form, as_json, **options) -> None:
    """Cut measures by dimensions over a period."""
    warehouse = open_segmented()
    catalog = catalog_for(warehouse)
    answer = ask(cut_of(measures_, warehouse, **options), warehouse, scope=Scope.everything())
    if as_json or form == "json":
        click.echo(json.dumps(answer_json(answer), ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(answer_csv(answer), nl=False)
    else:
        formats = speaking.formats(warehouse)
        click.echo(answer_table(answer, catalog, formats.words, formats))


def answer_csv(answer: Answer) -> str:
    """All rows; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    frame = answer.matched() if answer.before is not None else answer.rows
    names = [c for c in frame if c != "bucket"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in frame[names].itertuples(index=False):
        writer.writerow([_safe(to_json(v)) for v in row])
    return out.getvalue()


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\x00")) else value


def answer_table(answer: Answer, catalog: Catalog, them: Words, formats: Formats) -> str:
    """The answer as people read it on a terminal, in the language of these words; amounts to the cent, in the reporting currency."""
    view, cut, compared = View(them, formats, catalog), answer.cut, answer.before is not None
    frame, numbers = answer.matched() if compared else answer.rows, ("", "_before", "_change") if compared else ("",)
    names = [c for c in frame if c in (*cut.by, "customer_id", "period")]
    body = [[*(_name(row[c], c, answer, view) for c in names), *_numbers(row, view, cut.measures, numbers)] for row in frame.to_dict("records")]
    for name, now, before in ((N_("All others"), answer.others, answer.others_before), (N_("Total"), answer.totals, answer.totals_before)):
        if now is not None and names:
            body.append([them.t(name), *([""] * (len(names) - 1)), *_numbers({**now, **{f"{m}_before": v for m, v in (before or {}).items()}}, view, cut.measures, numbers)])
    lines = columns([_heads(names, numbers, answer, view), *body], range(len(names), len(names) + len(numbers) * len(cut.measures)))
    earlier = them.t(N_("against {period}"), period=formats.period(answer.period_before.first, answer.period_before.last)) if compared and answer.period_before else ""
    foot = them.in_line([formats.period(answer.period.first, answer.period.last), earlier, them.t(N_("Data to {day}"), day=answer.as_of), them.t(N_("snapshot {name}"), name=answer.snapshot)])
    return plain("\n".join([*lines, "", foot, *coverage_notes(view, answer)]))


def _heads(names: Sequence[str], numbers: Sequence[str], answer: Answer, view: View) -> list[str]:
    """What the rows are of; then each measure, beside it the comparison by its days, and the change."""
    them, earlier = view.words, answer.period_before
    own = {"period": them.t(N_("Period")), "customer_id": them.t(N_("Id"))}
    beside = [view.formats.versus(earlier.first, earlier.last) if earlier else "", them.t(N_("Change"))] if len(numbers) > 1 else []
    return [*(own.get(c) or them.label(view.catalog.dimension(c)) for c in names), *(head for m in answer.cut.measures for head in (view.head(m), *beside))]


def _name(value: object, column: str, answer: Answer, view: View) -> str:
    if column == "period":
        return view.formats.bucket(value, answer.cut.grain)  # type: ignore[arg-type]
    return str(value) if column == "customer_id" and value is not None else view.words.member(column, value)


def _numbers(row: Mapping[str, object], view: View, measures_: Sequence[str], numbers: Sequence[str]) -> list[str]:
    """A row's numbers in full; a change of a share in points, of others in parts of what it was."""
    formats, found = view.formats, []
    for m in measures_:
        now, before, unit = row.get(m), row.get(f"{m}_before"), view.catalog.measure(m).unit
        amounts = [_number(v, unit, formats) for v in (now, before)]
        difference = amount(now, before, unit)  # type: ignore[arg-type]
        change = "-" if difference is None else formats.points(difference, signed=True) if unit == "share" else formats.number(difference, 2, signed=True) if unit == "score" \
            else ("+" if round(difference, 3) > 0 else "") + formats.share(difference)
        found += [*amounts, change][:len(numbers)]
    return found


def _number(value: object, unit: str, formats: Formats) -> str:
    if value is None:
        return "-"
    return formats.share(value, 2) if unit == "share" else formats.count(value, full=True) if unit == "count" else formats.number(value, 2)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def measures(as_json: bool) -> None:
    """List the measures: unit, direction, meaning, and what they can be cut by."""
    catalog, them = catalog_for(open_warehouse()), speaking.words()
    if as_json:
        click.echo(json.dumps([{"name": m.name, "label": m.label, "help": m.help, "unit": m.unit, "kind": m.kind, "better": m.better, "adds_up": m.adds_up,
                                "denominator": m.denominator, "dimensions": catalog.dimensions_of(m.name)} for m in catalog.measures.values()], indent=1))
        return
    speaking.write("\n".join(columns([[m.name, them.label(m), them.t(_UNITS[m.unit]) if m.unit in _UNITS else them.unit(m.unit), them.help(m)] for m in catalog.measures.values()])))


#: What the numbers of a measure are, where they are not told in days or hours.
_UNITS = {"money": N_("amount"), "count": N_("how many"), "share": N_("share"), "number": N_("number"), "score": N_("score")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def dimensions(as_json: bool) -> None:
    """List the dimensions: meaning, and which measures they cut."""
    catalog, them = catalog_for(open_warehouse()), speaking.words()
    if as_json:
        click.echo(json.dumps([{"name": d.name, "label": d.label, "help": d.help, "kind": d.kind, "measures": [m for m in catalog.measures if catalog.can_cut(m, d.name)]}
                               for d in catalog.dimensions.values()], indent=1, ensure_ascii=False))
        return
    speaking.write("\n".join(columns([[d.name, them.label(d), them.help(d)] for d in catalog.dimensions.values()])))
