"""Tiers assigned here in the data: what the next snapshot carries as ``customer.tier``, and how the source's own word is kept.

A snapshot that carries an assignment keeps what the source said as the further field ``source_tier``. Before new rows are
merged the source's word is put back, so that an import compares like with like and repeating it changes nothing.
"""
from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import Engine

from crm_data.analysis.tiers import OWN, SOURCE_NONE, SOURCE_TIER
from crm_data.analysis.tiers_store import held
from crm_data.errors import N_, InputError
from crm_data.model.manifest import Manifest
from crm_data.model.store import Store


class Overlay:
    """The assignments that hold, for laying over a staging warehouse. ``schema``: where its tables are on the connection."""

    def __init__(self, engine: Engine, schema: str = "staging") -> None:
        self.engine, self.at = engine, f"{schema}." if schema else ""

    def before(self, con: duckdb.DuckDBPyConnection) -> None:
        """Put back what the sources said, before anything of theirs is merged."""
        con.execute(f"CREATE OR REPLACE TEMP TABLE tier_published AS SELECT id, tier FROM {self.at}customer")
        con.execute(f"UPDATE {self.at}customer AS c SET tier = nullif(a.value, '{SOURCE_NONE}') FROM {self.at}customer_attribute AS a "
                    f"WHERE a.customer_id = c.id AND a.key = '{SOURCE_TIER}' AND a.source = '{OWN}'")
        con.execute(f"DELETE FROM {self.at}customer_attribute WHERE key = '{SOURCE_TIER}' AND source = '{OWN}'")

    def after(self, con: duckdb.DuckDBPyConnection) -> int:
        """Lay the assignments over what is there now; how many customers have another tier than in what was published."""
        lay(con, {key: one.tier for key, one in held(self.engine).items()}, self.at)
        return con.execute(f"SELECT count(*) FROM {self.at}customer c JOIN tier_published p ON p.id = c.id WHERE c.tier IS DISTINCT FROM p.tier").fetchone()[0]


def lay(con: duckdb.DuckDBPyConnection, tiers: Mapping[str, str | None], at: str) -> None:
    """Give each customer (``source:source_id``) its tier, and note beside it what the source says."""
    pairs = [key.split(":", 1) for key in tiers]
    con.register("tier_assigned", pa.table({"source": pa.array([p[0] for p in pairs], pa.string()), "source_id": pa.array([p[-1] for p in pairs], pa.string()),
                                            "tier": pa.array(list(tiers.values()), pa.string())}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE tier_laid AS SELECT c.id, c.source, c.source_id, c.tier AS said, a.tier FROM tier_assigned a "
                f"JOIN {at}customer c ON c.source = a.source AND c.source_id = a.source_id")
    con.unregister("tier_assigned")
    con.execute(f"INSERT INTO {at}customer_attribute BY NAME SELECT (SELECT coalesce(max(id), 0) FROM {at}customer_attribute) + row_number() OVER (ORDER BY id) AS id, "
                f"id AS customer_id, '{SOURCE_TIER}' AS key, coalesce(nullif(said, ''), '{SOURCE_NONE}') AS value, '{OWN}' AS source, source || ':' || source_id AS source_id, "
                f"CAST(0 AS BIGINT) AS batch_id FROM tier_laid")
    con.execute(f"UPDATE {at}customer AS c SET tier = l.tier FROM tier_laid AS l WHERE l.id = c.id AND c.tier IS DISTINCT FROM l.tier")
    con.execute("DROP TABLE tier_laid")


def publish(engine: Engine, store: Store) -> tuple[Manifest, int]:
    """A new snapshot of the published data with the assignments that hold laid over it, and how many customers changed tier.

    Raises InputError when the data says already what was assigned, or nothing was published yet.
    """
    with tempfile.TemporaryDirectory(prefix="mabat-tiers-") as folder, store.writing():
        staging = Path(folder) / "staging.duckdb"
        published = store.checkout(staging)
        if published is None:
            raise InputError(N_("There is no data yet. Import some with “mabat import”, or make the demonstration firm with “mabat demo”."))
        con = duckdb.connect(str(staging))
        try:
            overlay = Overlay(engine, "")
            overlay.before(con)
            changed = overlay.after(con)
        finally:
            con.close()
        if not changed:
            raise InputError(N_("The data says already what was assigned: nothing to bring in."))
        return store.publish(staging, currency=published.currency, sources=published.sources, note="tiers", as_of=published.as_of), changed
