"""Tiers on the paper firm (tests/truth/README.md, the 12 months to 2026-11-20), and what must hold for any rules.

Customers on that day: Avi, Bilha, Carmel Ltd, Carmel North, Dov, Émile, Jaffa Foods, Zebra. Farid left; his 110 stand outside.
"""
from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis import tiers_store
from crm_data.analysis.owned import Changed
from crm_data.analysis.tiers import Assigned, TierEvent, assign_one, current, terms_of, tier_events, undo
from crm_data.analysis.tiers_book import book, firm_total
from crm_data.analysis.tiers_list import listed, members
from crm_data.analysis.tiers_plan import apply, board, counts
from crm_data.analysis.tiers_rules import Terms, Tier, checked, condition, percent
from crm_data.analysis.tiers_start import basis, from_amounts, from_data
from crm_data.analysis.tiers_store import Held, Move, held, list_tiers, runs, save_tiers, state, versions, write_run
from crm_data.analysis.tiers_trial import everybody_else, groups, movers, standing, trial
from crm_data.analysis.worth import statement
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import AccessDenied, InputError
from crm_data.model.appdb import audit_log, open_appdb


@dataclass(frozen=True)
class Person:
    id: int | None = 1
    name: str = "dana"
    full_name: str = "Dana Levi"
    role: str = "manager"
    may_write: bool = True


DANA, VIEWER = Person(), Person(2, "vera", "Vera", "viewer", False)
EVERYTHING = Scope.everything()
GOLD = Tier("gold", (condition("revenue", "12m", "at_least", 1000),), Terms("A", Decimal(10), 60, ("Free delivery",)))
SILVER = Tier("silver", (condition("revenue", "12m", "at_least", 300),), Terms("", Decimal(5)))


