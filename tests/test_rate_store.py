"""Rates set by administrators: who may, what is refused, what is kept of it, and the effect that is shown before."""
from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from crm_data.accounts.users import add_user
from crm_data.analysis import rate_store as store
from crm_data.analysis.owned import Changed
from crm_data.analysis.rate_effect import effect, held_all
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.rates import UNITS, Rate, overlaid, rate_of_day, rates_of, with_rates
from crm_data.errors import AccessDenied, InputError
from crm_data.model import appdb
from crm_data.model.schema import CODES

D = Decimal
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
MAY, JUNE = date(2026, 5, 15), date(2026, 6, 1)


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def people(engine):
    made = {n: add_user(engine, n, role=r, full_name=n.title()) for n, r in (("adam", "administrator"), ("ada", "administrator"), ("dana", "manager"), ("vera", "viewer"))}
    return SimpleNamespace(**made)


def audited(engine) -> list[str]:
    a = appdb.audit_log.c
    with engine.connect() as connection:
        return [r.action for r in connection.execute(select(a.action).where(a.action.like("rate.%")).order_by(a.id))]


def cost(warehouse) -> Decimal:
    return ask(Cut(("cost_to_serve",), period=YEAR), warehouse, scope=Scope.everything()).totals["cost_to_serve"]


def test_without_an_edit_the_warehouse_is_as_it_is(engine, truth) -> None:
    assert store.effective(engine, truth) == truth and store.history(engine) == [] and store.state(engine) == (0, 0)


def test_an_edit_prices_everything_anew_until_it_is_withdrawn(engine, people, truth) -> None:
    made = store.change(engine, people.adam, "order", 10, MAY, why="  new\nhandling  ")
    assert (made.rate, made.why, made.who, made.holds) == (Rate("order", D(10), MAY), "new handling", "Adam", True)
    now = store.effective(engine, truth)
    assert cost(truth) == D("893.25") and cost(now) == D("925.25")
    assert rate_of_day(rates_of(now), "order", date(2026, 5, 14)) == 6 and rate_of_day(rates_of(now), "order", MAY) == 10
    gone = store.withdraw(engine, people.ada, made.id, "a mistake")
    assert not gone.holds and gone.withdrawn_by == "Ada" and store.effective(engine, truth) == truth
    assert [e.id for e in store.history(engine)] == [e.id for e in store.history(engine, "order")] == [made.id] and store.history(engine, "return") == []
    assert audited(engine) == ["rate.change", "rate.withdraw"]
    # Of a warehouse that is opened with edits, none are left once they are withdrawn.
    assert store.effective(engine, now) == truth


def test_later_edits_win_and_withdrawing_the_later_brings_the_earlier_back(engine, people, truth) -> None:
    store.change(engine, people.adam, "order", 10, MAY, why="first")
    late = store.change(engine, people.adam, "order", "8.5", JUNE, date(2026, 9, 30), why="summer")
    # O-13 at 10, O-14 and O-15 at 8.5, the five from October at 10.
    assert cost(store.effective(engine, truth)) == D("893.25") + 6 * 4 + 2 * D("2.5")
    assert store.without(engine, truth, late.id).rates == overlaid(rates_of(truth), [Rate("order", D(10), MAY)])
    store.withdraw(engine, people.adam, late.id)
    assert cost(store.effective(engine, truth)) == D("925.25")


def test_only_administrators_write(engine, people) -> None:
    made = store.change(engine, people.adam, "order", 10, MAY, why="x")
    for who in (people.dana, people.vera, SimpleNamespace(id=None, name="nobody")):
        with pytest.raises(AccessDenied, match="Only administrators"):
            store.change(engine, who, "order", 1, MAY, why="x")
        with pytest.raises(AccessDenied):
            store.withdraw(engine, who, made.id)
    assert len(store.history(engine)) == 1 and audited(engine) == ["rate.change"]


@pytest.mark.parametrize(("driver", "rate", "first", "last", "says"), [
    ("document", 1, MAY, None, "no activity “document”.*contact_phone.*late_day"), ("offer", 1, MAY, None, "no activity"), ("", 1, MAY, None, "no activity"),
    ("order", -1, MAY, None, "from 0 to 1,000,000,000"), ("order", float("nan"), MAY, None, "from 0"), ("order", float("inf"), MAY, None, "from 0"),
    ("order", D(10) ** 9 + 1, MAY, None, "from 0"), ("order", "much", MAY, None, "not “much”"), ("order", "1.23456", MAY, None, "at most 4 digits"),
    ("order", 1, JUNE, MAY, "before the first"), ("order", 1, date(1899, 12, 31), None, "cannot begin before")])
def test_what_is_no_rate_is_refused_with_a_sentence(engine, people, driver, rate, first, last, says) -> None:
    with pytest.raises(InputError, match=says):
        store.change(engine, people.adam, driver, rate, first, last, "why")
    assert store.history(engine) == []


def test_a_reason_is_asked_for_and_bounds_are_allowed(engine, people) -> None:
    with pytest.raises(InputError, match="Say in a few words why"):
        store.change(engine, people.adam, "order", 1, MAY, why=" \n ")
    with pytest.raises(InputError, match="at most 500"):
        store.change(engine, people.adam, "order", 1, MAY, why="x" * 501)
    for rate in (0, D(10) ** 9, "0.0001", 0.1, "-0"):
        assert store.change(engine, people.adam, "order", rate, MAY, MAY, "x").rate.rate == D(str(rate))


