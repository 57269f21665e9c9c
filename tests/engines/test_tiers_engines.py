"""Tiers: the same customers, sums and lists on DuckDB and PostgreSQL, and a PostgreSQL warehouse that takes assignments in."""
from __future__ import annotations

import pytest

from crm_data.analysis.tiers import assign_one, current
from crm_data.analysis.tiers_list import listed
from crm_data.analysis.tiers_overlay import publish
from crm_data.analysis.tiers_plan import board
from crm_data.analysis.tiers_rules import asked
from crm_data.analysis.tiers_store import save_tiers, state
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from tests.test_tiers import DANA, GOLD, SILVER, Tier, condition, keys_by_name
from tests.truth import noise as dice
from tests.truth import tiny

pytestmark = pytest.mark.engines
EVERYTHING, SOUTH = Scope.everything(), Scope(frozenset({1, 3, 4}), None, True)
RULES = (Tier("best", (condition("worth", "12m", "at_least", 100), condition("gross_margin", "ever", "at_least", "0.3"))), GOLD, SILVER)


@pytest.mark.parametrize("scope", (EVERYTHING, SOUTH), ids=("all", "south"))
def test_both_engines_try_rules_alike(truth, noise, postgres_database, tmp_path, scope):
    engine = open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    for here, there in ((truth, tiny.publish(postgres_database(), tmp_path)), (noise, dice.publish(postgres_database(), tmp_path))):
        one, two = (board(engine, w, scope, RULES) for w in (here, there))
        assert list(one.book.keys) == list(two.book.keys) and one.book.outside == two.book.outside and one.now.labels == two.now.labels
        for name in one.book.money:
            assert [one.book.money[name].at(i) for i in range(len(one.book))] == [two.book.money[name].at(i) for i in range(len(two.book))], name
        for pair in asked(RULES):
            assert [one.book.value(*pair, i) for i in range(len(one.book))] == pytest.approx([two.book.value(*pair, i) for i in range(len(two.book))]), pair
        assert one.trial().matrix == two.trial().matrix and one.trial().whole == two.trial().whole
        assert listed(here, scope, one, one.trial()).equals(listed(there, scope, two, two.trial())) and current(engine, here, scope) == current(engine, there, scope)


def test_a_postgres_warehouse_takes_assignments_in(postgres_database, tmp_path):
    url = postgres_database()
    warehouse = tiny.publish(url, tmp_path)
    engine = open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    save_tiers(engine, DANA, EVERYTHING, [GOLD, SILVER], expected=state(engine), catalog=catalog_for(warehouse))
    key = keys_by_name(warehouse)["Dov Katz"]
    assign_one(engine, DANA, warehouse, EVERYTHING, key, "gold", "a friend")
    made, changed = publish(engine, open_store(url))
    found = board(engine, open_store(url).warehouse(), EVERYTHING)
    assert changed == 1 and found.behind == 0 and found.book.in_data[found.book.place[key]] == "gold" and found.book.by_source[found.book.place[key]] is None
    assert open_store(url).verify(made.name) == []
