"""Rankings worked out by hand and against the answers they are made of."""
from datetime import date

import numpy as np
import pytest

from crm_data.analysis.ranking import Criterion, _classes, _placed, _running, rank, rank_of, trends
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError, UnknownName

pd = pytest.importorskip("pandas")
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


def test_classes_by_hand():
    # 100 in all: 50 -> A (nothing before it), 30 -> A (50 before), 10 -> B (80 before), 6 -> B (90), 4 -> C (96); losses are D
    assert _classes(np.array([4.0, 50, -7, 30, 0, 10, 6])) == ["C", "A", "D", "A", "D", "B", "B"]
    assert _classes(np.array([])) == [] and _classes(np.array([-1.0])) == ["D"]


def test_running_share_passes_one_where_some_lose():
    assert _running(np.array([-20.0, 80, 40])).tolist() == [0.8, 1.2, 1.0]


def test_scores_by_hand():
    frame = pd.DataFrame({"key": [1, 2, 3], "name": list("abc"), "revenue": [10.0, 20, 30], "complaints": [0.0, 2, 1]})
    placed = _placed(frame, (Criterion("revenue", 3), Criterion("complaints", 1, high=False)))
    # places: revenue 0, 50, 100; complaints (fewer is better) 100, 0, 50 -> (3*0+100)/4, (3*50+0)/4, (3*100+50)/4
    assert placed["key"].tolist() == [3, 2, 1] and placed["score"].tolist() == [87.5, 37.5, 25.0]


def test_ties_are_broken_by_value_then_id_and_unknown_stands_last():
    frame = pd.DataFrame({"key": [5, 4, 3, 2], "name": list("abcd"), "csat": [3.0, 3.0, None, 4.0]})
    assert _placed(frame, (Criterion("csat"),))["key"].tolist() == [2, 4, 5, 3]
    assert _placed(frame, (Criterion("csat", high=False),))["key"].tolist() == [4, 5, 2, 3]


def test_a_ranking_holds_the_answers_values_and_moves(truth, everything):
    found = rank(truth, everything, YEAR, (Criterion("revenue"),))
    now = ask(Cut(("revenue",), ("customer",), YEAR), truth, scope=everything).rows
    before = ask(Cut(("revenue",), ("customer",), YEAR.last_year()), truth, scope=everything).rows
    by_hand = sorted(((-float(v), k) for k, v in zip(now["customer_id"], now["revenue"], strict=True) if v), key=lambda x: x)
    assert found.rows["key"].tolist() == [k for _, k in by_hand]
    old = [k for _, k in sorted((-float(v), k) for k, v in zip(before["customer_id"], before["revenue"], strict=True) if v)]
    for key, place, move in zip(found.rows["key"], found.rows["rank"], found.rows["move"], strict=True):
        assert (move is None or np.isnan(move)) if key not in old else move == old.index(key) + 1 - place
    assert found.total == pytest.approx(float(now["revenue"].sum())) and found.running[-1] == pytest.approx(1.0)
    assert rank_of(found, found.rows["key"][0]) == (1, found.count) and rank_of(found, -1) is None


@pytest.mark.parametrize("criteria", [("worth", "recency"), ("growth",), ("recency",), ("complaints", "contacts", "revenue"), ("gross_margin",)])
@pytest.mark.parametrize("subject", ["customer", "owner", "branch"])
def test_every_kind_of_criterion_ranks_every_subject(truth, everything, criteria, subject):
    found = rank(truth, everything, YEAR, tuple(Criterion(c, 1 + i, c not in ("recency", "complaints")) for i, c in enumerate(criteria)), subject=subject)
    assert found.rows["rank"].tolist() == list(range(1, found.count + 1)) and found.rows["key"].is_unique
    assert found.rows["score"].between(0, 100).all()


def test_recency_is_days_since_the_last_order(truth, everything):
    found = rank(truth, everything, YEAR, (Criterion("recency", high=False),)).rows.set_index("key")["recency"]
    lines = ask(Cut(("orders",), ("customer",), Period(date(2020, 1, 1), YEAR.last), "day"), truth, scope=everything).rows
    last = {k: max(d for d, n in zip(g["period"], g["orders"], strict=True) if n) for k, g in lines.groupby("customer_id") if g["orders"].sum()}
    assert {k: v for k, v in found.items() if not np.isnan(v)} == {k: (YEAR.last - d).days for k, d in last.items() if k in found.index}


def test_scope_and_filters_narrow_the_ranking(truth, everything):
    whole = rank(truth, everything, YEAR, (Criterion("revenue"),))
    students = rank(truth, everything, YEAR, (Criterion("revenue"),), filters=(Filter("customer_type", "is", ("Students",)),))
    assert 0 < students.count < whole.count and set(students.rows["key"]) < set(whole.rows["key"])
    assert rank(truth, Scope(frozenset(), None, True), YEAR, (Criterion("revenue"),)).count == 0
    with pytest.raises(InputError, match="not ranked for your role"):
        rank(truth, Scope(None, None, False), YEAR, (Criterion("revenue"),))


def test_trends_are_the_months_of_each(truth, everything):
    keys = rank(truth, everything, YEAR, (Criterion("revenue"),)).rows["key"].tolist()[:3]
    lines = trends(truth, everything, "revenue", "customer", keys, YEAR)
    assert set(lines) == set(keys) and {len(v) for v in lines.values()} == {11}


def test_what_cannot_be_ranked_says_so(truth, everything):
    with pytest.raises(UnknownName, match="Did you mean “revenue”"):
        rank(truth, everything, YEAR, (Criterion("revenu"),))
    with pytest.raises(InputError, match="at least one criterion"):
        rank(truth, everything, YEAR, ())
    with pytest.raises(InputError, match="must be above 0"):
        Criterion("revenue", -1)
    with pytest.raises(InputError, match="no ranking of “moon”"):
        rank(truth, everything, YEAR, (Criterion("revenue"),), subject="moon")


def test_those_who_are_gone_are_kept_apart(truth, everything):
    short = Period(date(2026, 11, 1), date(2026, 11, 20))
    found = rank(truth, everything, short, (Criterion("revenue"),))
    before = ask(Cut(("revenue",), ("customer",), short.last_year()), truth, scope=everything).rows
    earlier = {k: float(v) for k, v in zip(before["customer_id"], before["revenue"], strict=True) if v}
    assert dict(zip(found.gone["key"], found.gone["value_before"], strict=True)) == {k: v for k, v in earlier.items() if k not in set(found.rows["key"])}
    both = found.rows["value_before"].fillna(0).sum() + found.gone["value_before"].sum()
    assert both == pytest.approx(sum(earlier.values()))
