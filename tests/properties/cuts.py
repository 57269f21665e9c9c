"""Random cuts a warehouse can answer, and links nobody's program wrote."""
from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import EACH_OPS, OPS, WINDOWS, Cut, Filter
from crm_data.cuts.periods import COMPARISONS, GRAINS, NAMED, Period
from crm_data.cuts.values import values_of

EVERYTHING = Scope.everything()


@st.composite
def periods(draw, as_of: date, least: int = 1) -> Period:
    """Days within three years before ``as_of``, or a named period."""
    if draw(st.booleans()):
        return Period.named(draw(st.sampled_from(sorted(NAMED))), as_of)
    first = as_of - timedelta(days=draw(st.integers(least, 1000)))
    return Period(first, first + timedelta(days=draw(st.integers(0, 500))))


def members(warehouse, dimension: str) -> list[str]:
    return [v.value for v in values_of(dimension, warehouse, scope=EVERYTHING, limit=30) if v.value is not None]


@st.composite
def filters(draw, warehouse, dimension: str) -> Filter:
    known = members(warehouse, dimension)
    ops = ["is_empty"] + (["is", "is_not"] if known else [])
    op = draw(st.sampled_from(ops))
    chosen = () if op == "is_empty" else tuple(draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)))
    return Filter(dimension, op, chosen)


@st.composite
def conditions(draw, catalog: Catalog) -> Filter:
    """A condition on a measure of each customer."""
    name = draw(st.sampled_from(sorted(m for m in catalog.measures if catalog.can_cut(m, "customer"))))
    window = draw(st.sampled_from(["", *(f"@{w}" for w in WINDOWS if w)]))
    op = draw(st.sampled_from(EACH_OPS))
    amounts = sorted((draw(st.integers(-5, 2000)), draw(st.integers(-5, 2000))))
    values = {"between": tuple(map(str, amounts)), "top": (draw(st.sampled_from(["1", "3", "10%", "50%", "100%"])),)}
    return Filter(f"each.{name}{window}", op, values.get("top" if op == "bottom" else op, (str(amounts[0]),)))


def of_customers(catalog: Catalog, name: str) -> bool:
    """Whether a dimension is found by adding up what each customer did, so that it depends on what a viewer may see."""
    about = catalog.dimension(name)
    return name.startswith("each.") or about.derived or bool(about.conditions)


def dimensions_for(catalog: Catalog, measures: tuple[str, ...]) -> list[str]:
    return [d for d in catalog.dimensions if all(catalog.can_cut(m, d) for m in measures)]


def together(catalog: Catalog, measures: tuple[str, ...], dimensions: tuple[str, ...]) -> bool:
    return all(catalog.fact_of(p, dimensions) for m in measures for p in catalog.parts(m))


@st.composite
def cuts(draw, warehouse, *, measures: list[str] | None = None, most_by: int = 3, most_filters: int = 2) -> Cut:
    """A cut the catalog allows: measures, dimensions and filters that go together."""
    catalog = catalog_for(warehouse)
    chosen = tuple(draw(st.lists(st.sampled_from(measures or sorted(catalog.measures)), min_size=1, max_size=2, unique=True)))
    able = dimensions_for(catalog, chosen) or dimensions_for(catalog, chosen[:1])
    if not dimensions_for(catalog, chosen):
        chosen = chosen[:1]
    by: tuple[str, ...] = ()
    for name in draw(st.lists(st.sampled_from(able), max_size=most_by, unique=True)):
        by = (*by, name) if together(catalog, chosen, (*by, name)) else by
    kept: tuple[Filter, ...] = ()
    for name in draw(st.lists(st.sampled_from(able), max_size=most_filters, unique=True)):
        if together(catalog, chosen, (*by, *(f.dimension for f in kept), name)):
            kept = (*kept, draw(filters(warehouse, name)))
    if draw(st.integers(0, 3)) == 0 and together(catalog, chosen, (*by, *(f.dimension for f in kept), "customer")):
        kept = (*kept, draw(conditions(catalog)))
    grain = draw(st.sampled_from([None, None, *GRAINS[1:]]))
    return Cut(chosen, by, draw(periods(warehouse.as_of)), grain, kept, draw(st.sampled_from(COMPARISONS)),
               draw(st.sampled_from(["", *chosen, *by])), draw(st.booleans()), draw(st.sampled_from([None, 1, 3, 1000])) if by else None)


_TEXT = st.text(max_size=40)
_ODD = st.sampled_from(["", "revenue", "branch", "month", "2026-01-01..2025-01-01", "2026-13-01..2026-01-01", "0001-01-01..9999-12-31", "\x00",
                        "'; DROP TABLE customer; --", "%s", "{0}", "age:at_least:1e9", "age:between:1|2|3", "city:is:", ":::", "customer:is:#x",
                        "customer:is:9223372036854775808", "customer:is:①", "age:at_least:-", "each.revenue:top:10%", "each.worth@12m:at_least:x", "each.revenue:top:0", "segment_1:is:in", "<script>alert(1)</script>", "noise" * 2000, "hour:is:٣", "branch:is:#99999999999999999999", "-1",
                        "10001", "٣", "month_to_date", "previous", "topic:contains:%_\\", "interest:is_not:" + "|".join(map(str, range(300)))])


def forged_links() -> st.SearchStrategy[dict[str, list[str]]]:
    """Query parameters as anyone could type them."""
    filter_text = st.builds(lambda d, op, v: f"{d}:{op}:{v}", st.sampled_from(["city", "age", "branch", "customer", "interest", "hour", "nothing", "each.revenue", "each.orders@12m", "each.nothing", "segment_7", "life_stage"]),
                            st.sampled_from([*OPS, "likes"]), st.one_of(_TEXT, _ODD))
    measure = st.one_of(st.sampled_from(["revenue", "customers", "mean_age", "win_rate", "open_balance", "worth"]), _ODD, _TEXT)
    dimension = st.one_of(st.sampled_from(["branch", "customer", "age", "age_band", "interest", "topic", "weekday", "buying_habit", "each.revenue"]), _ODD, _TEXT)
    values = st.one_of(_TEXT, _ODD)
    return st.fixed_dictionaries(
        {"m": st.lists(measure, min_size=1, max_size=3)},
        optional={"by": st.lists(dimension, max_size=3), "f": st.lists(st.one_of(filter_text, values), max_size=3),
                  "period": st.lists(st.one_of(st.sampled_from([*NAMED, "2026-01-01..2026-03-31"]), values), max_size=2),
                  "grain": st.lists(st.one_of(st.sampled_from(GRAINS), values), max_size=1), "vs": st.lists(st.one_of(st.sampled_from(COMPARISONS), values), max_size=1),
                  "order": st.lists(values, max_size=1), "asc": st.lists(values, max_size=1), "top": st.lists(st.one_of(st.sampled_from(["3", "0"]), values), max_size=1)})
