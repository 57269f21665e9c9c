"""How a change is shown: parts that add up digit by digit, an axis that is cut only when it must be, and the card itself."""
from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import plotly.graph_objects as go
import pytest

from crm_data.analysis.bridge import Bridge, Part, bridge
from crm_data.analysis.bridge_products import price_volume_mix
from crm_data.analysis.bridge_rates import mix_and_rate
from crm_data.analysis.drivers import drivers
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.model.appdb import open_appdb
from crm_data.output import why_view
from crm_data.output.charts.theme import DARK, LIGHT
from crm_data.output.charts.waterfall import Step, bridge_bars
from crm_data.output.formats import Formats
from crm_data.output.views import View
from crm_data.output.words import Words

EVERYTHING = Scope.everything()


def view(warehouse, language: str = "en") -> View:
    words = Words(language)
    return View(words, Formats(words, "ILS"), catalog_for(warehouse))


def cut(measure: str, warehouse, period: str = "year_to_date", compare: str = "last_year") -> Cut:
    return Cut((measure,), period=Period.from_text(period, warehouse.as_of), compare=compare)  # type: ignore[arg-type]


def made(start: float, end: float, *amounts: float) -> Bridge:
    period = Period.from_text("2026-01-01..2026-01-31", None)  # type: ignore[arg-type]
    parts = tuple(Part(n, Decimal(str(a)), 1, 0, 0) for n, a in zip(("new", "lost", "more"), amounts, strict=False))
    return Bridge("revenue", Cut(("revenue",)), "customers", period, period, Decimal(str(start)), Decimal(str(end)), parts)


@pytest.mark.parametrize("start, parts, end", [("10.4", ["0.4", "0.4", "0.4"], "11.6"), ("0.5", ["-0.25", "-0.25"], "0"), ("99.5", ["0.5", "0.5", "-0.5"], "100")])
def test_what_is_shown_adds_up(start, parts, end):
    first, shown, last = why_view.adding_up(start, parts, end, 0)
    assert first + sum(shown) == last
    assert all(abs(s - Decimal(p)) <= 1 for s, p in zip(shown, parts, strict=True))


def test_the_steps_of_the_paper_firm(truth):
    found = bridge("revenue", cut("revenue", truth, "month_to_date", "previous"), truth, scope=EVERYTHING)
    rows = why_view.steps(found, view(truth), "Oct", "Nov")
    assert [(s.key, s.label, s.text, s.part, s.tone) for s in rows] == [
        ("start", "Oct", "₪2,990", "", "before"), ("won_back", "Won back", "+₪1,100", "1", "good"), ("lost", "Gone", "−₪2,590", "1", "bad"),
        ("less", "Less than before", "−₪280", "1", "bad"), ("end", "Nov", "₪1,220", "", "bad")]
    assert why_view.summary(found, view(truth)) == "From ₪2,990.00 to ₪1,220.33: the 3 parts add up to −₪1,769.67 exactly"
    assert why_view.floor_of(found) == 0


def test_more_complaints_are_not_good(truth):
    found = bridge("complaints", cut("complaints", truth), truth, scope=EVERYTHING)
    assert {s.tone for s in why_view.steps(found, view(truth), "a", "b") if not s.total and s.amount > 0} == {"bad"}


def test_the_axis_is_cut_only_for_small_parts():
    assert why_view.floor_of(made(1000, 1100, 120, -20)) == 0
    floor = why_view.floor_of(made(1000, 1010, 30, -20))
    assert 0 < floor < 1000
    # Never where a level is at or below zero.
    assert why_view.floor_of(made(-10, 1000, 1010)) == 0


STEPS = [Step("start", "Before", 1000, "1,000", total=True, tone="before"), Step("new", "New <b>", 30, "+30", "3", tone="good"),
         Step("lost", "Lost", -20, "−20", "2"), Step("end", "Now", 1010, "1,010", total=True)]


