"""Simpson's paradox: found where it is planted, not where a part disagrees, is small or is not known."""
from __future__ import annotations

import shutil
from datetime import date

import duckdb
import pytest

from crm_data.analysis.simpson import USUAL, Flag, Part, against, flags
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from tests.demo_firm import publish_demo

BEFORE, NOW = Period(date(2024, 1, 1), date(2024, 12, 31)), Period(date(2025, 1, 1), date(2025, 12, 31))


def part(now: float, before: float, n: int = 100, n_before: int = 100) -> Part:
    return Part(now, before, n, n_before)


def test_all_parts_rise_and_the_whole_falls():
    """Easy 80 of 100 (was 280 of 400), hard 160 of 400 (was 20 of 100): 240 of 500, was 300 of 500."""
    parts = [part(0.8, 0.7, 100, 400), part(0.4, 0.2, 400, 100)]
    assert against(parts, 240 / 500, 300 / 500, 500, 500) == "up"
    assert against([part(p.before, p.now, p.n_before, p.n) for p in parts], 300 / 500, 240 / 500, 500, 500) == "down"


def test_the_admissions_of_berkeley():
    """1973, the four departments where women were admitted more often: A, B, D, F; men as "before", women as "now"."""
    admitted = {"A": (512, 825, 89, 108), "B": (353, 560, 17, 25), "D": (138, 417, 131, 375), "F": (22, 373, 24, 341)}
    parts = [part(w / wn, m / mn, wn, mn) for m, mn, w, wn in admitted.values()]
    men, of_men = (sum(v[i] for v in admitted.values()) for i in (0, 1))
    women, of_women = (sum(v[i] for v in admitted.values()) for i in (2, 3))
    # Department B had only 25 women: left out as too small, the other three still all move against the whole.
    assert against(parts, women / of_women, men / of_men, of_women, of_men) == "up"


@pytest.mark.parametrize(("parts", "total", "before"), [
    ([part(0.8, 0.7), part(0.4, 0.5)], 0.5, 0.6),
    ([part(0.8, 0.7), part(0.4, 0.4)], 0.5, 0.6),
    ([part(0.8, 0.7), part(0.4, 0.2)], 0.7, 0.6),
    ([part(0.8, 0.7), part(0.4, 0.2)], 0.6, 0.6),
    ([part(0.8, 0.7)], 0.5, 0.6),
    ([part(0.8, 0.7), part(0.4, 0.2, n=29)], 0.5, 0.6),
    ([part(0.8, 0.7, 40, 40), part(0.4, 0.2, 40, 40)], 0.5, 0.6),
    ([part(0.8, 0.7), part(0.4, 0.2)], None, 0.6)])
def test_no_flag_where_parts_disagree_or_say_too_little(parts, total, before):
    assert against(parts, total, before, 200, 200) is None


def test_a_small_part_that_disagrees_does_not_hide_it():
    assert against([part(0.8, 0.7, 100, 400), part(0.4, 0.2, 400, 100), part(0.1, 0.9, 12, 8)], 0.48, 0.6, 512, 508) == "up"


@pytest.fixture(scope="module")
def planted(demo_staging, tmp_path_factory):
    """The demo firm with other opportunities: students are easily won and were many in 2024; large firms are hard and many in 2025."""
    from crm_data.model.snapshots import open_store
    folder = tmp_path_factory.mktemp("planted")
    path = folder / "staging.duckdb"
    shutil.copy(demo_staging, path)
    with duckdb.connect(str(path)) as db:
        for table in ("stage_history", "quote"):
            db.execute(f"DELETE FROM {table}")
        for table in ("sales_order", "interaction", "activity"):
            db.execute(f"UPDATE {table} SET opportunity_id = NULL")
        db.execute("CREATE TEMP TABLE pattern AS SELECT * FROM opportunity LIMIT 1")
        db.execute("DELETE FROM opportunity")
        at = 0
        for name, year, tried, won in (("Students", 2024, 400, 280), ("Large firms", 2024, 100, 20), ("Students", 2025, 100, 80), ("Large firms", 2025, 400, 160)):
            customer = db.execute("SELECT min(c.id) FROM customer c JOIN customer_type t ON t.id = c.customer_type_id WHERE t.name = ?", [name]).fetchone()[0]
            day = date(year, 5, 5)
            db.execute("INSERT INTO opportunity SELECT * EXCLUDE (i) REPLACE (? + i AS id, 'planted-' || (? + i) AS source_id, ?::INTEGER AS customer_id, "
                       "?::DATE AS opened_on, ?::DATE AS closed_on, CASE WHEN i <= ? THEN 'won' ELSE 'lost' END AS outcome) FROM (SELECT pattern.*, i FROM pattern, range(1, ?) r(i))",
                       [at, at, customer, day, day, won, tried + 1])
            at += tried
    url = f"duckdb:///{folder / 'warehouse'}"
    publish_demo(url, path)
    return open_store(url).warehouse()


def test_it_is_found_in_the_firm_it_was_planted_in(planted, everything):
    cut = Cut(("win_rate", "won"), period=NOW, compare="previous")
    assert flags(cut, planted, scope=everything) == ()
    assert flags(cut, planted, scope=everything, look=USUAL) == (Flag("win_rate", "customer_type", "up", 2),)
    shown = Cut(("win_rate",), ("customer_type", "branch"), NOW, "quarter", compare="last_year", limit=1)
    assert flags(shown, planted, scope=everything) == (Flag("win_rate", "customer_type", "up", 2),)
    students = Cut(("win_rate",), period=NOW, compare="previous", filters=(Filter("customer_type", "is", ("Students",)),))
    assert flags(students, planted, scope=everything, look=USUAL) == ()
    assert flags(Cut(("win_rate",), ("customer_type",), NOW), planted, scope=everything) == ()
    assert flags(Cut(("won",), ("customer_type",), NOW, compare="previous"), planted, scope=everything) == ()


def test_nothing_is_found_where_nothing_was_planted(truth, everything):
    cut = Cut(("win_rate", "csat", "average_order", "mean_age"), ("branch",), Period.named("year_to_date", truth.as_of), compare="last_year")
    assert flags(cut, truth, scope=everything, look=USUAL) == ()