@pytest.fixture
def engine(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def firm(truth, engine):
    """The paper firm's warehouse with two tiers defined."""
    save_tiers(engine, DANA, EVERYTHING, [GOLD, SILVER], expected=state(engine), catalog=catalog_for(truth))
    return truth


def keys_by_name(warehouse) -> dict[str, str]:
    from sqlalchemy import select

    from crm_data.model import schema as s
    with warehouse.engine.connect() as connection:
        return {r.name: f"{r.source}:{r.source_id}" for r in connection.execute(select(s.customer))}


@pytest.fixture(scope="module")
def key(truth):
    return keys_by_name(truth)


# The book ----------------------------------------------------------------------------------------------------------------
def test_the_book_holds_the_customers_of_the_day_and_the_rest_stands_beside(truth, key):
    found = book(truth, EVERYTHING)
    assert list(found.keys) == [key[n] for n in ("Avi Cohen", "Bilha Levi", "Carmel Ltd", "Carmel North", "Dov Katz", "Émile Durand", "Jaffa Foods", "CANARY Zebra")]
    assert found.period == Period.from_text("2025-11-21..2026-11-20", truth.as_of)
    revenue = {k: found.money["revenue"].at(i) for k, i in found.place.items()}
    assert revenue[key["Avi Cohen"]] == Decimal("630.3333") and revenue[key["Bilha Levi"]] == 325 and revenue[key["Carmel Ltd"]] == 3100 and revenue[key["Carmel North"]] == 2590
    assert sum(revenue.values()) == Decimal("9045.3333") and found.outside["revenue"] == 110


def test_each_customers_worth_is_that_of_its_statement(truth, key):
    found = book(truth, EVERYTHING)
    for i, customer in enumerate(found.ids):
        told = statement(truth, EVERYTHING, found.period, int(customer))
        assert found.money["worth"].at(i) == told.worth, (found.keys[i], told.worth)


@pytest.mark.parametrize("name", ["revenue", "worth", "discount"])
def test_the_parts_and_what_stands_outside_make_the_firms_total(firm, noise, demo, engine, name):
    for warehouse in (firm, noise, demo):
        found = board(engine, warehouse, EVERYTHING)
        parts = groups(found.book, found.now.labels, found.now.code)
        assert sum(getattr(g, name) for g in parts) + getattr(everybody_else(found.book), name) == firm_total(warehouse, EVERYTHING, name)


# The simulator -------------------------------------------------------------------------------------------------------------
def test_who_changes_what_it_costs_and_what_is_at_stake(firm, engine, key):
    found = board(engine, firm, EVERYTHING)
    assert [(g.label, g.customers, g.revenue) for g in groups(found.book, found.now.labels, found.now.code)] == [
        ("gold", 2, Decimal("3730.3333")), ("silver", 1, Decimal(325)), ("", 5, Decimal(4990))]
    outcome = found.trial()
    # Rows are from, columns to: gold, silver, none. Avi falls to silver; North and Jaffa come into gold, Émile and Zebra into silver; Dov stays out.
    assert outcome.matrix == ((1, 1, 0), (0, 1, 0), (2, 2, 1))
    assert {way: one.customers for way, one in outcome.ways.items()} == {"up": 0, "down": 1, "into": 4, "out": 0} and outcome.whole.customers == 5
    down, into = outcome.ways["down"], outcome.ways["into"]
    assert down.revenue == Decimal("630.3333") and down.discount == Decimal("-31.516665")  # 630.3333 x (5 - 10) %
    assert round(down.shifted, 6) == round(Decimal("630.3333") * -60 / 365, 6)  # 60 days of gold, then his own 0
    assert into.discount == 259 + 100 + 15 + Decimal("47.5")  # North and Jaffa 10 %, Émile and Zebra 5 %
    assert round(into.shifted, 6) == round(Decimal(2590) * 30 / 365, 6)  # North 30 -> 60; Jaffa has 60 already; silver says no days
    worth = {k: found.book.money["worth"].at(i) for k, i in found.book.place.items()}
    assert down.worth == worth[key["Avi Cohen"]] and into.worth == sum(worth[key[n]] for n in ("Carmel North", "Jaffa Foods", "Émile Durand", "CANARY Zebra"))


def test_those_who_change_are_listed_with_their_values_the_most_revenue_first(firm, engine):
    found = board(engine, firm, EVERYTHING)
    rows = listed(firm, EVERYTHING, found, found.trial())
    assert list(rows["name"]) == ["Carmel North", "Jaffa Foods", "CANARY Zebra", "Avi Cohen", "Émile Durand"]
    assert rows.iloc[3][["from", "to", "way", "revenue@12m", "discount", "balance"]].tolist() == ["gold", "silver", "down", Decimal("630.3333"), Decimal("-31.52"), Decimal("-103.62")]
    agreed = listed(firm, EVERYTHING, found, found.trial(), consent=True)
    assert list(agreed["name"]) == ["Avi Cohen", "Émile Durand"]  # Bilha said no; the others were never asked
    assert list(listed(firm, EVERYTHING, found, found.trial(), way="into", most=2)["name"]) == ["Carmel North", "Jaffa Foods"]
    assert list(members(firm, EVERYTHING, found, "gold")["name"]) == ["Carmel Ltd", "Avi Cohen"]


def test_a_tier_of_the_data_is_the_defined_one_however_it_is_written(truth):
    known = book(truth, Scope.everything())
    now = standing(replace(known, by_source=np.array(["gold"] * len(known), dtype=object)), (Tier("Gold"),), {})
    assert now.labels[0] == "Gold" and set(now.code.tolist()) == {0} and "gold" not in now.labels


def test_rules_are_compared_with_rules(firm, engine):
    moved = (replace(GOLD, conditions=(condition("revenue", "12m", "at_least", 900),)), SILVER)
    outcome = board(engine, firm, EVERYTHING, moved).trial(against_rules=True)
    assert outcome.matrix == ((3, 0, 0), (1, 3, 0), (0, 0, 1))  # only Zebra (950), and by the rules nobody was where the source had them


def test_several_conditions_must_all_hold_and_the_rest_takes_everybody(firm, engine, key):
    tiers = (replace(GOLD, conditions=(condition("revenue", "12m", "at_least", 900), condition("orders", "12m", "at_least", 2))), Tier("rest", ()))
    found = board(engine, firm, EVERYTHING, tiers)
    outcome = found.trial()
    inside = {k for k, i in found.book.place.items() if outcome.labels[outcome.after[i]] == "gold"}
    assert inside == {key["Carmel Ltd"]} and sum(outcome.matrix[-1][:2]) == 5 and not any(line[-1] for line in outcome.matrix)


def test_a_condition_counts_whom_a_cut_filtered_by_it_counts(truth, noise):
    asked = [condition("revenue", "12m", "at_least", "630.3333"), condition("revenue", "12m", "below", "630.3334"), condition("revenue", "12m", "below", "630.3333"),
             condition("revenue", "12m", "at_least", "630.333301"), condition("orders", "year", "between", 1, 2), condition("revenue", "12m", "between", 150, "630.3333"),
             condition("worth", "12m", "below", 0), condition("worth", "ever", "at_least", -50), condition("complaints", "24m", "below", 1), condition("orders", "3m", "at_least", 0),
             condition("gross_margin", "12m", "at_least", "0.4"), condition("average_order", "12m", "below", 300), condition("csat", "ever", "at_least", 4)]
    for warehouse in (truth, noise):
        day = Period(warehouse.as_of, warehouse.as_of)
        for f in asked:
            found = book(warehouse, EVERYTHING, [tuple(f.dimension.removeprefix("each.").split("@"))])
            counted = ask(Cut(("customers_total",), period=day, filters=(f,)), warehouse, scope=EVERYTHING).totals["customers_total"]
            assert int(found.passes(f).sum()) == counted, (f, warehouse.snapshot)


# Rules that may be kept ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("tiers", "said"), [
    ([GOLD, replace(SILVER, name="GOLD")], "two tiers"), ([replace(GOLD, conditions=(Filter("city", "is", ("Haifa",)),))], "not a rule of a tier"),
    ([replace(GOLD, conditions=(Filter("each.revenue@12m", "top", ("10%",)),))], "not a rule of a tier"), ([replace(GOLD, conditions=(Filter("each.revenue", "at_least", ("1",)),))], "no window"),
    ([replace(GOLD, conditions=(condition("revenue", "12m", "between", 5, 1),))], "above the second"), ([replace(GOLD, conditions=(condition("nonsense", "12m", "at_least", 5),))], "nonsense"),
    ([Tier("all", ()), GOLD], "Put it last"), ([replace(GOLD, terms=Terms(discount=Decimal(101)))], "0 to 100"), ([replace(GOLD, terms=Terms(discount=Decimal("0.005")))], "two decimals"),
    ([replace(GOLD, terms=Terms(payment_days=400))], "0 to 365"), ([replace(GOLD, name=" ")], "Give it a name"), ([replace(GOLD, name="x" * 41)], "at most 40")])
