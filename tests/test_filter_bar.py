"""The filter strip: the address is the truth, codes survive the way there and back, and Back moves the buttons too."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts import state
from pages.parts.filter_bar import offered


def strip(warehouse, query: dict | None = None, scope: Scope | None = None) -> AppTest:
    """The strip alone, over the real state, on a page whose name is in the session."""
    def script(warehouse, scope, words, formats, catalog):
        from types import SimpleNamespace

        import streamlit as st

        from pages.parts import state
        from pages.parts.filter_bar import filter_bar
        choices = state.load(st.session_state.get("at", "segments"), warehouse.as_of, catalog)
        st.caption(f"{choices.period.first}..{choices.period.last} {choices.compare} {[f.to_text() for f in choices.filters]}")
        for wrong in choices.wrong:
            st.warning(str(wrong))
        filter_bar(SimpleNamespace(words=words, formats=formats, warehouse=warehouse, catalog=catalog, scope=scope, period=choices.period,
                                   compare=choices.compare, filters=choices.filters, today=warehouse.as_of))
    words = Words("en")
    app = AppTest.from_function(script, default_timeout=30, args=(warehouse, scope or Scope.everything(), words, Formats(words, "ILS"), catalog_for(warehouse)))
    for key, value in (query or {}).items():
        app.query_params[key] = value
    return app.run()


def said(app: AppTest) -> str:
    assert not app.exception
    return app.caption[0].value


def many(app: AppTest, key: str) -> list[str]:
    found = app.query_params.get(key, [])
    return [found] if isinstance(found, str) else list(found)


def test_it_begins_with_the_month_to_date_against_last_year(truth):
    app = strip(truth)
    assert said(app) == "2026-11-01..2026-11-20 last_year []"
    assert app.get("button_group")[0].value in ("month_to_date", ["month_to_date"])
    assert dict(app.query_params) == {}


def test_a_named_period_goes_into_the_address_by_its_code_and_back_moves_the_button(truth):
    app = strip(truth)
    app.get("button_group")[0].set_value("year_to_date").run()
    assert said(app).startswith("2026-01-01..2026-11-20") and many(app, "period") == ["year_to_date"]
    app.get("button_group")[0].set_value("last_12_months").run()
    app.query_params["period"] = "year_to_date"
    app.run()
    assert said(app).startswith("2026-01-01..2026-11-20") and app.get("button_group")[0].value in ("year_to_date", ["year_to_date"])
    assert app.date_input[0].value == (date(2026, 1, 1), date(2026, 11, 20))


def test_days_are_picked_and_the_name_is_let_go(truth):
    app = strip(truth, {"period": "year_to_date"})
    app.date_input[0].set_value((date(2026, 3, 1), date(2026, 4, 30))).run()
    assert many(app, "period") == ["2026-03-01..2026-04-30"] and said(app).startswith("2026-03-01..2026-04-30")
    assert not app.get("button_group")[0].value
    app.date_input[0].set_value((date(2026, 3, 1),)).run()
    assert said(app).startswith("2026-03-01..2026-04-30"), "half a choice changes nothing"


def test_the_comparison_follows_the_address(truth):
    app = strip(truth)
    app.radio[0].set_value("previous").run()
    assert many(app, "vs") == ["previous"] and " previous " in said(app)
    del app.query_params["vs"]
    app.run()
    assert " last_year " in said(app) and app.radio[0].value == "last_year"
    app.radio[0].set_value("previous").run()
    assert " previous " in said(app), "the same choice after Back is a choice again"


@pytest.mark.parametrize("text", ["2031-01-01..2031-02-01", "1700-01-01..1700-02-01", "2026-10-01..2027-03-31"])
def test_a_link_to_days_without_data_still_draws_the_strip(truth, text):
    assert said(strip(truth, {"period": text})).startswith(text)


def test_a_wrong_address_is_told_and_the_rest_is_kept(truth):
    app = strip(truth, {"period": "2026-05-01..2026-01-01", "vs": "nonsense", "f": ["nothing:is:x", "branch:eats:Haifa", "customer_type:is:student"]})
    assert said(app) == "2026-11-01..2026-11-20 last_year ['customer_type:is:student']"
    assert len(app.warning) == 3


def test_chips_remove_themselves_and_clear_all_removes_the_rest(truth):
    app = strip(truth, {"f": ["branch:is:Haifa", "customer_type:is_not:student|soldier", "city:contains:a"]})
    labels = [b.label for b in app.button if str(b.key).startswith("chip_")]
    assert len(labels) == 3 and "all but" in " ".join(labels)
    app.button("chip_branch").click().run()
    assert many(app, "f") == ["customer_type:is_not:soldier|student", "city:contains:a"]
    app.button("clear_filters").click().run()
    assert many(app, "f") == [] and not [b for b in app.button if str(b.key).startswith("chip_")]
    assert not [b for b in app.button if b.key == "clear_filters"]


def test_a_filter_is_added_with_a_value_of_the_data(truth):
    app = strip(truth)
    app.selectbox[0].set_value("branch").run()
    choice = app.multiselect[0]
    assert choice.options and "·" in choice.options[0], "each value stands with its count"
    value = choice.options[0].split(" · ")[0]
    choice.set_value([value]).run()
    app.button("add_this_filter").click().run()
    assert many(app, "f") == [f"branch:is:{value}"] and [b for b in app.button if b.key == "chip_branch"]


def test_a_filter_on_what_is_not_known_needs_no_value(truth):
    app = strip(truth)
    app.selectbox[0].set_value("city").run()
    app.get("button_group")[1].set_value("is_empty").run()
    app.button("add_this_filter").click().run()
    assert many(app, "f") == ["city:is_empty:"] and "city:is_empty:" in said(app)


def test_choices_go_along_to_another_page_and_back_to_an_empty_address_means_defaults(truth):
    app = strip(truth, {"period": "last_year", "f": ["branch:is:Haifa"]})
    app.session_state["at"] = "rankings"
    app.query_params.clear()
    app.run()
    assert said(app) == "2025-01-01..2025-12-31 last_year ['branch:is:Haifa']" and many(app, "f") == ["branch:is:Haifa"]
    app.query_params.clear()
    app.run()
    assert said(app) == "2026-11-01..2026-11-20 last_year []", "within a page the address alone decides"


def test_text_of_the_data_is_no_markdown_in_a_chip(truth):
    app = strip(truth, {"f": ["city:is:![x](http://elsewhere.example/x.png) :red[a] **b**"]})
    label = next(b.label for b in app.button if b.key == "chip_city")
    assert "\\!\\[x\\]\\(" in label and "\\*\\*b" in label and "\\:red\\[" in label


def test_personal_dimensions_are_offered_only_with_the_right_to_them(truth):
    catalog = catalog_for(truth)
    personal = {n for n, d in catalog.dimensions.items() if d.personal}
    assert personal and not personal & set(offered(catalog, False)) and offered(catalog, True)[0] == "branch"


VALUE = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=40)


@given(st.lists(st.builds(Filter, st.just("city"), st.sampled_from(["is", "is_not"]), st.lists(VALUE, min_size=1, max_size=5).map(tuple)), max_size=1),
       st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.sampled_from(["none", "previous", "last_year"]))
def test_every_choice_survives_the_address(truth, filters, first, days, compare):
    from datetime import timedelta
    choices = state.Choices(Period(first, first + timedelta(days=days)), compare, tuple(filters))
    again = state.parse(choices.to_query(), truth.as_of, catalog_for(truth))
    assert (again.period, again.compare, again.filters, again.wrong) == (choices.period, compare, tuple(filters), ())


@given(st.lists(st.text(max_size=60), max_size=30), st.text(max_size=40), st.text(max_size=20))
def test_no_address_is_an_error(truth, filters, period, vs):
    found = state.parse({"f": filters, "period": [period], "vs": [vs]}, truth.as_of, catalog_for(truth))
    assert len(found.filters) <= state.MOST_FILTERS and found.compare in ("none", "previous", "last_year")
