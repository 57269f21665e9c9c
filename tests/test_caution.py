"""What is said under a figure: n, thin rows, coverage, what filters leave out, paradoxes, hidden cells, intervals on request."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.analysis.intervals import TOTAL, Interval, counts, intervals, keys_of
from crm_data.analysis.simpson import Flag
from crm_data.cuts import query
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.privacy import guarded
from crm_data.cuts.query import ask
from crm_data.output import caution
from crm_data.output.formats import Formats
from crm_data.output.views import View
from crm_data.output.words import Words

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


def view_of(warehouse, language: str = "en") -> View:
    words = Words(language)
    return View(words, Formats(words, "ILS"), catalog_for(warehouse))


@pytest.fixture
def view(truth) -> View:
    return view_of(truth)


@pytest.mark.parametrize(("n", "level", "said"), [(1, "few", "n = 1: too few to compare"), (29, "few", "n = 29: too few to compare"), (30, "some", "n = 30: compare with care"),
                                                  (299, "some", "n = 299: compare with care"), (300, "", "n = 300"), (12345, "", "n = 12,345"), (0, "", "n = 0"), (None, "", "")])
def test_levels(view, n, level, said):
    assert caution.level(n) == level and caution.note(n, view) == said
    assert caution.marked("4.1", n) == ("4.1†" if level == "some" else "4.1")


def test_an_average_says_what_it_rests_on_and_how_many_rows_are_thin(noise, everything):
    cut = Cut(("csat", "revenue"), ("branch",), Period(date(2024, 1, 1), date(2026, 11, 20)))
    answer, rests = ask(cut, noise, scope=everything), counts(cut, noise, scope=everything)
    thin = sum(0 < (r["csat"] or 0) < 30 for r in rests.rows)
    said = caution.sentences(answer, view_of(noise), rows=rests.rows, total=rests.total)
    assert len(said) == 1 and said[0].startswith(f"Satisfaction: n = {rests.total['csat']}")
    assert f"{thin} rows below 30 (grey)" in said[0] and caution.levels(rests.rows, "csat").count("few") == thin
    assert caution.sentences(ask(replace(cut, measures=("revenue",)), noise, scope=everything), view_of(noise)) == []


def test_coverage_is_said_unless_all_is_known(truth, everything, view):
    answer = ask(Cut(("mean_age",), ("branch",), YEAR), truth, scope=everything)
    assert caution.coverage(answer, view) == ["Mean age rests on 40% of its records (4 of 10)."]
    by_age = ask(Cut(("customers",), ("age_band",), YEAR), truth, scope=everything)
    assert caution.coverage(by_age, view) == ["Age is known for 40% of these customers."]
    assert caution.coverage(replace(by_age, coverage={"age_band": {"known": 10, "total": 10}, "gender": {"known": 0, "total": 0}}), view) == []


def test_what_a_filter_leaves_out(view):
    assert caution.left_out({"age_band": 1312, "city": 1}, view) == ["1,312 customers without “Age” are left out by the filter on it.",
                                                                     "1 customer without “City” is left out by the filter on it."]


def test_a_paradox_is_said_first(truth, everything, view):
    answer = ask(Cut(("win_rate",), ("customer_type",), YEAR), truth, scope=everything)
    said = caution.sentences(answer, view, total={"win_rate": 5}, flags=[Flag("win_rate", "customer_type", "up", 3)])
    assert said[0] == "Win rate rose in every known part by Customer type and fell in all: the mix of the parts changed."
    assert said[1] == "Win rate: n = 5: too few to compare."
    assert "fell in every known part" in caution.misleading([Flag("win_rate", "branch", "down", 2)], view)[0]


def test_hidden_numbers_are_counted(truth, view):
    told = guarded(Cut(("revenue",), ("branch",), YEAR), truth, Scope(None, None, False), query._answer)
    assert caution.hidden(told, view) == ["4 numbers are hidden: they rest on fewer than 5 customers, or would tell one that does."]
    assert caution.hidden(replace(told, hidden=frozenset({("totals", 0, "revenue"), ("before", 1, "revenue")})), view)[0].startswith("1 number is hidden")


def test_bounds_as_text_and_table(truth, everything, view):
    assert caution.between(Interval(3258.47, 7869.77, 161), "money", view) == "₪3.3K – ₪7.9K" and caution.between(Interval(None, None, 1), "money", view) == ""
    cut = Cut(("win_rate", "revenue"), ("branch",), YEAR)
    answer, found = ask(cut, truth, scope=everything), intervals(cut, truth, scope=everything)
    sheet = caution.interval_sheet(answer, keys_of(answer), found.cells, TOTAL, view)
    assert [c.head for c in sheet.columns] == ["Branch", "Win rate", "From", "To", "n"] and len(sheet.rows) == len(answer.rows)
    assert sheet.total["win_rate"] == 0.6 and sheet.total["win_rate_low"] == pytest.approx(0.2307, abs=1e-4) and sheet.total["win_rate_n"] == 5


def test_in_another_language_nothing_stays_english(noise, everything):
    view = view_of(noise, "xx")
    cut = Cut(("csat",), ("branch", "age_band"), Period(date(2024, 1, 1), date(2026, 11, 20)))
    answer, rests = ask(cut, noise, scope=everything), counts(cut, noise, scope=everything)
    said = caution.sentences(answer, view, rows=rests.rows, total=rests.total, dropped={"city": 3}, flags=[Flag("csat", "branch", "up", 2)])
    assert len(said) >= 4 and all("⟦" in s for s in said)


# On a page ----------------------------------------------------------------------------------------------------------------
EVERYTHING = Scope.everything()


def line(warehouse, cut: Cut, scope: Scope = EVERYTHING, query: dict | None = None) -> AppTest:
    def script(page, cut):
        from crm_data.cuts.query import ask
        from pages.parts.caution import caution_line
        caution_line(page, ask(cut, page.warehouse, scope=page.scope))
    view = view_of(warehouse)
    page = SimpleNamespace(words=view.words, formats=view.formats, catalog=view.catalog, warehouse=warehouse, scope=scope, theme="light", narrow=False)
    app = AppTest.from_function(script, args=(page, cut), default_timeout=40)
    for key, value in (query or {}).items():
        app.query_params[key] = value
    return app.run()


def test_the_line_says_what_applies_and_nothing_else(truth):
    app = line(truth, Cut(("revenue",), ("branch",), YEAR))
    assert not app.exception and not app.caption and not app.toggle
    app = line(truth, Cut(("mean_age",), ("branch",), YEAR, filters=(Filter("customer_type", "is", ("Students",)),)))
    said = app.caption[0].value.replace("\\", "")
    assert "Mean age: n = " in said and "too few to compare" in said and "1 customer without “Customer type” is left out by the filter on it." in said


def test_intervals_come_when_asked_for_and_the_address_keeps_it(truth):
    cut = Cut(("win_rate", "gross_margin"), ("branch",), YEAR)
    app = line(truth, cut)
    assert not app.toggle[0].value and not app.dataframe
    app.toggle[0].set_value(True).run()
    assert not app.exception and app.query_params["ci"] == "1" and len(app.dataframe) == 1
    assert any("Gross margin: A share of money" in c.value for c in app.caption)
    linked = line(truth, cut, query={"ci": "1"})
    assert linked.toggle[0].value and len(linked.dataframe) == 1
    linked.toggle[0].set_value(False).run()
    assert "ci" not in linked.query_params and not linked.dataframe


def test_a_single_number_has_an_interval_too(truth):
    app = line(truth, Cut(("average_order",), period=YEAR), query={"ci": "1"})
    assert not app.exception and len(app.dataframe[0].value) == 1
