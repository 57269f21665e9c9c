"""The Worth page: the statement and its identity, the curve, the groups, rates tried out; and what viewers do not see."""
from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from crm_data.analysis.whale import spans, whale
from crm_data.analysis.worth_people import people
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.model.appdb import open_appdb
from tests.page_runs import page_run
from tests.page_runs import texts as said
from tests.single_page import alts, run_page, texts

YEAR = {"period": "last_12_months"}
TO_DATE = {"period": "year_to_date"}


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def test_the_paper_firms_statement_told_in_a_line(truth, appdb):
    app = run_page("worth", truth, appdb, query=TO_DATE)
    assert not app.exception and "could not be shown" not in texts(app)
    told = re.sub(r"[\u2066-\u2069]", "", texts(app))
    assert "₪9,055.33 revenue − ₪4,390.00 goods − ₪893.25 cost to serve = ₪3,772.08, exactly" in told
    assert "Left out, for they have no rate: mails (1), letters (1), meetings (1), text messages (1), web contacts (1)." in told
    assert "Cost of goods is known for 93% of the lines" in told
    words = next(a for a in alts(app) if a.startswith("From revenue to worth"))
    assert "Revenue before discounts: ₪9,575" in words or "Revenue before discounts: ₪9.6K" in words
    assert "change: against" in told


def test_every_figure_is_there_with_its_words(demo, appdb):
    app = run_page("worth", demo, appdb, query=YEAR)
    assert not app.exception and "could not be shown" not in texts(app)
    found = whale(people(demo, Scope.everything(), Period.named("last_12_months", demo.as_of)))
    curve = next(a for a in alts(app) if a.startswith("Who makes the money"))
    assert f"{found.losers} customers lose" in texts(app) and f"{found.peak_at} customers" in curve and "100% =" in curve
    groups = next(a for a in alts(app) if a.startswith("Brings much, costs much"))
    assert all(name in groups for name in ("Brings much, costs little", "Brings little, costs much"))


def test_a_filter_narrows_everything_and_what_cannot_be_asked_is_said(truth, appdb):
    app = run_page("worth", truth, appdb, query={**TO_DATE, "f": Filter("branch", "is", ("Haifa",)).to_text()})
    told = re.sub(r"[\u2066-\u2069]", "", texts(app))
    assert not app.exception and "₪855.33 revenue − ₪240.00 goods − ₪165.25 cost to serve = ₪450.08, exactly" in told
    app = run_page("worth", truth, appdb, query={**TO_DATE, "f": Filter("product", "is", ("Laptop",)).to_text()})
    assert not app.exception and "Not known by these filters" in texts(app)


def test_a_period_of_nothing_says_so(truth, appdb):
    app = run_page("worth", truth, appdb, query={"period": "2020-01-01..2020-01-31"})
    assert not app.exception and "Nothing sold, nothing priced" in texts(app) and not alts(app)


def test_a_slider_moves_worth_by_units_times_the_difference(truth, appdb):
    app = run_page("worth", truth, appdb, query=TO_DATE)
    app.multiselect(key="what_if_drivers").set_value(["late_day"]).run()
    slider = app.slider(key="what_if_late_day")
    assert slider.value == 4
    slider.set_value(10.0).run()
    # 59 late days at 6 more each: 3,772.08 less 354.
    metric = next(m for m in app.metric if m.label == "Worth of all")
    assert not app.exception and re.sub(r"[\u2066-\u2069]", "", metric.value) == "₪3.4K" and "354" in metric.delta
    table = app.dataframe[-1].value
    assert list(table["place"]) == list(range(1, len(table) + 1)) and table["change"].sum() == pytest.approx(-354)


def test_what_was_clicked_opens_its_rows(truth_url, monkeypatch, tmp_path):
    at = page_run(monkeypatch, tmp_path, truth_url, "worth", query=TO_DATE)
    assert not at.exception
    at.session_state["_worth_rows"] = ("all", "late_day")
    at.run()
    assert not at.exception and any(m.label == "Sum of the rows" and "236" in m.value for m in at.metric)


