"""Tasks, decisions, notes and tiers in a customer's story: who may write them, what is told, what the page must notice."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from crm_data.accounts.users import add_user, ensure_administrator
from crm_data.analysis.keeping import (
    MOST_TASK,
    add_decision,
    add_note,
    add_task,
    finish_decision,
    finish_task,
    notes_state,
    open_tasks,
)
from crm_data.analysis.notices import notices
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import timeline
from crm_data.errors import AccessDenied, InputError
from crm_data.model import appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words

KEY = "truth:3"
WORDS = Words("en")
FORMATS = Formats(WORDS, "ILS")


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def user(engine):
    return ensure_administrator(engine)


def written(truth, everything, engine, customer=3, **how):
    return {e.ref: e for e in timeline(truth, everything, customer, engine, **how).events if e.ref.split(":")[0] in ("task", "decision", "note", "tier")}


def test_a_task_is_open_until_it_is_done(truth, everything, engine, user):
    number = add_task(engine, user, KEY, "  Send the papers ", date(2026, 11, 1), "Omer")
    event = written(truth, everything, engine)[f"task:{number}"]
    assert say(event.title, WORDS, FORMATS) == "Task: Send the papers" and sentence(event.details, WORDS, FORMATS) == "due 1 Nov 2026 · with Omer"
    assert (event.facts["task"], event.facts["done"], event.closed_on) == (number, False, None)
    assert [(t.id, t.what, t.text, t.owner, t.due_on) for t in open_tasks(engine, KEY)] == [(number, "task", "Send the papers", "Omer", date(2026, 11, 1))]
    late = next(n for n in notices(timeline(truth, everything, 3, engine)) if n.kind == "task")
    assert say(late.said, WORDS, FORMATS) == "2 tasks overdue, the oldest (“Send the papers”) since 1 Nov 2026" and late.ref == f"task:{number}"
    finish_task(engine, user, KEY, number)
    event = written(truth, everything, engine)[f"task:{number}"]
    assert event.facts["done"] and event.closed_on == appdb.now().date() and open_tasks(engine, KEY) == ()
    assert next(n for n in notices(timeline(truth, everything, 3, engine)) if n.kind == "task").ref == "activity:2"
    finish_task(engine, user, KEY, number, done=False)
    assert len(open_tasks(engine, KEY)) == 1


def test_a_decision_has_who_and_until_when(truth, everything, engine, user):
    number = add_decision(engine, user, KEY, "No more discounts", date(2026, 12, 1), "Dana")
    event = written(truth, everything, engine)[f"decision:{number}"]
    assert say(event.title, WORDS, FORMATS) == "Decision: No more discounts"
    assert sentence(event.details, WORDS, FORMATS).startswith("due 1 Dec 2026 · with Dana · decided by ") and event.body == "No more discounts"
    finish_decision(engine, user, KEY, number)
    assert written(truth, everything, engine)[f"decision:{number}"].facts["done"]


def test_each_stands_with_its_own_customer(truth, everything, engine, user):
    own, below = add_task(engine, user, KEY, "Own"), add_task(engine, user, "truth:4", "Below")
    assert set(written(truth, everything, engine)) == {f"task:{own}"}
    together = written(truth, everything, engine, family=True)
    assert {ref: e.whose for ref, e in together.items()} == {f"task:{own}": "", f"task:{below}": "Carmel North"}
    assert [t.id for t in open_tasks(engine, [KEY, "truth:4"])] == [own, below]
    with pytest.raises(InputError):
        finish_task(engine, user, KEY, below)


def test_what_cannot_be_written(engine, user):
    for text in ("", "  \n", "\x00"):
        with pytest.raises(InputError):
            add_task(engine, user, KEY, text)
        with pytest.raises(InputError):
            add_decision(engine, user, KEY, text)
    with pytest.raises(InputError):
        add_task(engine, user, KEY, "x" * (MOST_TASK + 1))
    viewer = add_user(engine, "vera", role="viewer")
    for write in (add_note, add_task, add_decision):
        with pytest.raises(AccessDenied):
            write(engine, viewer, KEY, "Not mine to write")
    number = add_task(engine, user, KEY, "x")
    with pytest.raises(AccessDenied):
        finish_task(engine, viewer, KEY, number)


def test_every_change_is_in_the_audit_log_and_in_the_state(engine, user):
    states = [notes_state(engine, KEY)]

    def changed() -> None:
        states.append(notes_state(engine, KEY))
        assert len(set(states)) == len(states)
    number = add_task(engine, user, KEY, "Call")
    changed()
    finish_task(engine, user, KEY, number)
    changed()
    decided = add_decision(engine, user, KEY, "Keep the price")
    changed()
    finish_decision(engine, user, KEY, decided)
    finish_decision(engine, user, KEY, decided)
    changed()
    add_note(engine, user, KEY, "Prefers mornings")
    changed()
    assert notes_state(engine, "truth:4") == (0,) * len(states[0])
    with engine.connect() as connection:
        actions = list(connection.execute(select(appdb.audit_log.c.action).order_by(appdb.audit_log.c.id)).scalars())
    assert [a for a in actions if a.split(".")[0] in ("task", "decision", "note")] == ["task.add", "task.done", "decision.add", "decision.done", "note.add"]


def test_changes_of_tier_are_told_until_they_are_undone(truth, everything, engine, user):
    with engine.begin() as connection:
        for n, (tier, before, undone) in enumerate((("Gold", None, None), ("Silver", "Gold", None), ("Gold", "Silver", appdb.now()))):
            run = connection.execute(insert(appdb.tier_run).values(on_day=date(2026, 10, 1) + timedelta(days=n), what="one", detail='{"why": "Big order"}', changed=1, user_name="Dana",
                                                                   undone_at=undone)).inserted_primary_key[0]
            connection.execute(insert(appdb.tier_assignment).values(run_id=run, customer_key=KEY, tier=tier, tier_before=before))
    told = [(e.on, say(e.title, WORDS, FORMATS), sentence(e.details, WORDS, FORMATS)) for e in written(truth, everything, engine).values()]
    assert told == [(date(2026, 10, 2), "Tier Gold became Silver", "Big order · by Dana"), (date(2026, 10, 1), "Tier Gold", "Big order · by Dana")]
