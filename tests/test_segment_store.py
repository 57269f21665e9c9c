"""Segments of one's own: what may be one, who sees and changes it, what uses it, its count, and why one customer is in it."""
from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from crm_data.accounts.users import add_user
from crm_data.analysis import segment_store as store
from crm_data.analysis.owned import Changed, NameTaken
from crm_data.analysis.saved_cuts import delete_cut, save_cut
from crm_data.analysis.segment_members import Coverage, classes_of, count, explain, inside_of, preview
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.segments import Segment, with_segments
from crm_data.errors import AccessDenied, InputError
from crm_data.model import appdb
from crm_data.output.formats import Formats
from crm_data.output.segment_words import line_text
from crm_data.output.words import Words

YEAR = Period.named("last_12_months", date(2026, 11, 20))
STUDENT, TWICE, COMPLAINED = Filter("customer_type", "is", ("Students",)), Filter("each.orders@year", "at_least", ("2",)), Filter("each.complaints@year", "at_least", ("1",))


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def people(engine):
    made = {n: add_user(engine, n, role=r, full_name=n.title()) for n, r in (("dana", "manager"), ("omer", "manager"), ("vera", "viewer"), ("adam", "administrator"))}
    return SimpleNamespace(**made)


@pytest.fixture
def keep(engine, truth):
    """Save a segment in few words."""
    def save(user, name="Twice", filters=(TWICE,), **options):
        return store.save_segment(engine, user, name=name, filters=filters, catalog=catalog_for(truth), **options)
    return save


def audited(engine) -> list[str]:
    with engine.connect() as connection:
        return [a for a in connection.execute(select(appdb.audit_log.c.action).order_by(appdb.audit_log.c.id)).scalars() if a.startswith("segment.")]


# Keeping ------------------------------------------------------------------------------------------------------------
def test_a_kept_segment_is_a_dimension_for_whoever_sees_it(engine, people, keep, truth, everything):
    kept = keep(people.dana, filters=(TWICE, COMPLAINED), shared=True)
    mine = store.visible_segments(engine, people.omer, catalog_for(truth))
    assert mine == (Segment(kept.id, "Twice", (TWICE, COMPLAINED)),)
    cut = Cut(("revenue",), period=Period(date(2026, 1, 1), date(2026, 11, 20)), filters=(Filter(kept.segment.dimension, "is", ("in",)),))
    assert ask(cut, with_segments(truth, mine), scope=everything).totals["revenue"] == 3325, "Bilha 225 and Carmel Ltd 3,100"


def test_private_ones_are_their_authors_and_only_author_or_administrator_changes_shared_ones(engine, people, keep):
    private, shared = keep(people.dana, "Private"), keep(people.dana, "Shared", shared=True)
    assert [(k.name, k.own, k.editable, k.author) for k in store.list_segments(engine, people.omer)] == [("Shared", False, False, "Dana")]
    assert store.list_segments(engine, people.adam)[0].editable
    with pytest.raises(AccessDenied, match="“Shared” is Dana’s"):
        store.delete_segment(engine, people.omer, shared.id)
    with pytest.raises(AccessDenied, match="“Shared” is Dana’s"):
        keep(people.omer, "Mine", segment_id=shared.id)
    with pytest.raises(InputError, match="no such segment"):
        store.get_segment(engine, people.omer, private.id)
    with pytest.raises(AccessDenied, match="Only managers"):
        keep(people.vera, "V", shared=True)
    assert keep(people.vera, "V").own
    assert store.names_of(engine, people.omer) == {f"segment_{shared.id}": "Shared"}


def test_a_name_stands_once_among_what_one_sees(engine, people, keep):
    keep(people.dana, "Loyal", shared=True)
    with pytest.raises(NameTaken, match=r"already a segment “Loyal” \(Dana\)"):
        keep(people.omer, " LOYAL ")
    with pytest.raises(NameTaken, match="already a segment “Loyal”"):
        keep(people.dana, "loyal")
    other = keep(people.dana, "Other")
    with pytest.raises(NameTaken):
        store.rename_segment(engine, people.dana, other.id, "Loyal", catalog=_any_catalog())
    assert len(store.list_segments(engine, people.dana)) == 2


def _any_catalog():
    from crm_data.cuts.catalog import build_catalog
    return build_catalog((), date(2026, 11, 20), 6, False)


@pytest.mark.parametrize(("filters", "sentence"), [
    ((), "1 to 12 conditions; this one has 0"), (tuple(Filter("each.orders@12m", "at_least", (str(n),)) for n in range(1, 14)), "this one has 13"),
    ((TWICE, TWICE), "stands there twice"), ((Filter("topic", "is", ("Price",)),), "Topic belongs to single records, not to a customer.*each.contacts"),
    ((Filter("order_channel", "is", ("web",)),), "belongs to single records.*each.orders"), ((Filter("citi", "is", ("Haifa",)),), "Did you mean “city”"),
    ((Filter("each.revenu@12m", "at_least", ("1",)),), "no measure “revenu”"), ((Filter("each.revenue@9m", "at_least", ("1",)),), "no span of time “9m”"),
    ((Filter("segment_1", "is", ("in",)),), "cannot be made of other segments"), ((Filter("age", "at_least", ("old",)),), "“old” is not a whole number")])
