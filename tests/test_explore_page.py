"""Explore on the truth database: choose, divide, look into a mark, go on, come back; bad links stay a working page."""
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_data.accounts.users import User
from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from pages.parts import explore_state
from pages.parts.explore_builder import IMPOSSIBLE, offer
from pages.parts.explore_paths import clicked, marks, one_number, only, period_of, steps, toggled
from tests.page_runs import page_run, texts

YEAR = {"period": "year_to_date", "vs": "last_year"}
HAIFA = Filter("branch", "is", ("Haifa",))


@pytest.fixture
def catalog(truth):
    return catalog_for(truth)


@pytest.fixture
def run(monkeypatch, tmp_path, truth_url):
    """A function that opens Explore at an address."""
    return lambda **query: page_run(monkeypatch, tmp_path, truth_url, "explore", query=query)


def said(app) -> str:
    return (texts(app) + "\n" + "\n".join(str(b.label) for b in app.button)).replace("\\", "")


def address(app, key: str) -> list[str]:
    value = app.query_params.get(key, [])
    return [value] if isinstance(value, str) else list(value)


def parsed(catalog, truth, **query) -> explore_state.Explored:
    period = Period.named("year_to_date", truth.as_of)
    filters = tuple(Filter.from_text(f) for f in query.pop("f", ()))
    return explore_state.parse(query, catalog, Cut(("customers_total",), period=period, compare="last_year", filters=filters), lambda: Cut(("revenue",), period=period))


# The page -----------------------------------------------------------------------------------------------------------
def test_an_address_without_a_question_begins_with_revenue(run):
    app = run()
    assert not app.exception
    assert app.multiselect("explore_show").value == ["revenue"] and app.segmented_control("explore_every").value == "quarter"
    assert "Revenue by branch" in said(app) and app.title[0].value == "Explore" and not app.query_params


def test_a_measure_is_added_and_a_dimension_it_does_not_know_is_taken_out_and_told(run):
    app = run(**YEAR, m="contacts", by=["contact_channel"])
    app.multiselect("explore_show").set_value(["contacts", "revenue"]).run()
    assert not app.exception and address(app, "m") == ["contacts", "revenue"] and address(app, "by") == []
    assert "not every measure is known by it: Contact channel" in said(app)
    app.multiselect("explore_show").set_value([]).run()
    assert address(app, "m") == ["contacts", "revenue"] and "At least one measure" in said(app)
    assert app.multiselect("explore_show").value == ["contacts", "revenue"]


def test_dimensions_that_make_no_sense_are_marked_and_say_why(run):
    app = run(**YEAR, m="revenue", by="branch")
    labels = app.multiselect("explore_by").options
    assert f"{IMPOSSIBLE}Topic" in labels and "Branch" in labels and labels.index("Branch") < labels.index(f"{IMPOSSIBLE}Topic")
    app.multiselect("explore_by").set_value(["branch", "topic"]).run()
    assert not app.exception and address(app, "by") == ["branch"]
    assert "Revenue says nothing about “Topic”" in said(app) and "Contacts" in said(app)
    app.multiselect("explore_by").set_value(["branch", "product_category"]).run()
    assert address(app, "by") == ["branch", "product_category"] and "says nothing" not in said(app)


def test_grain_and_order_write_the_address_and_back_restores_them(run):
    app = run(**YEAR, m="revenue", by="branch")
    assert app.segmented_control("explore_every").value == "none"
    app.segmented_control("explore_every").set_value("month").run()
    assert address(app, "grain") == ["month"] and "Revenue by branch and month" in said(app)
    app.pills("explore_top").set_value(5).run()
    assert address(app, "top") == ["5"] and address(app, "grain") == ["month"]
    del app.query_params["grain"]
    app.run()
    assert not app.exception and app.segmented_control("explore_every").value == "none" and app.pills("explore_top").value == 5


def test_the_strip_says_the_number_the_rows_add_up_to_and_the_ways_on(run, truth):
    app = run(**YEAR, m="revenue", by="branch", grain="quarter", at=["branch:is:Eilat", "period:is:2026-10-01"])
    assert not app.exception
    cut = Cut(("revenue",), ("branch",), Period.named("year_to_date", truth.as_of), "quarter")
    at = (Filter("branch", "is", ("Eilat",)), Filter("period", "is", ("2026-10-01",)))
    row = next(r for r in ask(cut, truth, scope=Scope.everything()).rows.to_dict("records") if r["branch"] == "Eilat" and r["period"].isoformat() == "2026-10-01")
    behind = rows_behind(one_number(cut, at, "revenue"), truth, scope=Scope.everything())
    # O-17 of Carmel North (its two lines) and O-20.
    assert behind.total == row["revenue"] == 2590 + 1100 and behind.count == 3
    assert "Eilat · Q4 2026 ✕" in said(app) and "3,690" in said(app) and "By month" in said(app) and "Only this" in said(app)
    app.button("explore_rows").click().run()
    assert not app.exception and "equals the number clicked" in said(app)


