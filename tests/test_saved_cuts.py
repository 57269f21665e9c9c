"""Saved cuts: versions, rights, names, pins, deletion, two people at once, and opening against a changed catalog."""
from __future__ import annotations

import json
import threading
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from crm_data.accounts.users import add_user
from crm_data.analysis import saved_cuts as sc
from crm_data.analysis.cut_mending import nearest, open_saved
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.segments import Segment, with_segments
from crm_data.errors import AccessDenied, InputError
from crm_data.model import appdb

TODAY = date(2026, 11, 20)
CUT = Cut(("revenue",), ("branch",), Period.named("last_12_months", TODAY), "quarter", (Filter("customer_type", "is", ("Students",)),), "last_year")
OTHER = Cut(("orders",), ("city",), Period(date(2026, 1, 1), date(2026, 3, 31)))


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def people(engine):
    """Dana and Omer (managers), Vera (viewer), Adam (administrator)."""
    made = {n: add_user(engine, n, role=r, full_name=n.title()) for n, r in (("dana", "manager"), ("omer", "manager"), ("vera", "viewer"), ("adam", "administrator"))}
    return SimpleNamespace(**made)


def audited(engine) -> list[str]:
    with engine.connect() as connection:
        return [a for a in connection.execute(select(appdb.audit_log.c.action).order_by(appdb.audit_log.c.id)).scalars() if a.startswith("cut.")]


def test_what_is_saved_opens_as_the_same_question_and_a_named_period_moves(engine, people, truth):
    kept = sc.save_cut(engine, people.dana, name="  Students\nby branch ", cut=CUT, fig="bars", folder="Sales", pinned=["today"])
    assert (kept.name, kept.folder, kept.fig, kept.version, kept.pinned, kept.own, kept.editable) == ("Students by branch", "Sales", "bars", 1, ("today",), True, True)
    opened = open_saved(kept.link, catalog_for(truth), TODAY)
    assert opened.cut == CUT and not opened.gone
    later = open_saved(kept.link, catalog_for(truth), date(2027, 2, 1)).cut
    assert later.period.last == date(2027, 2, 1), "the last twelve months of that day"
    fixed = sc.save_cut(engine, people.dana, name="Spring", cut=OTHER)
    assert open_saved(fixed.link, catalog_for(truth), date(2027, 2, 1)).cut.period == OTHER.period
    assert [s.name for s in sc.list_cuts(engine, people.dana)] == ["Spring", "Students by branch"], "without a folder first"
    assert [s.name for s in sc.list_cuts(engine, people.dana, "sales STUD")] == ["Students by branch"] and sc.folders(engine, people.dana) == ["Sales"]


def test_every_save_is_a_version_and_an_older_one_comes_back_as_the_newest(engine, people):
    first = sc.save_cut(engine, people.dana, name="A", cut=CUT)
    second = sc.save_version(engine, people.dana, first.id, OTHER, "bars", expected=1)
    third = sc.restore(engine, people.dana, first.id, 1, expected=2)
    assert (second.version, third.version, third.text) == (2, 3, first.text)
    assert [(v.version, v.what, v.who) for v in sc.history(engine, people.dana, first.id)] == [(3, "restored 1", "Dana"), (2, "saved", "Dana"), (1, "saved", "Dana")]
    assert audited(engine) == ["cut.save", "cut.version", "cut.version"]
    with pytest.raises(InputError, match="no version 9"):
        sc.restore(engine, people.dana, first.id, 9, expected=3)


def test_saving_over_a_newer_version_is_a_sentence_and_nothing_is_lost(engine, people):
    kept = sc.save_cut(engine, people.dana, name="A", cut=CUT, shared=True)
    sc.save_version(engine, people.adam, kept.id, OTHER, expected=1)
    with pytest.raises(sc.Changed, match="“A” was saved by Adam meanwhile and is now version 2"):
        sc.save_version(engine, people.dana, kept.id, CUT, expected=1)
    assert [v.version for v in sc.history(engine, people.dana, kept.id)] == [2, 1] and sc.get_cut(engine, people.dana, kept.id).text == sc.text_of(OTHER)


