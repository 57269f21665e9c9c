"""Targets and attention say the same on DuckDB and on PostgreSQL."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.attention import attention
from crm_data.analysis.phasing import Phasing
from crm_data.analysis.target_bulk import set_all
from crm_data.analysis.target_course import cumulative_toward
from crm_data.analysis.target_store import (
    Change,
    Goal,
    adopt,
    all_targets,
    history,
    imported_targets,
    list_targets,
    set_target,
)
from crm_data.analysis.targets import board
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import InputError
from crm_data.model.appdb import open_appdb
from tests.target_firm import SEPTEMBER
from tests.test_attention import FORMATS, MONTH, WORDS, planted
from tests.test_targets import DANA

pytestmark = pytest.mark.engines
ALL = Scope.everything()


@pytest.fixture(scope="module")
def both(tmp_path_factory, postgres_database):
    folder = tmp_path_factory.mktemp("both")
    return planted(folder), planted(folder, url=postgres_database())


def test_progress_and_course_are_equal(both):
    one, other = (board(w, None, scope=ALL, targets=imported_targets(w)) for w in both)
    assert [p.as_json() for p in one.all] == [p.as_json() for p in other.all]
    assert cumulative_toward(one, both[0], scope=ALL) == cumulative_toward(other, both[1], scope=ALL)


@pytest.mark.parametrize("scope", [ALL, Scope(frozenset({2}), None, True), Scope(None, frozenset({3}), False)])
def test_attention_says_the_same(both, scope):
    def said(w):
        found = attention(w, scope, None, MONTH, known=board(w, None, scope=scope, targets=imported_targets(w)))
        return [(f.kind, f.severity, f.title.text(WORDS, FORMATS), f.detail.text(WORDS, FORMATS), f.link) for f in found.findings], found.fired
    assert said(both[0]) == said(both[1])


def test_versions_in_postgresql(both, postgres_database):
    engine, goal = open_appdb(postgres_database()), Goal("revenue", *SEPTEMBER, "branch", "Haifa")
    assert set_target(engine, goal, 200_000, user=DANA, why="budget") == 1 and set_target(engine, goal, 1.25, user=DANA) == 2
    assert [v.value for v in history(engine, goal)] == [1.25, 200_000]
    assert adopt(engine, imported_targets(both[0]), user=DANA) > 0
    assert next(t for t in all_targets(both[0], engine) if t.goal == goal).version == 2


def test_many_at_once_in_postgresql(both, postgres_database):
    """Stretch, direction and phasing come back as they were; all or none; as known before the second version."""
    engine, warehouse = open_appdb(postgres_database()), both[0]
    october = [Goal("revenue", date(2026, 10, 1), date(2026, 12, 31), "branch", name) for name in ("Haifa", "Berlin")]

    def write(*changes):
        return set_all(engine, changes, all_targets(warehouse, engine), user=DANA, catalog=catalog_for(warehouse), warehouse=warehouse, scope=ALL)
    shaped = Change(october[0], 300_000.0, 330_000.0, "up", Phasing("manual", (1, 2, 1)))
    assert write(shaped, Change(october[1], 10.5)) == 2 and write(shaped) == 0
    between = max(t.at for t in list_targets(engine))
    with pytest.raises(InputError):
        write(Change(october[0], 5.0), Change(october[1], -5.0))
    assert write(Change(october[0], None)) == 1
    assert [Change.of(t) for t in list_targets(engine, between)] == [Change(october[1], 10.5), shaped] and len(list_targets(engine)) == 1
