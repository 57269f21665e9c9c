"""Who carries and who drags, and a week's expectation, worked out by hand on the small firm.

Revenue of September by the 15th: Haifa 90,000 where 100,000 (10 of 18 working days of 180,000) should be, Berlin 60,000 where
55,000, Tehran 20,000 where 27,500, Nazareth 7,000 where 11,000 x 11 / 22 = 5,500. A week before, on the 8th, the working days
passed were 6 of 18 in Haifa and 6 of 22 in Berlin and Tehran and Nazareth.
"""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import fsum

import pytest

from crm_data.analysis.phasing import Phasing
from crm_data.analysis.target_course import days_within
from crm_data.analysis.target_gap import exact, gap, members_of
from crm_data.analysis.target_store import Goal, Target, imported_targets
from crm_data.analysis.target_week import week
from crm_data.analysis.targets import Board, Progress, board, together_as_one
from crm_data.cuts.access import Scope
from tests.target_firm import AS_OF, SEPTEMBER, build

ALL = Scope.everything()


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("gap"), "gap")


@pytest.fixture(scope="module")
def seen(firm):
    return board(firm, None, scope=ALL, targets=imported_targets(firm))


def _target(dimension: str, member: str, value: float, **more) -> Target:
    return Target(Goal("revenue", *SEPTEMBER, dimension, member), value, **more)


def _looked(firm, found: Board, whole: Progress):
    dimension, members = members_of(whole, found)
    days = days_within(whole, dimension, firm, scope=ALL, firm=found.places, on=found.on)
    return dimension, members, days


def _gap(firm, found: Board, whole: Progress):
    dimension, members, days = _looked(firm, found, whole)
    return gap(whole, dimension, members, days, found.places)


def _parts(found) -> dict[str, Decimal]:
    return {line.one.goal.member if line.one else line.kind: line.ahead for line in found.lines}


def test_branches_under_the_sum_of_their_targets(firm, seen):
    found = _gap(firm, seen, seen.one("revenue"))
    parts = _parts(found)
    assert {name: parts[name] for name in ("Haifa", "Berlin", "Tehran")} == {"Haifa": Decimal(-10_000), "Berlin": Decimal(5_000), "Tehran": Decimal(-7_500)}
    assert parts["Nazareth"] == Decimal(7_000) - exact(seen.one("revenue", "branch", "Nazareth").pace.expected)
    assert list(parts)[0] == "Haifa" and set(parts) == {"Haifa", "Berlin", "Tehran", "Nazareth"}
    assert sum(parts.values()) == found.ahead == exact(177_000) - exact(seen.one("revenue").pace.expected)
    assert found.most(False).one.goal.member == "Haifa" and found.most(True).one.goal.member == "Berlin"
    haifa = found.members[0]
    assert (haifa.reached, haifa.expected) == (90_000, 100_000) and found.share(haifa) == pytest.approx(-10_000 / 356_000)


def test_those_without_a_target_stand_against_what_the_whole_leaves_for_them(firm):
    """The firm asks 400,000, its branches 290,000 together; Tehran and Nazareth have no target and brought 27,000."""
    found = board(firm, None, scope=ALL, targets=[_target("", "", 400_000), _target("branch", "Haifa", 180_000), _target("branch", "Berlin", 110_000)])
    whole = found.one("revenue")
    looked = _gap(firm, found, whole)
    parts = _parts(looked)
    expected = exact(whole.pace.expected)
    assert (parts["Haifa"], parts["Berlin"]) == (-10_000, 5_000) and sum(parts.values()) == looked.ahead == 177_000 - expected
    line = next(line for line in looked.lines if line.kind == "without")
    assert line.names == ("Tehran", "Nazareth") and line.reached == 27_000 and line.expected == expected - 155_000 and "unshared" not in parts