def test_what_cannot_be_a_segment_is_a_sentence_and_nothing_is_kept(engine, people, keep, filters, sentence):
    with pytest.raises(InputError, match=sentence):
        keep(people.dana, "X", filters)
    assert store.list_segments(engine, people.dana) == [] and audited(engine) == []


def test_personal_fields_need_the_right_to_them(people, keep):
    with pytest.raises(InputError, match="personal data"):
        keep(people.vera, "Old", (Filter("age", "at_least", ("60",)),), personal=False)


def test_changing_sharing_deleting_and_bringing_back_are_written_down(engine, people, keep, truth):
    kept = keep(people.dana)
    changed = keep(people.dana, "Thrice", (Filter("each.orders@year", "at_least", ("3",)),), segment_id=kept.id, expected=1)
    assert (changed.version, changed.name, changed.id) == (2, "Thrice", kept.id)
    with pytest.raises(Changed, match="changed meanwhile"):
        keep(people.dana, "Older", segment_id=kept.id, expected=1)
    assert store.share_segment(engine, people.dana, kept.id, True, catalog=catalog_for(truth)).shared
    assert store.delete_segment(engine, people.dana, kept.id) == "Thrice" and store.list_segments(engine, people.omer) == []
    assert store.names_of(engine, people.omer) == {f"segment_{kept.id}": "Thrice"}, "what is gone still has its name"
    assert store.undelete_segment(engine, people.dana, kept.id).name == "Thrice"
    assert audited(engine) == ["segment.save", "segment.change", "segment.change", "segment.delete", "segment.undelete"]


def test_one_that_saved_cuts_use_is_not_deleted_but_they_are_named(engine, people, keep, truth):
    kept = keep(people.dana, shared=True)
    cut = Cut(("revenue",), filters=(Filter(kept.segment.dimension, "is", ("in",)),))
    mine, his = save_cut(engine, people.dana, name="Weekly look", cut=cut), save_cut(engine, people.omer, name="Secret", cut=cut)
    with pytest.raises(InputError, match="“Twice” is used in the saved cuts “Weekly look” and in 1 of colleagues") as error:
        store.delete_segment(engine, people.dana, kept.id)
    assert "Secret" not in str(error.value)
    delete_cut(engine, people.dana, mine.id)
    with pytest.raises(InputError, match="in 1 saved cuts of colleagues"):
        store.share_segment(engine, people.dana, kept.id, False, catalog=catalog_for(truth))
    delete_cut(engine, people.omer, his.id)
    assert store.delete_segment(engine, people.dana, kept.id) == "Twice"


def test_a_damaged_one_or_one_over_a_vanished_field_is_left_out(engine, people, keep, truth):
    good, bad, old = keep(people.dana, "Good"), keep(people.dana, "Bad"), keep(people.dana, "Old")
    with engine.begin() as connection:
        connection.execute(update(appdb.segment).where(appdb.segment.c.id == bad.id).values(condition="{"))
        connection.execute(update(appdb.segment).where(appdb.segment.c.id == old.id).values(condition='{"all": true, "conditions": ["shoe_size:is:42"]}'))
    assert [s.id for s in store.visible_segments(engine, people.dana, catalog_for(truth))] == [good.id]
    listed = {k.name: k for k in store.list_segments(engine, people.dana)}
    assert set(listed) == {"Good", "Old"} and "shoe_size" in str(store.broken(listed["Old"].segment, catalog_for(truth)))


# Counting -----------------------------------------------------------------------------------------------------------
def test_the_preview_counts_everybody_and_customers_and_says_how_much_is_known(truth, everything):
    told = preview((Filter("gender", "is", ("female",)), Filter("each.revenue@12m", "top", ("2",))), False, truth, scope=everything, period=YEAR)
    # Bilha, Gal and Hila are women; Carmel Ltd (3,100) and Carmel North (2,590) brought most. Gal and Hila are no customers. Firms have no gender.
    assert (told.inside, told.everybody, told.customers, told.all_customers) == (5, 13, 3, 8)
    assert told.coverage == (Coverage("gender", 8, 13),) and told.share == pytest.approx(5 / 13)
    both = preview((TWICE, COMPLAINED), True, truth, scope=everything, period=YEAR)
    assert (both.inside, both.customers, both.coverage) == (2, 2, ())


def test_the_preview_is_what_the_kept_segment_counts(noise, everything):
    for filters, every in (((Filter("each.orders@ever", "at_least", ("2",)), Filter("gender", "is", ("female",))), True),
                           ((Filter("each.contacts@12m", "below", ("1",)), Filter("city", "is_empty")), False)):
        told = preview(filters, every, noise, scope=everything, period=Period.named("last_12_months", noise.as_of))
        kept = with_segments(noise, [Segment(4, "x", filters, every)])
        period = Period.named("last_12_months", noise.as_of)
        parts = [count((Filter("segment_4", "is", (m,)),), kept, everything, period) for m in ("in", "out")]
        assert parts[0] == told.inside and sum(parts) == told.everybody == 300