def test_a_class_opens_its_customers_with_names_and_money(demo_url, demo, monkeypatch, tmp_path):
    at = page_run(monkeypatch, tmp_path, demo_url, "worth", query=YEAR)
    at.session_state["_worth_list"] = ("class", "D")
    at.run()
    them = people(demo, Scope.everything(), Period.named("last_12_months", demo.as_of))
    lists = [d.value for d in at.dataframe if "customer" in d.value and "profit" in d.value]
    assert not at.exception and len(lists) == 1 and len(lists[0]) == min(200, int((them.worth <= 0).sum()))
    assert list(lists[0]["worth"]) == sorted(lists[0]["worth"]) and lists[0]["worth"][0] == pytest.approx(them.worth.min(), abs=0.01)


def test_a_point_leads_to_its_customer(truth_url, monkeypatch, tmp_path):
    at = page_run(monkeypatch, tmp_path, truth_url, "worth", query=TO_DATE)
    at.session_state["_worth_list"] = ("customer", "3")
    at.run()
    assert [(name, query["id"]) for name, query in at.opened.calls] == [("customer", ["3"])]


def test_who_does_not_see_persons_sees_no_single_customer(demo, truth, appdb):
    nameless = Scope(None, None, False)
    app = run_page("worth", demo, appdb, query=YEAR, scope=nameless)
    assert not app.exception and "could not be shown" not in texts(app) and not app.dataframe
    assert "exactly" in texts(app)
    names = set(everybodys_names(demo))
    shown = texts(app) + " ".join(alts(app))
    assert not any(name in shown for name in names if len(name) > 6)
    for chart in app.get("plotly_chart"):
        # No point of one customer: neither a name on hovering nor a key to open.
        assert '"c:' not in chart.proto.spec and '"g:' not in chart.proto.spec
    # A click cannot be forged into a list either.
    app.session_state["_worth_list"] = ("class", "D")
    app.run()
    assert not app.dataframe
    # In a firm where fewer than five customers stand behind a number, it is not told.
    small = run_page("worth", truth, appdb, query={"period": "2026-06-30..2026-06-30"}, scope=nameless)
    assert not small.exception and "Too few customers" in texts(small) and "20" not in [m.value for m in small.metric]


def everybodys_names(warehouse) -> list[str]:
    from sqlalchemy import select

    from crm_data.model import schema as s
    with warehouse.engine.connect() as connection:
        return [n for (n,) in connection.execute(select(s.customer.c.name))]


def test_the_curve_of_a_viewer_has_steps_of_five(demo, appdb):
    app = run_page("worth", demo, appdb, query=YEAR, scope=Scope(None, None, False))
    import json
    chart = next(c for c in app.get("plotly_chart") if c.proto.alt.startswith("Who makes the money"))
    curve = whale(people(demo, Scope(None, None, False), Period.named("last_12_months", demo.as_of)))
    ends = {end for _, start, end in spans(curve)}
    lines = [t for t in json.loads(chart.proto.spec)["data"] if t.get("mode") == "lines" and t["line"]["width"] == 2.5]
    xs = np.unique(np.round(np.concatenate([np.array(t["x"], dtype=float) for t in lines]) * curve.count).astype(int))
    assert len(xs) < 28 and np.diff(xs).min() >= 5 and ends <= set(xs)


def test_it_draws_in_the_dark_on_a_phone_and_from_right_to_left(truth, demo, noise, appdb):
    # The firm made of dice loses in all: its curve is in money.
    for options in ({"theme": "dark", "narrow": True}, {"language": "he"}):
        for firm in (truth, demo, noise):
            app = run_page("worth", firm, appdb, query=YEAR, **options)
            assert not app.exception and "could not be shown" not in texts(app)


