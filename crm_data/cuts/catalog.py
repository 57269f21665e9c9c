"""The one catalog: measures and dimensions by name, checked all at once, and what can be cut by what."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sqlalchemy import FromClause

from crm_data.cuts.cut import EACH, WINDOWS, each_parts, each_within
from crm_data.cuts.dimensions import DIMENSIONS, Dimension, attribute_dimension
from crm_data.cuts.facts import BUSINESS, FACTS, Fact, costs_fact
from crm_data.cuts.measures import MEASURES, Balance, Base, Distinct, Formula, Measure, cost_measures
from crm_data.cuts.rates import Rate, rate_table
from crm_data.cuts.segments import PREFIX, Segment, segment_dimension
from crm_data.errors import N_, InputError, MabatError, UnknownName


def reaches(fact: Fact, dimension: Dimension) -> bool:
    """Whether rows of ``fact`` have this dimension."""
    if dimension.entity:
        return dimension.root in fact.keys
    if dimension.name == "weekday":
        return fact.name in _DATED
    return (dimension.name == "hour" and fact.hour is not None) or dimension.name in fact.own


_DATED = frozenset({"sales", "orders", "contacts", "complaints", "leads"})


@dataclass(frozen=True)
class Catalog:
    """What one warehouse can answer.

    ``as_of``: the day the data reaches; ``has_credits``: some orders are split between people; ``all_measures`` holds the
    hidden parts of formulas too, ``measures`` what people see.
    """

    dimensions: Mapping[str, Dimension]
    as_of: date
    week_start: int = 6
    has_credits: bool = True
    #: Whether purchases are orders; otherwise they are won opportunities.
    has_orders: bool = True
    all_measures: Mapping[str, Base] = field(default_factory=lambda: MEASURES)
    facts: Mapping[str, Fact] = field(default_factory=lambda: FACTS, compare=False)
    #: Cost rates laid over those of the data (None: those of the data hold), and the table statements read rates from.
    rates: tuple[Rate, ...] | None = None
    rate_table: FromClause = field(default=rate_table(None), compare=False)

    @property
    def measures(self) -> dict[str, Base]:
        return {name: m for name, m in self.all_measures.items() if not m.hidden}

    def measure(self, name: str) -> Base:
        if name not in self.all_measures:
            raise UnknownName("measure", name[:60], self.measures)
        return self.all_measures[name]

    def fact(self, name: str) -> Fact:
        """A fact; that of costs is priced by the rates that hold."""
        return self.facts[name]

    def dimension(self, name: str) -> Dimension:
        """A dimension; also the conditions on customers ``each.MEASURE[@WINDOW]``, which are not listed."""
        if name.startswith(EACH):
            return self._each(name)
        if name.startswith(PREFIX) and name not in self.dimensions:
            raise InputError(N_("The segment in this link is not shared with you, or is gone. Ask whoever sent the link to share it."))
        if name not in self.dimensions:
            raise UnknownName("dimension", name[:60], self.dimensions)
        return self.dimensions[name]

    def _each(self, name: str) -> Dimension:
        measure, window = each_parts(name)
        about = self.measure(measure)
        if window not in WINDOWS:
            raise InputError(N_("There is no span of time “{window}” for a condition on customers. Use one of: {known}."), window=window[:40],
                             known=", ".join(w for w in WINDOWS if w))
        if about.hidden or not self.can_cut(measure, "customer"):
            able = ", ".join(m for m in self.measures if self.can_cut(m, "customer"))
            raise InputError(N_("“{measure}” is not known of each customer. Measures that are: {known}."), measure=measure, known=able)
        within = each_within(name)
        if within and (within == "customer" or within.startswith(EACH) or self.dimension(within).multi or not reaches(self.facts["parties"], self.dimension(within))):
            raise InputError(N_("“{dimension}” is not a field of the customer: nobody has a place within it."), dimension=within[:60])
        return Dimension(name, about.label, about.help, "customer", kind="number")

    def parts(self, name: str) -> tuple[str, ...]:
        """The measures that are not formulas which ``name`` is computed from (itself, if it is none)."""
        measure = self.measure(name)
        if not isinstance(measure, Formula):
            return (name,)
        return tuple(dict.fromkeys(p for part in measure.parts for p in self.parts(part)))

    def rests_on(self, name: str) -> tuple[tuple[str, str], ...]:
        """Pairs of counts (known, all) of the records ``name`` rests on, its own and those of its parts; the weakest is its coverage."""
        measure = self.measure(name)
        parts = measure.parts if isinstance(measure, Formula) else ()
        own = (measure.coverage,) if measure.coverage else ()
        return tuple(dict.fromkeys((*own, *(pair for part in parts for pair in self.rests_on(part)))))

    def fact_of(self, name: str, dimensions: tuple[str, ...]) -> tuple[str, ...]:
        """Facts that answer the (plain) measure ``name`` cut by ``dimensions``; empty when it cannot be."""
        measure, wanted = self.measure(name), [self.dimension(d) for d in dimensions]

        def fits(fact: str) -> bool:
            return all(reaches(self.facts[fact], d) for d in wanted)
        if isinstance(measure, Distinct):
            if measure.of == "contacts":
                return ("contacts",) if fits("contacts") else ()
            found = tuple(f for f in BUSINESS if fits(f))
            # Sale lines say nothing about customers that orders do not, unless a product is asked.
            return tuple(f for f in found if f != "sales" or "orders" not in found)
        assert isinstance(measure, Measure | Balance)
        options = (measure.fact, *(f for f, _ in measure.instead)) if isinstance(measure, Measure) else (measure.fact,)
        return tuple(f for f in options if fits(f))[:1]

    def can_cut(self, measure: str, dimension: str) -> bool:
        return all(self.fact_of(p, (dimension,)) for p in self.parts(measure))

    def adds_up(self, measure: str, by: tuple[str, ...]) -> bool:
        """Whether the parts of ``measure`` cut by ``by`` sum to its total.

        Not for distinct counts and ratios, dimensions with several members a customer, orders by product (one order, many
        products), nor orders by people where credit is split (each who has a part in an order has the order).
        """
        found = self.measure(measure)
        if not found.adds_up or any(self.dimension(d).multi for d in by):
            return False
        if not (isinstance(found, Measure) and found.agg == "count"):
            return True
        facts = self.fact_of(measure, by)
        fact = self.facts[facts[0]] if facts else None
        split = fact is not None and fact.credit is not None and self.has_credits and any(self.dimension(d).root == "owner" for d in by)
        return not split and (fact is None or fact.name == found.fact)

    def dimensions_of(self, measure: str) -> list[str]:
        return [d for d in self.dimensions if self.can_cut(measure, d)]

    def check(self, measure: str, dimensions: tuple[str, ...]) -> None:
        """Raise a sentence that says what can be done when ``measure`` cannot be cut by ``dimensions`` together."""
        for part in self.parts(measure):
            if self.fact_of(part, dimensions):
                continue
            bad = next((d for d in dimensions if not self.can_cut(measure, d)), None)
            if bad is None:
                raise InputError(N_("“{measure}” cannot be cut by {dimensions} together: no record holds all of them. Leave one out."),
                                 measure=measure, dimensions=", ".join(dimensions))
            able = [m for m in self.measures if self.can_cut(m, bad)]
            raise InputError(N_("“{measure}” cannot be cut by “{dimension}”. Measures that can: {measures}. “{measure}” can be cut by: {dimensions}."),
                             measure=measure, dimension=bad, measures=", ".join(able) or "-", dimensions=", ".join(self.dimensions_of(measure)))


def problems(measures: Mapping[str, Base], dimensions: Mapping[str, Dimension]) -> list[str]:
    """Everything wrong with the definitions, all at once."""
    found = []
    for m in measures.values():
        if isinstance(m, Measure | Balance) and m.fact not in FACTS:
            found.append(f"{m.name}: no fact {m.fact}")
        if isinstance(m, Formula):
            found += [f"{m.name}: no measure {p}" for p in (*m.parts, *(r for r, _ in m.rows)) if p not in measures]
        found += [f"{m.name}: no measure {p}" for p in m.coverage or () if p not in measures]
        if not m.hidden and not (m.label and m.help):
            found.append(f"{m.name}: no label or help")
    for d in dimensions.values():
        if not (d.label and d.help):
            found.append(f"{d.name}: no label or help")
        if not any(reaches(f, d) for f in FACTS.values()):
            found.append(f"{d.name}: no fact reaches it")
    return found


@lru_cache(maxsize=64)
def build_catalog(attributes: tuple[str, ...], as_of: date, week_start: int, has_credits: bool, has_orders: bool = True,
                  segments: tuple[Segment, ...] = (), rates: tuple[Rate, ...] | None = None) -> Catalog:
    further = (attribute_dimension(key) for key in attributes)
    own = (segment_dimension(one) for one in segments)
    dimensions = {**DIMENSIONS, **{d.name: d for d in (*further, *own)}}
    wrong = problems(MEASURES, dimensions)
    if wrong:
        raise MabatError(N_("The catalog of measures is not sound: {problems}"), problems="; ".join(wrong))
    if rates is None:
        return Catalog(dimensions, as_of, week_start, has_credits, has_orders)
    table = rate_table(rates)
    costs = costs_fact(table)
    measures = {**MEASURES, **{m.name: m for m in cost_measures(costs)}}
    return Catalog(dimensions, as_of, week_start, has_credits, has_orders, measures, {**FACTS, costs.name: costs}, rates, table)


def catalog_for(warehouse) -> Catalog:
    """The catalog of a warehouse: the product's measures, its dimensions, those found in ``customer_attribute``, the segments and the
    rates laid over those of the data."""
    def rows(table: str) -> int:
        return int(warehouse.manifest.tables.get(table, {}).get("rows", 0))
    return build_catalog(tuple(warehouse.attributes), warehouse.as_of, warehouse.week_start, bool(rows("order_credit")), bool(rows("sales_order")),
                         tuple(getattr(warehouse, "segments", ())), getattr(warehouse, "rates", None))