def test_what_cannot_be_a_tier_is_refused_with_a_sentence(truth, tiers, said):
    with pytest.raises(InputError, match=said):
        checked(tiers, catalog_for(truth))


def test_definitions_are_versions_and_audited(firm, engine):
    better = replace(GOLD, terms=replace(GOLD.terms, discount=Decimal("12.5")))
    assert save_tiers(engine, DANA, EVERYTHING, [better, SILVER], expected=state(engine), catalog=catalog_for(firm)) == (better, SILVER)
    assert [(v.terms.discount, until is None) for v, _, _, _, until in versions(engine, "gold")] == [(Decimal("12.5"), True), (Decimal(10), False)]
    assert len(versions(engine, "silver")) == 1
    with engine.connect() as connection:
        assert [r.action for r in connection.execute(audit_log.select())] == ["tiers.change", "tiers.change"]
    with pytest.raises(Changed):
        save_tiers(engine, DANA, EVERYTHING, [GOLD], expected="of long ago", catalog=catalog_for(firm))
    assert terms_of(engine, "Gold") == better.terms and terms_of(engine, "unheard of") is None and terms_of(engine, None) is None


def test_a_start_is_proposed_from_the_data_and_from_revenue(truth, demo):
    assert [(t.name, t.conditions) for t in from_data(book(truth, EVERYTHING))] == [  # two are gold: the second most brings 2,590; one is silver: the third 1,000
        ("gold", (condition("revenue", "12m", "at_least", 2500),)), ("silver", (condition("revenue", "12m", "at_least", 1000),))]
    first, second, last = from_amounts(book(demo, EVERYTHING), ("A", "B", "C"))
    found = book(demo, EVERYTHING, [("revenue", "12m")])
    many = [int(found.passes(t.conditions[0]).sum()) for t in (first, second)]
    assert 0.04 * len(found) <= many[0] <= 0.08 * len(found) and many[0] < many[1] <= 0.3 * len(found) and last.conditions == ()


