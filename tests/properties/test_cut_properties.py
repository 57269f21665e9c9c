"""What holds for every cut, tried on random ones over the truth database and a firm made of dice (the same cuts every run)."""
from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, buckets
from crm_data.cuts.query import ask, statement
from crm_data.cuts.rows import used_dimensions
from crm_data.errors import MabatError
from tests.properties.cuts import (
    EVERYTHING,
    conditions,
    cuts,
    filters,
    forged_links,
    members,
    of_customers,
    periods,
    together,
)
from tests.truth import tiny

#: Truth first: a failure there is small enough to work out on paper.
FIRMS = ("truth", "noise")


def few():
    """Half the examples of the profile in force, for the dearer properties."""
    return settings(max_examples=settings.default.max_examples // 2)


@pytest.fixture(params=FIRMS)
def firm(request):
    return request.getfixturevalue(request.param)


def close(a, b) -> bool:
    """Equal: exact numbers exactly, floats within 1e-9."""
    if a is None or b is None:
        return a is None and b is None
    if isinstance(a, float) or isinstance(b, float):
        return math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9)
    return Fraction(a) == Fraction(b)


def additive(warehouse) -> list[str]:
    return sorted(name for name, m in catalog_for(warehouse).measures.items() if m.adds_up)


def parts_add_up(warehouse, measure: str, by: tuple[str, ...]) -> bool:
    """Additive measures, but for dimensions a customer has several of, and orders over their products or people."""
    catalog = catalog_for(warehouse)
    if any(catalog.dimension(d).multi for d in by):
        return False
    return not (measure == "orders" and any(catalog.dimension(d).root in ("product", "owner") or catalog.dimension(d).name == "team" for d in by))


def test_the_catalog_knows_what_adds_up(truth) -> None:
    catalog = catalog_for(truth)
    for m in catalog.measures:
        for d in catalog.dimensions_of(m):
            wanted = catalog.measure(m).adds_up and parts_add_up(truth, m, (d,))
            assert catalog.adds_up(m, (d,)) == wanted, (m, d)


def test_parts_sum_to_the_total(firm) -> None:
    @given(st.data())
    def check(data) -> None:
        cut = data.draw(cuts(firm, measures=additive(firm), most_by=2))
        cut = replace(cut, limit=None, compare="none", grain=None if any(catalog_for(firm).measure(m).kind == "balance" for m in cut.measures) else cut.grain)
        answer = ask(cut, firm, scope=EVERYTHING)
        for m in cut.measures:
            values = answer.rows[m].tolist()
            if parts_add_up(firm, m, used_dimensions(cut)) and None not in values and (cut.by or cut.grain):
                assert close(sum(values, 0), answer.totals[m]), (cut, values, answer.totals)
    check()


def test_narrowing_never_grows_a_count(firm) -> None:
    counts = ["orders", "customers", "contacts", "contacts_by_customer", "opportunities", "won", "lost", "quotes", "complaints", "leads",
              "new_customers", "customers_total", "open_complaints"]

    @given(st.data())
    def check(data) -> None:
        cut = replace(data.draw(cuts(firm, measures=counts, most_filters=1)), by=(), grain=None, limit=None, order_by="", compare="none")
        catalog, used = catalog_for(firm), used_dimensions(cut)
        able = [d for d in catalog.dimensions if d not in used and together(catalog, cut.measures, (*used, d))]
        wide = ask(cut, firm, scope=EVERYTHING).totals
        for d in data.draw(st.lists(st.sampled_from(able), min_size=1, max_size=2, unique=True)) if able else ():
            narrow = ask(replace(cut, filters=(*cut.filters, data.draw(filters(firm, d)))), firm, scope=EVERYTHING).totals
            assert all((narrow[m] or 0) <= (wide[m] or 0) for m in cut.measures), (cut, d, narrow, wide)
    check()


