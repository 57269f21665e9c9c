"""The demonstration firm for tests: always made for the same day, so every run sees the same data."""
from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

from crm_data.demo.build import build
from crm_data.demo.dice import SOURCE
from crm_data.model.snapshots import Manifest, open_store

TODAY = date(2026, 11, 22)


def build_demo(path: Path, *, customers: int, seed: int, today: date = TODAY) -> None:
    """Write a staging file with the firm."""
    build(path, customers=customers, seed=seed, today=today)


def publish_demo(url: str, staging: Path) -> Manifest:
    """Publish a copy of ``staging``; the file itself stays as it is."""
    with tempfile.TemporaryDirectory(prefix="mabat-demo-") as folder:
        copy = Path(folder) / "staging.duckdb"
        shutil.copy(staging, copy)
        return open_store(url).publish(copy, currency="ILS", sources=[SOURCE], note="for tests")