def test_the_preview_is_within_the_viewers_rights(truth):
    told = preview((TWICE,), True, truth, scope=Scope(frozenset({2}), None, False), period=YEAR)
    assert 0 < told.everybody < 13 and told.inside <= told.everybody


def test_so_few_that_they_could_be_known_are_hidden_from_roles_without_personal_rights(truth):
    for filters in ((TWICE, COMPLAINED), (Filter("each.contacts@ever", "below", ("1000",)),)):
        told = preview(filters, True, truth, scope=Scope(None, None, False), period=YEAR)
        hidden = len(filters) == 2
        assert told.hidden == hidden and (told.inside, told.share) == ((0, None) if hidden else (13, 1.0))


# One customer -------------------------------------------------------------------------------------------------------
def texts(truth, lines) -> list[tuple]:
    words, catalog = Words("en"), catalog_for(truth)
    told = [line_text(line, words, Formats(words, truth.currency), catalog) for line in lines]
    return [(t.subject, t.value, t.wanted, line.passes) for t, line in zip(told, lines, strict=True)]


def test_each_condition_is_said_with_its_value_and_what_is_asked(truth, everything):
    inside, lines = explain((STUDENT, TWICE, COMPLAINED), True, 1, truth, scope=everything, period=YEAR)
    assert not inside and texts(truth, lines) == [("Customer type", "Students", "Students", True), ("Orders, in the year", "3", "2 or more", True),
                                                  ("Complaints, in the year", "0", "1 or more", False)]
    assert explain((STUDENT, COMPLAINED), False, 1, truth, scope=everything, period=YEAR)[0], "any of them"


def test_a_place_among_all_is_said(truth, everything):
    inside, lines = explain((Filter("each.revenue@12m", "top", ("2",)),), True, 1, truth, scope=everything, period=YEAR)
    assert not inside and texts(truth, lines) == [("Revenue, in 12 months", "₪630, place 5 of 9", "among the top 2", False)]
    inside, lines = explain((Filter("each.revenue@12m", "top", ("50%",)),), True, 1, truth, scope=everything, period=YEAR)
    assert inside and texts(truth, lines)[0][2:] == ("among the top 50%", True)
    _, lines = explain((Filter("each.revenue@12m", "top", ("2",)),), True, 9, truth, scope=everything, period=YEAR)
    assert texts(truth, lines)[0][1] in ("₪0", "nothing, so without a place") and not lines[0].passes


def test_fields_with_several_members_unknown_ones_and_classes(truth, everything):
    chess, city = Filter("interest", "is", ("Chess",)), Filter("city", "is_empty")
    _, lines = explain((chess, city, Filter("buying_habit", "is_not", ("none",))), True, 5, truth, scope=everything, period=YEAR)
    assert texts(truth, lines) == [("Interest", "not known", "Chess", False), ("City", "not known", "not known", True), ("Buying habit", "Occasional", "all but Did not buy", True)]
    assert texts(truth, explain((chess,), True, 1, truth, scope=everything, period=YEAR)[1]) == [("Interest", "Chess, Football, Travel", "Chess", True)]


def test_the_explanation_agrees_with_the_count_for_every_customer(noise, everything):
    period = Period.named("last_12_months", noise.as_of)
    filters = (Filter("each.orders@ever", "between", ("1", "3")), Filter("each.revenue@24m", "bottom", ("40%",)), Filter("age_band", "is_not", ("65+",)))
    for every in (True, False):
        kept = with_segments(noise, [Segment(4, "x", filters, every)])
        for customer in range(1, 301, 23):
            told, lines = explain(filters, every, customer, noise, scope=everything, period=period)
            who = Filter("customer", "is", (str(customer),))
            assert told == (count((who, Filter("segment_4", "is", ("in",))), kept, everything, period) == 1) == (all if every else any)(line.passes for line in lines)


def test_the_ready_made_classes_of_a_customer(truth, everything):
    assert classes_of(1, truth, scope=everything, period=YEAR) == {"life_stage": "active", "buying_habit": "regular", "purchase_volume": "small"}
    assert classes_of(4, truth, scope=everything, period=YEAR) == {"life_stage": "new", "buying_habit": "occasional", "purchase_volume": "large"}
    assert classes_of(7, truth, scope=everything, period=YEAR)["life_stage"] == "lost"


def test_membership_kept_for_all_customers_is_that_of_each(noise, everything):
    period = Period.named("last_12_months", noise.as_of)
    some = Segment(4, "x", (Filter("each.orders@12m", "at_least", ("2",)), Filter("city", "is_empty")), False)
    kept = with_segments(noise, [some])
    for customer in range(1, 301, 7):
        who = Filter("customer", "is", (str(customer),))
        assert inside_of(some, customer, noise, scope=everything, period=period) == (count((who, Filter("segment_4", "is", ("in",))), kept, everything, period) == 1)
        for name, value in classes_of(customer, noise, scope=everything, period=period).items():
            assert count((who, Filter(name, "is", (value,))), noise, everything, period) == 1, (customer, name, value)
    assert not inside_of(some, 999_999, noise, scope=everything, period=period)
