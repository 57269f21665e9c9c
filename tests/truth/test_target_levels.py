"""A year of the demonstration firm: what every target has reached, at every level, against SQL written by hand.

Additive indicators, ratios and balances; twelve months and the year; the firm, groups of branches, branches, regions, teams,
people, product categories, customer types, campaigns and customers. Nothing of the product adds up here.
"""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.targets import progress
from crm_data.cuts.catalog import catalog_for

SALES = """order_line l JOIN sales_order f ON f.id = l.order_id LEFT JOIN product p ON p.id = l.product_id
    WHERE f.status NOT IN ('cancelled', 'returned') AND f.ordered_on BETWEEN :first AND :last"""
CLOSED = "opportunity f LEFT JOIN product p ON p.id = f.product_id WHERE f.closed_on BETWEEN :first AND :last AND f.outcome IN ('won', 'lost')"
OWED = """invoice f LEFT JOIN (SELECT invoice_id, sum(amount_base) AS paid FROM payment_allocation WHERE allocated_on <= :last GROUP BY 1) a ON a.invoice_id = f.id
    WHERE f.cancelled IS NOT TRUE AND f.issued_on <= :last"""
LINE = "l.net_base AS net, l.cost_base AS cost, f.id AS one, f.campaign_id AS campaign_id, p.product_category_id AS category_id"
#: measure -> (rows, what each has, what it comes to; ``share`` of an order: the credit of the person asked about)
MEASURES = {
    "revenue": (SALES, LINE, "sum(net * {share})"),
    "gross_profit": (SALES, LINE, "sum(net * {share}) - sum(cost * {share})"),
    "orders": (SALES, LINE, "count(DISTINCT one)"),
    "gross_margin": (SALES, LINE, "(sum(net * {share}) - sum(cost * {share})) / nullif(sum(net * {share}), 0)"),
    "average_order": (SALES, LINE, "sum(net * {share}) / count(DISTINCT one)"),
    "win_rate": (CLOSED, "f.outcome, f.campaign_id AS campaign_id, p.product_category_id AS category_id", "sum(CASE WHEN outcome = 'won' THEN 1.0 ELSE 0.0 END) / count(*)"),
    "open_balance": (OWED, "f.amount_base - coalesce(a.paid, 0) AS owed", "sum(owed)"),
    "overdue_balance": (f"{OWED} AND f.due_on < :last", "f.amount_base - coalesce(a.paid, 0) AS owed", "sum(owed)"),
}
UP = """WITH RECURSIVE up AS (SELECT id, id AS above FROM branch UNION ALL
    SELECT up.id, b.parent_id FROM up JOIN branch b ON b.id = up.above WHERE b.parent_id IS NOT NULL)"""
WHO = "LEFT JOIN order_credit k ON {credit} LEFT JOIN staff s ON s.id = coalesce(k.staff_id, r.owner_id)"
#: dimension -> (who it is, how to come there from a row)
LEVELS = {
    "": ("''", ""), "branch": ("b.name", "JOIN branch b ON b.id = r.branch_id"), "branch_region": ("b.region", "JOIN branch b ON b.id = r.branch_id"),
    "branch_group": ("b.name", "JOIN up ON up.id = r.branch_id JOIN branch b ON b.id = up.above"),
    "owner": ("s.name", WHO), "team": ("s.team", WHO), "product_category": ("c.name", "JOIN product_category c ON c.id = r.category_id"),
    "customer_type": ("t.name", "JOIN customer c ON c.id = r.customer_id JOIN customer_type t ON t.id = c.customer_type_id"),
    "campaign": ("c.name", "JOIN campaign c ON c.id = r.campaign_id"), "customer": ("cast(r.customer_id AS VARCHAR)", ""),
}


