"""The reference pages of measures and dimensions, written from the catalog: ``python -m crm_data.cuts.docs docs``."""
from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from crm_data.cuts.catalog import Catalog, build_catalog
from crm_data.cuts.dimensions import AGE_BANDS, LAST_AGE_BAND, Dimension
from crm_data.cuts.measures import Balance, Base, Distinct, Formula, Measure
from crm_data.model.schema import CODES

_NOTE = "<!-- Written from the catalog by `python -m crm_data.cuts.docs docs`; change the catalog, not this page. -->\n"

_UNITS = {"money": "money, in the reporting currency", "count": "a count", "share": "a share (0-1, shown as percent)",
          "number": "a number", "days": "days", "hours": "hours", "minutes": "minutes", "years": "years", "score": "a score"}
_BETTER = {"up": "more is better", "down": "less is better", "none": "neither more nor less is better"}
_ENTITIES = {"customer": "the customer", "customer_type": "the customer's type", "branch": "the branch of the record",
             "owner": "the owner of the record", "campaign": "the campaign of the record", "product": "the product",
             "product_category": "the product's group", "": "the record itself"}
_OWN_CODES = {"age_band": tuple(name for _, name in AGE_BANDS) + (LAST_AGE_BAND,),
              "weekday": ("1 (Monday)", "…", "7 (Sunday)"), "hour": ("0", "…", "23")}
_CODE_COLUMNS = {"party": ("customer", "party"), "relation": ("customer", "relation"), "gender": ("customer", "gender"),
                 "marital_status": ("customer", "marital_status"), "contact_channel": ("interaction", "channel"),
                 "initiated_by": ("interaction", "initiated_by"), "severity": ("complaint", "severity")}


def reference_catalog() -> Catalog:
    """The catalog of a warehouse without further fields."""
    return build_catalog((), date(2026, 1, 1), 6, True)


def _when(measure: Base) -> str:
    if isinstance(measure, Balance):
        return "what stands on the period's last day"
    if isinstance(measure, Distinct):
        return "the customers with business in the period, each once"
    return "computed from others after they have been added" if isinstance(measure, Formula) else "what happened in the period"


def _from(measure: Base, catalog: Catalog) -> str:
    """Where the number comes from, for whoever checks it."""
    if isinstance(measure, Formula):
        seen = [p for p in measure.parts if not catalog.measure(p).hidden]
        return "Computed from " + ", ".join(f"`{p}`" for p in seen) + "." if seen else ""
    if isinstance(measure, Measure):
        return f"From the {measure.fact.replace('_', ' ')} records."
    return ""


def measure_section(measure: Base, catalog: Catalog) -> str:
    """One measure: what it means, its unit, direction, denominator, and what it can be cut by."""
    adds = "Parts add up to the total." if measure.adds_up else "Parts do not add up: the total is asked for, never summed."
    facts = [f"Unit: {_UNITS[measure.unit]}; {_BETTER[measure.better]}; {_when(measure)}."]
    if measure.denominator:
        facts.append(f"Denominator: {measure.denominator}.")
    facts.append(adds)
    if measure.coverage:
        facts.append("May rest on part of the data: the answer's coverage says how much.")
    origin = _from(measure, catalog)
    if origin:
        facts.append(origin)
    dimensions = ", ".join(f"`{d}`" for d in catalog.dimensions_of(measure.name))
    facts.append(f"Can be cut by: {dimensions}.")
    return f"### {measure.name}\n**{measure.label}.** {measure.help}\n\n" + "\n".join(f"- {fact}" for fact in facts) + "\n"


def measures_page(catalog: Catalog | None = None) -> str:
    """docs/measures.md."""
    catalog = catalog or reference_catalog()
    shown = catalog.measures.values()
    lines = ["# Measures", _NOTE,
             "Periods include both their days. The last day is cut to the last day the data reaches. Money is in the reporting currency, "
             "at the rate of each document's day. *Customers* are parties whose relation is customer or former.\n",
             "A sale line belongs to an order that is neither cancelled nor returned; a returned piece of an order is a negative line. "
             "Sales of an order whose credit is split count for each of its people by their share.\n",
             "| name | shown as | unit | better | kind |", "|---|---|---|---|---|"]
    lines += [f"| [`{m.name}`](#{m.name}) | {m.label} | {m.unit} | {m.better} | {m.kind} |" for m in shown]
    return "\n".join(lines) + "\n\n" + "\n".join(measure_section(m, catalog) for m in shown)


def members_of(dimension: Dimension) -> tuple[str, ...]:
    """The fixed members of a dimension of codes; empty when the data decides."""
    return _OWN_CODES.get(dimension.name) or CODES.get(_CODE_COLUMNS.get(dimension.name, ("", "")), ())


def dimension_section(dimension: Dimension, catalog: Catalog) -> str:
    """One dimension: what it means, its members, what is unknown, and which measures can be cut by it."""
    facts = [f"Stands on {_ENTITIES[dimension.entity]}."]
    members = members_of(dimension)
    if members:
        facts.append("Members: " + ", ".join(f"`{m}`" if m != "…" else m for m in members) + ".")
    if dimension.kind == "number":
        facts.append("A number: filtered with is, is_not, at_least, below, between, is_empty.")
    else:
        facts.append("Filtered with is, is_not, contains, is_empty." + (" Members with the same name are told apart by their key: `#12`." if dimension.keyed else ""))
    if dimension.optional:
        facts.append("Often not known: every answer says for how many customers it is.")
    if dimension.multi:
        facts.append("A customer may have several: parts do not add up to the total.")
    if dimension.personal:
        facts.append("Personal: shown only to those who may see personal data.")
    able = [m for m in catalog.measures if catalog.can_cut(m, dimension.name)]
    facts.append("Cuts: " + ", ".join(f"`{m}`" for m in able) + ".")
    return f"### {dimension.name}\n**{dimension.label}.** {dimension.help}\n\n" + "\n".join(f"- {fact}" for fact in facts) + "\n"


def dimensions_page(catalog: Catalog | None = None) -> str:
    """docs/dimensions.md."""
    catalog = catalog or reference_catalog()
    shown = catalog.dimensions.values()
    lines = ["# Dimensions", _NOTE,
             "What a measure can be cut by and filtered on. A member nobody knows is shown as unknown, never left out. "
             "`is_not` keeps the unknown ones: all but those named. Every key found in `customer_attribute` is a further dimension of the customer.\n",
             "| name | shown as | stands on |", "|---|---|---|"]
    lines += [f"| [`{d.name}`](#{d.name}) | {d.label} | {_ENTITIES[d.entity]} |" for d in shown]
    return "\n".join(lines) + "\n\n" + "\n".join(dimension_section(d, catalog) for d in shown)


def write(folder: Path) -> list[Path]:
    """Write both pages into ``folder``; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {folder / "measures.md": measures_page(), folder / "dimensions.md": dimensions_page()}
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return list(pages)


if __name__ == "__main__":
    for written in write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        print(written)
