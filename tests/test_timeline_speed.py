"""A story of five thousand events is made quickly, from few questions to the database."""
from __future__ import annotations

import time

import pytest
from sqlalchemy import event

from crm_data.analysis.notices import notices
from crm_data.analysis.timeline import timeline
from tests.story_firm import busy, publish_changed


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return publish_changed(tmp_path_factory.mktemp("busy"), busy(orders=1250, contacts=1240))


def test_five_thousand_events(firm, everything):
    """Under 250 ms on an idle machine; here the work of all processors is counted, so that a busy machine does not fail it."""
    story = timeline(firm, everything, 11)
    assert len(story.events) >= 5000
    assert sum(e.amount for e in story.events if e.kind == "orders" and e.facts["counted"]) == 1000 + 1250 * 400
    assert [(p.product, len(p.points), p.net) for p in story.products[:2]] == [("Advanced course", 625, 1250 * 200), ("Basic course", 625, 1250 * 200)]
    spent = []
    for _ in range(5):
        began = time.process_time()
        timeline(firm, everything, 11)
        spent.append(time.process_time() - began)
    began = time.process_time()
    notices(story)
    assert min(spent) < 0.4 and time.process_time() - began < 0.2


def test_questions_do_not_grow_with_the_events(firm, everything):
    asked = []
    event.listen(firm.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement))
    timeline(firm, everything, 11)
    many, before = len(asked), len(asked)
    timeline(firm, everything, 1)
    assert many <= 32 and len(asked) - before <= 32