def test_conditions_on_customers_never_add_anybody(firm) -> None:
    """A condition narrows; a condition and its opposite share everybody out."""
    @given(st.data())
    def check(data) -> None:
        cut = replace(data.draw(cuts(firm, measures=["orders", "contacts", "revenue", "won", "complaints"], most_filters=1)), by=(), grain=None, limit=None, order_by="")
        if not together(catalog_for(firm), cut.measures, (*used_dimensions(cut), "customer")):
            return
        whole = ask(cut, firm, scope=EVERYTHING).totals
        low = str(data.draw(st.integers(-3, 900)))
        name = data.draw(conditions(catalog_for(firm))).dimension
        above, below = (ask(replace(cut, filters=(*cut.filters, Filter(name, op, (low,)))), firm, scope=EVERYTHING).totals for op in ("at_least", "below"))
        measure = catalog_for(firm).measure(name.removeprefix("each.").partition("@")[0])
        for m in cut.measures:
            nobody = ask(replace(cut, measures=(m,), filters=(*cut.filters, Filter("customer", "is_empty"))), firm, scope=EVERYTHING).totals[m] or 0
            if measure.adds_up and None not in (above[m], below[m], whole[m]):
                assert close((above[m] or 0) + (below[m] or 0) + nobody, whole[m] or 0), (cut, name, low)
            elif m != "revenue":
                assert (above[m] or 0) + (below[m] or 0) <= (whole[m] or 0)
    check()


def test_top_and_others_make_the_total(firm) -> None:
    @given(st.data(), st.integers(1, 5))
    @few()
    def check(data, limit: int) -> None:
        cut = data.draw(cuts(firm, measures=additive(firm), most_by=1))
        if not cut.by:
            return
        cut = replace(cut, grain=None, compare="none", limit=limit)
        answer = ask(cut, firm, scope=EVERYTHING)
        assert len(answer.rows) <= limit
        for m in cut.measures:
            values = answer.rows[m].tolist()
            if parts_add_up(firm, m, used_dimensions(cut)) and None not in values and (answer.others or {}).get(m, 0) is not None:
                others = (answer.others or {}).get(m) or 0
                assert close(sum(values, 0) + others, answer.totals[m]), (cut, values, answer.others, answer.totals)
    check()


def test_links_go_round(truth) -> None:
    @given(st.data())
    @settings(max_examples=100)
    def check(data) -> None:
        cut = data.draw(cuts(truth))
        odd = Filter("city", "is", tuple(data.draw(st.lists(st.text(min_size=1, max_size=20).filter(lambda t: "\x00" not in t), min_size=1, max_size=3))))
        cut = replace(cut, filters=(*cut.filters, odd, Filter("topic", "contains", (data.draw(st.sampled_from(["a|b", "a\\", ":", "\\|", "|"])),))))
        assert Cut.from_link(cut.to_link(), tiny.TODAY) == cut
    check()


def test_forged_links_raise_only_sentences(truth) -> None:
    """Whatever stands in the address: an answer, or a sentence of ours; never another exception."""
    @given(forged_links())
    @settings(max_examples=150)
    def check(query) -> None:
        try:
            answer = ask(Cut.from_link(query, tiny.TODAY), truth, scope=EVERYTHING)
        except MabatError as error:
            assert str(error) and "Traceback" not in str(error)
        else:
            assert answer.period.first <= answer.period.last
    check()


def test_only_select_is_emitted(firm) -> None:
    @given(st.data())
    @few()
    def check(data) -> None:
        from sqlalchemy import event
        said: list[str] = []

        def hear(conn, cursor, text, parameters, context, executemany) -> None:
            said.append(text)
        event.listen(firm.engine, "before_cursor_execute", hear)
        try:
            cut = data.draw(cuts(firm))
            ask(replace(cut, order_by=""), firm, scope=Scope(frozenset({1, 2, 3, 4, 5, 997}), None, True))
        finally:
            event.remove(firm.engine, "before_cursor_execute", hear)
        assert all(s.lstrip().upper().startswith(("SELECT", "WITH")) and ";" not in s for s in said), said
        assert str(statement(cut, firm, scope=EVERYTHING)).lstrip().startswith("SELECT")
    check()


def test_every_bucket_of_the_period_appears(firm) -> None:
    @given(st.data(), st.sampled_from(("day", "week", "month", "quarter", "year")))
    @few()
    def check(data, grain: str) -> None:
        cut = data.draw(cuts(firm, most_by=0, most_filters=1))
        period = data.draw(periods(firm.as_of))
        answer = ask(replace(cut, period=period, grain=grain, compare="none"), firm, scope=EVERYTHING)
        assert [d.date() if hasattr(d, "date") else d for d in answer.rows["period"]] == list(buckets(answer.period, grain, firm.week_start))
        assert answer.rows["bucket"].tolist() == list(range(len(answer.rows)))
    check()