def test_members_that_are_asked_more_than_the_whole_leave_a_difference(firm):
    """The firm asks 200,000, Haifa and Berlin 290,000: nothing is left to ask of the others, who brought 27,000."""
    found = board(firm, None, scope=ALL, targets=[_target("", "", 200_000), _target("branch", "Haifa", 180_000), _target("branch", "Berlin", 110_000)])
    whole = found.one("revenue")
    parts = _parts(_gap(firm, found, whole))
    assert parts["without"] == 27_000 and parts["unshared"] == 155_000 - exact(whole.pace.expected) > 0
    assert sum(parts.values()) == 177_000 - exact(whole.pace.expected)


def test_owners_under_a_branch_and_orders_without_an_owner(tmp_path):
    """Haifa also sold 5,000 with nobody named: Anna's 90,000 against 100,000 x 10 / 18."""
    day = date(2026, 9, 2)
    more = {"sales_order": [{"customer_id": 1, "branch_id": 2, "owner_id": None, "status": "delivered", "ordered_on": day}],
            "order_line": [{"order_id": 11, "customer_id": 1, "ordered_on": day, "counted": True, "quantity": 1, "net": 5000, "net_base": 5000, "cost_base": 1000}]}
    firm = build(tmp_path, "nobody", more)
    found = board(firm, None, scope=ALL, targets=imported_targets(firm))
    whole = found.one("revenue", "branch", "Haifa")
    looked = _gap(firm, found, whole)
    assert looked.dimension == "owner" and whole.pace.actual == 95_000
    assert _parts(looked) == {"Anna": 90_000 - exact(100_000 * 10 / 18), "unknown": Decimal(5_000), "unshared": Decimal("-44444.44")}
    assert sum(_parts(looked).values()) == looked.ahead == Decimal(-5_000)


def test_a_group_of_branches_and_its_children(firm):
    targets = [_target("branch", "Group", 300_000), _target("branch", "Haifa", 180_000), _target("branch", "Nazareth", 11_000)]
    found = board(firm, None, scope=ALL, targets=targets)
    group = _gap(firm, found, found.one("revenue", "branch", "Group"))
    assert set(_parts(group)) == {"Haifa", "without"} and next(line for line in group.lines if line.kind == "without").reached == 80_000
    assert sum(_parts(group).values()) == group.ahead
    # Under the firm the group counts, not Haifa inside it as well.
    whole = _gap(firm, found, found.one("revenue"))
    assert {line.one.goal.member for line in whole.members} == {"Group", "Nazareth"} and sum(_parts(whole).values()) == whole.ahead
    assert next(line for line in whole.members if line.one.goal.member == "Group").reached == 170_000


def test_a_choice_of_branches_is_split_among_them_alone(firm, seen):
    one = together_as_one([seen.one("revenue", "branch", name) for name in ("Haifa", "Berlin")], AS_OF)
    assert _parts(_gap(firm, seen, one)) == {"Haifa": Decimal(-10_000), "Berlin": Decimal(5_000)}


def test_less_is_better_where_the_target_says_so(firm):
    targets = [_target("branch", "Haifa", 180_000, direction="down"), _target("branch", "Berlin", 110_000, direction="down"), _target("", "", 290_000, direction="down")]
    found = board(firm, None, scope=ALL, targets=targets)
    looked = _gap(firm, found, found.one("revenue"))
    assert looked.most(True).one.goal.member == "Haifa" and looked.most(False).one.goal.member == "Berlin"
    assert looked.members[0].one.goal.member == "Berlin"


def test_what_has_no_pace_has_no_parts(firm, seen):
    margin = seen.one("gross_margin", "branch", "Haifa")
    assert members_of(margin, seen) == ("owner", []) and gap(margin, "owner", [], {}, seen.places) is None
    assert members_of(seen.one("revenue", "owner", "Anna"), seen) == ("", [])


