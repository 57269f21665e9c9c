"""No cut shows a role without personal data what rests on a few customers, nor lets it be found by subtraction."""
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.cuts import query
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, next_bucket
from crm_data.cuts.privacy import K, guarded
from crm_data.errors import MabatError
from tests.properties.cuts import EVERYTHING, cuts

NOBODY = Scope(None, None, False)
#: Numbers whose rows are all that stands behind them.
PLAIN = ["revenue", "units", "orders", "contacts", "contacts_by_customer", "complaints", "won", "lost", "won_value", "opportunities", "invoiced", "collected",
         "quotes", "new_customers", "open_balance", "open_complaints", "customers_total", "customers"]


@pytest.fixture(params=("truth", "noise"))
def firm(request):
    return request.getfixturevalue(request.param)


def seen(cut: Cut, warehouse, scope: Scope = NOBODY) -> Answer:
    return guarded(cut, warehouse, scope, query._answer)


def customers_behind(cut: Cut, answer: Answer, row: dict, measure: str, warehouse) -> int:
    """Counted from the records themselves, one cell at a time; records that add nothing to a sum are left out."""
    period = answer.period
    if cut.grain:
        first, last = row["period"], next_bucket(row["period"], cut.grain)
        period = Period(max(first, period.first), min(last.fromordinal(last.toordinal() - 1), period.last))
    filters = list(cut.filters)
    for d in cut.by:
        value = row.get(f"{d}_id", row[d])
        filters.append(Filter(d, "is_empty") if value is None else Filter(d, "is", (f"#{value}" if f"{d}_id" in row and d != "customer" else str(value),)))
    one = Cut((measure,), period=period, filters=tuple(filters), over=cut.over or answer.period)
    behind = rows_behind(one, warehouse, scope=EVERYTHING)
    adding = behind.rows[behind.rows["value"].map(lambda v: bool(v))]
    unknown = adding[adding["customer_id"].isna()]
    return int(adding["customer_id"].nunique()) + int(unknown["reference"].nunique())


def test_nothing_shown_rests_on_a_few(firm) -> None:
    @given(st.data())
    @settings(max_examples=settings.default.max_examples)
    def check(data) -> None:
        cut = replace(data.draw(cuts(firm, measures=PLAIN, most_by=2, most_filters=1)), compare="none")
        try:
            answer = seen(cut, firm)
        except MabatError:
            return  # personal dimensions are refused
        shown = [(row, m) for row in answer.rows.to_dict("records") for m in cut.measures if row[m]]
        for row, m in data.draw(st.lists(st.sampled_from(shown), max_size=3, unique_by=repr)) if shown else ():
            if any(catalog_for(firm).dimension(d).derived for d in cut.by):
                continue
            assert customers_behind(cut, answer, row, m, firm) >= K, (cut, row, m)
    check()


def test_no_hidden_cell_stands_alone_in_its_line(firm) -> None:
    """By one dimension: cells, others and total; by two, each row and column with the totals a cut by one would show."""
    @given(st.data())
    def check(data) -> None:
        cut = replace(data.draw(cuts(firm, measures=PLAIN, most_by=2, most_filters=1)), compare="none", grain=None)
        cut = replace(cut, limit=cut.limit if len(cut.by) == 1 else None)
        try:
            answer = seen(cut, firm)
        except MabatError:
            return
        for m in cut.measures:
            rows = answer.rows.to_dict("records")
            if len(cut.by) == 1:
                away = [r for r in rows if r[m] is None]
                others = answer.others is not None and answer.others[m] is None
                assert len(away) + others + (answer.totals[m] is None) != 1, cut
            for axis in range(2) if len(cut.by) == 2 and "customer" not in cut.by else ():
                _lines(firm, replace(cut, measures=(m,), order_by=""), axis, rows, m)
    check()


def _lines(firm, cut: Cut, axis: int, rows: list[dict], m: str) -> None:
    d = cut.by[axis]
    name = f"{d}_id" if rows and f"{d}_id" in rows[0] else d
    lines: dict[object, list[dict]] = {}
    for row in rows:
        lines.setdefault(row[name], []).append(row)
    # The total of a line is of the facts that know the other dimension too.
    other = next(x for x in cut.by if x != d)
    margin = seen(replace(cut, by=(d,), filters=(*cut.filters, *([] if any(f.dimension == other for f in cut.filters) else [Filter(other, "is_not", ("\x01",))]))), firm) \
        if catalog_for(firm).dimension(other).kind != "number" and not catalog_for(firm).dimension(other).keyed else None
    totals = {} if margin is None else {r.get(name): r[m] for r in margin.rows.to_dict("records")}
    for key, line in lines.items():
        away = [r for r in line if r[m] is None]
        if len(away) == 1:
            assert totals.get(key) is None, (cut, key, away)


def test_a_small_branch_cannot_be_found_by_filters(noise) -> None:
    """Everything a filter or two can ask of one dimension, subtracted from each other."""
    @given(st.sampled_from(["customer_type", "branch", "city", "gender", "topic"]), st.sampled_from(["contacts", "contacts_by_customer"]), st.integers(1, 36))
    @settings(max_examples=settings.default.max_examples)
    def check(dimension: str, measure: str, months: int) -> None:
        end = noise.as_of
        cut = Cut((measure,), (dimension,), Period(end.fromordinal(end.toordinal() - 3 * months), end))
        whole, told = query.ask(cut, noise, scope=EVERYTHING), seen(cut, noise)
        hidden = {repr(r[dimension]) for r in told.rows.to_dict("records") if r[measure] is None}
        for row in whole.rows.to_dict("records"):
            value = row.get(f"{dimension}_id", row[dimension])
            text = f"#{value}" if f"{dimension}_id" in row else str(value)
            alone = replace(cut, by=(), filters=(Filter(dimension, "is_empty"),) if value is None else (Filter(dimension, "is", (text,)),))
            assert (seen(alone, noise).totals[measure] is None) == (repr(row[dimension]) in hidden), (cut, row)
            if value is not None and repr(row[dimension]) in hidden and told.totals[measure] is not None:
                assert seen(replace(cut, by=(), filters=(Filter(dimension, "is_not", (text,)),)), noise).totals[measure] is None, (cut, row)
    check()
