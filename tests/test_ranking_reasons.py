"""Why a place changed, in the exact words, worked out by hand on the paper firm (tests/truth/README.md)."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.ranking import Criterion, names_of, rank
from crm_data.analysis.ranking_reasons import reasons
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.output.formats import Formats
from crm_data.output.ranking_words import place_text, reason_text, why_text
from crm_data.output.words import Words

YEAR, SHORT = Period(date(2026, 1, 1), date(2026, 11, 20)), Period(date(2026, 5, 1), date(2026, 11, 20))


def told(warehouse, scope, period, *criteria, compare="last_year", filters=(), subject="customer") -> dict[str, str]:
    found = rank(warehouse, scope, period, criteria, compare=compare, filters=filters, subject=subject)
    keys = [*found.rows["key"], *found.gone["key"]]
    names, words = names_of(warehouse, scope, subject, keys), Words()
    return {names[k]: reason_text(r, words, Formats(words, warehouse.currency), catalog_for(warehouse)) for k, r in reasons(found, keys, warehouse, scope).items()}


def test_revenue_against_last_year_in_words(truth, everything):
    # 2025 up to 20 November: Carmel Ltd 1,000, Avi 200, Bilha 180. Carmel Ltd stays first, so it has no reason.
    assert told(truth, everything, YEAR, Criterion("revenue")) == {
        "Carmel North": "new at 2nd: order of 20 Oct 2026 (O-17, ₪2,590)", "Jaffa Foods": "new at 3rd: order of 10 May 2026 (O-12, ₪1,000)",
        "CANARY Zebra": "new at 4th: order of 2 Aug 2026 (O-15, ₪950)", "Avi Cohen": "2nd → 5th: others rose", "Émile Durand": "new at 6th: order of 1 Feb 2026 (O-7, ₪300)",
        "Bilha Levi": "3rd → 7th: others rose", "Dov Katz": "new at 8th: order of 28 Feb 2026 (O-8, ₪150)", "Farid Nazari": "new at 9th: order of 15 Jun 2026 (O-14, ₪110)"}


def test_falling_and_stopping_in_words(truth, everything):
    # Against 9 October to 30 April: Carmel Ltd 1,000 + 2,000 then, 1,100 now; Bilha 180 + 100 + 110 then, 115 now; Avi more than then, yet passed.
    found = told(truth, everything, SHORT, Criterion("revenue"), compare="previous")
    assert found["Carmel Ltd"] == "1st → 2nd: nothing like the order of 15 Jan 2026 (O-6, ₪2,000)"
    assert found["Bilha Levi"] == "2nd → 6th: nothing like the order of 10 Oct 2025 (O-2, ₪180)"
    assert found["Avi Cohen"] == "3rd → 5th: others rose"
    assert (found["Émile Durand"], found["Dov Katz"]) == ("4th → not ranked: no order since 1 Feb 2026", "5th → not ranked: no order since 28 Feb 2026")


def test_the_criterion_that_changed_the_score_most_is_told(truth, everything):
    # Worth counts the order with its cost: O-17 of 2,590 cost 1,470.
    found = told(truth, everything, SHORT, Criterion("worth", 2), Criterion("complaints", 1, False), Criterion("recency", 1, False), compare="previous")
    assert found["Carmel North"] == "new at 2nd: order of 20 Oct 2026 (O-17, ₪1,120)"
    assert found["Carmel Ltd"] == "2nd → 1st: order of 20 Nov 2026", "what won the place is that it ordered on the last day"
    # Bilha's one course of 2025 cost 60 of 180 (two thirds left); in 2026 two of 110 and 115 cost 30 each (73 %).
    margins = told(truth, everything, YEAR, Criterion("gross_margin"))
    assert margins["Bilha Levi"].endswith("gross margin: 66.7% → 73.3%") or margins["Bilha Levi"].endswith("others rose")


def test_owners_and_branches_are_told_their_values(truth, everything):
    found = told(truth, everything, YEAR, Criterion("revenue"), subject="branch")
    assert found == {"Paris": "new at 2nd: revenue: ₪1,250", "Haifa": "2nd → 3rd: others rose"}


def test_filters_and_scope_narrow_the_records_behind(truth, everything):
    courses = told(truth, everything, SHORT, Criterion("revenue"), compare="previous", filters=(Filter("product_category", "is", ("Courses",)),))
    # Of O-17 only the course that came back (-110) is a course; the laptops say nothing here.
    assert "₪2,590" not in " ".join(courses.values()) and courses["Émile Durand"].endswith("no order since 1 Feb 2026")
    haifa = Scope(frozenset({2}), None, True)
    assert "Carmel Ltd" not in told(truth, haifa, YEAR, Criterion("revenue"))
    assert reasons(rank(truth, everything, YEAR, (Criterion("revenue"),), compare="none"), [1, 2], truth, everything) == {}


def test_every_row_of_the_demo_has_a_reason_or_has_not_moved(demo, everything):
    period = Period.named("last_12_months", demo.as_of)
    criteria = (Criterion("worth", 2), Criterion("orders"), Criterion("complaints", 1, False), Criterion("gross_margin"), Criterion("days_late", 1, False))
    found = rank(demo, everything, period, criteria)
    keys = found.rows["key"].tolist()[:60]
    why, words = reasons(found, keys, demo, everything), Words()
    for key, move in zip(keys, found.rows["move"][:60], strict=True):
        assert (key in why) == (move != 0)
    said = {k: why_text(r, words, Formats(words, demo.currency), catalog_for(demo), short=True) for k, r in why.items()}
    assert all(said.values()) and len({r.kind for r in why.values()}) >= 3
    # In the column of a table: without numbers of records, and of what did not come again its day alone.
    assert all("(" not in said[k] for k, r in why.items() if r.kind == "missing") and not any("SO-" in text for text in said.values() if "₪" in text)


@pytest.mark.parametrize(("n", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (102, "102nd"), (111, "111th"), (2140, "2,140th")])
def test_places_in_english(n, text):
    assert place_text(n, Words(), Formats(Words())) == text