def test_a_step_down_only_this_and_clear(run):
    chosen = {**YEAR, "m": "revenue", "by": "branch", "grain": "quarter", "at": ["branch:is:Haifa", "period:is:2026-07-01"]}
    app = run(**chosen)
    app.button("explore_step_0").click().run()
    assert not app.exception and address(app, "grain") == ["month"] and address(app, "period") == ["2026-07-01..2026-09-30"]
    assert address(app, "f") == ["branch:is:Haifa"] and address(app, "by") == [] and address(app, "at") == []
    app = run(**chosen)
    app.button("explore_only").click().run()
    assert address(app, "f") == ["branch:is:Haifa"] and address(app, "by") == ["branch"] and address(app, "at") == [] and address(app, "grain") == []
    app = run(**chosen)
    app.button("explore_clear").click().run()
    assert address(app, "at") == [] and address(app, "by") == ["branch"] and address(app, "f") == [] and "Only this" not in said(app)


def test_month_to_date_can_be_chosen_though_it_is_not_the_default_here(run):
    app = run()
    app.pills("period_name").set_value("month_to_date").run()
    assert not app.exception and address(app, "period") == ["month_to_date"] and app.pills("period_name").value == "month_to_date"


def test_every_text_goes_through_words(run, monkeypatch):
    from crm_data.output.words import Words
    from pages import shell
    monkeypatch.setattr(shell, "words_of", lambda user: Words("xx"))
    app = run(**YEAR, m=["revenue", "customers"], by="branch", grain="quarter", at="branch:is:Haifa")
    assert not app.exception
    for block in app.markdown:
        if str(block.value).startswith("## "):
            assert all("⟦" in line for line in block.value.splitlines()), block.value
    own = [b for b in app.button if b.key and b.key.startswith("explore_") and b.key != "explore_clear"]
    assert own and all("⟦" in b.label for b in own)


@pytest.mark.parametrize("query, words", [
    ({"m": "revenu"}, "revenu"), ({"m": "revenue", "by": "brunch"}, "brunch"), ({"m": "revenue", "by": ["branch", "owner", "city", "product"]}, "Up to 3"),
    ({"m": "revenue", "by": "topic"}, "was left out"), ({"m": "revenue", "grain": "fortnight"}, "fortnight"), ({"m": "revenue", "by": "branch", "top": "-1"}, "1 to 10,000"),
    ({"m": "revenue", "order": "city"}, "cannot order"), ({"m": "revenue", "period": "2026-13-45..x"}, "is not a day"), ({"m": "revenue", "period": "2026-02-01..2026-01-01"}, "before it starts"),
    ({"m": "revenue", "f": "branch:equals:x"}, "no filter"), ({"m": "revenue", "grain": "month", "at": "period:is:soon"}, "is not a day"),
    ({"m": "x" * 10_000}, "xxxx"), ({"m": ["revenue", "<script>alert(1)</script>"]}, "script"), ({"m": "revenue", "by": "branch'; DROP TABLE customer;--"}, "DROP TABLE"),
    ({"m": "revenue", "f": "branch:is:'; DROP TABLE customer;--"}, "Nothing fits"), ({"m": "_parties"}, "_parties"), ({"m": "revenue", "f": "topic:is:Price"}, "No record holds all"),
    ({"m": "revenue", "grain": "day", "period": "1900-01-01..2026-01-01"}, "too many points"), ({"m": "revenue", "f": "each.revenue:top:150%"}, "150%")])
def test_bad_links_give_a_sentence_and_a_working_page(run, query, words):
    app = run(**query)
    assert not app.exception
    assert words in said(app), said(app)
    assert app.multiselect("explore_show").value and app.segmented_control("explore_every")


@pytest.mark.parametrize("query", [
    {"m": ["revenue", "customers"], "by": "city"}, {"m": "revenue", "by": ["branch", "product_category"]}, {"m": "revenue", "by": ["branch", "product_category", "gender"]},
    {"m": "mean_age", "by": "customer_type"}, {"m": "contacts", "by": ["topic", "initiated_by"], "grain": "month"}, {"m": "open_balance"}, {"m": "revenue", "by": "customer"},
    {"m": "win_rate", "by": "owner", "grain": "year"}, {"m": "revenue", "fig": "nonsense", "by": "branch"}, {"m": "csat", "by": "branch", "fig": "box"},
    {"m": ["revenue", "orders"], "by": "branch", "grain": "quarter", "fig": "box"}, {"m": ["revenue", "orders"], "by": "branch", "grain": "quarter", "fig": "treemap"}])
