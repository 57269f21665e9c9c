"""What a table of two or three axes needs comes with the answer: the same numbers as asked one by one, and no further statement."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bench.answers import sent
from crm_data.analysis.pivot import pivot
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.desk import Desk
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.views import Members, View

EVERYTHING = Scope.everything()
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
CUTS = (
    Cut(("revenue", "orders", "gross_margin"), ("product_category", "branch"), YEAR), Cut(("customers", "mean_age"), ("branch",), YEAR, "month"),
    Cut(("open_balance",), ("branch", "party"), YEAR, "quarter"), Cut(("cost_to_serve",), ("age_band",), YEAR, "month", compare="last_year"),
    Cut(("revenue",), ("customer_type", "branch", "product"), YEAR), Cut(("customers",), ("gender", "age_band"), YEAR))


@pytest.mark.parametrize("cut", CUTS, ids=lambda c: "_".join((*c.measures, *c.by)))
def test_margins_are_the_cuts_of_fewer_axes(truth, noise, cut):
    for firm in (truth, noise):
        answer = ask(cut, firm, scope=EVERYTHING)
        assert len(answer.margins) == (2 if len(cut.by) + bool(cut.grain) == 2 else 6)
        with firm.engine.connect() as connection:
            # Of the same facts as the whole cut.
            desk = Desk(connection, EVERYTHING, catalog_for(firm), reach=cut.by, warehouse=firm)
            for axes, rows in answer.margins.items():
                by = tuple(a for a in axes if a != "period")
                plain = desk.run(replace(cut, period=answer.period, by=by, grain=cut.grain if "period" in axes else None, compare="none"))
                keys = [*map(desk.key_of, by), *(["period"] if "period" in axes else [])]
                asked, beside = ({tuple(r[k] for k in keys): [r[m] for m in cut.measures] for r in found} for found in (plain, rows))
                assert beside == asked, (cut, axes)


@pytest.mark.parametrize("cut", [CUTS[0], CUTS[1], Cut(("revenue", "customers"), ("customer",), YEAR, limit=3, compare="last_year")], ids=["two", "grain", "top"])
def test_the_table_asks_nothing_more(truth, cut):
    ANSWERS.clear()
    ask(cut, truth, scope=EVERYTHING)
    assert sent(truth, lambda: pivot(cut, truth, scope=EVERYTHING)) == []


def test_viewers_from_whom_cells_are_hidden_get_no_margins(truth):
    assert ask(CUTS[0], truth, scope=Scope(None, None, False)).margins == {}


@pytest.mark.parametrize(("by", "filters", "members", "within"), [
    ((), (), None, ""), (("branch",), (), None, ""), (("product_category",), (), None, "product_category"), (("product",), (), None, "product"),
    (("product", "product_category"), (Filter("product_category", "is", ("Books",)),), None, "product"), ((), (Filter("product", "is", ("Atlas",)),), None, None),
    (("product_category",), (Filter("product", "is", ("Atlas",)),), None, None), ((), (), Members("product", (1,), False), None)])
def test_which_line_stands_for_its_order(truth, by, filters, members, within):
    from crm_data.cuts.stages import Question, told_once

    catalog = catalog_for(truth)
    question = Question(Cut(("orders",), by, YEAR, filters=filters), EVERYTHING, catalog)
    told = told_once(catalog.measure("orders"), "sales", View(by, None, members), question)
    assert told.name == ("orders" if within is None else f"orders_by_{within}")