def test_two_tabs_and_ten_threads_saving_one_name_keep_one_of_them_and_tell_the_others(engine, people):
    said, kept = [], []

    def save(n: int) -> None:
        try:
            kept.append(sc.save_cut(engine, people.dana, name="Same" if n % 2 else "same ", cut=OTHER if n % 2 else CUT).id)
        except sc.NameTaken as error:
            said.append(str(error))
    threads = [threading.Thread(target=save, args=(n,)) for n in range(10)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert len(kept) == 1 and len(said) == 9 and "You already have a saved cut" in said[0]
    wrote, refused = [], []

    def version(n: int) -> None:
        try:
            wrote.append(sc.save_version(engine, people.dana, kept[0], CUT, expected=1).version)
        except sc.Changed:
            refused.append(n)
    threads = [threading.Thread(target=version, args=(n,)) for n in range(8)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert len(wrote) == 1 and len(refused) == 7 and len(sc.history(engine, people.dana, kept[0])) == 2


def test_own_and_shared_are_seen_and_only_the_author_or_an_administrator_changes_them(engine, people):
    private = sc.save_cut(engine, people.dana, name="Private", cut=CUT)
    shared = sc.save_cut(engine, people.dana, name="Shared", cut=CUT, shared=True)
    assert [(s.name, s.own, s.editable, s.author) for s in sc.list_cuts(engine, people.omer)] == [("Shared", False, False, "Dana")]
    assert [(s.name, s.editable) for s in sc.list_cuts(engine, people.adam)] == [("Shared", True)]
    for write in (lambda: sc.save_version(engine, people.omer, shared.id, OTHER, expected=1), lambda: sc.change_cut(engine, people.omer, shared.id, name="x"),
                  lambda: sc.delete_cut(engine, people.omer, shared.id), lambda: sc.restore(engine, people.omer, shared.id, 1, expected=1)):
        with pytest.raises(AccessDenied, match="“Shared” is Dana’s"):
            write()
    for read in (lambda: sc.get_cut(engine, people.omer, private.id), lambda: sc.history(engine, people.adam, private.id), lambda: sc.pin(engine, people.omer, private.id, ["today"])):
        with pytest.raises(InputError, match="no such saved cut"):
            read()
    with pytest.raises(AccessDenied, match="Only managers and administrators share"):
        sc.save_cut(engine, people.vera, name="V", cut=CUT, shared=True)
    assert sc.save_cut(engine, people.vera, name="Shared", cut=CUT).own, "one's own may have the name of another's"
    assert sc.change_cut(engine, people.dana, shared.id, shared=False).shared is False and sc.list_cuts(engine, people.omer) == []


def test_renaming_moving_deleting_and_bringing_back(engine, people):
    kept, other = (sc.save_cut(engine, people.dana, name=n, cut=CUT) for n in ("A", "B"))
    assert sc.change_cut(engine, people.dana, kept.id, name="A2", folder="New").folder == "New"
    with pytest.raises(sc.NameTaken):
        sc.change_cut(engine, people.dana, kept.id, name="b")
    assert sc.delete_cut(engine, people.dana, other.id) == "B" and [s.name for s in sc.list_cuts(engine, people.dana)] == ["A2"]
    again = sc.save_cut(engine, people.dana, name="B", cut=OTHER)
    back = sc.undelete_cut(engine, people.dana, other.id)
    assert (back.name, back.text) == ("B (2)", sc.text_of(CUT)) and again.name == "B"
    with pytest.raises(InputError):
        sc.undelete_cut(engine, people.omer, other.id)
    assert audited(engine) == ["cut.save", "cut.save", "cut.change", "cut.delete", "cut.save", "cut.undelete"]


def test_pins_are_each_persons_own_on_today_and_the_authors_in_the_review(engine, people):
    kept = sc.save_cut(engine, people.dana, name="A", cut=CUT, shared=True, pinned=["today", "review"])
    assert sc.pinned_cuts(engine, people.omer, "today") == [] and [s.id for s in sc.pinned_cuts(engine, people.omer, "review")] == [kept.id]
    assert sc.pin(engine, people.omer, kept.id, ["today", "review"]).pinned == ("today", "review")
    with pytest.raises(AccessDenied):
        sc.pin(engine, people.omer, kept.id, ["today"])
    assert sc.pin(engine, people.dana, kept.id, ["review"]).pinned == ("review",)
    assert [s.id for s in sc.pinned_cuts(engine, people.omer, "today")] == [kept.id], "his own pin stays"
    sc.pin(engine, people.omer, kept.id, ["review"])
    assert sc.pinned_cuts(engine, people.omer, "today") == []
    with pytest.raises(InputError, match="pinned to: today, review"):
        sc.pin(engine, people.dana, kept.id, ["moon"])


@pytest.mark.parametrize(("name", "sentence"), [("", "Give it a name"), (" \n\x00 ", "Give it a name"), ("x" * 121, "121 letters")])
def test_names_that_cannot_be_are_a_sentence(engine, people, name, sentence):
    with pytest.raises(InputError, match=sentence):
        sc.save_cut(engine, people.dana, name=name, cut=CUT)
    assert audited(engine) == []


def test_a_cut_too_long_to_keep_is_a_sentence():
    with pytest.raises(InputError, match="too long"):
        sc.text_of(Cut(("revenue",), filters=tuple(Filter(f"each.revenue@{n}", "at_least", ("1" * 15,)) for n in range(3000))))


# Opening against today's catalog ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("gone", "found"), [("net_revenue", "revenue"), ("customers_count", "customers"), ("gross_profits", "gross_profit"), ("winrate", "win_rate"),
                                             ("Umsatz", ""), ("zzz", "")])
