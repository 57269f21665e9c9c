"""Jalali months, quarters and years on PostgreSQL: every day of 400 years in the bucket Python has, and the same answers as DuckDB."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import literal_column, select, text

from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period, bucket_start
from crm_data.cuts.query import ask
from crm_data.model import dialects
from tests.truth import tiny

pytestmark = pytest.mark.engines
FIRST, DAYS = date(1800, 1, 1), 146_097
GRAINS = ("jalali_month", "jalali_quarter", "jalali_year")


@pytest.fixture(scope="module")
def truths(truth, postgres_database, tmp_path_factory):
    """The truth database on both engines."""
    return truth, tiny.publish(postgres_database(), tmp_path_factory.mktemp("truth_pg"))


def test_every_day_falls_into_the_bucket_python_has(truths):
    table = f"(SELECT CAST(d AS DATE) AS day FROM generate_series(DATE '{FIRST}', DATE '{FIRST + timedelta(days=DAYS - 1)}', INTERVAL '1 day') AS d) AS days"
    day = literal_column("day")
    with truths[1].engine.connect() as connection:
        rows = connection.execute(select(day, *(dialects.bucket(g, day, 6) for g in GRAINS)).select_from(text(table)).order_by(day)).all()
    assert len(rows) == DAYS
    assert [r for r in rows if tuple(r[1:]) != tuple(bucket_start(r[0], g, 6) for g in GRAINS)][:3] == []


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("measures", [("revenue", "customers"), ("open_balance",)])
def test_answers_are_the_same_and_parts_are_the_whole(truths, grain, measures):
    cut = Cut(measures, ("branch",), Period.named("jalali_year_to_date", tiny.TODAY), grain, compare="last_year")
    duck, postgres = (ask(cut, one, scope=Scope.everything()) for one in truths)
    assert duck.rows.to_dict("records") == postgres.rows.to_dict("records") and duck.totals == postgres.totals
    assert duck.period_before.first == date(2025, 3, 21)
    if measures[0] == "revenue":
        assert sum(duck.rows["revenue"]) == duck.totals["revenue"]
        for start in set(duck.rows["period"]):
            # A bucket equals the cut of its own days.
            last = min(_last(start, grain), cut.period.last)
            alone = ask(Cut(("revenue",), period=Period(max(start, cut.period.first), last)), truths[0], scope=Scope.everything())
            assert sum(r["revenue"] for r in duck.rows.to_dict("records") if r["period"] == start) == (alone.totals["revenue"] or 0)


def _last(start: date, grain: str) -> date:
    from crm_data.cuts.periods import next_bucket
    return next_bucket(start, grain) - timedelta(days=1)  # type: ignore[arg-type]
