"""Tiers assigned here survive imports: the next snapshot carries them, and what the source says is kept beside."""
from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_data.analysis.tiers import assign_one, current, undo
from crm_data.analysis.tiers_overlay import OWN, Overlay
from crm_data.analysis.tiers_rules import Tier
from crm_data.analysis.tiers_store import runs, save_tiers, state
from crm_data.commands import imports
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.sources.importer import import_source
from tests.importing import Firm
from tests.test_tiers import DANA

SQL = "SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation, city, nullif(tier, '') AS tier FROM raw.customers"
START = "id,name,city,tier\nC1,Maya,Haifa,Silver\nC2,Dan,Haifa,\nC3,Lea,Acre,Gold\n"
EVERYTHING = Scope.everything()


@pytest.fixture
def firm(tmp_path) -> Firm:
    firm = Firm(tmp_path).files(customers=START).sql(customer=SQL, toml='source = "shop"\n')
    bring(firm)
    save_tiers(appdb(firm), DANA, EVERYTHING, [Tier("Gold"), Tier("Silver")], expected=state(appdb(firm)), catalog=catalog_for(data(firm)))
    return firm


def appdb(firm: Firm):
    return open_appdb(firm.settings.appdb)


def data(firm: Firm):
    return open_store(firm.settings.warehouse).warehouse()


def bring(firm: Firm, *, dry_run: bool = False):
    return import_source(str(firm.source), firm.mapping, firm.settings, dry_run=dry_run, overlay=Overlay(appdb(firm)))


def put(firm: Firm, customer: str, tier: str | None) -> None:
    assign_one(appdb(firm), DANA, data(firm), EVERYTHING, f"shop:{customer}", tier, "a test")


def rows(firm: Firm, sql: str) -> dict:
    with data(firm).engine.connect() as connection:
        return dict(tuple(r) for r in connection.execute(text(sql)))


def tiers(firm: Firm) -> dict[str, str | None]:
    return rows(firm, "SELECT source_id, tier FROM customer ORDER BY source_id")


def said(firm: Firm) -> dict[str, str]:
    return rows(firm, f"SELECT c.source_id, a.value FROM customer_attribute a JOIN customer c ON c.id = a.customer_id WHERE a.key = 'source_tier' AND a.source = '{OWN}'")


def now(firm: Firm) -> dict[str, str | None]:
    return {key.removeprefix("shop:"): one.tier for key, one in current(appdb(firm), data(firm), EVERYTHING).items()}


def test_the_next_import_carries_what_was_assigned_and_repeating_it_changes_nothing(firm):
    put(firm, "C1", "Gold")
    put(firm, "C2", "Silver")
    put(firm, "C3", None)
    assert tiers(firm) == {"C1": "Silver", "C2": None, "C3": "Gold"} and now(firm) == {"C1": "Gold", "C2": "Silver", "C3": None}
    assert bring(firm, dry_run=True).snapshot is None and tiers(firm)["C1"] == "Silver"
    report = bring(firm)  # the source is as it was: the tiers alone make a snapshot
    assert report.snapshot and [(t.new, t.changed, t.unchanged) for t in report.tables] == [(0, 0, 3)]
    assert tiers(firm) == now(firm) == {"C1": "Gold", "C2": "Silver", "C3": None} and said(firm) == {"C1": "Silver", "C2": "none", "C3": "Gold"}
    again = bring(firm)
    assert again.snapshot is None and [(t.new, t.changed, t.unchanged) for t in again.tables] == [(0, 0, 3)]


def test_a_change_of_the_source_is_noted_but_the_assignment_stays(firm):
    put(firm, "C1", "Gold")
    bring(firm)
    firm.files(customers=START.replace("Silver", "Bronze").replace("Acre", "Jaffa"))
    report = bring(firm)
    assert [(t.new, t.changed, t.unchanged) for t in report.tables] == [(0, 2, 1)]
    assert tiers(firm) == {"C1": "Gold", "C2": None, "C3": "Gold"} and said(firm) == {"C1": "Bronze"}
    undo(appdb(firm), DANA, data(firm), EVERYTHING, runs(appdb(firm))[0].id)
    assert now(firm)["C1"] == "Bronze" and tiers(firm)["C1"] == "Gold"  # the data follows with the next import
    assert bring(firm).snapshot and tiers(firm)["C1"] == "Bronze" and said(firm) == {}


def test_a_customer_that_came_later_and_one_that_nobody_knows(firm):
    put(firm, "C1", "Gold")
    firm.files(customers=START + "C4,New,Haifa,Silver\n")
    bring(firm)
    assert tiers(firm) == {"C1": "Gold", "C2": None, "C3": "Gold", "C4": "Silver"} and open_store(firm.settings.warehouse).verify(data(firm).snapshot) == []


def test_the_command_lays_tiers_over_only_where_somebody_uses_the_application(firm, tmp_path, monkeypatch):
    assert imports._overlay(firm.settings) is not None
    assert imports._overlay(Firm(tmp_path / "other").settings) is None
