"""What needs attention: each check on a planted case, silent where nothing is wrong, and only within the scope."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from crm_data.analysis import attention as module
from crm_data.analysis.attention import (
    attention,
    best_target,
    chosen,
    falling_branch,
    growing_overdue,
    worse_than_last_year,
    worst_target,
)
from crm_data.analysis.attention_checks import silent_quotes, silent_regulars, slow_leads, unanswered_complaints
from crm_data.analysis.findings import Finding, Link, Said
from crm_data.analysis.target_store import imported_targets
from crm_data.analysis.targets import board
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from tests.target_firm import AS_OF, build

ALL, HAIFA, BERLIN = Scope.everything(), Scope(frozenset({2}), None, True), Scope(frozenset({3}), None, True)
MONTH = Period(AS_OF.replace(day=1), AS_OF)
WORDS, FORMATS = Words(), Formats(Words(), "ILS")


def _complaints() -> list[dict]:
    """Thirty answered within 1 to 30 hours (8 in 10: 24), one grave one in Haifa waiting for 9 days, one fresh one."""
    opened = datetime(2026, 5, 4, 8)
    answered = [{"customer_id": 1, "branch_id": 2, "owner_id": 1, "severity": "low", "opened_at": opened, "opened_on": opened.date(),
                 "first_response_at": opened + timedelta(hours=h), "resolved_on": date(2026, 5, 9)} for h in range(1, 31)]
    waiting = [{"customer_id": 1, "branch_id": 2, "owner_id": 1, "severity": "critical", "opened_at": datetime(2026, 9, 6, 9), "opened_on": date(2026, 9, 6)},
               {"customer_id": 2, "branch_id": 3, "owner_id": 2, "severity": "low", "opened_at": datetime(2026, 9, 15, 20), "opened_on": AS_OF}]
    return answered + waiting


def _quotes() -> list[dict]:
    """Twenty-four answered ones of 1,000 to 24,000; two large silent ones in Berlin (50,000 each), a small one, one that has run out."""
    done = [{"customer_id": 1, "branch_id": 2, "owner_id": 1, "amount_base": 1000 * n, "sent_on": date(2026, 3, 1), "answered_on": date(2026, 3, 9), "answer": "accepted"}
            for n in range(1, 25)]
    silent = {"customer_id": 2, "branch_id": 3, "owner_id": 2, "amount_base": 50_000, "sent_on": date(2026, 8, 1), "valid_to": date(2026, 10, 1)}
    return [*done, silent, {**silent, "valid_to": None}, {**silent, "amount_base": 500}, {**silent, "valid_to": date(2026, 9, 1)}]


def _regulars() -> tuple[list[dict], list[dict]]:
    """Customer 3 ordered every ten days, six times, and then no more for two months; customer 4 keeps its rhythm."""
    days = [(3, 4, 3, date(2026, 5, 1) + timedelta(days=10 * n)) for n in range(6)] + [(4, 5, 4, date(2026, 7, 1) + timedelta(days=10 * n)) for n in range(7)]
    orders = [{"customer_id": c, "branch_id": b, "owner_id": o, "status": "delivered", "ordered_on": day} for c, b, o, day in days]
    # The firm has ten orders of its own before these.
    lines = [{"order_id": 11 + n, "customer_id": c, "ordered_on": day, "counted": True, "quantity": 1, "net": 100, "net_base": 100} for n, (c, _, _, day) in enumerate(days)]
    return orders, lines


def planted(folder, url: str = ""):
    """The small firm with one case planted for each check."""
    orders, lines = _regulars()
    # Customer 3's sale of September would break its silence: it is moved to another customer of Tehran.
    more = {"complaint": _complaints(), "quote": _quotes(), "sales_order": orders, "order_line": lines,
            "invoice": [{"customer_id": 2, "branch_id": 3, "owner_id": 2, "amount_base": 300, "issued_on": date(2026, 6, 1), "due_on": date(2026, 7, 1)}],
            "web_lead": [{"branch_id": 2, "owner_id": 1, "received_on": date(2026, 9, 1)},
                         {"branch_id": 2, "owner_id": 1, "received_on": date(2026, 9, 2), "first_response_at": datetime(2026, 9, 2, 12)}]}
    return build(folder, "attention", more, moved={5: 9}, url=url)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return planted(tmp_path_factory.mktemp("attention"))


def said(finding: Finding) -> str:
    return finding.title.text(WORDS, FORMATS) + " | " + finding.detail.text(WORDS, FORMATS)


def test_complaints_that_wait_longer_than_usual(firm):
    found = unanswered_complaints(firm, ALL, AS_OF)
    assert said(found) == "1 complaint waits for an answer | The oldest for 9 days, 1 of them grave; usually within 24 hours"
    assert found.severity == "bad" and found.link.page == "customer" and found.link.query["id"] == ("1",)
    assert unanswered_complaints(firm, BERLIN, AS_OF) is None            # its fresh one is not late, and has too few to know what is usual


def test_large_quotes_left_silent(firm):
    found = silent_quotes(firm, ALL, AS_OF)
    assert said(found) == "2 quotes over ₪22K are silent for 14 days | ₪100K in all; the oldest for 45 days"
    assert silent_quotes(firm, HAIFA, AS_OF) is None


def test_regular_customers_beyond_their_own_rhythm(firm):
    found = silent_regulars(firm, ALL, AS_OF)
    assert found is not None and found.title.text(WORDS, FORMATS) == "1 regular customer has gone silent"
    assert float(found.detail.values["amount"][1]) == 600
    assert silent_regulars(firm, HAIFA, AS_OF) is None


def test_enquiries_without_an_answer(firm):
    assert said(slow_leads(firm, ALL, AS_OF)) == "1 enquiry has no answer | Of 2 in the last month; the oldest for 14 days"
    assert slow_leads(firm, BERLIN, AS_OF) is None


def test_overdue_invoices_that_grew(firm):
    found = growing_overdue(firm, ALL, MONTH)
    assert said(found) == "Overdue invoices grew by 233.3% in a month | ₪1.0K in all, ₪700 more than 30 days ago"
    assert growing_overdue(firm, BERLIN, MONTH) is None


def test_targets_worst_and_best(firm):
    seen = board(firm, None, scope=ALL, targets=imported_targets(firm))
    worst = worst_target(seen)
    assert worst.title.text(WORDS, FORMATS).startswith("Tehran will land at ") and worst.severity == "bad"
    assert worst.link.page == "targets" and worst.link.query["f"] == ("branch:is:Tehran",)
    best = best_target(seen)
    assert best.severity == "good" and "ahead of its pace" in best.title.text(WORDS, FORMATS)


def test_a_branch_that_fell_against_last_year(firm):
    found = falling_branch(firm, ALL, MONTH)
    # Berlin: 90,000 in September 2025, 60,000 now.
    assert said(found) == "Berlin sells 33.3% less than a year ago | ₪30K less in 1–15 Sep 2026"
    assert found.link.query["m"] == ("revenue",) and falling_branch(firm, HAIFA, MONTH) is None
    assert found.detail.values["period"] == ("dated", (MONTH.first, min(MONTH.last, firm.as_of), "gregorian")) and "period" not in found.as_json()["detail"]


def test_measures_worse_than_last_year_need_a_base(firm, monkeypatch):
    found = {f.title.values["measure"][1] for f in worse_than_last_year(firm, ALL, MONTH)}
    assert "Gross margin" in found                                       # 57 of 165 thousand a year ago, less now
    assert not any("Complaints" in name for name in found)               # two complaints are no trend


def test_all_together_worst_first_good_last(firm):
    result = attention(firm, ALL, None, MONTH, known=board(firm, None, scope=ALL, targets=imported_targets(firm)))
    assert [f.severity for f in result.findings][:2] == ["bad", "bad"] and result.findings[-1].severity == "good"
    assert len(result.findings) == module.MOST and result.fired >= len(result.findings) and result.checks == 8 + len(module.WATCHED)
    assert all(f.as_json()["title"]["message"] for f in result.findings)


def test_choice_keeps_a_place_for_something_good():
    def one(kind, severity, weight):
        return Finding(kind, severity, Said(kind), Said(""), Link("today"), weight)
    found = [one("a", "warn", 5), one("b", "bad", 1), one("c", "good", 9), one("d", "good", 8), *(one(f"w{n}", "warn", n) for n in range(4))]
    assert [f.kind for f in chosen(found)] == ["b", "a", "w3", "w2", "c"]
    assert chosen([]) == ()
