"""Why somebody has a place: parts that sum to the score, the least change that wins a place, and how firm the top is."""
from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.ranking import Criterion, Ranking, place
from crm_data.analysis.ranking_explain import rounded, standing
from crm_data.analysis.ranking_stability import stability, weights_tried
from crm_data.cuts.periods import Period
from crm_data.errors import InputError

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


def ranking(frame: pd.DataFrame, *criteria: Criterion) -> Ranking:
    rows = place(frame, criteria)
    rows["class"], rows["move"] = None, np.nan
    return Ranking("customer", criteria, YEAR, None, rows, np.array([]), pd.DataFrame())


SMALL = pd.DataFrame({"key": [1, 2, 3], "revenue": [10.0, 20, 30], "complaints": [0.0, 2, 1]})
WEIGHED = (Criterion("revenue", 3), Criterion("complaints", 1, False))


def test_parts_and_lifts_by_hand():
    # Places: revenue 0, 50, 100; complaints (fewer is better) 100, 0, 50.
    last = standing(ranking(SMALL, *WEIGHED), 1)
    assert (last.rank, last.score, [(p.value, p.place, p.weight, p.adds) for p in last.parts]) == (3, 25.0, [(10, 0, 0.75, 0), (0, 100, 0.25, 25)])
    # With a revenue of 20 too, both have place 25: 43.75 against 18.75. Fewer than no complaints there are not.
    assert [(x.criterion.name, x.needed, x.beyond) for x in last.lifts] == [("revenue", 20, False)]
    middle = standing(ranking(SMALL, *WEIGHED), 2)
    # 30: both 75, so 56.25 against (225+50)/4 = 68.75; more: 75 against (150+50)/4 = 50. No complaints: 37.5+12.5 at most, against 87.5-12.5.
    assert [(x.criterion.name, x.needed, x.beyond) for x in middle.lifts] == [("revenue", 30, True)]
    assert standing(ranking(SMALL, *WEIGHED), 3).lifts == ()
    with pytest.raises(InputError, match="Not ranked"):
        standing(ranking(SMALL, *WEIGHED), 9)


def test_additions_are_rounded_so_that_they_sum():
    assert rounded([33.35, 33.35, 33.3]) == [33.4, 33.3, 33.3] and sum(rounded([10.04, 20.04, 30.04])) == pytest.approx(60.1)
    assert rounded([]) == [] and rounded([0.0, 100.0]) == [0.0, 100.0]


values = st.one_of(st.none(), st.integers(-3, 6))
frames = st.lists(st.tuples(values, values, st.integers(0, 3)), min_size=1, max_size=9).map(
    lambda rows: pd.DataFrame({"key": range(1, len(rows) + 1), "a": [r[0] for r in rows], "b": [r[1] for r in rows], "c": [r[2] for r in rows]}).astype({"a": float, "b": float, "c": float}))
weighings = st.tuples(*(st.tuples(st.sampled_from([0.5, 1, 2, 3, 7]), st.booleans()) for _ in range(3))).map(lambda ws: tuple(Criterion(n, w, h) for n, (w, h) in zip("abc", ws, strict=True)))


@given(frames, weighings, st.randoms(use_true_random=False))
def test_scores_parts_and_order_hold_for_any_data(frame, criteria, dice):
    found = ranking(frame, *criteria)
    assert found.rows["score"].between(0, 100).all() and found.rows["rank"].tolist() == list(range(1, len(frame) + 1))
    for key in frame["key"]:
        stands = standing(found, key)
        assert sum(p.adds for p in stands.parts) == pytest.approx(stands.score, abs=1e-12) and sum(rounded([p.adds for p in stands.parts])) == pytest.approx(round(stands.score, 1), abs=0.051)
    mixed = list(range(len(frame)))
    dice.shuffle(mixed)
    pd.testing.assert_frame_equal(place(frame.iloc[mixed].reset_index(drop=True), criteria), place(frame, criteria))
    doubled = tuple(Criterion(c.name, c.weight * 2, c.high) for c in criteria)
    pd.testing.assert_frame_equal(place(frame, doubled), place(frame, criteria))


@given(frames, weighings, st.integers(1, 3))
def test_what_wins_a_place_is_the_least_that_does(frame, criteria, many):
    """Against trying every value of the others, as it is and a little more."""
    criteria = criteria[:many]
    found = ranking(frame, *criteria)
    for at, key in enumerate(found.rows["key"]):
        told = {x.criterion.name: (x.needed, x.beyond) for x in standing(found, key).lifts}
        for c in criteria:
            sign = 1 if c.high else -1
            mine = frame.loc[frame["key"] == key, c.name].iloc[0] * sign
            mine = -np.inf if np.isnan(mine) else mine
            tries = [(v, beyond) for v in sorted({x * sign for x in frame[c.name].dropna()}) if v > mine for beyond in (False, True)]
            least = None
            for value, beyond in tries:
                changed = frame.copy()
                changed.loc[changed["key"] == key, c.name] = (value + (0.25 if beyond else 0)) * sign
                if int(place(changed, criteria).set_index("key").loc[key, "rank"]) <= at:
                    least = (value * sign, beyond)
                    break
            assert told.get(c.name) == least


# How firm the top is ------------------------------------------------------------------------------------------------
def test_the_top_under_other_weights_by_hand():
    # Alone and half or half as much again, of weights 3:1 the first has 60 to 86 %: a 60-86, b 50, c 40-14: nobody moves.
    frame = pd.DataFrame({"key": [1, 2, 3], "a": [3.0, 2, 1], "b": [1.0, 2, 3]})
    held = stability(ranking(frame, Criterion("a", 3), Criterion("b", 1)), top=2, draws=0)
    assert (held.tries, held.always, [(f.stays, f.best, f.worst) for f in held.firm]) == (4, 2, [(1.0, 1, 1), (1.0, 2, 2)])
    # Of equal weights, the two tries that favour b turn the order: the first becomes the last.
    even = stability(ranking(frame, Criterion("a", 1), Criterion("b", 1)), top=1, draws=0)
    assert (even.firm[0].stays, even.firm[0].best, even.firm[0].worst) == (0.5, 1, 3)


def test_one_criterion_has_no_other_weights_and_the_tries_are_always_the_same():
    assert stability(ranking(SMALL, Criterion("revenue"))) is None and stability(ranking(SMALL, *WEIGHED), top=3) is None
    tried = weights_tried([3, 1])
    assert tried.shape == (504, 2) and np.allclose(tried.sum(axis=1), 1) and (tried >= 0).all() and np.array_equal(tried, weights_tried([6, 2]))


@given(st.integers(0, 10_000))
def test_firmness_is_what_ranking_again_says(seed):
    """Against placing everybody anew under each of the weights tried."""
    dice = np.random.default_rng(seed)
    frame = pd.DataFrame({"key": np.arange(1, 31), **{n: dice.integers(0, 9, 30).astype(float) for n in "abc"}})
    criteria = (Criterion("a", 2), Criterion("b", 1, False), Criterion("c", 1))
    found = ranking(frame, *criteria)
    held = stability(found, top=5, draws=6)
    tried = weights_tried([2, 1, 1], 6)
    for f in held.firm:
        places = [int(place(frame, tuple(Criterion(c.name, float(w), c.high) for c, w in zip(criteria, ws, strict=True))).set_index("key").loc[f.key, "rank"]) for ws in tried]
        assert f.stays == pytest.approx(np.mean([p <= 5 for p in places])) and (f.best, f.worst) == (min(*places, f.rank), max(*places, f.rank))
