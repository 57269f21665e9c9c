"""Segments on the truth database: choose a measure and a dimension, narrow and widen, and be told what cannot be."""
from __future__ import annotations

import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.views import (
    OTHERS,
    UNKNOWN,
    View,
    breakdown_rows,
    breakdown_sheet,
    chosen_keys,
    key_filter,
    members,
    moves,
)
from crm_data.output.words import Words
from tests.single_page import alts, run_page, texts

YEAR = {"period": "year_to_date"}


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def view(truth):
    words = Words("en")
    return View(words, Formats(words, "ILS"), catalog_for(truth))


def answer(truth, measures, by, **options):
    return ask(Cut(measures, by=by, period=Period.named("year_to_date", truth.as_of), **options), truth, scope=Scope.everything())


def test_it_begins_with_revenue_by_kind_of_customer(truth, appdb):
    app = run_page("segments", truth, appdb, query=YEAR)
    assert not app.exception
    assert "## Revenue by customer type" in texts(app) and "## Customer type table" in texts(app)
    assert app.segmented_control("segments_by").value == "customer_type"


def test_choosing_another_dimension_writes_it_into_the_address_and_back_works(truth, appdb):
    app = run_page("segments", truth, appdb, query=YEAR)
    app.segmented_control("segments_by").set_value("branch").run()
    assert not app.exception and app.query_params["by"] in ("branch", ["branch"]) and "## Revenue by branch" in texts(app)
    app.query_params["by"] = "customer_type"
    app.run()
    assert "## Revenue by customer type" in texts(app) and app.segmented_control("segments_by").value == "customer_type"


def test_what_an_average_rests_on_stands_beside_it(truth, appdb):
    """13 orders in all, 5 of them in Eilat: too few to compare."""
    app = run_page("segments", truth, appdb, query={**YEAR, "m": "average_order", "by": "branch"})
    assert not app.exception and "n = 13: too few to compare" in texts(app)
    frames = [frame.value for frame in app.dataframe if "n" in frame.value]
    assert frames and 5 in [int(n) for n in frames[0]["n"].dropna()] and 13 in [int(n) for n in frames[0]["n"].dropna()]
    assert "n = " not in texts(run_page("segments", truth, appdb, query={**YEAR, "m": "revenue", "by": "branch"}))


def test_a_measure_of_the_address_is_shown(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "m": "contacts", "by": "contact_channel"})
    assert not app.exception and "## Contacts by contact channel" in texts(app)
    assert any("Phone" in alt for alt in alts(app))


def test_narrowing_keeps_all_bars_and_looks_into_the_chosen_one(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "by": "branch"})
    bars = alts(app)[0].partition("to narrow the page. ")[2]
    assert bars.startswith("Eilat: ")
    app.query_params["f"] = "branch:is:Haifa"
    app.run()
    assert not app.exception and alts(app)[0].partition("to widen. ")[2] == bars
    said = texts(app)
    assert "click Haifa again to widen" in said and "## Haifa: revenue by month and customer type" in said


def test_a_measure_that_cannot_be_cut_is_said_and_mended(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "m": "revenue", "by": "contact_channel"})
    assert not app.exception
    said = texts(app)
    assert "Not by contact channel" in said and "cannot be cut by" in said
    app.button("mend_bars").click().run()
    assert not app.exception and "## Revenue by customer type" in texts(app)


def test_an_unknown_measure_or_dimension_falls_back(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "m": "revenu", "by": "nothing"})
    assert not app.exception and "## Revenue by customer type" in texts(app)


def test_empty_filters_name_the_last_one_to_remove(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "f": "city:is:Nowhere"})
    assert "Nothing fits these filters" in texts(app) and "Remove “City: Nowhere”" in texts(app)
    app.button("mend_bars").click().run()
    assert "f" not in app.query_params and "Nothing fits" not in texts(app)


def test_ages_say_for_how_many_they_are_known(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "m": "customers", "by": "age_band"})
    assert not app.exception and "known for " in texts(app)


def test_the_table_takes_the_place_of_the_figure(truth, appdb):
    app = run_page("segments", truth, appdb, query=YEAR)
    before = len(alts(app))
    app.session_state["as_table_bars"] = True
    app.run()
    assert not app.exception and len(alts(app)) == before - 1 and len(app.dataframe) == 2


