"""DuckDB and PostgreSQL give the same answers: every measure by every dimension, grain and comparison.

Counts and money exactly, ratios within 1e-9, rows in the same order. The default run takes a fixed sample; ``-m slow`` all.
"""
from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.dimensions import DIMENSIONS
from crm_data.cuts.measures import MEASURES
from crm_data.cuts.periods import GRAINS, Period
from crm_data.cuts.query import ask
from crm_data.cuts.values import values_of
from tests.truth import tiny

pytestmark = pytest.mark.engines

EVERYTHING = Scope.everything()
SOUTH = Scope(frozenset({1, 3, 4}), None, False)
MEASURE_NAMES = sorted(name for name, m in MEASURES.items() if not m.hidden)
SAMPLE, SEED = 3, 20261120


@pytest.fixture(scope="module")
def truths(truth, postgres_database, tmp_path_factory):
    """The truth database on both engines."""
    return truth, tiny.publish(postgres_database(), tmp_path_factory.mktemp("truth_pg"))


@pytest.fixture(scope="module")
def noises(noise, postgres_database, tmp_path_factory):
    """The firm made of dice on both engines."""
    from tests.truth import noise as dice
    return noise, dice.publish(postgres_database(), tmp_path_factory.mktemp("noise_pg"))


@pytest.fixture(scope="module")
def demos(demo, demo_staging, postgres_database):
    """The demo of 300 customers on both engines."""
    from crm_data.model.snapshots import open_store
    from tests.demo_firm import publish_demo
    url = postgres_database()
    publish_demo(url, demo_staging)
    return demo, open_store(url).warehouse()


@pytest.fixture(params=("truths", "noises", "demos"))
def pair(request):
    return request.getfixturevalue(request.param)


