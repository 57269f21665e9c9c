"""Words of figures for those who do not see them: title, period and figures, in the reader's language; and a table for each."""
from __future__ import annotations

import pytest

from crm_data.output.alt import alt_text, spread
from crm_data.output.charts import LIGHT, tile_figure
from pages.parts import frames
from pages.shell import PAGES
from tests.page_runs import page_run

YEAR = {"period": "last_12_months"}


def test_title_and_sentence_come_first_and_nothing_is_said_twice():
    assert alt_text("Revenue by branch. Haifa: ₪10; Eilat: ₪5", "Revenue by branch", "1–20 Nov 2026 · all") == "Revenue by branch. 1–20 Nov 2026 · all. Haifa: ₪10; Eilat: ₪5."
    assert alt_text("Haifa: ₪10") == "Haifa: ₪10." and alt_text("", "Title?", "") == "Title?"
    # Marks of direction are for the eye.
    assert alt_text("\u2067הכנסות\u2069. \u2066−5\u2069", "הכנסות") == "הכנסות. −5."


def test_a_run_is_told_evenly_with_both_its_ends():
    days = [str(i) for i in range(100)]
    assert spread(days)[0] == "0" and spread(days)[-1] == "99" and len(spread(days)) == 12
    assert spread(days[:5]) == days[:5]


def test_a_tile_tells_its_values():
    picture = tile_figure([1.0, None, 3.0], LIGHT, alt="Revenue: ₪3", names=["Sep · ₪1", "Oct · –", "Nov · ₪3"])
    assert picture.alt == "Revenue: ₪3. Sep · ₪1; Nov · ₪3"


@pytest.mark.parametrize("name", [spec.name for spec in PAGES])
def test_every_figure_has_words_and_a_table(monkeypatch, tmp_path, truth_url, name):
    drawn: list = []
    enter = frames.enter
    monkeypatch.setattr(frames, "enter", lambda one: (drawn.append(one), enter(one))[1])
    at = page_run(monkeypatch, tmp_path, truth_url, name, query={**YEAR, **({"id": "3"} if name == "customer" else {}), **({"m": "revenue", "by": "branch"} if name == "explore" else {})})
    assert not at.exception
    for one in drawn:
        if one.made.picture is not None or one.made.pictures is not None:
            assert one.made.sheet is not None, one.title
    told = [e.proto.alt for e in at.get("plotly_chart")]
    assert all(len(text) > 8 and not any(c in text for c in "\u2066\u2067\u2068\u2069") for text in told)
    if name in ("segments", "explore", "worth"):
        # The period stands in the words of the figures of the cards.
        assert any("2026" in text for text in told), told