def test_the_nearest_measure_is_offered(truth, gone, found):
    catalog = catalog_for(truth)
    opened = open_saved({"m": [gone], "by": ["branch"], "order": [gone]}, catalog, TODAY)
    assert opened.cut is None and [(g.kind, g.name, g.nearest) for g in opened.gone] == [("measure", gone, found)]
    assert opened.mended == (Cut((found,), ("branch",), order_by=found) if found else None)


def test_the_nearest_is_found_by_what_people_read(truth):
    assert nearest("umsatz", {"revenue": "Umsatz (netto)", "orders": "Bestellungen"}) == "revenue"


def test_what_is_gone_is_replaced_or_left_out_once(truth):
    link = {"m": ["revenue", "net_revenue", "zzz"], "by": ["branches", "qqqq"], "f": ["citi:is:Haifa", "each.net_revenue@12m:at_least:100", "xxxx:is:1"], "period": ["last_year"]}
    opened = open_saved(link, catalog_for(truth), TODAY)
    assert {g.name: g.nearest for g in opened.gone} == {"net_revenue": "revenue", "zzz": "", "branches": "branch", "qqqq": "", "citi": "city",
                                                         "each.net_revenue@12m": "each.revenue@12m", "xxxx": ""}
    assert opened.mended == Cut(("revenue",), ("branch",), Period.named("last_year", TODAY), filters=(Filter("city", "is", ("Haifa",)), Filter("each.revenue@12m", "at_least", ("100",))))


def test_a_segment_that_is_gone_is_called_by_its_name_and_the_nearest_is_by_name(truth):
    mine = with_segments(truth, [Segment(3, "Loyal customers", (Filter("each.orders@12m", "at_least", ("3",)),))])
    link = {"m": ["revenue"], "by": ["segment_12"], "f": ["segment_13:is:in"]}
    opened = open_saved(link, catalog_for(mine), TODAY, called={"segment_12": "Loyal customer"})
    assert [(g.kind, g.called, g.nearest) for g in opened.gone] == [("segment", "Loyal customer", "segment_3"), ("segment", "segment_13", "")]
    assert opened.mended == Cut(("revenue",), ("segment_3",))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"m": 5}', '{"m": ["revenue"], "period": ["never"]}', '{"m": ["revenue"], "f": ["city:almost:x"]}', '{"m": []}'])
def test_a_damaged_text_is_a_sentence_not_a_fault(engine, people, truth, text):
    kept = sc.save_cut(engine, people.dana, name="A", cut=CUT)
    with engine.begin() as connection:
        connection.execute(update(appdb.saved_cut).where(appdb.saved_cut.c.id == kept.id).values(cut=text))
    opened = open_saved(sc.list_cuts(engine, people.dana)[0].link, catalog_for(truth), TODAY)
    assert opened.cut is None and opened.error is not None


def test_who_uses_a_dimension_is_told_by_name_to_those_who_see_it(engine, people):
    by_segment = Cut(("revenue",), ("segment_1",))
    sc.save_cut(engine, people.dana, name="Mine", cut=by_segment)
    sc.save_cut(engine, people.omer, name="His", cut=Cut(("revenue",), filters=(Filter("segment_1", "is", ("in",)),)))
    sc.save_cut(engine, people.omer, name="Another", cut=Cut(("revenue",), ("segment_12",)))
    assert sc.using(engine, "segment_1", people.dana) == (["Mine"], 1)
    assert json.loads(sc.text_of(by_segment)) == {"m": ["revenue"], "by": ["segment_1"]}
