"""Ready-made questions: what every firm wants to know of its customers, each one click away. Only those the data can answer."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm_data.analysis.answerable import lacking
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, Cut, Filter, each_parts
from crm_data.cuts.periods import Period
from crm_data.errors import N_

_BY_CUSTOMER = Filter("initiated_by", "is", ("customer",))
#: The most profitable customers: so many of them, by worth. Fewer would often be firms alone, whose age nobody knows.
BEST = "20%"
#: What a customer brings, where worth cannot be computed: sold, won, billed, paid; (sum, per customer or "").
BRINGS = (("revenue", "revenue_per_customer"), ("won_value", ""), ("invoiced", ""), ("collected", ""))


@dataclass(frozen=True)
class Question:
    """One question. ``text``: the sentence, to be translated; ``figure``: how it is best drawn; ``needs``: measures and
    dimensions it stands on, all of which the data must have."""

    name: str
    text: str
    make: Callable[[Period], Cut]
    figure: str
    needs: tuple[str, ...]
    by: str = ""

    def cut(self, catalog: Catalog) -> Cut:
        """The question over the last twelve months of the data."""
        return self.make(Period.named("last_12_months", catalog.as_of))


def _plain(name: str, text: str, measures: tuple[str, ...], by: str = "", filters: tuple[Filter, ...] = (), figure: str = "bars") -> Question:
    needed = tuple(dict.fromkeys((*measures, *(each_parts(f.dimension)[0] for f in filters if f.dimension.startswith(EACH)))))
    return Question(name, text, lambda period: Cut(measures, (by,) if by else (), period, filters=filters, compare="last_year"), figure, needed, by)


def _best(measure: str) -> tuple[Filter, ...]:
    """The best of the people: firms have no age and would crowd them out."""
    return (Filter(f"{EACH}{measure}/party", "top", (BEST,)), Filter("party", "is", ("person",)))


def _about_worth(brings: str, each_brings: str) -> list[list[Question]]:
    """Questions about profit, each with what may be asked instead where costs are not known."""
    per = (each_brings,) if each_brings else ()
    return [
        [_plain("age_of_best", N_("How old is the most profitable fifth of the people we sell to, on average?"), ("mean_age", "customers"), filters=_best("worth"), figure="number"),
         _plain("age_of_largest", N_("How old is the fifth of the people we sell to that brings most, on average?"), ("mean_age", "customers"), filters=_best(brings), figure="number")],
        [_plain("best_type", N_("Which type of customer is the most profitable?"), ("worth_per_customer", "worth", "customers"), "customer_type"),
         _plain("largest_type", N_("Which type of customer brings the most?"), (*per, brings, "customers"), "customer_type")],
        [_plain("brings_by_type", N_("What does a customer of each type bring?"), (each_brings, brings, "customers"), "customer_type")] if each_brings else [],
    ]


def _about_kinds(brings: str, each_brings: str) -> list[list[Question]]:
    """What different kinds of customers bring."""
    measures = (brings, "customers", *((each_brings,) if each_brings else ()))
    return [
        [_plain("habit", N_("Regular against occasional customers: what does each bring?"), measures, "buying_habit")],
        [_plain("by_gender", N_("How do women and men differ?"), measures, "gender")],
        [_plain("by_age", N_("What do customers of each age bring?"), measures, "age_band")],
        [_plain(f"by_{d}", N_("Where do our customers live, and what do they bring?"), measures, d) for d in ("region", "city", "country")],
        [_plain("by_category", N_("Which product categories do customers buy?"), ("revenue", "orders"), "product_category", figure="treemap")],
    ]


_ABOUT_CONTACTS = [
    [_plain("contacted_by_type", N_("How many customers of each type contacted us in the last 12 months?"), ("customers", "contacts"), "customer_type", (_BY_CUSTOMER,)),
     _plain("contacted_by_kind", N_("How many persons and companies contacted us in the last 12 months?"), ("customers", "contacts"), "party", (_BY_CUSTOMER,))],
    [_plain("main_topic", N_("What do customers ask about most?"), ("contacts", "customers"), "topic", (_BY_CUSTOMER,))],
]
_AFTER = [[_plain("how_often", N_("How often does a customer start a contact?"), ("contacts_per_customer", "contacts", "customers"), "initiated_by")]]


def ready(catalog: Catalog, rows: Mapping[str, int], known: Callable[[str], bool] | None = None) -> tuple[Question, ...]:
    """The questions this data can answer. ``rows``: rows of each table; ``known(dimension)`` says whether the data tells at
    least two of its members apart (all do, when it is not given)."""
    def able(question: Question) -> bool:
        if any(m not in catalog.measures or lacking(catalog, m, rows) for m in question.needs):
            return False
        cut = question.cut(catalog)
        used = tuple(dict.fromkeys((*cut.by, *(f.dimension for f in cut.filters))))
        if not all(d.startswith(EACH) or d in catalog.dimensions for d in used):
            return False
        if not all(catalog.fact_of(p, used) for m in cut.measures for p in catalog.parts(m)):
            return False
        contacts = "initiated_by" in used
        return not (contacts and lacking(catalog, "contacts", rows)) and (known is None or not question.by or known(question.by))

    pair = next((p for p in BRINGS if not lacking(catalog, p[0], rows)), None)
    groups = [*_ABOUT_CONTACTS, *(_about_worth(*pair) if pair else []), *_AFTER, *(_about_kinds(*pair) if pair else [])]
    found = (next((q for q in group if able(q)), None) for group in groups)
    return tuple(q for q in found if q)
