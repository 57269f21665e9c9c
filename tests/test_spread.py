"""How a measure lies over customers: the database's percentiles are numpy's, and small groups are not described to everyone."""
from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crm_data.analysis.spread import PERCENTILES, VALUES, spread
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError

NAMELESS = Scope(None, None, False)


def ytd(warehouse) -> Period:
    return Period.named("year_to_date", warehouse.as_of)


def test_revenue_of_each_customer_by_pencil(truth, everything):
    """2026 to date: 110, 150, 225, 300, 630.3333, 950, 1,000, 2,590 and 3,100."""
    found = spread(Cut(("revenue",), period=ytd(truth)), truth, scope=everything)
    row = found.iloc[0]
    assert len(found) == 1 and row["n"] == 9 and row["min"] == 110 and row["max"] == 3100
    assert row["median"] == pytest.approx(630.3333) and row["p25"] == 225 and row["p75"] == 1000 and row["mean"] == pytest.approx(9055.3333 / 9)


@pytest.mark.parametrize("cut", [
    Cut(("revenue",), ("customer_type",)), Cut(("contacts",), ("branch",)), Cut(("orders",), ("order_channel",)), Cut(("complaints",)),
    Cut(("revenue",), ("product_category",), filters=(Filter("party", "is", ("person",)),)), Cut(("discount",), ("owner",), limit=3),
    Cut(("revenue",), ("gender",), grain="month", compare="last_year")])
def test_the_same_as_numpy(demo, everything, cut):
    cut = Cut(cut.measures, cut.by, Period(date(2025, 11, 1), date(2026, 10, 31)), cut.grain, cut.filters, cut.compare, limit=cut.limit)
    found = spread(cut, demo, scope=everything)
    each = ask(Cut(cut.measures, (*cut.by, "customer"), cut.period, filters=cut.filters), demo, scope=everything).rows
    each = each[[v is not None for v in each["customer_id"]]]
    name = (f"{cut.by[0]}_id" if f"{cut.by[0]}_id" in found else cut.by[0]) if cut.by else ""
    groups: dict[object, list[float]] = {}
    for row in each.to_dict("records"):
        groups.setdefault(row[name] if name else None, []).append(float(row[cut.measures[0]]))
    assert len(found) == len(groups)
    for row in found.to_dict("records"):
        values = np.array(groups[row[name] if name else None])
        wanted = {"n": len(values), "mean": values.mean(), "min": values.min(), "max": values.max(), **{c: np.percentile(values, s * 100) for c, s in PERCENTILES.items()}}
        for column, value in wanted.items():
            assert float(row[column]) == pytest.approx(value, rel=1e-9, abs=1e-9), (row, column)


def test_small_groups_are_only_counted_for_viewers_without_personal_rights(truth, everything):
    cut = Cut(("revenue",), ("customer_type",), period=ytd(truth))
    full, less = (spread(cut, truth, scope=s) for s in (everything, NAMELESS))
    assert list(full["n"]) == list(less["n"]) and min(full["n"]) < 5
    for row, hidden in zip(full.to_dict("records"), less.to_dict("records"), strict=True):
        assert all(row[c] is not None for c in VALUES)
        assert all((hidden[c] is None) == (row["n"] < 5) for c in VALUES)


def test_what_is_no_sum_of_customers_has_no_spread(truth, everything):
    for measure in ("average_order", "customers", "customers_total", "csat"):
        with pytest.raises(InputError):
            spread(Cut((measure,), period=ytd(truth)), truth, scope=everything)


def test_nobody_is_a_spread_of_nothing(truth, everything):
    none = spread(Cut(("revenue",), period=Period(date(2001, 1, 1), date(2001, 1, 2))), truth, scope=everything)
    assert list(none["n"]) == [0] and none.iloc[0]["median"] is None
    assert spread(Cut(("revenue",), ("branch",), period=Period(date(2001, 1, 1), date(2001, 1, 2))), truth, scope=everything).empty
