"""Making a segment by clicking: rows, live count, refusals, saving; the list; and why a customer is in one."""
from __future__ import annotations

import pytest

from crm_data.accounts.users import User, add_user, ensure_administrator
from crm_data.analysis import segment_store as store
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.model import appdb
from tests.dialog_runs import dialog_run
from tests.page_runs import ADMIN, page_run, texts

TWICE = Filter("each.orders@year", "at_least", ("2",))


@pytest.fixture
def engine(tmp_path):
    engine = appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    assert ensure_administrator(engine).id == ADMIN.id
    return engine


@pytest.fixture
def editor(monkeypatch, tmp_path, truth_url, engine):
    def open_(user: User = ADMIN, **query):
        return dialog_run(monkeypatch, tmp_path, truth_url, "segment_editor.segments_body", user=user, query={"m": "revenue", "period": "last_12_months", **query})
    return open_


def said(at) -> str:
    return texts(at).replace("\\", "")


def numbers(at) -> dict[str, str]:
    return {m.label: m.value for m in at.metric}


def keep(engine, truth, user, name="Twice", filters=(TWICE,), **options):
    return store.save_segment(engine, user, name=name, filters=filters, catalog=catalog_for(truth), **options)


def test_an_example_fills_the_rows_counts_at_once_and_is_saved(editor, engine):
    at = editor()
    at.button("segment_new").click().run()
    examples = [b.label.replace("\\", "") for b in at.button if str(b.key).startswith("segment_start_")]
    assert examples == ["Students who bought twice this year and complained", "Regular: 3 orders or more in 12 months", "Quiet for 3 months", "Top tenth by revenue in 12 months"]
    assert "Choose what the first condition is about" in said(at) and at.button("segment_save").disabled
    at.button("segment_start_1").click().run()
    # Three orders in the 12 months: Avi and Bilha, of thirteen parties; eight are customers.
    assert numbers(at) == {"In the segment": "2", "Share": "15.4%"} and "of 13 people and companies" in said(at) and "2 of them are customers on 20 Nov 2026 (of 8)" in said(at)
    at.button("segment_save").click().run()
    kept, = store.list_segments(engine, ADMIN)
    assert (kept.name, kept.segment.filters, kept.shared) == ("Regular: 3 orders or more in 12 months", (Filter("each.orders@12m", "at_least", ("3",)),), False)
    assert "Filter by it" in [b.label for b in at.button]


def test_conditions_are_made_by_clicking_and_the_count_follows(editor, engine):
    at = editor()
    at.button("segment_new").click().run()
    at.selectbox("seg_100_subject").set_value("gender").run()
    assert "1 condition is not complete" in said(at) or "Choose what" in said(at)
    at.multiselect("seg_100_value_gender_is").set_value(["female"]).run()
    assert numbers(at)["In the segment"] == "3" and "Gender is known for 62% (8 of 13)" in said(at)
    at.button("segment_add").click().run()
    at.selectbox("seg_101_subject").set_value("each.orders").run()
    at.number_input("seg_101_value_each.orders_at_least").set_value(2.0).run()
    assert numbers(at)["In the segment"] == "1", "Bilha"
    at.button_group("segment_every").set_value(["any"]).run() if hasattr(at, "button_group") else None
    at.button("segment_remove_100").click().run()
    at.selectbox("seg_101_op_each.orders").set_value("top").run()
    assert at.number_input("seg_101_value_each.orders_top").value == 10
    at.text_input("segment_name").set_value("Best").run()
    at.button("segment_save").click().run()
    kept, = store.list_segments(engine, ADMIN)
    assert kept.segment.filters == (Filter("each.orders@12m", "top", ("10%",)),)


def test_the_present_filters_begin_one_without_those_of_single_records(editor, engine):
    at = editor(f=["city:is:Haifa", "each.revenue@12m:top:50%", "topic:is:Price"])
    at.button("segment_from_filters").click().run()
    assert at.multiselect("seg_100_value_city_is").value == ["Haifa"] and at.selectbox("seg_101_subject").value == "each.revenue"
    assert at.number_input("seg_101_value_each.revenue_top").value == 50 and not at.exception