def test_very_different_questions_can_be_opened(run, query):
    app = run(**YEAR, **query)
    assert not app.exception and "cannot be shown" not in said(app) and "could not be shown" not in said(app)


# The address --------------------------------------------------------------------------------------------------------
def test_a_link_of_a_cut_leads_to_the_same_cut(truth, catalog):
    cut = Cut(("revenue", "customers"), ("branch", "gender"), Period.named("year_to_date", truth.as_of), "month", (Filter("city", "is_not", ("Haifa", "Acre")),), "last_year", "customers", False, 5)
    link = explore_state.open_link(cut, "heatmap")
    assert link["period"] == ["year_to_date"] and link["vs"] == ["last_year"] and link["fig"] == ["heatmap"]
    found = parsed(catalog, truth, **{k: v for k, v in link.items() if k not in ("period", "vs")})
    assert found.cut == cut and found.fig == "heatmap" and not found.wrong


_NAMES = st.sampled_from(["revenue", "customers", "contacts", "mean_age", "branch", "topic", "customer", "city", "gender", "product", "period", "age", "", "\x00", "é" * 400])
_TEXTS = st.lists(st.one_of(_NAMES, st.text(max_size=30), st.builds("{}:{}:{}".format, _NAMES, st.sampled_from(["is", "is_empty", "top", "nothing"]), st.text(max_size=12))), max_size=6)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.fixed_dictionaries({}, optional={k: _TEXTS for k in ("m", "by", "grain", "order", "asc", "top", "fig", "at")}))
def test_no_address_breaks_it_and_what_was_kept_is_a_link_to_itself(truth, catalog, query):
    found = parsed(catalog, truth, **query)
    link = {k: v for k, v in explore_state.open_link(found.cut, found.fig).items() if k not in ("period", "vs")}
    again = parsed(catalog, truth, **link, at=[f.to_text() for f in found.at])
    if found.cut.compare != "none":
        assert (again.cut, again.fig, again.at) == (found.cut, found.fig, found.at)


def test_a_dimension_of_very_many_members_comes_first_and_brings_its_largest(catalog, truth):
    cut = parsed(catalog, truth, m=["revenue"], by=["branch", "customer"]).cut
    assert cut.by == ("customer", "branch") and cut.limit == explore_state.LARGE_TOP


def test_what_is_chosen_must_be_of_the_cut(catalog, truth):
    found = parsed(catalog, truth, m=["revenue"], by=["branch"], at=["branch:is:Haifa", "city:is:Acre", "period:is:2026-01-01"])
    assert found.at == (HAIFA,)
    for day, kept in (("2026-04-01", True), ("2026-04-02", False), ("2024-01-01", False), ("2027-01-01", False), ("9999-12-01", False)):
        found = parsed(catalog, truth, m=["revenue"], grain=["quarter"], at=[f"period:is:{day}"])
        assert bool(found.at) is kept and not found.wrong


def test_what_does_not_fit_is_offered_last_with_those_that_do_not_know_it(catalog):
    found = offer(catalog, Cut(("revenue", "contacts"), ("branch",)))
    assert "branch" in found.possible and found.impossible["topic"] == ("revenue",) and "contact_channel" in found.impossible
    assert "customer" in offer(catalog, Cut(("revenue",)), personal=False).possible and "age" not in offer(catalog, Cut(("revenue",)), personal=False).possible


# Ways on ------------------------------------------------------------------------------------------------------------
def test_a_bucket_lies_inside_the_period():
    from datetime import date
    cut = Cut(("revenue",), period=Period(date(2026, 2, 10), date(2026, 8, 20)), grain="quarter")
    assert period_of(cut, (Filter("period", "is", ("2026-01-01",)),)) == Period(date(2026, 2, 10), date(2026, 3, 31))
    assert period_of(cut, (Filter("period", "is", ("2026-07-01",)),)) == Period(date(2026, 7, 1), date(2026, 8, 20))
    assert period_of(cut, (HAIFA,)) == cut.period


@pytest.mark.parametrize("grain, finer", [("year", "quarter"), ("quarter", "month"), ("month", "week"), ("week", "day")])
def test_time_opens_into_the_finer_bucket(catalog, truth, grain, finer):
    cut = Cut(("revenue",), period=Period.named("last_12_months", truth.as_of), grain=grain)
    assert steps(cut, (Filter("period", "is", ("2026-01-01",)),), catalog)[0].cut.grain == finer


