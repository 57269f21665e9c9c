"""Annotations on days: on every chart of their scope, for who may see it, until they are taken back."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.accounts.users import User
from crm_data.analysis.annotations import add_annotation, annotations_for, bring_back, list_annotations, remove
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Filter
from crm_data.errors import AccessDenied, InputError, MabatError
from crm_data.model.appdb import now, open_appdb

BOSS, OTHER, EYES, ROOT = User(1, "boss", "Boss", "manager", None), User(2, "o", "Other", "manager", None), User(3, "eyes", "Eyes", "viewer", None), User(4, "r", "Root", "administrator", None)
DAY, YEAR = date(2026, 3, 1), (date(2026, 1, 1), date(2026, 12, 31))
HAIFA, PARIS = (Filter("branch", "is", (name,)) for name in ("Haifa", "Paris"))
IN_HAIFA = Scope(frozenset({2}), None, True)


@pytest.fixture
def engine(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def texts(found):
    return [note.text for note in found]


def test_the_firms_stand_everywhere_and_a_branchs_on_its_own_charts(engine, truth, everything):
    add_annotation(engine, BOSS, DAY, " New price\nlist ")
    add_annotation(engine, BOSS, date(2026, 2, 1), "Shop moved", "branch", "Haifa", warehouse=truth, scope=everything)
    assert texts(annotations_for(engine, everything, *YEAR)) == ["New price list"]
    assert texts(annotations_for(engine, everything, *YEAR, (HAIFA,))) == ["Shop moved", "New price list"]
    assert texts(annotations_for(engine, everything, *YEAR, (PARIS,))) == ["New price list"]
    assert texts(annotations_for(engine, everything, *YEAR, (Filter("branch", "is_not", ("Haifa",)),))) == ["New price list"]
    assert annotations_for(engine, everything, date(2026, 3, 2), YEAR[1], (HAIFA,)) == ()
    assert texts(annotations_for(engine, everything, DAY, DAY)) == ["New price list"]


def test_within_the_readers_rights(engine, truth, everything):
    add_annotation(engine, BOSS, DAY, "Haifa", "branch", "Haifa", warehouse=truth, scope=everything)
    add_annotation(engine, BOSS, DAY, "Paris", "branch", "Paris", warehouse=truth, scope=everything)
    assert texts(annotations_for(engine, IN_HAIFA, *YEAR, (HAIFA,), warehouse=truth)) == ["Haifa"]
    assert annotations_for(engine, IN_HAIFA, *YEAR, (PARIS,), warehouse=truth) == ()
    assert annotations_for(engine, IN_HAIFA, *YEAR, (HAIFA,)) == ()
    assert texts(list_annotations(engine, BOSS, IN_HAIFA, warehouse=truth)) == ["Haifa"]
    assert len(list_annotations(engine, BOSS, everything)) == 2
    with pytest.raises(AccessDenied):
        add_annotation(engine, BOSS, DAY, "x", "branch", "Paris", warehouse=truth, scope=IN_HAIFA)


def test_taken_back_by_who_wrote_it_or_an_administrator(engine, everything):
    note = add_annotation(engine, BOSS, DAY, "x")
    before = now()
    assert [n.editable for u in (BOSS, OTHER, EYES, ROOT, None) for n in annotations_for(engine, everything, *YEAR, user=u)] == [True, False, False, True, False]
    with pytest.raises(AccessDenied):
        remove(engine, OTHER, note)
    with pytest.raises(AccessDenied):
        remove(engine, EYES, note)
    remove(engine, ROOT, note)
    assert annotations_for(engine, everything, *YEAR) == () and texts(annotations_for(engine, everything, *YEAR, moment=before)) == ["x"]
    with pytest.raises(InputError):
        remove(engine, BOSS, note)
    bring_back(engine, BOSS, note)
    assert texts(annotations_for(engine, everything, *YEAR)) == ["x"]


@pytest.mark.parametrize(("text", "dimension", "member"), [("", None, None), ("x" * 301, None, None), ("x", "branch", None), ("x", None, "Haifa"), ("x", "branch", "Nowhere"), ("x", "colour", "Red"), ("x", "customer", "1")])
def test_what_says_nothing_or_names_nobody_is_refused(engine, truth, everything, text, dimension, member):
    with pytest.raises(MabatError):
        add_annotation(engine, BOSS, DAY, text, dimension, member, warehouse=truth, scope=everything)
    with pytest.raises(AccessDenied):
        add_annotation(engine, EYES, DAY, "x")
    assert annotations_for(engine, everything, *YEAR) == ()
