"""What holds for every pivot, tried on random cuts: parts sum where they add up, and each total is what asking for it alone gives."""
from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.analysis import pivot as module
from crm_data.analysis.pivot import pivot
from crm_data.analysis.pivot_shape import PERIOD, Part, Pivot
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, next_bucket
from crm_data.cuts.query import ask
from tests.properties.cuts import EVERYTHING, cuts

FIRMS = ("truth", "noise")


@pytest.fixture(params=FIRMS)
def firm(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(autouse=True)
def few_members(monkeypatch):
    """Small limits, so that little firms have others everywhere."""
    from crm_data.cuts.cache import ANSWERS
    ANSWERS.clear()
    for name, most in (("MOST_INSIDE", 3), ("MOST_ORDERED", 4), ("MOST_ROWS", 5), ("LEAST_ROWS", 5)):
        monkeypatch.setattr(module, name, most)
    yield
    ANSWERS.clear()


def close(a, b) -> bool:
    return a is b is None or (a is not None and b is not None and math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-6))


def levels(found: Pivot) -> list[tuple]:
    return [(), *found.lines]


def test_parts_sum_to_row_column_and_grand_totals(firm):
    catalog = catalog_for(firm)

    @given(cuts(firm, most_by=3))
    @settings(max_examples=30)
    def check(cut):
        found = pivot(replace(cut, compare="none"), firm, scope=EVERYTHING)
        axes = (*found.row_axes, found.column_axis)
        dimensions = tuple(a for a in axes if a and a != PERIOD)
        for m in cut.measures:
            if not catalog.adds_up(m, dimensions) or (catalog.measure(m).kind == "balance" and PERIOD in axes):
                continue
            for line in levels(found):
                if found.column_axis:
                    assert close(sum(float(found.at(line, c).now[m] or 0) for c in found.columns), found.at(line).now[m] or 0), (cut, line, m)
                inner = [below for below in found.lines if len(below) == len(line) + 1 and below[:len(line)] == line]
                for c in (*found.columns, Part.TOTAL) if len(line) < len(found.row_axes) else ():
                    assert close(sum(float(found.at(below, c).now[m] or 0) for below in inner), found.at(line, c).now[m] or 0), (cut, line, c, m)
    check()


def alone(found: Pivot, line: tuple, column, catalog) -> Cut | None:
    """The cell as a cut by itself, over the same facts; None where others are in it."""
    cut = replace(found.cut, limit=None, order_by="", grain=None, compare="none", period=found.answer.period)
    used = dict(zip(found.row_axes, line, strict=False)) | ({} if column is Part.TOTAL else {found.column_axis: column})
    for axis, key in used.items():
        if key is Part.OTHERS:
            return None
        if axis == PERIOD:
            start, inside = found.heads[PERIOD][key].start, found.answer.period
            end = next_bucket(start, found.cut.grain) - timedelta(days=1)
            cut = cut.in_days(Period(max(start, inside.first), min(end, inside.last)))
        else:
            text = f"#{key}" if catalog.dimension(axis).keyed else str(key)
            cut = replace(cut, filters=(*cut.filters, Filter(axis, "is_empty") if key is None else Filter(axis, "is", (text,))))
    return cut


def test_each_total_is_what_asking_for_it_alone_gives(firm):
    catalog = catalog_for(firm)

    @given(st.data())
    @settings(max_examples=40)
    def check(data):
        cut = data.draw(cuts(firm, most_by=3))
        found = pivot(cut, firm, scope=EVERYTHING)
        line, column = data.draw(st.sampled_from(levels(found))), data.draw(st.sampled_from([Part.TOTAL, *found.columns]))
        one = alone(found, line, column, catalog)
        if one is None:
            return
        if any(catalog.dimension(d).multi and d in {f.dimension for f in cut.filters} for d in cut.by):
            return
        answer = ask(one, firm, scope=EVERYTHING)
        # Classes and conditions are those of the whole period in each bucket, mean ages those of the bucket's own last day.
        for m in (m for m in cut.measures if m != "mean_age" or PERIOD not in (*found.row_axes, found.column_axis)):
            got, wanted = found.at(line, column).now[m], answer.totals[m]
            assert close(got, wanted) or (got in (0, None) and wanted in (0, None)), (cut, line, column, m, got, wanted)
    check()


def test_others_are_what_is_not_shown(firm):
    """The others of the rows, asked as a filter away from the members shown."""
    catalog = catalog_for(firm)

    @given(st.data())
    @settings(max_examples=30)
    def check(data):
        cut = replace(data.draw(cuts(firm, most_by=2)), compare="none", grain=None)
        if not cut.by or catalog.dimension(cut.by[0]).multi or catalog.dimension(cut.by[0]).kind == "number":
            return
        found = pivot(cut, firm, scope=EVERYTHING)
        first = cut.by[0]
        keys = [line[0] for line in found.lines if len(line) == 1]
        if Part.OTHERS not in keys:
            return
        head = found.heads[first]
        shown = tuple(f"#{k}" if catalog.dimension(first).keyed else str(k) for k in head if k is not None and k is not Part.OTHERS)
        filters = (*cut.filters, *((Filter(first, "is_not", shown),) if shown else ()))
        rest = ask(replace(cut, filters=filters, limit=None, order_by=""), firm, scope=EVERYTHING)
        if None in head:
            # What is not known is shown apart: it is no part of the others.
            unknown = ask(replace(cut, filters=(*cut.filters, Filter(first, "is_empty")), limit=None, order_by=""), firm, scope=EVERYTHING)
            wanted = {m: float(rest.totals[m] or 0) - float(unknown.totals[m] or 0) for m in cut.measures if catalog.adds_up(m, (first,))}
        else:
            wanted = {m: rest.totals[m] for m in cut.measures}
        for m, value in wanted.items():
            assert close(found.at((Part.OTHERS,)).now[m] or 0, value or 0), (cut, m)
    check()
