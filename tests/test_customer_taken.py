"""What "Export page" takes along of a customer: every notice, and the whole story as a table, row by row as it is told."""
from __future__ import annotations

from types import SimpleNamespace

from crm_data.analysis.timeline import timeline
from crm_data.cuts.access import Scope
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.customer_taken import story_sheet


def test_the_story_is_a_table_of_all_its_events(truth, tmp_path):
    words = Words("en")
    page = SimpleNamespace(words=words, formats=Formats(words, "ILS"))
    story = timeline(truth, Scope.everything(), 1, open_appdb(f"sqlite:///{tmp_path / 'app.db'}"))
    sheet = story_sheet(page, story)
    assert [row["on"] for row in sheet.rows] == [e.on for e in story.events] and [row["amount"] for row in sheet.rows] == [e.amount for e in story.events]
    assert {"on", "kind", "title", "said", "amount"} <= {c.name for c in sheet.columns} and {row["kind"] for row in sheet.rows} >= {"Orders"}
    assert all(row["title"] for row in sheet.rows)
