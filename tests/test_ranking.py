"""Rankings worked out by hand and against the answers they are made of."""
from datetime import date

import numpy as np
import pytest

from crm_data.analysis.ranking import Criterion, kept_rank, names_of, rank, rank_of, trends
from crm_data.analysis.ranking import place as _placed
from crm_data.analysis.ranking_classes import Classing
from crm_data.analysis.ranking_classes import classes as _classes
from crm_data.analysis.ranking_classes import running as _running
from crm_data.analysis.ranking_criteria import offered
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError, MabatError, UnknownName

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


# More than measures -----------------------------------------------------------------------------------------------
def by_name(truth, everything, found, column) -> dict[str, float]:
    names = names_of(truth, everything, "customer", found.rows["key"].tolist())
    return {names[k]: v for k, v in zip(found.rows["key"], found.rows[column], strict=True)}


def test_days_late_are_weighted_by_amount_and_count_what_is_overdue(truth, everything):
    # Carmel Ltd: I-2 due 14 February: 1,200 after 15 days, 300 after 29, 500 open after 279: (18,000+8,700+139,500)/2,000.
    # Carmel North: I-8 due 19 November: 600 in time, 400 a day late, 1,590 open a day: 1,990/2,590. Jaffa Foods: I-4, 1,000 open since 9 July; the
    # credit note I-5 does not count. Zebra: I-7, 380 after 14 days, 570 open after 80. Bilha: I-10, due before it was issued, 31 days. Avi: no due day.
    late = by_name(truth, everything, rank(truth, everything, YEAR, (Criterion("days_late", 1, False),)), "days_late")
    assert late == {"Émile Durand": 0, "Carmel North": pytest.approx(1990 / 2590), "Bilha Levi": 31, "CANARY Zebra": pytest.approx((380 * 14 + 570 * 80) / 950),
                    "Carmel Ltd": pytest.approx(166200 / 2000), "Jaffa Foods": 134}


def test_growth_counts_those_who_bring_nothing_any_more(truth, everything):
    short = Period(date(2026, 5, 1), date(2026, 11, 20))
    grown = by_name(truth, everything, rank(truth, everything, short, (Criterion("growth"),), compare="previous"), "growth")
    # Before: 9 October 2025 to 30 April 2026. Émile 300 and Dov 150 bought only then; Carmel Ltd 1,000+2,000 then, 1,100 now.
    assert (grown["Émile Durand"], grown["Dov Katz"], grown["Carmel Ltd"], grown["Carmel North"]) == (-300, -150, -1900, 2590)
    rate = by_name(truth, everything, rank(truth, everything, short, (Criterion("growth_rate"),), compare="previous"), "growth_rate")
    assert rate["Carmel Ltd"] == pytest.approx(1100 / 3000 - 1) and "Carmel North" not in rate
    orders = by_name(truth, everything, rank(truth, everything, YEAR, (Criterion("growth.orders"),)), "growth.orders")
    assert orders["Avi Cohen"] == 2 and orders["Carmel Ltd"] == 1, "three orders, one (O-4) the year before; two, and one (O-3)"


def test_points_for_a_field_count_as_they_are(truth, everything):
    catalog = catalog_for(truth)
    c = Criterion.from_text("member:industry=Retail:100,Food:50:1:high", catalog)
    found = rank(truth, everything, YEAR, (c, Criterion("revenue")))
    # Nine have revenue; Carmel Ltd is first (100) with 100 points, Carmel North second (87.5), Jaffa 75 and 50, Avi 50 and none.
    scores = by_name(truth, everything, found, "score")
    assert (scores["Carmel Ltd"], scores["Carmel North"], scores["Jaffa Foods"], scores["Avi Cohen"]) == (100, 93.75, 62.5, 25)
    alone = rank(truth, everything, YEAR, (c,))
    assert set(by_name(truth, everything, alone, "score").values()) == {100, 50}, "alone, those who have points"
    with pytest.raises(InputError, match="rank customers, not owners"):
        rank(truth, everything, YEAR, (c,), subject="owner")


@pytest.mark.parametrize("text", ["revenue:2:high", "growth.orders:1.5:low", "member:industry=Health:100,Legal:50:2:high", "member:industry=A%3AB%2C%3D%25:7.5:1:low", "days_late:1:low"])
def test_a_criterion_is_the_same_after_an_address(truth, text):
    c = Criterion.from_text(text, catalog_for(truth))
    assert c.to_text() == text and Criterion.from_text(c.to_text(), catalog_for(truth)) == c


def test_a_criterion_that_says_no_direction_has_the_catalogs(truth):
    catalog = catalog_for(truth)
    assert [Criterion.from_text(t, catalog).high for t in ("revenue", "complaints", "recency:3", "days_late", "growth.complaints", "member:industry=Food:5")] == [True, False, False, False, False, True]


