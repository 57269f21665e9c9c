"""Every measure is said twice: by the product, and by plain SQL written from its definition. They agree to the last digit.

A measure without a file in ``sql/`` fails here.
"""
from __future__ import annotations

from datetime import date

import duckdb
import pytest

from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.measures import MEASURES
from crm_data.cuts.periods import Period
from tests.truth import independent
from tests.truth.asking import many, same

NAMES = sorted(name for name, m in MEASURES.items() if not m.hidden)
CUTS = ("", "customer_type", "branch", "month")
TRUTH_PERIODS = {"year to date": (date(2026, 1, 1), date(2026, 11, 20)), "first half": (date(2026, 1, 1), date(2026, 6, 30)),
                 "2025": (date(2025, 1, 1), date(2025, 12, 31)), "part of March": (date(2026, 3, 2), date(2026, 3, 28))}


def _tables(url: str, folder) -> duckdb.DuckDBPyConnection:
    """The published snapshot's tables, copied out, opened by DuckDB alone."""
    from crm_data.model.snapshots import open_store
    store = open_store(url)
    path = folder / "tables.duckdb"
    store.export(store.published().name, path)
    return duckdb.connect(str(path))


@pytest.fixture(scope="module")
def truth_tables(truth_url, tmp_path_factory):
    with _tables(truth_url, tmp_path_factory.mktemp("plain")) as con:
        yield con


@pytest.fixture(scope="module")
def noise_tables(noise_url, tmp_path_factory):
    with _tables(noise_url, tmp_path_factory.mktemp("plain_noise")) as con:
        yield con


@pytest.fixture(scope="module")
def demo_tables(demo_url, tmp_path_factory):
    with _tables(demo_url, tmp_path_factory.mktemp("plain_demo")) as con:
        yield con


def test_every_measure_has_its_own_sql(truth) -> None:
    missing = set(catalog_for(truth).measures) - {p.stem for p in independent.SQL.glob("*.sql")}
    assert not missing, f"no independent SQL for {sorted(missing)}: write tests/truth/sql/<measure>.sql from the definition"
    assert set(NAMES) == set(catalog_for(truth).measures)


def differences(found: dict, expected: dict, *, every_cell: bool) -> list[str]:
    """Cells that differ. A cell only one side has must be empty there (0, or None for a ratio)."""
    wrong = []
    for cell in sorted({*found, *expected}, key=str):
        if cell not in found:
            if every_cell or expected[cell] not in (None, 0):
                wrong.append(f"{cell}: missing, should be {expected[cell]!r}")
        elif cell not in expected:
            if found[cell] not in (None, 0):
                wrong.append(f"{cell}: {found[cell]!r}, should have nothing")
        elif not same(found[cell], expected[cell]):
            wrong.append(f"{cell}: {found[cell]!r}, should be {expected[cell]!r}")
    return wrong


def compare(warehouse, scope, con, measure: str, cut: str, first: date, last: date, when: str) -> None:
    """All measures are asked in one cut (kept by the cache); that one alone gives the same is shown in test_traps.py."""
    found = many(warehouse, scope, tuple(NAMES), cut, Period(first, last))[measure]
    expected = independent.answers(con, measure, cut, first, last)
    if not cut:
        expected.setdefault(None, None if found[None] is None else 0)
    assert not differences(found, expected, every_cell=cut == "month"), f"{measure} by {cut or 'total'}, {when}"


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("measure", NAMES)
def test_truth_agrees(truth, truth_tables, everything, measure, cut) -> None:
    for when, (first, last) in TRUTH_PERIODS.items():
        compare(truth, everything, truth_tables, measure, cut, first, last, when)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("measure", NAMES)
def test_noise_agrees(noise, noise_tables, everything, measure, cut) -> None:
    for first, last in ((date(2025, 2, 10), date(2026, 11, 20)), (date(2026, 2, 1), date(2026, 2, 28))):
        compare(noise, everything, noise_tables, measure, cut, first, last, f"from {first}")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("measure", NAMES)
def test_demo_agrees(demo, demo_tables, everything, measure, cut) -> None:
    last = demo.as_of
    for first in (date(last.year - 1, 1, 1), last.replace(day=1)):
        compare(demo, everything, demo_tables, measure, cut, first, last, f"from {first}")