@pytest.mark.parametrize("dimension, first", [("branch_region", "branch"), ("branch", "owner"), ("product_category", "product"), ("region", "city"), ("customer_type", "customer")])
def test_members_open_into_what_is_under_them(catalog, dimension, first):
    found = steps(Cut(("revenue",), (dimension,), grain="quarter"), (Filter(dimension, "is", ("x",)),), catalog)
    assert found[0].to == first and found[0].cut.by == (first,) and found[0].cut.filters == (Filter(dimension, "is", ("x",)),)
    assert all(not s.time for s in found)


def test_steps_know_what_the_measure_knows_and_what_one_may_see(catalog):
    contacts = steps(Cut(("contacts",), ("contact_channel",)), (Filter("contact_channel", "is", ("phone",)),), catalog)
    assert [s.to for s in contacts] == ["month", "topic", "outcome"] or contacts[1].to == "topic"
    assert "customer" not in [s.to for s in steps(Cut(("revenue",), ("customer_type",)), (Filter("customer_type", "is", ("x",)),), catalog, personal=False)]


def test_a_mark_becomes_filters_and_a_mark_again():
    key = '{"branch":"=Haifa","period":"2026-07-01"}'
    at = clicked(key)
    assert at == (HAIFA, Filter("period", "is", ("2026-07-01",))) and marks(at) == (key,)
    assert toggled((), at) == at and toggled(at, at) == () and clicked('{"branch":"*"}') == () and clicked("noise") == () and marks(()) == ()
    assert clicked('{"gender":"?"}') == (Filter("gender", "is_empty"),) and marks((Filter("gender", "is_empty"),)) == ('{"gender":"?"}',)


def test_a_bucket_keeps_the_days_its_classes_of_customers_are_taken_over(catalog, truth):
    year = Period.named("year_to_date", truth.as_of)
    top = Cut(("revenue",), ("branch",), year, "quarter", (Filter("each.orders", "at_least", ("2",)),))
    at = (Filter("branch", "is", ("Eilat",)), Filter("period", "is", ("2026-01-01",)))
    row = next(r for r in ask(top, truth, scope=Scope.everything()).rows.to_dict("records") if r["branch"] == "Eilat" and r["period"].isoformat() == "2026-01-01")
    assert only(top, at).over == year and rows_behind(one_number(top, at, "revenue"), truth, scope=Scope.everything()).total == row["revenue"] > 0
    assert only(replace(top, filters=()), at).over is None
    link = explore_state.open_link(only(top, at))
    found = explore_state.parse(link, catalog, Cut(("customers_total",), period=only(top, at).period, filters=only(top, at).filters), lambda: top)
    assert found.cut == only(top, at)
    assert not parsed(catalog, truth, m=["revenue"], over=["2026-10-01..2026-10-02"]).cut.over and "not a day" in str(parsed(catalog, truth, m=["revenue"], over=["x..y"]).wrong[0])


def test_a_condition_on_customers_replaces_the_one_on_the_same_measure_and_days():
    from pages.parts.explore_condition import added
    first, second, other = (Filter(d, "top", (n,)) for d, n in (("each.revenue@12m", "10%"), ("each.revenue@12m", "20"), ("each.revenue", "5%")))
    cut = added(added(Cut(("mean_age",), filters=(HAIFA,)), first), other)
    assert added(cut, second).filters == (HAIFA, other, second)


def test_only_this_replaces_an_earlier_filter_on_the_same_dimension():
    cut = Cut(("revenue",), ("branch",), filters=(Filter("branch", "is", ("Haifa", "Acre")), Filter("city", "is", ("Acre",))))
    assert only(cut, (HAIFA,)).filters == (Filter("city", "is", ("Acre",)), HAIFA)


def test_a_viewer_sees_numbers_in_place_of_names_and_no_ages_of_single_people(monkeypatch, tmp_path, truth_url):
    viewer = User(2, "vera", "Vera Stein", "viewer", None)
    app = page_run(monkeypatch, tmp_path, truth_url, "explore", user=viewer, query={**YEAR, "m": "revenue", "by": "customer"})
    assert not app.exception and "Avi" not in said(app) and not any("Avi" in frame.value.to_string() for frame in app.dataframe)
    assert "Age in years" not in app.multiselect("explore_by").options
    app = page_run(monkeypatch, tmp_path, truth_url, "explore", user=viewer, query={**YEAR, "m": "customers", "by": "age"})
    assert not app.exception and app.multiselect("explore_show").value == ["customers"]
