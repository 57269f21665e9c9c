"""Saved cuts and segments in PostgreSQL; segments counted and explained alike on both engines."""
from __future__ import annotations

from types import SimpleNamespace

import pytest

from crm_data.analysis import saved_cuts as sc
from crm_data.analysis import segment_store as store
from crm_data.analysis.segment_members import classes_of, explain, preview
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.errors import InputError
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from tests.truth import noise as dice

pytestmark = pytest.mark.engines
DANA = SimpleNamespace(id=7, name="dana", full_name="Dana", role="manager")
OMER = SimpleNamespace(id=8, name="omer", full_name="Omer", role="manager")
SEGMENTS = [((Filter("each.orders@12m", "at_least", ("2",)), Filter("gender", "is", ("female",))), True),
            ((Filter("each.revenue@24m", "top", ("10%",)), Filter("interest", "is_empty")), False),
            ((Filter("each.contacts@ever", "below", ("1",)), Filter("life_stage", "is_not", ("lost",)), Filter("age_band", "is", ("25-34", "65+"))), False)]


def test_saved_cuts_and_segments_are_kept_in_postgresql(postgres_database, noise):
    engine, cut = open_appdb(postgres_database()), Cut(("revenue",), ("branch",))
    kept = sc.save_cut(engine, DANA, name="A", cut=cut, shared=True)
    with pytest.raises(sc.NameTaken):
        sc.save_cut(engine, DANA, name="a", cut=cut)
    assert sc.save_version(engine, DANA, kept.id, Cut(("orders",)), expected=1).version == 2
    with pytest.raises(sc.Changed):
        sc.save_version(engine, DANA, kept.id, cut, expected=1)
    assert [v.version for v in sc.history(engine, OMER, kept.id)] == [2, 1]
    made = store.save_segment(engine, DANA, name="S", filters=SEGMENTS[0][0], catalog=catalog_for(noise))
    used = sc.save_cut(engine, DANA, name="B", cut=Cut(("revenue",), (made.segment.dimension,)))
    with pytest.raises(InputError, match="“B”"):
        store.delete_segment(engine, DANA, made.id)
    sc.delete_cut(engine, DANA, used.id)
    assert store.delete_segment(engine, DANA, made.id) == "S" and store.undelete_segment(engine, DANA, made.id).segment.filters == SEGMENTS[0][0]


@pytest.fixture(scope="module")
def both(noise, postgres_database, tmp_path_factory):
    url = postgres_database()
    dice.publish(url, tmp_path_factory.mktemp("dice"))
    return noise, open_store(url).warehouse()


@pytest.mark.parametrize("scope", [Scope.everything(), Scope(frozenset({2}), None, True)])
@pytest.mark.parametrize(("filters", "every"), SEGMENTS)
def test_counts_and_explanations_are_equal(both, scope, filters, every):
    one, other = both
    period = Period.named("last_12_months", one.as_of)
    assert preview(filters, every, one, scope=scope, period=period) == preview(filters, every, other, scope=scope, period=period)
    for customer in (1, 17, 120, 299):
        told = [explain(filters, every, customer, w, scope=scope, period=period) for w in both]
        assert told[0] == told[1]
        assert classes_of(customer, one, scope=scope, period=period) == classes_of(customer, other, scope=scope, period=period)