def plain(value):
    """A value that is equal on both engines when it is the same."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Fraction(value)
    if value is None or (isinstance(value, float) and value != value):
        return None
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value


def alike(a, b) -> bool:
    a, b = plain(a), plain(b)
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and abs(float(a) - float(b)) <= 1e-9 * max(1e-9, abs(float(a)), abs(float(b)))
    return a == b


def assert_same(cut: Cut, pair, scope: Scope = EVERYTHING) -> None:
    one, two = (ask(cut, w, scope=scope) for w in pair)
    for name in ("totals", "totals_before", "others", "others_before"):
        left, right = getattr(one, name), getattr(two, name)
        assert (left is None) == (right is None), (cut, name)
        for m in left or ():
            assert alike(left[m], right[m]), (cut, name, left[m], right[m])
            assert type(left[m]) is type(right[m]), (cut, name, m, left[m], right[m])
    for name in ("rows", "before"):
        left, right = getattr(one, name), getattr(two, name)
        assert (left is None) == (right is None), (cut, name)
        if left is not None:
            assert list(left.columns) == list(right.columns) and len(left) == len(right), (cut, name, left, right)
            for a, b in zip(left.to_dict("records"), right.to_dict("records"), strict=True):
                assert all(alike(a[c], b[c]) for c in a), (cut, name, a, b)
    assert one.coverage == two.coverage and one.period == two.period and one.period_before == two.period_before, cut


def cuts_of(catalog, measure: str, as_of: date) -> list[Cut]:
    """Every cut of a measure that is compared: by each dimension, each grain, compared, limited, filtered."""
    year = Period(date(as_of.year - 1, 7, 1), as_of)
    found = [Cut((measure,), period=year, compare="last_year"), Cut((measure,), period=None)]
    found += [Cut((measure,), period=year, grain=g, compare="previous") for g in GRAINS if g != "day"]
    found.append(Cut((measure,), period=Period.named("month_to_date", as_of), grain="day", compare="previous"))
    for d in catalog.dimensions_of(measure):
        found += [Cut((measure,), (d,), year), Cut((measure,), (d,), year, compare="last_year", limit=2), Cut((measure,), (d,), year, grain="quarter"),
                  Cut((measure,), (d,), year, order_by=d, descending=False), Cut((measure,), period=year, filters=(Filter(d, "is_empty"),))]
    return found


def test_totals_and_grains_of_every_measure(pair) -> None:
    for i in range(0, len(MEASURE_NAMES), 15):
        forms = cuts_of(catalog_for(pair[0]), MEASURE_NAMES[i], pair[0].as_of)[:7]
        for cut in forms[i // 15::3]:  # every form meets a third of the measures; the slow test has all
            assert_same(replace(cut, measures=tuple(MEASURE_NAMES[i:i + 15])), pair)


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_sample_of_cuts(pair, measure) -> None:
    pick = random.Random(f"{SEED}{measure}")
    for cut in pick.sample(cuts_of(catalog_for(pair[0]), measure, pair[0].as_of), SAMPLE):
        assert_same(cut, pair)


@pytest.mark.slow
@pytest.mark.parametrize("form", range(7))
def test_every_form_of_every_measure(pair, form) -> None:
    for i in range(0, len(MEASURE_NAMES), 15):
        cut = cuts_of(catalog_for(pair[0]), MEASURE_NAMES[i], pair[0].as_of)[form]
        assert_same(replace(cut, measures=tuple(MEASURE_NAMES[i:i + 15])), pair)


@pytest.mark.slow
@pytest.mark.parametrize("dimension", sorted(DIMENSIONS))
def test_every_measure_by_every_dimension(pair, dimension) -> None:
    """All measures that can be cut by it, asked together, in every form a cut has."""
    catalog, as_of = catalog_for(pair[0]), pair[0].as_of
    able = [m for m in MEASURE_NAMES if catalog.can_cut(m, dimension)]
    year = Period(date(as_of.year - 1, 7, 1), as_of)
    personal = dimension in ("age", "customer")
    for i in range(0, len(able), 15):
        whole = Cut(tuple(able[i:i + 15]), (dimension,), year)
        assert_same(replace(whole, order_by=whole.measures[-1], compare="last_year", limit=3), pair)
        assert_same(replace(whole, order_by=dimension, descending=False), pair, replace(SOUTH, personal=personal))
        assert_same(replace(whole, grain="quarter"), pair)
        assert_same(replace(whole, by=(), filters=(Filter(dimension, "is_empty"),)), pair)


def test_scope_without_personal_data(truths) -> None:
    year = Period.named("year_to_date", tiny.TODAY)
    for cut in (Cut(("revenue", "worth"), ("customer",), year), Cut(("customers", "mean_age"), ("branch",), year),
                Cut(("open_balance", "contacts"), ("owner",), year, limit=2), Cut(("revenue",), ("interest", "gender"), year)):
        assert_same(cut, truths, SOUTH)


@pytest.mark.parametrize("dimension", sorted(DIMENSIONS))
def test_values_to_choose_from(pair, dimension) -> None:
    left, right = (values_of(dimension, w, scope=EVERYTHING, limit=50) for w in pair)
    assert left == right
    if DIMENSIONS[dimension].kind == "text":
        left, right = (values_of(dimension, w, scope=SOUTH, search="a", limit=50) for w in pair)
        assert left == right


def test_text_is_found_in_any_case_and_script(truths) -> None:
    year = Period.named("year_to_date", tiny.TODAY)
    for text in ("HAIFA", "é", "É", "%", "_", "\\", "zebra", "נ"):
        assert_same(Cut(("revenue", "contacts"), period=year, filters=(Filter("customer", "contains", (text,)),)), truths)
        assert_same(Cut(("revenue",), ("city",), year, filters=(Filter("city", "contains", (text,)),)), truths)


def test_rows_behind(truths) -> None:
    year = Period.named("year_to_date", tiny.TODAY)
    for measure in MEASURE_NAMES:
        left, right = (rows_behind(Cut((measure,), period=year), w, scope=EVERYTHING) for w in truths)
        assert (left.count, left.customers) == (right.count, right.customers) and alike(left.total, right.total), measure
        for a, b in zip(left.rows.to_dict("records"), right.rows.to_dict("records"), strict=True):
            assert all(alike(a[c], b[c]) for c in a), (measure, a, b)