def test_every_kind_of_condition_comes_back_when_it_is_edited(editor, engine, truth):
    filters = (Filter("customer_type", "is_not", ("Students",)), Filter("city", "contains", ("a",)), Filter("region", "is_empty"), Filter("age", "between", ("20", "60")),
               Filter("each.revenue@24m", "between", ("1", "99999.5")), Filter("each.orders", "below", ("9",)), Filter("each.contacts@3m", "bottom", ("7",)))
    kept = keep(engine, truth, ADMIN, "All kinds", filters, every=False)
    at = editor()
    at.button(f"segment_edit_{kept.id}").click().run()
    assert not at.exception and not at.warning and at.text_input("segment_name").value == "All kinds"
    at.text_input("segment_name").set_value("Renamed").run()
    at.button("segment_save").click().run()
    again, = store.list_segments(engine, ADMIN)
    assert (again.segment.filters, again.segment.every, again.name, again.version) == (filters, False, "Renamed", 2)


def test_what_is_refused_is_said_where_it_is_made(editor, engine, truth):
    keep(engine, truth, ADMIN, "Taken")
    at = editor()
    at.button("segment_new").click().run()
    at.button("segment_start_2").click().run()
    at.text_input("segment_name").set_value("taken").run()
    at.button("segment_save").click().run()
    assert "already a segment “Taken”" in "".join(w.value for w in at.warning) and len(store.list_segments(engine, ADMIN)) == 1


def test_the_list_filters_deletes_and_brings_back(editor, engine, truth):
    kept = keep(engine, truth, ADMIN)
    at = editor()
    assert "own · customers with orders of 2 or more, in the year" in said(at)
    at.button(f"segment_use_{kept.id}").click().run()
    assert f"segment_{kept.id}:is:in" in at.query_params["f"]
    at = editor()
    at.button(f"segment_delete_{kept.id}").click().run()
    assert "“Twice” was deleted." in said(at) and not store.list_segments(engine, ADMIN)
    at.button("segment_undo").click().run()
    assert [k.name for k in store.list_segments(engine, ADMIN)] == ["Twice"]


def test_colleagues_copy_what_they_may_not_change_and_few_are_not_counted_for_viewers(editor, engine, truth):
    kept = keep(engine, truth, ADMIN, shared=True)
    vera = add_user(engine, "vera", role="viewer", full_name="Vera")
    at = editor(vera)
    assert {b.key for b in at.button} >= {f"segment_copy_{kept.id}"} and f"segment_edit_{kept.id}" not in {b.key for b in at.button}
    at.button(f"segment_copy_{kept.id}").click().run()
    assert not at.metric and "fewer than 5 customers" in said(at) and at.toggle("segment_shared").disabled


def test_a_link_with_anothers_private_segment_is_a_sentence_and_the_page_works(monkeypatch, tmp_path, truth_url, engine, truth):
    omer = add_user(engine, "omer", role="manager", full_name="Omer")
    private, shared = keep(engine, truth, omer, "Private"), keep(engine, truth, omer, "For all", shared=True)
    at = page_run(monkeypatch, tmp_path, truth_url, "segments", user=ADMIN, query={"f": [f"segment_{private.id}:is:in", f"segment_{shared.id}:is:in"], "period": "last_12_months"})
    assert not at.exception and any("not shared with you" in w.value for w in at.warning)
    assert any("For all" in b.label for b in at.button)


# The customer's page ------------------------------------------------------------------------------------------------
def test_a_customers_page_says_which_segments_and_why(monkeypatch, tmp_path, truth_url, engine, truth):
    twice = keep(engine, truth, ADMIN, "Twice", shared=True)
    both = keep(engine, truth, ADMIN, "Twice and complained", (TWICE, Filter("each.complaints@year", "at_least", ("1",))))
    at = page_run(monkeypatch, tmp_path, truth_url, "customer", user=ADMIN, query={"id": "1"})
    assert not at.exception and "Life stage: **Active** · Buying habit: **Regular** · Purchase volume: **Small**" in said(at)
    assert [e.label for e in at.expander if e.label.endswith(("Twice", "complained"))] == ["Twice", "not in: Twice and complained"]
    at.session_state[f"why_segment_{both.id}"] = True
    at.session_state[f"why_segment_{twice.id}"] = True
    at.run()
    assert "Orders, in the year: **3** · asked: 2 or more · passed" in said(at) and "Complaints, in the year: **0** · asked: 1 or more · not passed" in said(at)
