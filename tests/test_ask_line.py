"""The line on top of Explore and the ready-made questions: typed, shown, corrected; and the same from the command line."""
from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crm_data.cli import main
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from tests.page_runs import page_run, texts

LINE = "ask_line_text"


@pytest.fixture
def run(monkeypatch, tmp_path, demo_url):
    return lambda **query: page_run(monkeypatch, tmp_path, demo_url, "explore", query=query)


def address(app) -> dict[str, list[str]]:
    return {k: [v] if isinstance(v, str) else list(v) for k, v in app.query_params.items()}


def type_in(app, text: str):
    """Type a question and press Enter."""
    line = app.selectbox(LINE)
    # What is typed need not be among the options; the browser sends it all the same.
    line.options = list(dict.fromkeys([*line.options, text]))
    return line.set_value(text).run()


def said(app) -> str:
    return (texts(app) + "\n" + "\n".join(str(p.proto.popover.label if hasattr(p.proto, "popover") else "") for p in app.get("popover")) + "\n" + "\n".join(str(b.label) for b in app.button)).replace("\\", "")


def test_a_question_typed_is_shown(run):
    app = type_in(run(), "how many students called last year by topic")
    assert not app.exception
    assert address(app) == {"m": ["customers", "contacts"], "by": ["topic"], "period": ["last_year"], "vs": ["none"],
                            "f": ["customer_type:is:Students", "contact_channel:is:phone"]}
    assert "Customers and contacts by topic" in texts(app) and "Not understood" not in texts(app)


def test_what_was_not_understood_is_told(run):
    app = type_in(run(), "revenue by branch blah <b>bold</b> this quarter")
    assert address(app)["m"] == ["revenue"] and address(app)["period"] == ["quarter_to_date"]
    told = next(str(c.value) for c in app.caption if "Not understood" in str(c.value))
    assert "blah" in told and "<b>" not in told and "\\<b\\>" in told


def test_a_misspelt_word_is_put_right_by_a_click(run):
    app = type_in(run(), "revenue in Hafia by product category")
    assert address(app)["f"] == ["branch:is:Haifa"]
    (city,) = [b for b in app.button if b.label == "City Haifa"]
    city.click().run()
    assert address(app)["f"] == ["city:is:Haifa"] and app.session_state[LINE] == "revenue in City Haifa by product category"
    without = [b for b in app.button if b.key and b.key.startswith("askwithout_")]
    without[-1].click().run()
    assert not app.exception and "f" not in address(app) or "by" not in address(app)


def test_a_question_that_gives_no_cut_leaves_the_screen_as_it_is(run):
    app = run(m="orders", by="branch", period="last_year", vs="none")
    before = address(app)
    for text in ("weather in paris", "revenue by topic", "x" * 10_000, "'; drop table customer; --", "<script>alert(1)</script>", "?"):
        type_in(app, text)
        assert not app.exception, text
    type_in(app, "revenue by topic")
    assert any("Revenue is not known by: Topic." in str(w.value) for w in app.warning)
    type_in(app, "weather in paris")
    assert "Nothing of this was understood" in texts(app)
    assert {k: v for k, v in before.items() if k in ("period", "vs")} == {"period": ["last_year"], "vs": ["none"]}


def test_the_period_on_screen_stays_when_none_is_said(run):
    app = type_in(run(m="orders", period="last_quarter", vs="none"), "revenue by branch")
    assert address(app)["period"] == ["last_quarter"] and address(app)["m"] == ["revenue"]


def test_another_cut_empties_the_line(run):
    app = type_in(run(), "revenue by branch last year")
    assert app.selectbox(LINE).value == "revenue by branch last year"
    app.query_params["by"] = "customer_type"
    app.run()
    assert app.selectbox(LINE).value is None and not app.exception


def test_the_line_offers_what_can_be_asked(run):
    app = run()
    offered = app.selectbox(LINE).options
    assert "Revenue by customer type" in offered and "What do customers ask about most?" in offered and "Revenue by topic" not in offered
    type_in(app, "revenue by branch")
    assert app.selectbox(LINE).options[0] == "revenue by branch" and "revenue by branch last year" in app.selectbox(LINE).options


def test_a_ready_question_is_one_click(run, demo):
    app = run()
    buttons = {b.key: b for b in app.button if b.key and b.key.startswith("ready_")}
    assert len(buttons) == 11 and buttons["ready_main_topic"].label == "What do customers ask about most?"
    buttons["ready_main_topic"].click().run()
    assert not app.exception
    assert address(app) == {"m": ["contacts", "customers"], "by": ["topic"], "period": ["last_12_months"], "vs": ["last_year"], "f": ["initiated_by:is:customer"], "fig": ["bars"]}


def test_a_ready_question_chosen_in_the_line(run):
    app = type_in(run(), "What does a customer of each type bring?")
    assert not app.exception and address(app)["m"] == ["revenue_per_customer", "revenue", "customers"] and app.selectbox(LINE).value is None


# The command line ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(demo_url, monkeypatch):
    monkeypatch.setenv("MABAT_WAREHOUSE", demo_url)

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["ask", *arguments])
        assert result.exit_code == code and "Traceback" not in result.output, result.output
        return result.output
    return call


def test_asked_from_the_command_line(asked, demo, everything):
    told = asked("revenu", "in", "Hafia", "last", "year", "blah")
    first = told.splitlines()
    assert first[0] == "Revenue · 1 Jan 2025 – 31 Dec 2025 · Branch: Haifa"
    assert "“Hafia” was read as: Branch: Haifa; or: City Haifa" in first and "Not understood: “blah”" in first
    from crm_data.cuts.cut import Filter
    answer = ask(Cut(("revenue",), period=Period.named("last_year", demo.as_of), filters=(Filter("branch", "is", ("Haifa",)),)), demo, scope=everything)
    assert f"{answer.totals['revenue']:,.2f}" in told


def test_json_and_csv(asked):
    told = json.loads(asked("orders by branch last year", "--format", "json"))
    assert told["cut"]["m"] == ["orders"] and told["not_understood"] == [] and [t["kind"] for t in told["understood"]] == ["measure", "by", "period"]
    assert {r["branch"] for r in told["rows"]} >= {"Haifa"} and sum(r["orders"] for r in told["rows"]) == told["totals"]["orders"]
    assert asked("orders by branch last year", "--format", "csv").splitlines()[0] == "branch,branch_id,orders"


def test_sentences_for_what_cannot_be_answered(asked):
    assert "Nothing of this was understood" in asked("weather", code=2)
    assert "Revenue is not known by: Topic" in asked("revenue by topic", code=2)
    assert "1900" not in asked("orders ever by year")
