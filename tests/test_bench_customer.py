"""The benchmark of opening customers: its long story is as long as asked, and it writes to no home but its own."""
from __future__ import annotations

import os

from bench.customer import own_home
from bench.long_story import FEW, MANY, made
from crm_data.analysis.timeline import timeline
from crm_data.cuts.access import Scope
from crm_data.model.snapshots import open_store
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.timeline.view import MANY as LONG
from pages.parts.timeline.view import SHORT, story_data


def test_the_long_story_is_long_and_sends_short_titles(tmp_path):
    warehouse = open_store(made(tmp_path, 2600)).warehouse()
    words = Words("en")
    story = timeline(warehouse, Scope.everything(), MANY)
    data = story_data(story, [], words, Formats(words, warehouse.currency))
    assert LONG < len(story.events) and abs(len(story.events) - 2600) < 40 and len(timeline(warehouse, Scope.everything(), FEW).events) == 15
    assert {len(column) for column in data["ev"].values()} == {len(story.events)} and max(map(len, data["ev"]["t"])) <= SHORT
    assert data == story_data(story, [], words, Formats(words, warehouse.currency)), "the same story gives the same bytes"


def test_a_home_of_its_own(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "app.db").write_bytes(b"kept")
    monkeypatch.setenv("MABAT_HOME", str(home))
    with own_home("duckdb:////elsewhere") as own:
        assert own != home and (own / "app.db").read_bytes() == b"kept" and os.environ["MABAT_WAREHOUSE"] == "duckdb:////elsewhere"
        (own / "app.db").write_bytes(b"changed")
    assert os.environ["MABAT_HOME"] == str(home) and (home / "app.db").read_bytes() == b"kept" and not own.exists()