@pytest.mark.parametrize("look", [LIGHT, DARK])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("narrow", [False, True])
def test_bars_start_where_the_last_ended(look, mirrored, narrow):
    picture = bridge_bars(STEPS, look, title="Why", floor=950, mirrored=mirrored, narrow=narrow, heads=("", "customers"))
    figure = go.Figure(picture.figure.to_dict())  # Plotly's own validation
    bars, clicks = figure.data
    assert list(bars.base) == [950, 1000, 1030, 950] and list(bars.x) == [50, 30, -20, 60]
    assert [c[0] for c in clicks.customdata] == ["start", "new", "lost", "end"]
    first, last = figure.layout.xaxis.range
    assert (first > last) == mirrored
    # Each total shows the break twice; numbers and labels stand on opposite sides.
    assert len([s for s in figure.layout.shapes if s.line.width == 3]) == 4
    labels = [a for a in figure.layout.annotations if "Lost" in a.text]
    numbers = [a for a in figure.layout.annotations if "−20" in a.text]
    assert (labels[0].x, numbers[0].x) == ((1, 0) if mirrored else (0, 1))
    assert "&lt;b&gt;" in str(figure.layout.annotations) and "Lost: −20 2" in picture.alt


def test_nothing_to_draw_is_drawn():
    assert bridge_bars([], LIGHT, title="Why").figure.layout.height


def test_tables_carry_the_same_numbers(truth, demo):
    found = bridge("revenue", cut("revenue", truth), truth, scope=EVERYTHING)
    sheet, keys = why_view.bridge_sheet(found, view(truth), "before", "now")
    assert keys == ("start", "new", "more", "end") and [r["amount"] for r in sheet.rows] == [1380, 5100, 2575.3333, 9055.3333]
    products = price_volume_mix(cut("revenue", truth), truth, scope=EVERYTHING)
    rows = why_view.products_sheet(products.behind("price"), "price", view(truth), "a", "b").rows
    assert sum(r["effect"] for r in rows) == pytest.approx(-274.6667)
    rates = mix_and_rate("win_rate", cut("win_rate", demo), demo, scope=EVERYTHING)
    sheet = why_view.members_sheet(rates, view(demo))
    assert sum(r["rate"] + r["mix"] for r in sheet.rows) == pytest.approx(float(rates.change), abs=1e-9)


def test_sentences_of_what_stands_out(demo, truth):
    seen = view(demo)
    driver = SimpleNamespace(dimension="branch", member="Haifa", before=1000.0, now=400.0, excess=-700.0, customers=40, q=0.0004, condition=None,
                             also=(("region", "North"),))
    some = SimpleNamespace(measure="revenue", found=(driver,), came=(driver,), looked=200, significant=3, dimensions=("branch", "region"), customers=900, enough=True, one_of=1)
    assert why_view.driver_sentence(driver, some, seen) == "Branch: Haifa: from ₪1,000 to ₪400, −₪700 out of line with the rest (the same is seen in Region: North)"
    assert why_view.looked_sentence(some, seen).startswith("3 of 200 groups of 2 dimensions are out of line")
    assert why_view.drivers_sheet(some, seen).rows[0] | {"change": round(-0.6, 3)} == {
        "name": "Branch: Haifa", "before": 1000.0, "now": 400.0, "change": -0.6, "excess": -700.0, "customers": 40, "sure": "under 0.1%", "also": "Region: North"}
    assert "In one of the two periods only: Branch: Haifa" in why_view.came_sentence(some, seen)
    none = drivers("revenue", cut("revenue", truth), truth, scope=EVERYTHING)
    assert "Too few customers" in why_view.looked_sentence(none, seen)
    assert "between 900 (one in 8) customers" in why_view.looked_sentence(SimpleNamespace(**{**some.__dict__, "one_of": 8}), seen)
    assert "Nothing stands out" in why_view.looked_sentence(SimpleNamespace(**{**some.__dict__, "found": ()}), seen)


def test_every_part_has_words_in_every_language(truth):
    assert all(why_view.PARTS[name][1] for name in why_view.PARTS)
    found = bridge("open_balance", cut("open_balance", truth, "month_to_date", "previous"), truth, scope=EVERYTHING)
    assert [s.label for s in why_view.steps(found, view(truth, "xx"), "a", "b")][1:-1] == ["⟦New⟧", "⟦Less than before⟧"]


