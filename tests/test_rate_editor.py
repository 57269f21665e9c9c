"""The rate editor as an administrator uses it, what others see of it, and that the screen and the command line give one figure."""
from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from crm_data.accounts.users import User
from crm_data.analysis import rate_store
from crm_data.cli import main
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model.appdb import open_appdb
from tests.dialog_runs import dialog_run
from tests.page_runs import ADMIN, texts

MANAGER = User(2, "dana", "Dana", "manager", None)
HOLDING = {"rates_view": "change", "rates_driver": "complaint"}


@pytest.fixture
def show(monkeypatch, tmp_path, truth_url):
    def run(user=ADMIN, state=None):
        return dialog_run(monkeypatch, tmp_path, truth_url, "rate_editor.rate_editor", user=user, state=state)
    return run


@pytest.fixture
def engine(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def said(at) -> str:
    return texts(at).replace("\\", "")


def metrics(at) -> dict[str, tuple[str, str]]:
    return {m.label: (m.value, m.delta) for m in at.metric}


def fill(at, value: float, why: str, first: date = date(2026, 6, 1)):
    """Give a rate of complaints and ask for its effect."""
    at.number_input[0].set_value(value)
    at.date_input[0].set_value(first)
    at.text_input[0].set_value(why)
    return at.button(key="rates_show").click().run()


def test_the_rates_that_hold_and_what_has_none(show) -> None:
    at = show()
    table = at.dataframe[0].value
    assert not at.exception and list(table["unit"])[:2] == ["per call", "per call minute"] and list(table["rate"])[:2] == ["₪12.00", "₪0.50"]
    assert set(table["by"]) == {"the data"} and len(table) == 11  # mail has ended, calls and orders at their new rate
    assert "without a rate, so in no cost: " in said(at) and "per letter (1)" in said(at)
    everything = at.toggle(key="rates_earlier").set_value(True).run()
    assert len(everything.dataframe[0].value) == 14


def test_the_effect_is_shown_before_it_is_applied_and_then_it_holds(show, engine, truth, everything, monkeypatch, truth_url, tmp_path) -> None:
    at = fill(show(state=HOLDING), 200, "dearer goodwill")
    assert not at.exception and rate_store.history(engine) == []
    assert "₪200.00 per complaint, from 1 Jun 2026, until changed" in said(at)
    assert metrics(at)["Turn loss-making"][0] == "1" and metrics(at)["Turn profitable"][0] == "0" and metrics(at)["Cost to serve"][1] == "₪300"
    assert "Bilha Levi" in said(at) and list(at.dataframe[0].value["change"]) == [-150, -150]
    at.button(key="rates_apply").click().run()
    edit, = rate_store.history(engine)
    assert (edit.rate.driver, edit.rate.rate, edit.rate.first, edit.rate.last, edit.why, edit.who) == ("complaint", 200, date(2026, 6, 1), None, "dearer goodwill", "Administrator")
    # The page and the command line count with it alike.
    from crm_data.output.words import Words
    from pages import shell
    page = shell.make_page(next(s for s in shell.PAGES if s.name == "explore"), ADMIN, Words("en"))
    on_screen = ask(Cut(("worth",), period=Period.named("year_to_date", truth.as_of)), page.warehouse, scope=page.scope).totals["worth"]
    told = json.loads(CliRunner().invoke(main, ["cut", "-m", "worth", "--period", "year_to_date", "--json"]).output)["totals"]["worth"]
    assert float(on_screen) == told == pytest.approx(3472.0833)


def test_what_is_asked_must_be_a_rate_with_a_reason(show, engine) -> None:
    at = fill(show(state=HOLDING), 200, "")
    assert "Say in a few words why" in said(at) and not at.metric
    changed = fill(show(state=HOLDING), 200, "x")
    changed.number_input[0].set_value(210).run()
    assert "show its effect anew" in said(changed) and not changed.metric
    assert rate_store.history(engine) == []


def test_what_another_changed_meanwhile_is_not_applied_unseen(show, engine) -> None:
    at = fill(show(state=HOLDING), 200, "mine")
    rate_store.change(engine, ADMIN, "order", 9, date(2026, 1, 1), why="another")
    at.button(key="rates_apply").click().run()
    assert "Somebody changed the rates meanwhile" in said(at) and [e.why for e in rate_store.history(engine)] == ["another"]


def test_a_rate_of_the_future_shows_a_whole_year_of_it(show) -> None:
    at = fill(show(state=HOLDING), 200, "next year", date(2027, 1, 1))
    assert "As if it had held on all of these days." in said(at) and metrics(at)["Cost to serve"][1] == "₪750"


def test_an_open_rate_says_what_it_takes_the_place_of(show) -> None:
    at = show(state={"rates_view": "change", "rates_driver": "order"})
    at = fill(at, 4, "cheaper", date(2025, 7, 1))
    assert "Takes the place of: ₪6.00 (from 1 Jan 2026, until changed)" in said(at)


def test_history_and_withdrawing_after_its_effect(show, engine) -> None:
    rate_store.change(engine, ADMIN, "order", 9, date(2027, 1, 1), why="some day")
    rate_store.change(engine, ADMIN, "order", 9, date(2027, 1, 1), why="the same again")
    made = rate_store.change(engine, ADMIN, "complaint", 200, date(2026, 6, 1), why="dearer goodwill")
    at = show(state={"rates_view": "history"})
    assert "could not be shown" not in said(at) and len(at.dataframe[0].value) == 3
    row = at.dataframe[0].value.iloc[0]
    assert (row["rate"], row["days"], row["who"], row["why"], row["state"]) == ("₪200.00 per complaint", "from 1 Jun 2026, until changed", "Administrator", "dearer goodwill", "holds")
    from pages.parts.rate_editor import Asked
    at = show(state={"rates_view": "history", "rates_asked": Asked(made.rate, "", rate_store.state(engine), made.id)})
    assert "Withdraw: ₪200.00 per complaint" in said(at) and metrics(at)["Turn profitable"][0] == "1"
    at.button(key="rates_gone").click().run()
    assert not rate_store.history(engine)[0].holds
    assert show(state={"rates_view": "history"}).dataframe[0].value.iloc[0]["state"].startswith("withdrawn")


def test_others_read_only(show, engine) -> None:
    rate_store.change(engine, ADMIN, "complaint", 200, date(2026, 6, 1), why="dearer goodwill")
    at = show(user=MANAGER)
    assert not at.button and "Administrators change rates." in said(at) and "₪200.00" in list(at.dataframe[0].value["rate"])
    at = show(user=MANAGER, state={"rates_view": "change"})
    assert not at.button and not at.number_input
    at = show(user=MANAGER, state={"rates_view": "history"})
    assert len(at.dataframe[0].value) == 1 and not at.button