def test_a_scope_is_a_filter_on_the_branch(firm) -> None:
    """What a branch manager sees of any cut equals everyone's view with the branch as a filter."""
    catalog = catalog_for(firm)
    places = members(firm, "branch")

    @given(st.data())
    def check(data) -> None:
        name = data.draw(st.sampled_from(places))
        ids = ask(Cut(("orders", "contacts", "customers_total"), ("branch",)), firm, scope=EVERYTHING).rows
        branch_id = next((int(i) for n, i in zip(ids["branch"], ids["branch_id"], strict=True) if n == name), None)
        cut = data.draw(cuts(firm, most_filters=1))
        cut = replace(cut, filters=tuple(f for f in cut.filters if f.dimension != "branch"), limit=None, order_by="")
        # Whom a manager calls regular is told by what that manager may see.
        if any(of_customers(catalog, d) for d in used_dimensions(cut)):
            return
        if branch_id is None or not together(catalog, cut.measures, (*used_dimensions(cut), "branch")):
            return
        seen = ask(cut, firm, scope=Scope(frozenset({branch_id}), None, True))
        filtered = ask(replace(cut, filters=(*cut.filters, Filter("branch", "is", (f"#{branch_id}",)))), firm, scope=EVERYTHING)
        key = [c for c in seen.rows if c not in cut.measures]
        for m in cut.measures:
            assert close(seen.totals[m], filtered.totals[m]), (cut, m)
        assert _cells(seen.rows, key, cut.measures) == _cells(filtered.rows, key, cut.measures)
    check()


def _cells(frame, keys: list[str], measures) -> dict:
    def plain(value):
        return round(value, 6) if isinstance(value, float) else (Fraction(value) if isinstance(value, Decimal | int) else value)
    return {tuple(str(r[k]) for k in keys): tuple(plain(r[m]) for m in measures) for r in frame.to_dict("records")}


def test_nobody_sees_the_canary(truth) -> None:
    """No cut of any kind shows a customer of a branch outside the scope."""
    @given(st.data())
    def check(data) -> None:
        cut = data.draw(cuts(truth))
        by = tuple(dict.fromkeys((*cut.by, "customer"))) if together(catalog_for(truth), cut.measures, (*used_dimensions(cut), "customer")) else cut.by
        answer = ask(replace(cut, by=by, compare="last_year"), truth, scope=Scope(frozenset({1, 2, 3}), None, True))
        for frame in (answer.rows, answer.before):
            assert frame is None or "canary" not in frame.to_csv().lower()
    check()


def test_more_days_never_lose_a_count(firm) -> None:
    """A longer period holds at least the orders, contacts and customers of a shorter one inside it."""
    @given(st.data())
    @few()
    def check(data) -> None:
        inner = data.draw(periods(firm.as_of)).clipped(firm.as_of)
        outer = Period(inner.first.replace(year=inner.first.year - 1, day=1), inner.last)
        for m in ("orders", "contacts", "customers", "opportunities"):
            small, large = (ask(Cut((m,), period=p), firm, scope=EVERYTHING).totals[m] for p in (inner, outer))
            assert small <= large
    check()


LONGER = [test_parts_sum_to_the_total, test_narrowing_never_grows_a_count, test_top_and_others_make_the_total, test_only_select_is_emitted,
          test_every_bucket_of_the_period_appears, test_a_scope_is_a_filter_on_the_branch, test_more_days_never_lose_a_count, test_forged_links_raise_only_sentences]


@pytest.mark.slow
@pytest.mark.parametrize("name", (*FIRMS, "demo"))
@pytest.mark.parametrize("check", LONGER, ids=lambda f: f.__name__.removeprefix("test_"))
def test_longer(request, check, name) -> None:
    """The same properties with many more examples, over the demo too."""
    settings.load_profile("slow")
    try:
        check(request.getfixturevalue(name))
    finally:
        settings.load_profile("default")
