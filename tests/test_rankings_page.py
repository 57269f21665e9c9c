"""The rankings page: what is ranked and by what stands in the address; one click opens the customer with its place."""
from __future__ import annotations

import pytest

from crm_data.cuts.access import Scope
from crm_data.model.appdb import open_appdb
from tests.single_page import alts, run_page, texts

YEAR = {"period": "last_12_months"}


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def names(app) -> list[str]:
    return list(app.dataframe[0].value["name"])


def test_customers_by_revenue_with_concentration_and_movers(truth, appdb):
    app = run_page("rankings", truth, appdb, query=YEAR)
    assert not app.exception and "could not be shown" not in texts(app)
    assert "## Customers by revenue" in texts(app) and "bring" in texts(app) and any("Who moved most" in a for a in alts(app))
    table = app.dataframe[0].value
    revenue = [v for v in table["revenue"] if v > -1e14]
    assert revenue == sorted(revenue, reverse=True) and list(table["rank"]) == list(range(1, len(table) + 1))


def test_several_criteria_and_another_subject_from_the_address(truth, appdb):
    app = run_page("rankings", truth, appdb, query={**YEAR, "rank": ["revenue:2:high", "complaints:1:low"]})
    assert not app.exception and "score" in app.dataframe[0].value
    for subject in ("owner", "branch"):
        app = run_page("rankings", truth, appdb, query={**YEAR, "by": subject})
        assert not app.exception and len(names(app)) >= 2


def test_what_the_address_cannot_mean_is_left_out(truth, appdb):
    for query in ({"by": "planet"}, {"rank": ["nonsense:1:high"]}, {"rank": ["revenue:x:y"]}, {"rank": ["'; DROP TABLE customer"]}):
        app = run_page("rankings", truth, appdb, query={**YEAR, **query})
        assert not app.exception and names(app)


def test_a_branch_sees_its_own_and_a_viewer_no_names(truth, appdb):
    whole = names(run_page("rankings", truth, appdb, query=YEAR))
    haifa = names(run_page("rankings", truth, appdb, query=YEAR, scope=Scope(frozenset({2}), None, True)))
    assert set(haifa) < set(whole) and not any("CANARY" in n for n in haifa) and any("CANARY" in n for n in whole)


def test_who_does_not_see_persons_ranks_the_firm_not_its_customers(demo, truth, appdb):
    nameless = Scope(None, None, False)
    whole = set(names(run_page("rankings", demo, appdb, query=YEAR)))
    viewed = names(run_page("rankings", demo, appdb, query=YEAR, scope=nameless))
    assert viewed and not set(viewed) & whole
    # In a firm where fewer than five customers stand behind everybody, nothing is shown.
    nobody = run_page("rankings", truth, appdb, query=YEAR, scope=nameless)
    assert not nobody.exception and not nobody.dataframe and "CANARY" not in texts(nobody)


def test_it_draws_in_the_dark_on_a_phone_and_from_right_to_left(truth, appdb):
    for options in ({"theme": "dark", "narrow": True}, {"language": "he"}):
        app = run_page("rankings", truth, appdb, query=YEAR, **options)
        assert not app.exception and "could not be shown" not in texts(app)


# More than a table --------------------------------------------------------------------------------------------------
SEVERAL = {**YEAR, "rank": ["revenue:3:high", "complaints:1:low", "member:industry=Retail:100,Food:50:2:high"]}


def test_the_table_says_why_a_place_changed_and_the_card_too(truth, appdb):
    app = run_page("rankings", truth, appdb, query=YEAR)
    table = app.dataframe[0].value
    why = dict(zip(table["name"], table["why"], strict=True))
    assert why["Carmel North"] == "order of 20 Oct (₪2,590)"
    moved = next(a for a in alts(app) if "Who moved most" in a)
    assert "Carmel North" in moved


def test_a_place_opens_why_and_a_name_the_customer(truth, appdb):
    app = run_page("rankings", truth, appdb, query=SEVERAL)
    assert names(app)[0] == "Carmel North", "Carmel Ltd sells more, but has a complaint"
    app.session_state["_why_ranked"] = 4
    app.run()
    assert not app.exception and "1st of" in texts(app) and "Nobody stands above" in texts(app)
    parts = next(d.value for d in app.dataframe if "adds" in d.value)
    assert list(parts["name"]) == ["Revenue", "Complaints", "Points: industry", "Score"]
    assert sum(parts["adds"][:3]) == pytest.approx(parts["adds"].iloc[3])
    app.session_state["_why_ranked"] = 1
    app.run()
    assert "What would win one place" in texts(app)


