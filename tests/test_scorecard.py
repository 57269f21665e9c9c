"""The scorecard and the fair numbers of branches, on the paper firm: every column worked out by hand (tests/truth/README.md)."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_data.analysis.branches_fair import Post, average_heads, branches
from crm_data.analysis.scorecard import PARTS, Person, cards, standing, weights_link, weights_of
from crm_data.analysis.team_facts import team
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
ALL = tuple(part.name for part in PARTS)


def people(truth, scope, filters=()):
    return team(truth, scope, YEAR, filters, catalog_for(truth).measures, "revenue")


def by_name(found):
    return {p.name: p for p in found.people}


def weights(**given):
    return {**dict.fromkeys(ALL, 0), **given}


# People ---------------------------------------------------------------------------------------------------------------
def test_each_column_is_what_the_paper_says(truth, everything):
    found = by_name(people(truth, everything))
    assert set(found) == {"Dana", "Omer", "Claire", "Noa"}
    # Sales with their credit split; new customers: Jaffa, Farid and Carmel North are Omer's, Émile and Zebra Claire's.
    assert {n: round(p.values["volume"], 5) for n, p in found.items()} == {"Omer": 4673.33247, "Noa": 1373.33506, "Dana": 1608.66577, "Claire": 1250.0}
    assert {n: p.values["new_customers"] for n, p in found.items()} == {"Omer": 3, "Claire": 2, "Dana": 0, "Noa": 0}
    # One visit (Claire, at Zebra) and one meeting (Noa, with Gal).
    assert {n: p.values["visits"] for n, p in found.items()} == {"Omer": 0, "Claire": 1, "Dana": 0, "Noa": 1}
    # Claire: mail and visit; Dana: the call about ink; Omer: two calls of Carmel Ltd.
    assert [found[n].values["contacts"] for n in ("Claire", "Dana", "Omer")] == [2, 1, 2]
    assert found["Claire"].values["quotes"] == 1 and found["Claire"].place == "Paris"
    # 300 and 950 less 90 and 500; two orders: far fewer than a ratio needs.
    assert found["Claire"].values["gross_margin"] == pytest.approx(660 / 1250) and found["Claire"].cases["gross_margin"] == 2
    assert all(p.few("gross_margin") for p in found.values())
    # Omer won 3 and 4 and lost 5 (8 is of 2025), Claire won 6 and lost 7; nobody else closed one.
    assert {n: p.values["win_rate"] for n, p in found.items()} == {"Omer": pytest.approx(2 / 3), "Claire": 0.5, "Dana": None, "Noa": None}
    assert found["Omer"].cases["win_rate"] == 3


def test_every_number_is_that_of_the_one_door(truth, everything):
    found = people(truth, everything)
    for part, measure, more in (("contacts", "contacts", ()), ("visits", "contacts", (Filter("contact_channel", "is", ("meeting", "visit")),)),
                                ("quotes", "quotes", ()), ("volume", "revenue", ()), ("win_rate", "win_rate", ())):
        rows = ask(Cut((measure,), ("owner",), YEAR, filters=more), truth, scope=everything).rows
        known = {r["owner"]: r[measure] for r in rows.to_dict("records") if r["owner"]}
        for person in found.people:
            want = known.get(person.name, None if part == "win_rate" else 0)
            assert person.values[part] == (None if want is None else pytest.approx(float(want)))


def test_the_score_worked_out_by_hand_and_its_points_sum_exactly(truth, everything):
    found = people(truth, everything)
    made = {c.person.name: c for c in cards(found.people, weights(volume=2, new_customers=1), found.parts)}
    # Revenue: Omer, Dana, Noa, Claire stand at 100, 66.67, 33.33, 0. New customers 3, 2 and twice 0: 100, 66.67 and both 16.67.
    assert {n: c.score for n, c in made.items()} == {"Omer": Decimal("100.0"), "Dana": Decimal("50.0"), "Noa": Decimal("27.8"), "Claire": Decimal("22.2")}
    assert made["Noa"].points["volume"].points == Decimal("22.2") and made["Noa"].points["new_customers"].points == Decimal("5.6")
    for given in (weights_of(()), weights(contacts=3, quotes=7, volume=1), weights(visits=1)):
        for card in cards(found.people, given, found.parts):
            assert card.score == sum(p.points for p in card.points.values()) and sum(p.share for p in card.points.values()) == pytest.approx(1)
            assert 0 <= card.score <= 100


def test_few_cases_and_no_target_are_said_and_the_other_parts_weigh_more():
    crowd = [Person(i, f"P{i}", values={"volume": float(i), "win_rate": 0.5}, cases={"win_rate": 40}, attained=0.5, landing=0.8) for i in range(3)]
    new = Person(9, "New", values={"volume": 10.0, "win_rate": 1.0}, cases={"win_rate": 29})
    found = {c.person.name: c for c in cards([*crowd, new], weights(target=3, volume=1, win_rate=1), ("target", "volume", "win_rate"))}
    card = found["New"]
    assert card.no_target and card.few == ("win_rate",) and set(card.points) == {"volume"} and card.score == Decimal("100.00")
    assert card.quiet(weights(target=1)) and not card.quiet(weights(win_rate=1)) and not found["P0"].quiet(weights(target=1, win_rate=1))
    # 80 x 3/5; the lowest of four by volume; three equals by win rate, the one on 29 cases not among them.
    assert [found["P0"].points[n].points for n in ("target", "volume", "win_rate")] == [Decimal("48.0"), Decimal("0.0"), Decimal("10.0")]
    alone = cards([crowd[0]], weights(volume=1), ("volume",))[0]
    assert alone.score is None and alone.quiet(weights(volume=1))


def test_more_than_the_target_is_a_hundred_and_less_than_nothing_none():
    made = cards([Person(1, "A", attained=1.4, landing=1.6), Person(2, "B", attained=-0.2)], weights(target=1), ("target",))
    assert [c.score for c in made] == [Decimal("100.00"), Decimal("0.00")]
    assert standing(5, [5, 5, 1]) == pytest.approx(75) and standing(1, [1]) is None


def test_weights_of_an_address():
    usual = weights_of(())
    assert weights_of(["contacts:5", "nonsense:3", "quotes:11", "quotes:-1", "visits:x", "volume:٣"]) == {**usual, "contacts": 5}
    assert weights_of([f"{name}:0" for name in ALL]) == usual and weights_link(usual) == []
    assert weights_of(weights_link({**usual, "contacts": 0})) == {**usual, "contacts": 0}


def test_a_manager_of_one_branch_sees_its_people(truth):
    found = people(truth, Scope(frozenset({2}), None, True))
    assert set(by_name(found)) == {"Dana", "Noa"}
    assert set(by_name(people(truth, Scope(None, frozenset({3}), True)))) == {"Claire"}


def test_filters_on_channels_leave_the_visits_out(truth, everything):
    found = people(truth, everything, (Filter("contact_channel", "is", ("phone",)),))
    assert "visits" not in found.parts and "contacts" in found.parts


# Branches -------------------------------------------------------------------------------------------------------------
def test_branches_per_working_day_per_head_and_like_for_like(truth, everything):
    found = branches(truth, everything, "revenue", YEAR, compare="last_year")
    rows = {f.name: f for f in found.rows}
    # 324 days; Haifa without 47 Fridays and 46 Saturdays, Paris without 46 Saturdays and 46 Sundays; Passover on a Thursday for
    # both, Labour day on a Friday for Paris.
    assert rows["Haifa"].days == 324 - 47 - 46 - 1 == 230 and rows["Paris"].days == 324 - 46 - 46 - 2 == 230
    assert rows["Haifa"].per_day == pytest.approx(855.3333 / 230) and rows["Paris"].per_day == pytest.approx(1250 / 230)
    # Dana and Noa at Haifa, Omer at Eilat, Claire in Paris.
    assert [rows[n].heads for n in ("Haifa", "Eilat", "Paris")] == [2, 1, 1] and found.whole.heads == 4
    assert rows["Haifa"].per_head == pytest.approx(855.3333 / 2) and rows["Eilat"].per_head == 6800
    # Avi and Bilha bought in Haifa in both years (2025: 200 and 180), Carmel Ltd in Eilat (1,000; now 2,000 + 1,100), nobody in Paris.
    assert rows["Haifa"].like.customers == 2 and rows["Haifa"].like.change == pytest.approx(855.3333 / 380 - 1)
    assert (rows["Eilat"].like.customers, rows["Eilat"].like.now, rows["Eilat"].like.before) == (1, 3100, 1000) and rows["Paris"].like is None
    assert found.whole.like.customers == 3 and found.whole.like.now == pytest.approx(3955.3333) and found.whole.like.before == 1380
    assert found.whole.total == pytest.approx(9055.3333) and [f.key for f in found.rows][-1] is None and found.rows[-1].total == 150


def test_who_moved_counts_where_they_worked(truth, everything):
    found = {f.name: f for f in branches(truth, everything, "revenue", Period(date(2025, 7, 1), date(2026, 6, 30))).rows}
    # Noa: 184 days in Eilat, then 181 in Haifa.
    assert found["Haifa"].heads == pytest.approx(1 + 181 / 365) and found["Eilat"].heads == pytest.approx(1 + 184 / 365)


def test_heads_by_first_and_last_day():
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    hired, left, gone = [Post(1, date(2026, 6, 16))], [Post(1, None, date(2026, 6, 10))], [Post(1, None, date(2026, 5, 31))]
    lent = [Post(1), Post(2, date(2026, 6, 11), date(2026, 6, 20))]
    assert average_heads([hired, left, gone, lent], june) == {1: pytest.approx(15 / 30 + 10 / 30 + 20 / 30), 2: pytest.approx(10 / 30)}


def test_rights_of_branches(truth):
    one = branches(truth, Scope(frozenset({2}), None, True), "revenue", YEAR, compare="last_year")
    assert [f.name for f in one.rows] == ["Haifa"] and one.whole.heads == 2 and one.whole.days == 230
    chosen = branches(truth, Scope.everything(), "revenue", YEAR, (Filter("branch", "is", ("Haifa",)),))
    assert chosen.whole.heads == 2 and chosen.whole.per_head == pytest.approx(855.3333 / 2) and chosen.whole.days == 230
    nameless = branches(truth, Scope(None, None, False), "revenue", YEAR, compare="last_year")
    assert all(f.like is None for f in nameless.rows) and nameless.whole.like is None
