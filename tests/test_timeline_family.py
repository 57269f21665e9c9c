"""A company with those below it, together or apart, within the viewer's rights; and the contacts of one person."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_data.analysis.family import keys_of
from crm_data.analysis.notices import notices
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import timeline
from crm_data.cuts.access import Scope
from crm_data.errors import AccessDenied
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from tests.story_firm import TREE, publish_changed

EILAT, HAIFA = Scope(frozenset({3}), None, True), Scope(frozenset({2}), None, True)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return publish_changed(tmp_path_factory.mktemp("tree"), TREE)


def told(story) -> str:
    """Everything a story says, in words."""
    words = Words("en")
    formats = Formats(words, "ILS")
    return " ".join([*(f"{say(e.title, words, formats)} {sentence(e.details, words, formats)} {e.whose} {e.person} {e.body} {e.ref} "
                       + " ".join(say(x.what, words, formats) for x in e.steps) + " ".join(x.product for x in e.lines) for e in story.events),
                     *(n for _, n in story.members), *(f"{p.name} {p.of}" for p in story.people), *(say(n.said, words, formats) for n in notices(story))])


def test_together_and_apart(truth, everything):
    apart, together = timeline(truth, everything, 3), timeline(truth, everything, 3, family=True)
    assert apart.members == together.members == ((4, "Carmel North"),) and (apart.family, together.family) == (False, True)
    assert {e.whose for e in apart.events} == {""} and {e.whose for e in together.events} == {"", "Carmel North"}
    below = timeline(truth, everything, 4)
    assert {e.ref for e in together.events} == {e.ref for e in apart.events} | {e.ref for e in below.events}
    assert {e.ref for e in together.events if e.whose} == {e.ref for e in below.events}
    # I-2 of 2,000 less 1,500; and I-8 of Carmel North, 2,590 less 600 and 400.
    assert (apart.open_balance, below.open_balance, together.open_balance) == (500, 1590, 2090)
    assert together.balance[-3:] == ((date(2026, 10, 20), Decimal(3090)), (date(2026, 11, 1), Decimal(2490)), (date(2026, 11, 20), Decimal(2090)))
    # Orders of 5 November, 15 January and 20 November, and that of Carmel North of 20 October between them: gaps of 71, 278 and 31.
    assert (apart.usual_gap, together.usual_gap, together.silence) == (None, 71, 0)
    laptop = together.products[0]
    assert laptop.product == "Laptop" and [p for _, p in laptop.points] == [1000, 950, 900, 1100] and (laptop.units, laptop.net) == (7, 6700)


def test_the_whole_tree_below_is_told_once_each(tree, everything):
    story = timeline(tree, everything, 3, family=True)
    assert story.members == ((12, "CANARY Zebra"), (4, "Carmel North"), (6, "Émile Durand"), (5, "Dov Katz"))
    refs = [e.ref for e in story.events]
    assert len(refs) == len(set(refs))
    assert sum(e.amount for e in story.events if e.kind == "orders" and e.facts["counted"]) == 4100 + 2590 + 300 + 150 + 950
    assert keys_of(tree, everything, 3) == ("truth:12", "truth:4", "truth:6", "truth:5")


def test_two_that_stand_above_each_other_are_told_once(tree, everything):
    assert timeline(tree, everything, 11, family=True).members == ((7, "Farid Nazari"),)
    assert timeline(tree, everything, 7, family=True).members == ((11, "Jaffa Foods"),)


def test_a_viewer_of_one_branch_never_sees_others_below(tree):
    """Zebra and Émile are of Paris. Dov is of Eilat, but stands below Émile: below one that may not be seen nobody is looked for."""
    for family in (True, False):
        story = timeline(tree, EILAT, 3, family=family)
        assert story.members == ((4, "Carmel North"),)
        said = told(story)
        for secret in ("CANARY", "Zebra", "Émile", "Dov", "I-7", "O-15", "O-7"):
            assert secret not in said, secret
    with pytest.raises(AccessDenied):
        timeline(tree, HAIFA, 3, family=True)


def test_records_of_another_branch_stay_out_of_the_whole_too(tree):
    """Payment 5 of Carmel North was taken in Haifa: a viewer of Eilat sees the invoice it settles, and not the payment."""
    refs = {e.ref for e in timeline(tree, EILAT, 3, family=True).events}
    assert "invoice:8" in refs and "payment:6" in refs and "payment:5" not in refs


@pytest.mark.parametrize("branch", range(1, 6))
def test_every_event_of_the_noise_is_of_the_viewers_branch(noise, branch):
    """Each record told to a viewer of one branch is of that branch by plain SQL, whoever it belongs to."""
    from sqlalchemy import text
    scope = Scope(frozenset({branch}), None, True)
    with noise.engine.connect() as connection:
        mine = list(connection.execute(text(f"SELECT id FROM customer WHERE branch_id = {branch} ORDER BY id LIMIT 6")).scalars())
        for customer in mine:
            for family in (False, True):
                story = timeline(noise, scope, customer, family=family)
                by_table: dict[str, set[int]] = {}
                for e in story.events:
                    table, number = e.ref.split(":")[:2]
                    by_table.setdefault(table, set()).add(int(number))
                for table in set(by_table) & {"interaction", "sales_order", "invoice", "payment", "complaint", "feedback", "quote", "opportunity", "web_lead"}:
                    ids = ",".join(map(str, by_table[table]))
                    assert set(connection.execute(text(f"SELECT branch_id FROM {table} WHERE id IN ({ids})")).scalars()) <= {branch}, (customer, table)
                for member, _ in story.members:
                    assert connection.execute(text(f"SELECT branch_id FROM customer WHERE id = {member}")).scalar_one() == branch


def test_only_the_contacts_of_one_person(truth, everything):
    story = timeline(truth, everything, 3)
    assert [(p.id, p.name, p.title, p.of) for p in story.people] == [(1, "Moshe Azul", "Manager", ""), (2, "Rina Azul", "Buyer", "")]
    moshe = timeline(truth, everything, 3, contact=1)
    assert [(e.ref, e.person) for e in moshe.events] == [("interaction:5", "Moshe Azul")] and moshe.balance == () and moshe.products == ()
    assert notices(moshe) == [] and moshe.people == story.people
    assert timeline(truth, everything, 1, contact=1).events == ()
    assert timeline(truth, everything, 3, contact=99).events == ()
