"""``mabat cut``, ``mabat measures`` and ``mabat dimensions``: the numbers from the command line."""
from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import click

from crm_data.analysis.rate_store import effective
from crm_data.analysis.segment_store import all_shared, broken
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
from crm_data.settings import load_settings


def open_warehouse():
    """The published warehouse of the settings, priced by the rates administrators set, or a sentence that says how to get one."""
    settings = load_settings()
    return effective(open_appdb(settings.appdb), open_store(settings.warehouse).warehouse())


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
        click.echo(answer_table(answer, catalog))


def answer_csv(answer: Answer) -> str:
    """All rows; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    frame = answer.matched() if answer.before is not None else answer.rows
    columns = [c for c in frame if c != "bucket"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in frame[columns].itertuples(index=False):
        writer.writerow([_safe(to_json(v)) for v in row])
    return out.getvalue()


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\x00")) else value


def answer_table(answer: Answer, catalog: Catalog) -> str:
    frame = answer.matched() if answer.before is not None else answer.rows
    columns = [c for c in frame if c != "bucket" and not (c.endswith("_id") and c != "customer_id")]
    body = [[_cell(v, c, catalog) for c, v in zip(columns, row, strict=True)] for row in frame[columns].itertuples(index=False)]
    for name, numbers in (("others", answer.others), ("total", answer.totals)):
        if numbers is not None and (answer.cut.by or answer.cut.grain):
            body.append([_cell(numbers[c], c, catalog) if c in numbers else (name if i == 0 else "") for i, c in enumerate(columns)])
    widths = [max(len(r[i]) for r in [columns, *body]) for i in range(len(columns))]
    numeric = [c.removesuffix("_before").removesuffix("_change") in answer.cut.measures for c in columns]
    lines = ["  ".join(v.rjust(w) if n else v.ljust(w) for v, w, n in zip(r, widths, numeric, strict=True)).rstrip() for r in [columns, *body]]
    known = [f"{name}: {c['known']:,} of {c['total']:,} known" for name, c in answer.coverage.items()]
    foot = f"{answer.period.first} to {answer.period.last} · data to {answer.as_of} · snapshot {answer.snapshot}"
    return "\n".join([*lines, "", foot, *known])


def _cell(value: object, column: str, catalog: Catalog) -> str:
    if value is None:
        return "-"
    name = column.removesuffix("_before").removesuffix("_change")
    if column.endswith("_change") and isinstance(value, float):
        return f"{value:+.1%}"
    if name in catalog.all_measures and isinstance(value, int | float | Decimal):
        unit = catalog.measure(name).unit
        return f"{value:.2%}" if unit == "share" else f"{value:,}" if unit == "count" else f"{value:,.2f}"
    return str(value)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def measures(as_json: bool) -> None:
    """List the measures: unit, direction, meaning, and what they can be cut by."""
    catalog = catalog_for(open_warehouse())
    if as_json:
        click.echo(json.dumps([{"name": m.name, "label": m.label, "help": m.help, "unit": m.unit, "kind": m.kind, "better": m.better, "adds_up": m.adds_up,
                                "denominator": m.denominator, "dimensions": catalog.dimensions_of(m.name)} for m in catalog.measures.values()], indent=1))
        return
    width = max(map(len, catalog.measures))
    for m in catalog.measures.values():
        click.echo(f"{m.name:<{width}}  {m.unit:<8} {m.help}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def dimensions(as_json: bool) -> None:
    """List the dimensions: meaning, and which measures they cut."""
    catalog = catalog_for(open_warehouse())
    if as_json:
        click.echo(json.dumps([{"name": d.name, "label": d.label, "help": d.help, "kind": d.kind, "measures": [m for m in catalog.measures if catalog.can_cut(m, d.name)]}
                               for d in catalog.dimensions.values()], indent=1, ensure_ascii=False))
        return
    width = max(map(len, catalog.dimensions))
    for d in catalog.dimensions.values():
        click.echo(f"{d.name:<{width}}  {d.help}")


