"""Every target of the demonstration firm against SQL written by hand, at each level; nothing of the product adds up here."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from crm_data.analysis.target_store import imported_targets
from crm_data.analysis.targets import board

SALES = "order_line l join sales_order o on o.id = l.order_id where o.status not in ('cancelled', 'returned') and o.ordered_on between :first and :last"
COST = "sum(coalesce(l.cost_base, 0))"
#: measure -> what is added up over the sale lines
VALUES = {"revenue": "sum(l.net_base)", "gross_profit": f"sum(l.net_base) - {COST}", "gross_margin": f"(sum(l.net_base) - {COST}) / sum(l.net_base)",
          "orders": "count(distinct o.id)"}
WHERE = {"": "", "branch": "and o.branch_id = (select id from branch where name = :member)",
         "product_category": "and l.product_id in (select p.id from product p join product_category c on c.id = p.product_category_id where c.name = :member)",
         "customer_type": "and o.customer_id in (select c.id from customer c join customer_type t on t.id = c.customer_type_id where t.name = :member)"}


@pytest.mark.parametrize("months_ago", [0, 1, 6])
def test_what_is_reached_equals_sql(demo, everything, months_ago):
    on = demo.as_of
    for _ in range(months_ago):
        on = on.replace(day=1) - timedelta(days=1)
    found = board(demo, None, scope=everything, on=on, targets=imported_targets(demo))
    checked = 0
    with demo.engine.connect() as connection:
        for one in found.all:
            goal = one.goal
            if goal.measure not in VALUES or goal.dimension not in WHERE or one.parts or one.children:
                continue
            last = min(goal.last, on)
            value = connection.execute(text(f"select {VALUES[goal.measure]} from {SALES} {WHERE[goal.dimension]}"),
                                       {"first": goal.first, "last": last, "member": goal.member} if goal.dimension else {"first": goal.first, "last": last}).scalar()
            assert one.pace.actual == pytest.approx(float(value or 0), rel=1e-9, abs=1e-6), goal
            assert one.pace.attained == pytest.approx(one.pace.actual / one.target.value)
            checked += 1
    assert checked >= 5


def test_a_firm_summed_up_is_the_sum_of_its_branches(demo, everything):
    found = board(demo, None, scope=everything, targets=[t for t in imported_targets(demo) if t.goal.dimension == "branch"])
    sums = [p for p in found.all if p.parts]
    assert sums and all(p.better is not None for p in sums)
    for whole in sums:
        parts = [p for p in found.all if p.goal in whole.parts]
        assert whole.target.value == pytest.approx(sum(p.target.value for p in parts))
        assert whole.pace.actual == pytest.approx(sum(p.pace.actual or 0 for p in parts))
        if whole.pace.expected is not None:
            assert whole.pace.expected == pytest.approx(sum(p.pace.expected for p in parts))
