"""Fixtures of the snapshot tests: a store in a temporary folder, with one small snapshot published when asked for."""
from __future__ import annotations

import shutil

import pytest
from sqlalchemy import text

from crm_data.model.manifest import Manifest, new_name
from crm_data.model.snapshots import open_store
from crm_data.model.store_duckdb import DuckDBStore
from tests.staging import build, change


@pytest.fixture
def store(tmp_path) -> DuckDBStore:
    return open_store(f"duckdb:///{tmp_path / 'warehouse'}")


@pytest.fixture(scope="session")
def prepared_snapshot(tmp_path_factory):
    """A folder with one published snapshot, made once and copied for each test."""
    place = tmp_path_factory.mktemp("prepared")
    store = open_store(f"duckdb:///{place / 'warehouse'}")
    store.publish(build(place / "staging.duckdb"), currency="ILS", sources=["test"])
    return store.folder


@pytest.fixture
def published(store, prepared_snapshot) -> Manifest:
    shutil.copytree(prepared_snapshot, store.folder)
    return store.published()


def again(store, tmp_path, *changes: str) -> Manifest:
    """Check out, change and publish once more."""
    path = tmp_path / f"staging_{new_name()}.duckdb"
    store.checkout(path)
    return store.publish(change(path, *changes), currency="ILS", sources=["test"])


def one(warehouse, statement: str):
    """The one row of a statement."""
    with warehouse.engine.connect() as connection:
        return connection.execute(text(statement)).one()