def test_points_weights_and_classes_are_read_from_the_address(truth, appdb):
    app = run_page("rankings", truth, appdb, query={**SEVERAL, "abc": "worth:70:90", "class": "AB"})
    assert not app.exception and "Customers by revenue, complaints, points: industry" in texts(app)
    assert app.multiselect(key="rank_criteria").value == ["revenue", "complaints"] and app.slider(key="rank_weight_revenue").value == 3
    assert app.multiselect(key="rank_members_industry").value == ["Retail", "Food"] and app.number_input(key="rank_points_industry_Food").value == 50
    assert app.selectbox(key="class_by").value == "worth" and app.number_input(key="class_limit_a").value == 70
    every = run_page("rankings", truth, appdb, query={**SEVERAL, "abc": "worth:70:90"})
    assert 0 < len(names(app)) < len(names(every)) and set(names(app)) < set(names(every))
    kept = {n: r for n, r in zip(names(every), every.dataframe[0].value["rank"], strict=True)}
    assert all(kept[n] == r for n, r in zip(names(app), app.dataframe[0].value["rank"], strict=True)), "places stay those among all"


def test_changing_a_weight_a_direction_or_a_member_writes_the_address(truth, appdb):
    app = run_page("rankings", truth, appdb, query=SEVERAL)
    app.slider(key="rank_weight_revenue").set_value(5).run()
    app.selectbox(key="rank_high_complaints").set_value("high").run()
    app.number_input(key="rank_points_industry_Food").set_value(70.0).run()
    assert app.query_params["rank"] == ["revenue:5:high", "complaints:1:high", "member:industry=Retail:100,Food:70:2:high"]
    app.multiselect(key="rank_criteria").set_value(["worth"]).run()
    assert app.query_params["rank"] == ["worth:1:high", "member:industry=Retail:100,Food:70:2:high"]
    app.multiselect(key="rank_members_industry").set_value([]).run()
    assert app.query_params["rank"] in ("worth:1:high", ["worth:1:high"]) and not app.exception


def test_several_criteria_say_how_firm_the_top_is(demo, appdb):
    app = run_page("rankings", demo, appdb, query={**YEAR, "rank": ["revenue:3:high", "orders:1:high", "complaints:1:low"]})
    assert not app.exception and "of the top 10" in texts(app) and "whatever the weights" in texts(app)
    firm = next(d.value for d in app.dataframe if "range" in d.value)
    assert len(firm) == 10 and firm["stays"].between(0, 1).all() and list(firm["name"]) == list(app.dataframe[0].value["name"][:10])
    assert "top 10" not in texts(run_page("rankings", demo, appdb, query=YEAR)), "one criterion has no other weights"


def test_a_saved_ranking_opens_by_its_number_alone(truth, appdb):
    from types import SimpleNamespace

    from crm_data.analysis.ranking_store import delete_ranking, save_ranking
    dana = SimpleNamespace(id=None, name="Dana", role="manager")
    kept = save_ranking(appdb, dana, name="Costly", link={"by": ["customer"], "rank": ["cost_to_serve:1:high"], "period": ["year_to_date"], "f": ["party:is:company"]})
    app = run_page("rankings", truth, appdb, query={"ranking": str(kept.id)})
    assert not app.exception and "cost_to_serve:1:high" in app.query_params["rank"] and "Customers by cost to serve" in texts(app) and "Costly" in texts(app)
    assert set(names(app)) <= {"Carmel Ltd", "Carmel North", "Jaffa Foods", "CANARY Zebra", "Ink Supply Co"}
    delete_ranking(appdb, dana, kept.id)
    gone = run_page("rankings", truth, appdb, query={"ranking": str(kept.id)})
    assert not gone.exception and "no such saved ranking" in texts(gone) and names(gone)
    assert not run_page("rankings", truth, appdb, query={"ranking": "1; DROP"}).exception