@pytest.mark.parametrize("text", ["revenue:0:high", "revenue:1:up", "revenue:nan:high", "revenue:inf", "moon", "member:industry=", "member:industry=Food:101:1:high", "member:moon=Food:5", "member:interest=Chess:5", "growth.moon", "member:industry=Food:5,:6"])
def test_what_is_no_criterion_is_refused_with_a_sentence(truth, text):
    with pytest.raises(MabatError):
        Criterion.from_text(text, catalog_for(truth))


def test_all_measures_of_a_customer_are_offered_and_can_be_ranked(truth, everything):
    catalog = catalog_for(truth)
    able = [m for m in catalog.measures if catalog.can_cut(m, "customer")]
    names = offered(catalog, able, "customer")
    assert {"revenue", "worth", "orders", "won_value", "growth", "growth_rate", "gross_margin", "recency", "days_late", "overdue_balance", "complaints", "csat", "contacts_by_customer", "last_contact"} <= set(names)
    for name in names:
        found = rank(truth, everything, YEAR, (Criterion(name),))
        assert found.rows["score"].between(0, 100).all(), name


def test_asked_alone_or_together_a_criterion_is_the_same(truth, everything):
    alone = {n: rank(truth, everything, YEAR, (Criterion(n),)).rows.set_index("key")[n] for n in ("growth", "gross_margin", "complaints", "worth")}
    together = rank(truth, everything, YEAR, tuple(Criterion(n) for n in alone)).rows.set_index("key")
    for name, values in alone.items():
        pd.testing.assert_series_equal(together.loc[values.index, name].sort_index(), values.sort_index())


def test_classes_have_counts_and_amounts_and_losses_apart(truth, everything):
    found = rank(truth, everything, YEAR, (Criterion("contacts"),), classing=Classing("worth", 0.5, 0.8))
    worth = rank(truth, everything, YEAR, (Criterion("worth"),))
    value = dict(zip(worth.rows["key"], worth.rows["worth"], strict=True))
    inside = [value.get(k, 0.0) for k in found.rows["key"]]
    assert sum(p.count for p in found.classes) == found.count and sum(p.amount for p in found.classes) == pytest.approx(sum(inside))
    losing = {k for k, c in zip(found.rows["key"], found.rows["class"], strict=True) if c == "D"}
    assert losing == {k for k in found.rows["key"] if value.get(k, 0) <= 0} and losing, "who costs more than it brings"
    assert Classing.from_text(found.classing.to_text()) == found.classing and Classing().to_text() == ""
    for text in ("worth:95:80", "x:0:5", "x:a:b", "x:50:101", "x:nan:95"):
        with pytest.raises(InputError):
            Classing.from_text(text)


def test_the_wide_reading_is_what_the_cut_says(demo, everything):
    """Values read in columns are those of the one door, for every kind of measure."""
    period = Period.named("last_12_months", demo.as_of)
    for name in ("revenue", "worth", "gross_margin", "overdue_balance", "csat", "contacts_by_customer"):
        found = rank(demo, everything, period, (Criterion(name),)).rows.set_index("key")[name]
        rows = ask(Cut((name,), ("customer",), period), demo, scope=everything).rows
        for key, value in zip(rows["customer_id"], rows[name], strict=True):
            if key in found.index:
                assert found[key] == pytest.approx(float(value), abs=1e-6)
            else:
                assert key is None or not value


def test_few_customers_days_are_not_told_to_who_sees_no_persons(truth, demo):
    nameless = Scope(None, None, False)
    for criterion in (Criterion("recency", 1, False), Criterion("days_late", 1, False), Criterion("growth")):
        assert rank(truth, nameless, YEAR, (criterion,), subject="branch").count == 0, "fewer than five customers stand behind each"
        assert rank(demo, nameless, Period.named("last_12_months", demo.as_of), (criterion,), subject="branch").count > 0


def test_a_kept_ranking_is_the_same_one_and_knows_its_size(truth, everything):
    options = {"subject": "customer", "compare": "last_year", "filters": (), "classing": Classing()}
    first = kept_rank(truth, everything, YEAR, (Criterion("revenue"),), **options)
    assert kept_rank(truth, everything, YEAR, (Criterion("revenue"),), **options) is first and 500 < first.nbytes < 20_000
    assert kept_rank(truth, Scope(frozenset({2}), None, True), YEAR, (Criterion("revenue"),), **options).count < first.count


def test_points_for_a_segment_follow_its_definition_at_once(truth):
    """The same ranking of the same segment, before and after its condition changed."""
    from crm_data.analysis.ranking import kept_rank
    from crm_data.analysis.ranking_classes import Classing
    from crm_data.cuts.cut import Filter
    from crm_data.cuts.segments import Segment, with_segments

    def inside(city: str) -> int:
        warehouse = with_segments(truth, (Segment(7, "Mine", (Filter("city", "is", (city,)),)),))
        found = kept_rank(warehouse, Scope.everything(), Period.named("last_12_months", truth.as_of), (Criterion("member:segment_7", 1.0, True, (("in", 100.0),)),),
                          subject="customer", compare="none", filters=(), classing=Classing())
        return int((found.rows["member:segment_7"] == 100).sum())
    assert inside("Haifa") > 0 and inside("Nowhere") == 0