def _by_hand(connection, measure: str, dimension: str, first: date, last: date) -> dict[str, float]:
    rows, has, value = MEASURES[measure]
    member, way = LEVELS[dimension]
    credited = "k.order_id = r.one" if rows == SALES else "1 = 0"
    share = "coalesce(k.share, 1)" if way == WHO else "1"
    found = connection.execute(text(f"""{UP} SELECT {member} AS member, {value.format(share=share)} AS value FROM (SELECT f.owner_id, f.branch_id, f.customer_id, {has} FROM {rows}) r
        {way.format(credit=credited)} GROUP BY 1"""), {"first": first, "last": last})
    return {m: float(v) for m, v in found if m is not None and v is not None}


def _periods(as_of: date) -> list[tuple[date, date]]:
    """Twelve months up to that of ``as_of``, and its year."""
    ends, found = as_of, []
    for _ in range(12):
        begins = ends.replace(day=1)
        found.append((begins, (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)))
        ends = begins - timedelta(days=1)
    return [*found, (date(as_of.year, 1, 1), date(as_of.year, 12, 31))]


@pytest.fixture(scope="module")
def year(demo, everything):
    """What SQL says of each (measure, period, dimension, member), and the targets' progress, all indicators asked together."""
    catalog, found, wanted = catalog_for(demo), [], {}
    with demo.engine.connect() as connection:
        for first, last in _periods(demo.as_of):
            for measure in MEASURES:
                for level in LEVELS:
                    if level in ("", "branch_group") or catalog.can_cut(measure, level):
                        said = _by_hand(connection, measure, level, first, min(last, demo.as_of))
                        wanted |= {Goal(measure, first, last, level, member): value for member, value in list(said.items())[:60]}
            found.append(progress([Target(goal, 1000.0) for goal in wanted if (goal.first, goal.last) == (first, last)], demo, scope=everything, on=demo.as_of))
    assert not any(refused for _, refused in found)
    return wanted, [one for reached, _ in found for one in reached if not one.parts]


@pytest.mark.parametrize("measure", MEASURES)
def test_every_level_of_a_year_equals_sql(year, measure):
    wanted, found = year
    mine = [one for one in found if one.goal.measure == measure]
    assert len(mine) > 300 and {one.goal.dimension for one in mine} >= {"", "branch_group", "branch", "branch_region", "team", "owner", "customer_type", "customer"}
    for one in mine:
        assert one.pace.actual == pytest.approx(wanted[one.goal], rel=1e-9, abs=1e-6), one.goal
        assert one.pace.attained == pytest.approx(wanted[one.goal] / 1000)


def test_a_parent_group_is_the_sum_of_its_children(demo, everything):
    """Of each group the branches below it, with itself: revenue adds up; the margin is that of all their sales, not a mean."""
    first, last = date(demo.as_of.year, 1, 1), date(demo.as_of.year, 12, 31)
    with demo.engine.connect() as connection:
        tree = connection.execute(text(f"{UP} SELECT a.name, b.name FROM up JOIN branch a ON a.id = up.above JOIN branch b ON b.id = up.id WHERE a.id <> b.id")).all()
        own = _by_hand(connection, "revenue", "branch", first, demo.as_of)
        margin = _by_hand(connection, "gross_margin", "branch_group", first, demo.as_of)
    parents = {above: [above, *(below for a, below in tree if a == above)] for above, _ in tree}
    assert len(parents) >= 3 and max(map(len, parents.values())) >= 8
    targets = [Target(Goal(measure, first, last, "branch_group", name), 0.4 if measure == "gross_margin" else 1e6) for name in parents for measure in ("revenue", "gross_margin")]
    found, _ = progress(targets, demo, scope=everything, on=demo.as_of)
    for one in found:
        name = one.goal.member
        assert sorted(one.children) == sorted(parents[name])
        right = sum(own.get(child, 0.0) for child in parents[name]) if one.goal.measure == "revenue" else margin[name]
        assert one.pace.actual == pytest.approx(right, rel=1e-9), one.goal