def test_a_start_where_nothing_is_sold_by_orders(truth, monkeypatch):
    monkeypatch.setattr("crm_data.analysis.tiers_start.catalog_for", lambda w: replace(catalog_for(w), has_orders=False))
    of, measure = basis(truth, EVERYTHING)
    assert measure == "won_value" and all(f.dimension == "each.won_value@12m" for t in from_amounts(of, ("A", "B", "C"), measure) for f in t.conditions)
    nothing = replace(of, values={("won_value", "12m"): replace(of.values["won_value", "12m"], whole=of.values["won_value", "12m"].whole * 0)})
    assert from_amounts(nothing, ("A", "B", "C"), measure) == ()


def test_discounts_are_read_as_typed():
    assert (percent("7.5%"), percent(" 7,5 "), percent("")) == (Decimal("7.5"), Decimal("7.5"), None)
    for wrong in ("a lot", "-5", "1e3"):
        with pytest.raises(InputError, match="not a discount"):
            percent(wrong)


# Applying and undoing ----------------------------------------------------------------------------------------------------------
def test_applying_writes_only_those_who_change_and_undoing_brings_everything_back(firm, engine, key):
    before = current(engine, firm, EVERYTHING)
    assert before[key["Avi Cohen"]] == Assigned("gold", None) and before[key["Dov Katz"]].tier is None
    made = apply(engine, DANA, firm, EVERYTHING, board(engine, firm, EVERYTHING), why="yearly review")
    assert (made.changed, made.who, made.why) == (5, "Dana Levi", "yearly review") and set(made.moves) == {("gold", "silver", 1), ("", "gold", 2), ("", "silver", 2)}
    after = current(engine, firm, EVERYTHING)
    assert after[key["Avi Cohen"]] == Assigned("silver", firm.as_of, "yearly review", "rules", "revenue@12m=630.3333")
    assert after[key["Carmel Ltd"]] == Assigned("gold", None) and len(held(engine)) == 5
    assert tier_events(engine, key["Avi Cohen"]) == [TierEvent(firm.as_of, "silver", "gold", "yearly review", "Dana Levi")]
    assert board(engine, firm, EVERYTHING).behind == 5
    with pytest.raises(InputError, match="Nobody changes tier"):
        apply(engine, DANA, firm, EVERYTHING, board(engine, firm, EVERYTHING), why="")
    done = undo(engine, DANA, firm, EVERYTHING, made.id)
    assert done.undone and done.undone_by == "Dana Levi" and current(engine, firm, EVERYTHING) == before and tier_events(engine, key["Avi Cohen"]) == []
    with pytest.raises(InputError, match="undone already"):
        undo(engine, DANA, firm, EVERYTHING, made.id)
    with engine.connect() as connection:
        assert [r.action for r in connection.execute(audit_log.select())] == ["tiers.change", "tiers.rules", "tiers.undo"]


def test_undoing_an_earlier_run_leaves_what_a_later_one_did(firm, engine, key):
    first = apply(engine, DANA, firm, EVERYTHING, board(engine, firm, EVERYTHING), why="")
    assign_one(engine, DANA, firm, EVERYTHING, key["Avi Cohen"], "gold", "promised")
    undo(engine, DANA, firm, EVERYTHING, first.id)
    after = current(engine, firm, EVERYTHING, [key["Avi Cohen"], key["Jaffa Foods"]])
    assert after[key["Avi Cohen"]] == Assigned("gold", firm.as_of, "promised", "manual") and after[key["Jaffa Foods"]] == Assigned(None, None)


