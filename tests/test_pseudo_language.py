"""In the pseudo-language every word on every page carries its mark, so nothing on a page is left untranslated."""
from __future__ import annotations

import pytest
from sqlalchemy import String as Text
from sqlalchemy import select

from crm_data.output.words import PSEUDO, Words
from tests.page_runs import page_run
from tests.unmarked import strings, unmarked, words_of_data

#: Words that are the same in every language: names of products, of files, of what is typed.
NAMES = frozenset({"mabat", "csv", "xlsx", "pptx", "html", "pdf", "png", "svg", "sql", "select", "abc", "crm", "import", "pts", "admin", "administrator"})
YEAR = {"period": "year_to_date"}
PAGES = {
    "today": ("today", YEAR), "segments": ("segments", YEAR), "segments narrowed": ("segments", {**YEAR, "f": "gender:in:female", "vs": "none"}),
    "explore": ("explore", {**YEAR, "m": "revenue", "by": "branch"}), "explore over time": ("explore", {**YEAR, "m": ["revenue", "orders"], "every": "month", "vs": "none"}),
    "explore two ways": ("explore", {**YEAR, "m": "contacts", "by": ["contact_topic", "contact_channel"]}), "explore of people": ("explore", {**YEAR, "m": "mean_age", "by": "gender"}),
    "targets": ("targets", YEAR), "team": ("team", YEAR), "rankings": ("rankings", {**YEAR, "rank": ["revenue:3:high", "complaints:1:low"]}), "worth": ("worth", YEAR),
    "customers": ("customer", {}), "one customer": ("customer", {"id": "1"}), "a company": ("customer", {"id": "3"}), "tiers": ("tiers", {}), "pipeline": ("pipeline", YEAR),
    "one opportunity": ("pipeline", {"id": "1"}), "data": ("data", {}), "people": ("people", {})}


@pytest.fixture(scope="session")
def own_words(truth) -> frozenset[str]:
    """The words of the paper firm's own data."""
    from crm_data.model.schema import TABLES
    with truth.engine.connect() as connection:
        found = [value for table in TABLES.values() for column in table.c if isinstance(column.type, Text)
                 for value in connection.execute(select(column).distinct()).scalars()]
    return words_of_data(iter(found)) | NAMES


@pytest.mark.parametrize("case", PAGES)
def test_no_word_on_a_page_is_left_out_of_translation(monkeypatch, tmp_path, truth_url, own_words, case):
    from pages import shell
    monkeypatch.setattr(shell, "words_of", lambda user: Words(PSEUDO))
    at = page_run(monkeypatch, tmp_path, truth_url, PAGES[case][0], query=PAGES[case][1])
    assert not at.exception
    seen = list(strings(at))
    assert sum("⟦" in text for _, text in seen) > 3
    left = {(place.rsplit("/", 1)[-1], text[:120]): words for place, text in seen if (words := unmarked(text, own_words))}
    assert not left, "\n".join(f"{place}: {text!r} -> {words}" for (place, text), words in left.items())