def test_somebody_of_a_branch_sees_only_its_worth(truth, appdb):
    app = run_page("worth", truth, appdb, query=TO_DATE, scope=Scope(frozenset({2}), None, True))
    assert not app.exception and "CANARY" not in texts(app) + str([d.value for d in app.dataframe]) + " ".join(alts(app))


def test_the_customer_page_shows_the_same_statement(truth_url, monkeypatch, tmp_path):
    at = page_run(monkeypatch, tmp_path, truth_url, "customer", query={"id": "3"})
    assert not at.exception and "What this customer is worth" in said(at)
    at.session_state["_worth_rows"] = ("3", "goods")
    at.run()
    assert not at.exception and any(m.label == "Sum of the rows" for m in at.metric)


def test_a_viewer_tries_no_rate_of_a_few_customers(truth, demo, appdb):
    nameless = Scope(None, None, False)
    app = run_page("worth", demo, appdb, query=YEAR, scope=nameless)
    assert app.slider and [m.label for m in app.metric] == ["Worth of all", "Customers who lose"]
    # Visits of the paper firm are of one customer: their line is not told, nor their rate offered.
    small = run_page("worth", truth, appdb, query=TO_DATE, scope=nameless)
    assert not small.exception and "Visits" not in " ".join(alts(small))
    offered = [o for box in small.multiselect for o in box.options]
    assert not any("visit" in o.lower() for o in offered) and not any("visit" in s.key for s in small.slider)


def test_what_is_left_says_its_sign_as_a_part_of_the_revenue(truth, appdb):
    """Costs are told as parts of the revenue; a loss is a part of it below nothing, not the same part gained."""
    from types import SimpleNamespace

    from crm_data.analysis.worth import Line, Statement
    from crm_data.output.formats import Formats
    from crm_data.output.words import Words
    from pages.parts.worth_statement import _steps

    words = Words()
    lines = [Line("gross", "Revenue", Decimal(1000)), Line("goods", "Goods", Decimal(-700)), Line("order", "Order handling", Decimal(-470), drivers=("order",)), Line("worth", "Worth", Decimal(-170))]
    told = Statement(tuple(lines), (), Period.named("last_12_months", truth.as_of), 1, 1, Decimal(470))
    page = SimpleNamespace(words=words, formats=Formats(words, "ILS"))
    assert [re.sub(r"[\u2066-\u2069]", "", s.part).replace("\u2212", "-") for s in _steps(page, told, lines)] == ["100%", "70%", "47%", "-17%"]


def test_the_identity_adds_up_as_it_is_written():
    """Cents rounded one by one need not add up: then as many digits are written as it takes."""
    from types import SimpleNamespace

    from crm_data.analysis.worth import Line, Statement
    from crm_data.output.formats import Formats
    from crm_data.output.words import Words
    from pages.parts.worth_statement import identity_text

    words = Words()
    page = SimpleNamespace(words=words, formats=Formats(words, "ILS"))

    def said(revenue: str, goods: str, served: str) -> str:
        parts = [Decimal(x) for x in (revenue, goods, served)]
        worth = parts[0] - parts[1] - parts[2]
        lines = (Line("gross", "Revenue", parts[0]), Line("goods", "Goods", -parts[1]), Line("order", "Order handling", -parts[2], drivers=("order",)), Line("worth", "Worth", worth))
        return re.sub(r"[\u2066-\u2069]", "", identity_text(page, Statement(lines, (), Period(date(2026, 1, 1), date(2026, 12, 31)), 1, 1, parts[2])))
    assert said("10.00", "4.00", "1.50") == "₪10.00 revenue − ₪4.00 goods − ₪1.50 cost to serve = ₪4.50, exactly"
    assert said("10.0043", "4.00", "1.505") == "₪10.004 revenue − ₪4.000 goods − ₪1.505 cost to serve = ₪4.499, exactly"