def test_applying_other_limits_keeps_them_as_the_rules(firm, engine):
    moved = (replace(GOLD, conditions=(condition("revenue", "12m", "at_least", 900),)), SILVER)
    made = apply(engine, DANA, firm, EVERYTHING, board(engine, firm, EVERYTHING, moved), why="")
    assert made.changed == 5 and list_tiers(engine) == moved


def test_nothing_is_applied_when_anything_changed_since_it_was_looked_at(firm, engine, key):
    seen = board(engine, firm, EVERYTHING)
    assign_one(engine, DANA, firm, EVERYTHING, key["Dov Katz"], "silver", "a friend")
    with pytest.raises(Changed, match="meanwhile"):
        apply(engine, DANA, firm, EVERYTHING, seen, why="")
    again = board(engine, firm, EVERYTHING)
    with pytest.raises(Changed, match="meanwhile"):
        apply(engine, DANA, replace(firm, rates=()), EVERYTHING, again, why="")
    with pytest.raises(Changed, match="meanwhile"):
        write_run(engine, DANA, on=firm.as_of, what="rules", why="", moves=[Move("a", None, "gold")], expected="another")
    assert len(runs(engine)) == 1


def test_of_two_who_apply_at_once_one_gets_a_sentence(firm, engine):
    _at_once(engine, firm)


def test_of_two_who_apply_at_once_one_gets_a_sentence_on_postgres(truth, postgres_database):
    engine = open_appdb(postgres_database())
    save_tiers(engine, DANA, EVERYTHING, [GOLD, SILVER], expected=state(engine), catalog=catalog_for(truth))
    _at_once(engine, truth)