def test_every_text_goes_through_words(truth, appdb):
    app = run_page("segments", truth, appdb, query={**YEAR, "by": "branch", "f": "branch:is:Haifa"}, language="xx")
    assert not app.exception
    for block in app.markdown:
        if str(block.value).startswith("## "):
            assert all("⟦" in line for line in block.value.splitlines()), block.value
    assert all("⟦" in frame.columns[0] or True for frame in (d.value for d in app.dataframe))


@pytest.mark.parametrize("measure, by", [("revenue", "product"), ("contacts", "hour"), ("open_value", "stage"), ("win_rate", "interest"), ("csat", "owner"),
                                         ("customers_total", "gender"), ("cost_to_serve", "cost_driver"), ("nps", "fleet")])
def test_very_different_questions_can_be_opened(truth, appdb, measure, by):
    app = run_page("segments", truth, appdb, query={**YEAR, "m": measure, "by": by}, theme="dark", narrow=True)
    assert not app.exception and "cannot be shown" not in texts(app)


# Views --------------------------------------------------------------------------------------------------------------
def test_rows_carry_share_change_and_key(truth, view):
    found = breakdown_rows(answer(truth, ("revenue",), ("branch",), compare="last_year"), "branch", "revenue", view)
    assert found[0].key.startswith("=") and all(r.share.endswith("%") for r in found if r.value)
    shares = [int(r.share.strip("<%")) for r in found if r.share]
    assert 98 <= sum(shares) <= 102


def test_bars_of_thin_averages_are_muted_and_say_what_they_rest_on(truth, view):
    rests = {"=Eilat": 5, "=Haifa": 40}
    found = {r.key: r for r in breakdown_rows(answer(truth, ("average_order",), ("branch",)), "branch", "average_order", view, rests)}
    assert found["=Eilat"].quiet and found["=Eilat"].note == "n = 5: too few to compare" and not found["=Eilat"].text.endswith("†")
    assert not found["=Haifa"].quiet and found["=Haifa"].text.endswith("†")


def test_what_a_top_leaves_out_is_one_row_that_is_said_not_drawn(truth, view):
    top = answer(truth, ("revenue",), ("customer",), limit=2, order_by="revenue")
    rows = breakdown_rows(top, "customer", "revenue", view)
    assert [r.key for r in rows][-1] == OTHERS and rows[-1].value is None and rows[-1].text != "–" and key_filter("customer", OTHERS) is None
    assert rows[0].key[1:].isdigit()


def test_ratios_have_no_share(truth, view):
    assert not any(r.share for r in breakdown_rows(answer(truth, ("gross_margin",), ("branch",)), "branch", "gross_margin", view))


def test_unknown_members_stand_after_the_known(truth, view):
    keys = [m.key for m in members(answer(truth, ("contacts",), ("age_band",)), "age_band", view)]
    assert UNKNOWN in keys and keys.index(UNKNOWN) == len(keys) - 1
    assert key_filter("age_band", UNKNOWN) == Filter("age_band", "is_empty") and chosen_keys("age_band", [Filter("age_band", "is_empty")]) == {UNKNOWN}


def test_keys_and_filters_are_each_others_inverse():
    one = Filter("branch", "is", ("Haifa",))
    assert chosen_keys("branch", [one]) == {"=Haifa"} and key_filter("branch", "=Haifa") == one
    assert chosen_keys("branch", [Filter("branch", "is_not", ("Haifa",))]) == set()


def test_the_total_row_is_the_answers_own(truth, view):
    whole = answer(truth, ("revenue", "customers"), ("branch",), compare="last_year")
    sheet, keys = breakdown_sheet(whole, "branch", view)
    assert sheet.total["revenue"] == float(whole.totals["revenue"]) and sheet.total["customers"] == whole.totals["customers"] and len(keys) == len(sheet.rows)


def test_movers_are_the_largest_changes_rises_first(truth, view):
    found = moves(answer(truth, ("revenue",), ("branch",), compare="last_year"), "branch", "revenue", view, most=3)
    assert [m.amount for m in found] == sorted((m.amount for m in found), reverse=True) and len(found) <= 3
    assert all((m.tone == "good") == (m.amount > 0) for m in found)