def test_a_week_by_hand(firm, seen):
    """On the 8th Haifa had 30,000 by 6 of 18 days: 5,000 a day, so 50,000 by the tenth day; it is 90,000."""
    whole = seen.one("revenue")
    dimension, members, days = _looked(firm, seen, whole)
    found = week(whole, members, days, seen.places, AS_OF)
    assert found.then == date(2026, 9, 8) and dimension == "branch"
    lines = {line.one.goal.member: line for line in found.lines}
    haifa = lines["Haifa"]
    assert (haifa.reached_then, haifa.reached) == (30_000, 90_000) and haifa.by_today == pytest.approx(50_000) and haifa.landing_then == pytest.approx(90_000)
    assert haifa.landing == pytest.approx(162_000) and haifa.difference == pytest.approx(40_000) and haifa.good("up") is True and haifa.good("down") is False
    # Berlin had 50,000 by 6 of 22 days and 11 have passed; Nazareth had sold nothing by then.
    assert lines["Berlin"].by_today == pytest.approx(50_000 / 6 * 11) and lines["Nazareth"].by_today == 0
    assert found.whole.by_today == fsum(line.by_today for line in found.lines) and found.whole.reached == sum(line.reached for line in found.lines) == 177_000


def test_a_week_of_those_without_a_target_is_a_line_of_its_own(firm):
    found = board(firm, None, scope=ALL, targets=[_target("", "", 400_000), _target("branch", "Haifa", 180_000)])
    whole = found.one("revenue")
    _, members, days = _looked(firm, found, whole)
    seen = week(whole, members, days, found.places, AS_OF)
    assert [line.one is None for line in seen.lines] == [False, True] and seen.lines[1].reached == 87_000
    assert seen.whole.by_today == fsum(line.by_today for line in seen.lines) and seen.whole.reached == 177_000


def test_nothing_is_expected_before_the_period_or_in_its_first_days(firm, seen):
    whole = seen.one("revenue")
    _, members, days = _looked(firm, seen, whole)
    assert week(whole, members, days, seen.places, date(2026, 9, 7)) is None
    early = week(whole, members, days, seen.places, date(2026, 9, 8))
    assert early.then == date(2026, 9, 1) and early.whole.by_today is None and early.whole.difference is None


def test_parts_close_to_the_cent_whatever_the_numbers(firm, seen):
    """Thirds and dust: amounts that have no exact cents still add up exactly."""
    whole = seen.one("revenue")
    dimension, members, days = _looked(firm, seen, whole)
    odd = [replace(p, pace=replace(p.pace, expected=p.pace.expected / 3)) for p in members]
    total = replace(whole, pace=replace(whole.pace, expected=whole.pace.expected / 3))
    found = gap(total, dimension, odd, days, seen.places)
    assert sum((line.ahead for line in found.lines), Decimal(0)) == found.ahead and all(line.kind == "member" for line in found.lines)


def test_a_sum_of_targets_spread_otherwise_is_spread_as_they_are(firm):
    """Over August and September Haifa's 180,000 come 1 : 3; by 31 August 45,000 of them, and Berlin's by its working days."""
    months = date(2026, 8, 1), SEPTEMBER[1]
    haifa = Target(Goal("revenue", *months, "branch", "Haifa"), 180_000, phasing=Phasing("manual", (0.25, 0.75)))
    found = board(firm, None, scope=ALL, targets=[haifa, Target(Goal("revenue", *months, "branch", "Berlin"), 110_000)])
    whole, parts = found.one("revenue"), found.of("revenue", "branch")
    assert found.one("revenue", "branch", "Haifa").pace.expected == pytest.approx(45_000 + 135_000 * 10 / 18)
    assert whole.pace.expected == pytest.approx(sum(p.pace.expected for p in parts)) and whole.curve.shares[-1] == 1
    assert whole.curve.at(months[0], date(2026, 8, 31)) * 290_000 == pytest.approx(45_000 + 110_000 * 21 / 43)
    assert set(_parts(_gap(firm, found, whole))) == {"Haifa", "Berlin"}
    chosen = together_as_one(parts, AS_OF)
    assert chosen.pace.expected == pytest.approx(whole.pace.expected) and chosen.curve == whole.curve