def _at_once(engine, warehouse) -> None:
    seen, gate, told = board(engine, warehouse, EVERYTHING), threading.Barrier(4), []

    def one() -> None:
        gate.wait()
        try:
            told.append(apply(engine, DANA, warehouse, EVERYTHING, seen, why="").changed)
        except Changed:
            told.append("changed")
    threads = [threading.Thread(target=one) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(map(str, told)) == ["5", "changed", "changed", "changed"] and len(runs(engine)) == 1 and len(held(engine)) == 5


# By hand -----------------------------------------------------------------------------------------------------------------------
def test_who_was_put_somewhere_by_hand_stays_unless_the_rules_may_move_them(firm, engine, key):
    assign_one(engine, DANA, firm, EVERYTHING, key["Dov Katz"], "gold", "a friend")
    found = board(engine, firm, EVERYTHING)
    assert found.trial().held == 1 and found.trial().whole.customers == 5 and found.trial(hand_too=True).whole.customers == 6
    apply(engine, DANA, firm, EVERYTHING, found, why="", hand_too=True)
    assert current(engine, firm, EVERYTHING, [key["Dov Katz"]])[key["Dov Katz"]].tier is None


def test_a_tier_given_by_hand_only_is_left_alone(firm, engine, key):
    outcome = board(engine, firm, EVERYTHING, (Tier("gold"), SILVER)).trial()
    assert outcome.held == 2 and outcome.matrix[0] == (2, 0, 0)


def test_one_customer_by_hand_needs_a_reason_a_tier_and_the_right(firm, engine, key):
    dov, zebra = key["Dov Katz"], key["CANARY Zebra"]
    haifa = Scope(frozenset({2}), None, True)
    for user, scope, who, tier, why, error, said in (
            (DANA, EVERYTHING, dov, "gold", "  ", InputError, "Say why"), (DANA, EVERYTHING, dov, "platinum", "x", InputError, "There is no tier"),
            (DANA, haifa, zebra, "gold", "x", AccessDenied, "another branch"), (VIEWER, EVERYTHING, dov, "gold", "x", AccessDenied, "Only managers"),
            (DANA, Scope(None, None, False), dov, "gold", "x", AccessDenied, "numbers, not single"), (DANA, EVERYTHING, "nobody:1", "gold", "x", AccessDenied, "another branch")):
        with pytest.raises(error, match=said):
            assign_one(engine, user, firm, scope, who, tier, why)
    assert runs(engine) == []
    assert assign_one(engine, DANA, firm, haifa, key["Avi Cohen"], "silver", "asked for it").tier == "silver"
    with pytest.raises(InputError, match="in this tier already"):
        assign_one(engine, DANA, firm, EVERYTHING, key["Avi Cohen"], "silver", "again")
    assign_one(engine, DANA, firm, EVERYTHING, zebra, "gold", "a big one")
    own, others = runs(engine)[1], runs(engine)[0]
    with pytest.raises(AccessDenied):
        undo(engine, DANA, firm, haifa, others.id)
    assert undo(engine, DANA, firm, haifa, own.id).undone


# Rights ------------------------------------------------------------------------------------------------------------------------
def test_a_part_of_the_firm_is_looked_at_but_not_applied(firm, engine, key):
    haifa = Scope(frozenset({2}), None, True)
    found = board(engine, firm, haifa)
    assert set(found.book.keys) == {key["Avi Cohen"], key["Bilha Levi"]} and set(current(engine, firm, haifa)) >= {key["Avi Cohen"]} and key["CANARY Zebra"] not in current(engine, firm, haifa)
    assert current(engine, firm, haifa, [key["CANARY Zebra"]]) == {}
    for user, scope in ((DANA, haifa), (VIEWER, EVERYTHING), (DANA, Scope(None, frozenset({1}), True))):
        with pytest.raises(AccessDenied):
            apply(engine, user, firm, scope, found, why="")
        with pytest.raises(AccessDenied):
            save_tiers(engine, user, scope, [GOLD], expected=state(engine), catalog=catalog_for(firm))
    made = apply(engine, DANA, firm, EVERYTHING, board(engine, firm, EVERYTHING), why="")
    with pytest.raises(AccessDenied):
        undo(engine, DANA, firm, haifa, made.id)


def test_who_sees_no_persons_sees_no_small_numbers_and_no_customers(firm, noise, engine):
    numbers = Scope(None, None, False)
    # gold 2, silver 1, none 5 of 8: the two small ones are hidden, and being fewer than five together the five with them.
    assert dict(counts(board(engine, firm, numbers), personal=False)) == {"gold": None, "silver": None, "": None}
    for read in (lambda: current(engine, firm, numbers), lambda: members(firm, numbers, board(engine, firm, numbers), "gold"),
                 lambda: listed(firm, numbers, board(engine, firm, numbers), board(engine, firm, numbers).trial())):
        with pytest.raises(AccessDenied):
            read()
    shown = dict(counts(board(engine, noise, EVERYTHING), personal=True))
    assert sum(shown.values()) == len(book(noise, EVERYTHING))


# Whatever the rules ------------------------------------------------------------------------------------------------------------
amounts = st.integers(-2000, 20000)
rules = st.lists(st.tuples(st.sampled_from(["revenue", "worth", "orders"]), st.sampled_from(["12m", "year", "ever"]), amounts), min_size=0, max_size=2)
definitions = st.lists(st.tuples(st.one_of(st.none(), rules), st.integers(0, 40), st.one_of(st.none(), st.integers(0, 120))), min_size=1, max_size=4)


def _made(drawn) -> tuple[Tier, ...]:
    return tuple(Tier(f"t{n}", None if rule is None else tuple(condition(m, w, "at_least", a) for m, w, a in rule), Terms(discount=Decimal(d), payment_days=days))
                 for n, (rule, d, days) in enumerate(drawn))


@given(definitions, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.booleans()), max_size=12), st.booleans())
def test_the_matrix_the_sums_and_the_costs_add_up(demo, drawn, moved, hand_too):
    tiers = _made(drawn)
    pairs = [(m, w) for rule, _, _ in drawn for m, w, _ in rule or ()]
    found = book(demo, EVERYTHING, pairs)
    assigned = {str(found.keys[i % len(found)]): Held(tiers[t % len(tiers)].name if t else None, None, demo.as_of, "manual" if by_hand else "rules", "", "") for i, t, by_hand in moved}
    now = standing(found, tiers, assigned)
    outcome = trial(found, tiers, now, hand_too=hand_too)
    sizes = groups(found, now.labels, now.code)
    after = groups(found, now.labels, outcome.after)
    assert [sum(line) for line in outcome.matrix] == [g.customers for g in sizes] and [sum(col) for col in zip(*outcome.matrix, strict=True)] == [g.customers for g in after]
    for name in ("revenue", "worth", "discount"):
        assert sum(getattr(g, name) for g in sizes) == sum(getattr(g, name) for g in after) == sum(found.money[name].at(i) for i in range(len(found)))
    everyone = movers(found, outcome, tiers)
    assert outcome.whole.customers == len(everyone) == sum(o.customers for o in outcome.ways.values())
    assert sum(m.worth for m in everyone) == outcome.whole.worth and abs(sum(m.discount for m in everyone) - outcome.whole.discount) <= Decimal("0.01") * len(everyone)
    assert abs(sum(m.shifted for m in everyone) - outcome.whole.shifted) <= Decimal("0.01") * len(everyone)
    if hand_too:
        assert outcome.held == 0


