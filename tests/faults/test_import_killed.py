"""An import killed at random moments: what is published is always whole, and the next import works."""
from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crm_data.model.snapshots import open_store
from tests.importing import Firm, everything_in, rows_of

pytestmark = pytest.mark.faults

# The slow form kills more often.
TIMES, SEED, LINES = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "slow" else 8, 2026, 60_000


@pytest.fixture
def firm(tmp_path) -> Firm:
    made = Firm(tmp_path).files(customers="id,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(3_000)),
                                orders="id,customer,day\n" + "".join(
                                    f"O{n},C{n % 3_000},2026-{n % 9 + 1:02}-{n % 28 + 1:02}\n" for n in range(15_000)))
    made.sql(customer="SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation FROM raw.customers",
             sales_order="SELECT id AS source_id, customer AS customer_ref, 'delivered' AS status, day AS ordered_on FROM raw.orders",
             order_line="SELECT id AS source_id, order_id AS order_ref, 1 AS quantity, price AS net FROM raw.lines")
    return made


def lines(firm: Firm, price: int) -> None:
    """Every line costs ``price``: a snapshot is of one import if all its lines cost the same."""
    firm.files(lines="id,order_id,price\n" + "".join(f"L{n},O{n % 15_000},{price}\n" for n in range(LINES)))


def start(firm: Firm) -> subprocess.Popen:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "MABAT_HOME": str(firm.settings.home), "PYTHONPATH": str(root)}
    return subprocess.Popen([sys.executable, "-m", "crm_data", "import", str(firm.source), "--mapping", str(firm.mapping), "--json"],
                            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(firm: Firm) -> float:
    began = time.monotonic()
    process = start(firm)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - began


def published(firm: Firm) -> tuple[int, int]:
    """(price, lines) of the published snapshot, which must be whole and of one import only."""
    store = open_store(firm.settings.warehouse)
    assert store.verify(store.published().name) == []
    (least, most, count), = rows_of(firm.settings, "SELECT min(net)::INT, max(net)::INT, count(*) FROM order_line")
    assert least == most, "lines of two imports are mixed"
    return least, count


def test_a_killed_import_leaves_what_was_published(firm):
    lines(firm, 1)
    finish(firm)
    lines(firm, 2)
    whole = finish(firm)
    moments = random.Random(SEED)
    price, killed = 2, 0
    for attempt in range(TIMES):
        lines(firm, 10 + attempt)
        process = start(firm)
        time.sleep(moments.uniform(0.15, 1.02) * whole)
        process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
        killed += process.returncode == -signal.SIGKILL
        found, count = published(firm)
        assert count == LINES
        assert found in (price, 10 + attempt), "an import that is neither the last whole one nor this one"
        price = found
        if attempt % 5 == 4:
            lines(firm, 100 + attempt)
            finish(firm)
            assert published(firm) == (100 + attempt, LINES)
            price = 100 + attempt
    assert killed >= TIMES // 2, "most were over before they were killed: the moments say nothing"
    lines(firm, 7)
    finish(firm)
    assert published(firm) == (7, LINES)
    assert not everything_in(firm.settings.home / "work"), "the next import clears away what killed ones left"
    store = open_store(firm.settings.warehouse)
    assert {path.name for path in store.folder.glob("*.part*")} == set()