def test_what_was_changed_meanwhile_is_not_written_over_unseen(engine, people) -> None:
    seen = store.state(engine)
    made = store.change(engine, people.ada, "order", 9, MAY, why="hers", expected=seen)
    with pytest.raises(Changed, match="meanwhile"):
        store.change(engine, people.adam, "order", 10, MAY, why="his", expected=seen)
    with pytest.raises(Changed):
        store.withdraw(engine, people.adam, made.id, expected=seen)
    store.withdraw(engine, people.adam, made.id, expected=store.state(engine))
    with pytest.raises(InputError, match="withdrawn by Adam already"):
        store.withdraw(engine, people.ada, made.id)
    with pytest.raises(InputError, match="number 77"):
        store.withdraw(engine, people.ada, 77)


def test_every_channel_can_be_priced_and_says_its_unit() -> None:
    channels = CODES[("interaction", "channel")]
    assert set(UNITS) == {f"{kind}_{c}" for kind in ("contact", "minute") for c in channels} | {"complaint", "order", "return", "delivery", "late_day"}
    assert len(set(UNITS.values())) == len(UNITS) and all(u.startswith("per ") for u in UNITS.values())


# Effect ---------------------------------------------------------------------------------------------------------------
def test_the_effect_by_hand(engine, truth, everything) -> None:
    # Complaints at 200 instead of 50 from June: those of Zebra (20 August) and Bilha (1 November), 150 more each.
    proposed = store.with_change(engine, truth, Rate("complaint", D(200), JUNE))
    found = effect(truth, everything, YEAR, proposed)
    assert found.worth == (D("3772.0833"), D("3472.0833")) and found.cost == (D("893.25"), D("1193.25")) and found.change == -300
    assert [(m.name, m.before, m.now) for m in found.types] == [("Pensioners", 160, 10), ("Small firms", 3036, 2886)]
    assert (found.known, found.touched, found.nothing) == (10, 2, False)
    assert [(m.name, m.before, m.now, m.place_before, m.place) for m in found.losers] == [("Bilha Levi", 84, -66, 7, 10), ("CANARY Zebra", 170, 20, 5, 8)]
    assert [m.name for m in found.loss_making] == ["Bilha Levi"] and not found.profitable and not found.gainers
    assert {(m.name, m.place_before, m.place) for m in found.overtaken} >= {("Dov Katz", 8, 6), ("Farid Nazari", 9, 7)}
    back = effect(proposed, everything, YEAR, truth)
    assert [m.name for m in back.profitable] == ["Bilha Levi"] and back.change == 300 and [m.name for m in back.gainers] == ["Bilha Levi", "CANARY Zebra"]


def test_the_effect_is_what_asking_afterwards_gives(engine, people, noise, everything) -> None:
    rate, year = Rate("minute_phone", D("7.5"), date(2025, 12, 24)), Period.named("last_12_months", noise.as_of)
    found = effect(noise, everything, year, store.with_change(engine, noise, rate))
    store.change(engine, people.adam, rate.driver, rate.rate, rate.first, why="dearer")
    now = store.effective(engine, noise)
    assert found.worth[1] == ask(Cut(("worth",), period=year), now, scope=everything).totals["worth"]
    rows = ask(Cut(("worth",), ("customer",), year), now, scope=everything).rows
    worth = dict(zip(rows["customer_id"], rows["worth"], strict=True))
    assert found.losers and all(worth[m.id] == m.now for m in (*found.losers, *found.gainers, *found.overtaken, *found.loss_making))
    was = ask(Cut(("worth",), ("customer",), year), noise, scope=everything).rows
    before = dict(zip(was["customer_id"], was["worth"], strict=True))
    named = {m.id for m in found.loss_making}
    assert named and all(before[c] >= 0 > worth[c] for c in named)


def test_what_begins_after_the_data_has_no_effect_yet_and_would_have_had_one(engine, truth, everything) -> None:
    rate = Rate("order", D(10), date(2027, 1, 1))
    assert effect(truth, everything, YEAR, store.with_change(engine, truth, rate)).nothing
    whole = effect(truth, everything, YEAR, held_all(truth, rate, YEAR))
    assert whole.change == -14 * 4


def test_a_first_rate_counts_what_becomes_priced(truth, everything) -> None:
    found = effect(truth, everything, YEAR, with_rates(truth, overlaid(rates_of(truth), [Rate("contact_letter", D(0), YEAR.first)])))
    assert found.change == 0 and found.priced == (44, 45) and found.activities == 49 and not found.nothing


def test_within_rights(truth) -> None:
    proposed = with_rates(truth, overlaid(rates_of(truth), [Rate("complaint", D(200), JUNE)]))
    haifa = effect(truth, Scope(frozenset({2}), None, True), YEAR, proposed)
    assert haifa.change == -150 and [m.name for m in haifa.losers] == ["Bilha Levi"]
    viewer = effect(truth, Scope(None, None, False), YEAR, proposed)
    assert viewer.change == -300 and not viewer.personal and not (viewer.losers or viewer.loss_making or viewer.overtaken or viewer.known)