@given(definitions)
def test_applying_and_undoing_is_as_if_nothing_had_been(noise, drawn):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        engine = open_appdb(f"sqlite:///{folder}/app.db")
        before = current(engine, noise, EVERYTHING)
        tiers = [t for t in _made(drawn) if t.conditions != ()]
        tried = board(engine, noise, EVERYTHING, tiers)
        if not tried.trial().whole.customers:
            return
        made = apply(engine, DANA, noise, EVERYTHING, tried, why="")
        then = board(engine, noise, EVERYTHING)
        assert then.trial().whole.customers == 0  # applied once, the rules have nothing more to move
        undo(engine, DANA, noise, EVERYTHING, made.id)
        assert current(engine, noise, EVERYTHING) == before
        engine.dispose()


def test_two_hundred_thousand_rows_are_tried_in_well_under_a_second(noise):
    import time

    import numpy as np

    small = book(noise, EVERYTHING, [("revenue", "12m")])
    times = 200_000 // len(small) + 1

    def many(column: np.ndarray) -> np.ndarray:
        return np.tile(column, times)[:200_000]
    money = {name: replace(one, whole=many(one.whole)) for name, one in small.money.items()}
    large = replace(small, ids=np.arange(200_000), keys=np.arange(200_000).astype(str).astype(object), by_source=many(small.by_source), in_data=many(small.in_data), days=many(small.days),
                    consent=many(small.consent), money=money, values={("revenue", "12m"): money["revenue"]}, place={})
    now = standing(large, (GOLD, SILVER), {})
    began = time.perf_counter()
    outcome = trial(large, (GOLD, SILVER), now)
    movers(large, outcome, (GOLD, SILVER), most=50)
    assert time.perf_counter() - began < 1 and sum(map(sum, outcome.matrix)) == 200_000


def test_worth_is_not_known_where_no_line_has_a_cost(firm, engine):
    found = board(engine, firm, EVERYTHING)
    without = replace(found, book=replace(found.book, costed=False))
    outcome = without.trial()
    assert found.book.costed and outcome.whole.worth is None and outcome.ways["into"].worth is None and outcome.whole.revenue == found.trial().whole.revenue
    assert {g.worth for g in groups(without.book, without.now.labels, without.now.code)} == {None} == set(listed(firm, EVERYTHING, without, outcome)["worth"])


def test_a_rule_nobody_can_read_gives_nobody_the_tier(firm, engine):
    from sqlalchemy import insert

    from crm_data.model import appdb
    with engine.begin() as connection:
        connection.execute(insert(appdb.tier).values(name="odd", place=3, rule="{", terms="[]", user_id=1, user_name="x"))
    assert [(t.name, t.manual) for t in list_tiers(engine)] == [("gold", False), ("silver", False), ("odd", True)] and tiers_store.state(engine)
