"""The benchmarks measure what they say, on a firm small enough to be quick. Their figures are not tested here."""
from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.answers import Timed, sent, time_measures
from bench.explore import CUTS, Asked, cut_of, percentile, time_cuts
from bench.imports import Load, Seconds, time_import
from bench.report import answers_in_words, explore_in_words, import_in_words, overall
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask


def test_each_way_of_a_measure_is_timed(noise) -> None:
    timed = list(time_measures(noise, repeats=1, measures=("revenue", "open_balance")))
    assert [(t.measure, t.way) for t in timed] == [(m, w) for m in ("revenue", "open_balance") for w in ("by month", "by customer_type")]
    assert all(t.answer > 0 and t.engine > 0 and t.cached < t.answer and t.statements >= 1 for t in timed)


def test_statements_sent_are_those_of_the_answer_and_none_from_the_cache(noise) -> None:
    cut = Cut(measures=("revenue",), grain="month", period=Period.named("last_12_months", noise.as_of))
    ANSWERS.clear()
    first = sent(noise, lambda: ask(cut, noise, scope=Scope.everything()))
    again = sent(noise, lambda: ask(cut, noise, scope=Scope.everything()))
    assert first and again == []
    assert all("order_line" in statement for statement, _ in first)


def test_all_rows_are_loaded_both_ways(noise, tmp_path) -> None:
    # A copy: this process has the snapshot's own file open already, with another configuration.
    copy = Path(shutil.copy(noise.engine.url.database, tmp_path / "copy.duckdb"))
    load = time_import(copy, tmp_path / "load", rounds=1)
    tables = noise.manifest.tables
    assert load.rows == sum(tables[t]["rows"] for t in ("product", "customer", "sales_order", "order_line"))
    assert load.imported.clock > load.publishing > 0 and min(load.typed.clock, load.untyped.clock, load.typed.processor) > 0


def test_the_report_says_what_was_missed() -> None:
    timed = [Timed("revenue", "by month", 0.12, 0.10, 0.0001, 2), Timed("orders", "by month", 0.40, 0.10, 0.0001, 2), Timed("won", "by month", 0.008, 0.002, 0.0001, 2)]
    lines = answers_in_words(timed)
    assert [line.split()[-1] for line in lines[1:4]] == ["ok", "MISSED", "small"] and "20.0" in lines[1]
    assert overall(timed[:2]) == pytest.approx((1.2 * 4.0) ** 0.5)
    judged, untyped, seconds = import_in_words(Load(1000, Seconds(4.0, 6.0), 1.0, Seconds(1.0, 1.8), Seconds(2.0, 2.0)))
    assert "rate: 0.25" in judged and "0.30 in processor time" in judged and "MISSED" in judged
    assert "rate: 0.50" in untyped and "MISSED" not in untyped and "25% of it" in seconds


def test_fifty_cuts_that_can_be_asked(demo) -> None:
    cuts = [cut_of(text, demo) for text in CUTS]
    assert len(set(cuts)) == 50 and {len(c.by) for c in cuts} == {0, 1, 2, 3}
    assert any(c.limit for c in cuts) and any(c.grain for c in cuts) and any(c.filters for c in cuts)
    asked = list(time_cuts(demo, repeats=1, cuts=CUTS[:2]))
    assert [a.name for a in asked] == list(CUTS[:2]) and all(a.clock > 0 and a.processor > 0 and a.engine > 0 and a.cached < a.clock for a in asked)


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(1, 51)]
    assert percentile(values, 0.5) == 25.0 and percentile(values, 0.95) == 48.0 and percentile([3.0], 0.95) == 3.0
    lines = explore_in_words([Asked(f"cut {n}", n / 10, n / 5, n / 20, 0.001, 2) for n in range(1, 13)])
    assert lines[0].startswith("12 cuts") and len(lines) == 1 + 5 + 1 + 10
    assert "0.600" in lines[1] and "1.200" in lines[1] and lines[-10].split()[:2] == ["cut", "12"]
