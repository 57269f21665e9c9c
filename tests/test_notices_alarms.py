"""What is noticed over 200 customers of the demonstration firm drawn with a fixed seed: how often each kind, and how many of them the
raw rows do not show (tests/alarms.py); and every planted story on its own customer's page, with nothing else shouted there.

``python -m tests.test_notices_alarms HOME`` counts over another firm and prints the table.
"""
from __future__ import annotations

import random
import sys
from collections import Counter

import pytest
from sqlalchemy import text

from crm_data.analysis.notices import notices
from crm_data.analysis.timeline import timeline
from crm_data.analysis.worth import statement
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period
from tests.alarms import MUST, TRUE, Rows

CUSTOMERS, SEED = 200, 20
#: Kinds that belong to each planted customer (crm_data/demo/planted.py); the first is its story, others are true of it as well.
PLANTED = {
    1: ("worth",), 2: ("complaint",), 3: ("won_back", "price_rise"), 4: ("won_back",), 5: ("won_back",), 6: ("silence", "ends"), 7: ("quote", "opportunity"),
    8: ("invoice", "silence"), 9: ("ends",), 10: ("talk", "worth"), 11: ("silence",)}


def noticed(warehouse, customer: int):
    """The story's notices as the page shows them. The statement costs most: it is asked for where the rows could make it matter."""
    story = timeline(warehouse, Scope.everything(), customer)
    busy = sum(1 for e in story.events if e.kind in ("contacts", "orders", "complaints", "money") and (warehouse.as_of - e.on).days <= 366) >= 20
    year = Period.named("last_12_months", warehouse.as_of)
    return notices(story, statement(warehouse, Scope.everything(), year, customer) if busy else None)


def drawn(warehouse, n: int = CUSTOMERS) -> list[int]:
    with warehouse.engine.connect() as connection:
        ids = list(connection.execute(text("SELECT id FROM customer WHERE id > 11 ORDER BY id")).scalars())
    return sorted(random.Random(SEED).sample(ids, min(n, len(ids))))


def count(warehouse, customers: list[int]) -> tuple[Counter, Counter, list, Counter]:
    """Notices by kind and severity; those that are false; facts that were not told; customers by how many late or look notices they have."""
    told, false, missed, each = Counter(), Counter(), [], Counter()
    with warehouse.engine.connect() as connection:
        for customer in customers:
            found, rows = noticed(warehouse, customer), Rows(connection, customer, warehouse.as_of)
            each[sum(n.severity != "good" for n in found)] += 1
            for n in found:
                told[n.kind, n.severity] += 1
                if not TRUE[n.kind](rows):
                    false[n.kind, n.severity] += 1
            missed += [(customer, kind) for kind in MUST if kind not in {n.kind for n in found} and TRUE[kind](rows)]
    return told, false, missed, each


def table(told: Counter, false: Counter, each: Counter) -> str:
    lines = [f"{'kind':<14}{'severity':<10}{'told':>6}{'false':>7}"]
    lines += [f"{kind:<14}{severity:<10}{n:>6}{false[kind, severity]:>7}" for (kind, severity), n in sorted(told.items(), key=lambda x: (("bad", "warn", "good").index(x[0][1]), -x[1]))]
    return "\n".join([*lines, f"customers by late or look notices: {dict(sorted(each.items()))}"])


def test_no_alarm_is_false_and_most_customers_are_calm(demo):
    told, false, missed, each = count(demo, drawn(demo))
    print(table(told, false, each))
    assert not false and not missed, table(told, false, each)
    # What chance makes look odd is rare; what is left is invoices, tasks and deals that somebody left lying.
    assert sum(n for (kind, _), n in told.items() if kind in ("silence", "revenue", "share", "price", "talk")) <= 0.06 * CUSTOMERS
    assert each[0] >= 0.5 * CUSTOMERS and sum(n for k, n in each.items() if k > 3) <= 0.02 * CUSTOMERS


@pytest.mark.parametrize("customer", PLANTED)
def test_each_planted_story_is_noticed_and_nothing_else_is_shouted(demo, customer):
    found = noticed(demo, customer)
    loud = {n.kind for n in found if n.severity != "good"} | ({found[0].kind} if found else set())
    assert PLANTED[customer][0] in {n.kind for n in found} and loud <= set(PLANTED[customer]), [(n.kind, n.severity) for n in found]
    with demo.engine.connect() as connection:
        assert all(TRUE[n.kind](Rows(connection, customer, demo.as_of)) for n in found)


if __name__ == "__main__":
    from crm_data.model.snapshots import open_store
    firm = open_store(f"duckdb:///{sys.argv[1]}/warehouse").warehouse()
    told_, false_, missed_, each_ = count(firm, drawn(firm, int(sys.argv[2]) if len(sys.argv) > 2 else CUSTOMERS))
    print(table(told_, false_, each_), f"facts not told: {missed_}", sep="\n")