# The card --------------------------------------------------------------------------------------------------------------
def card(warehouse, tmp_path, measure: str, *, scope: Scope = EVERYTHING, narrow: bool = False, language: str = "en", period: str = "year_to_date", filters=(), compare="last_year"):
    from streamlit.testing.v1 import AppTest

    def script(warehouse, appdb, scope, words, formats, catalog, narrow, cut, measure):
        from types import SimpleNamespace

        import streamlit as st

        from pages.parts.why import why_panel
        page = SimpleNamespace(user=SimpleNamespace(id=None, name="Dana", role="manager"), scope=scope, words=words, formats=formats, warehouse=warehouse, catalog=catalog,
                               appdb=appdb, period=cut.period, compare=cut.compare, filters=cut.filters, today=warehouse.as_of, theme="light", narrow=narrow)
        why_panel(page, cut, measure, on_narrow=lambda f: st.session_state.update(narrowed=f.to_text()))
    words = Words(language)
    question = Cut((measure,), period=Period.from_text(period, warehouse.as_of), compare=compare, filters=tuple(filters))
    return AppTest.from_function(script, default_timeout=120, args=(
        warehouse, open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), scope, words, Formats(words, "ILS"), catalog_for(warehouse), narrow, question, measure)).run()


def said(app) -> str:
    return "\n".join(str(e.value) for kind in (app.markdown, app.caption, app.info, app.warning) for e in kind).replace("\\", "")


def test_the_card_says_the_change_and_opens_a_part(truth, tmp_path):
    app = card(truth, tmp_path, "revenue")
    assert not app.exception and "Why did it change? · Revenue" in said(app)
    assert "From ₪1,380.00 to ₪9,055.33: the 2 parts add up to +₪7,675.33 exactly" in said(app) and "Too few customers" in said(app)
    app.button(key="why_part_more").click().run()
    assert not app.exception and [m.value for m in app.metric] == ["+₪2,575.33", "3"]
    table = app.dataframe[0].value
    assert list(table["change"]) == [2100, pytest.approx(430.3333), 45] and table["customer"][0].startswith("customer?id=3#")
    # Closed again, it stays closed.
    assert not app.run().metric


def test_the_other_ways_of_taking_apart(truth, tmp_path):
    app = card(truth, tmp_path, "revenue")
    app.session_state["why_view"] = "products"
    app.run()
    assert not app.exception and "the 4 parts add up to +₪7,675.33 exactly" in said(app)
    app.button(key="why_part_price").click().run()
    assert list(app.dataframe[0].value["effect"]) == [-350, pytest.approx(125.3333), -50]
    app = card(truth, tmp_path, "win_rate", period="2026-06-01..2026-11-20", compare="previous")
    assert not app.exception and "From 100.0% to 50.0%: the 2 parts add up to −50.0 pts exactly" in said(app)
    app.selectbox(key="why_dimension").select("branch").run()
    app.button(key="why_part_mix").click().run()
    assert not app.exception and set(app.dataframe[0].value["member"]) == {"Eilat", "Paris"}


def test_names_are_kept_from_those_who_may_not_see_them(demo, tmp_path):
    app = card(demo, tmp_path, "revenue", scope=Scope(None, None, False), period="last_12_months")
    app.button(key="why_part_more").click().run()
    with demo.engine.connect() as connection:
        people = {name for name, in connection.exec_driver_sql("SELECT name FROM customer").fetchall()}
    shown = app.dataframe[0].value["customer"].astype(str)
    assert not app.exception and len(shown) and not any(name in text for text in shown for name in people)


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("measure", ["open_balance", "customers", "new_customers", "average_order", "contacts"])
def test_every_kind_of_measure_on_a_phone(demo, tmp_path, measure, language):
    app = card(demo, tmp_path, measure, narrow=True, language=language, period="last_12_months")
    assert not app.exception
    if measure == "new_customers":
        assert language != "en" or "joins once" in said(app)
    else:
        assert app.get("plotly_chart")[0].proto.alt


def test_a_group_drawn_anew_says_so(demo, tmp_path):
    app = card(demo, tmp_path, "revenue", period="last_12_months", filters=(Filter("each.revenue@12m", "top", ("10%",)),))
    assert not app.exception and "the group is drawn anew in each period" in said(app)


def test_what_stands_out_can_be_chosen(demo, tmp_path):
    app = card(demo, tmp_path, "contacts", period="last_12_months", filters=(Filter("party", "is", ("person",)),))
    assert not app.exception and ("out of line" in said(app) or "Nothing stands out" in said(app))