def dialog(warehouse, appdb):
    """The dialog of saved rankings by itself."""
    from streamlit.testing.v1 import AppTest

    def script(warehouse, appdb):
        from types import SimpleNamespace

        from crm_data.cuts.access import Scope
        from crm_data.cuts.catalog import catalog_for
        from crm_data.cuts.periods import Period
        from crm_data.output.formats import Formats
        from crm_data.output.words import Words
        from pages.parts import ranking_asks, ranking_saved
        words = Words()
        page = SimpleNamespace(user=SimpleNamespace(id=None, name="Dana", role="manager"), scope=Scope.everything(), words=words, formats=Formats(words), warehouse=warehouse, narrow=False,
                               catalog=catalog_for(warehouse), appdb=appdb, period=Period.named("year_to_date", warehouse.as_of), compare="last_year", filters=(), theme="light")
        ranking_saved.saved_body(page, ranking_asks.read(page))
    app = AppTest.from_function(script, default_timeout=40, args=(warehouse, appdb))
    app.query_params["rank"] = ["orders:1:high"]
    return app.run()


def test_saving_sharing_deleting_and_undoing_in_the_dialog(truth, appdb):
    app = dialog(truth, appdb)
    app.text_input(key="ranking_name").set_value("Orders <b>")
    app.button(key="ranking_save").click().run()
    assert not app.exception and app.query_params["ranking"] in ("1", ["1"])
    app = dialog(truth, appdb)
    assert "Orders <b>" in texts(app)
    app.text_input(key="ranking_name").set_value("orders <B>")
    app.button(key="ranking_save").click().run()
    assert "already have a ranking" in texts(app)
    app.session_state["ranking_edited"] = 1
    app.run()
    app.text_input(key="ranking_rename_1").set_value("Most orders")
    app.button(key="ranking_renamed_1").click().run()
    assert "Most orders" in texts(app) and not app.exception
    from types import SimpleNamespace

    from crm_data.analysis.ranking_store import delete_ranking, list_rankings
    dana = SimpleNamespace(id=None, name="Dana", role="manager")
    delete_ranking(appdb, dana, 1)
    app.session_state["ranking_deleted"] = (1, "Most orders")
    app.run()
    app.button(key="ranking_undo").click().run()
    assert [k.name for k in list_rankings(appdb, dana)] == ["Most orders"] and not app.exception


def test_the_whole_ranking_and_the_campaign_list_as_files(truth, appdb):
    from types import SimpleNamespace

    from crm_data.analysis.ranking import Criterion, rank
    from crm_data.cuts.catalog import catalog_for
    from crm_data.cuts.periods import Period
    from crm_data.errors import AccessDenied
    from crm_data.output.formats import Formats
    from crm_data.output.tables import to_csv, to_xlsx
    from crm_data.output.words import Words
    from pages.parts.ranking_export import agreed, whole
    words, scope = Words(), Scope.everything()
    page = SimpleNamespace(warehouse=truth, scope=scope, words=words, formats=Formats(words, "ILS"), catalog=catalog_for(truth))
    found = rank(truth, scope, Period.named("year_to_date", truth.as_of), (Criterion("revenue", 2), Criterion("worth")))
    sheet = whole(page, found, found.rows, None)
    lines = to_csv(sheet).decode("utf-8-sig").splitlines()
    assert len(lines) == found.count + 1 and "Why the place changed" in lines[0] and "order of 20 Oct 2026 (O-17" in "".join(lines) and to_xlsx(sheet, "Ranking")[:2] == b"PK"
    # Avi and Émile agreed to be contacted; Bilha refused, others were never asked.
    contacts = agreed(page, found.rows["key"].tolist())
    listed = whole(page, found, found.rows, contacts)
    assert {r["name"]: r["email"] for r in listed.rows} == {"Avi Cohen": "avi@example.com", "Émile Durand": "emile@example.fr"}
    page.scope = Scope(frozenset({4}), None, True)
    assert set(agreed(page, [1, 6])) == {6}, "Paris sees its own"
    page.scope = Scope(None, None, False)
    with pytest.raises(AccessDenied):
        agreed(page, [1])


def test_the_part_of_all_is_told_only_where_the_largest_stand_first(demo, appdb, monkeypatch):
    """The least revenue first: those shown have not the first part of the revenue."""
    monkeypatch.setattr("pages.parts.ranking_table.SHOWN", 5)
    assert "% of all" in texts(run_page("rankings", demo, appdb, query={**YEAR, "rank": "revenue:1:high"}))
    least = texts(run_page("rankings", demo, appdb, query={**YEAR, "rank": "revenue:1:low"}))
    assert "% of all" not in least and "5 of " in least
