"""Finding anyone: every script, typing errors, phones as people write them; within the viewer's scope whatever is typed."""
from __future__ import annotations

import random
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bench.find import in_words, made, misspelt, phone_written, time_searches
from crm_data.analysis import search as search_module
from crm_data.analysis.found import Found, visible
from crm_data.analysis.search import AT_ONCE, INDEXES, Keeper, best, find, prepare, search
from crm_data.analysis.search_index import build
from crm_data.analysis.search_lines import Lines, Sorted, Words
from crm_data.analysis.search_match import phone_forms
from crm_data.analysis.search_other import layouts
from crm_data.analysis.search_sql import find_by_sql
from crm_data.cuts.access import Scope
from crm_data.errors import AccessDenied
from crm_data.model import schema as s
from crm_data.model.folding import fold
from crm_data.model.sounds import sounds

ALL = Scope.everything()


@pytest.fixture(scope="module")
def index(demo):
    return build(demo)


def numbers(index, typed: str, scope: Scope = ALL, limit: int = 5) -> list[str]:
    return [f.number for f in best(index, scope, typed, limit).found]


@pytest.mark.parametrize(("typed", "number"), [
    ("Kourosh Tehrani", "C-100005"), ("tehrani kourosh", "C-100005"), ("کوروش تهرانی", "C-100005"), ("כורוש טהרני", "C-100005"), ("Kurosh Tehranee", "C-100005"),
    ("Kouorsh Tehrnai", "C-100005"), ("Yael Shapira", "C-100002"), ("יעל שפירא", "C-100002"), ("יעל שפירה", "C-100002"), ("Yeal Shapria", "C-100002"), ("yael shap", "C-100002"),
    ("hgk aphrt", "C-100002"), ("Hermon Hotels", "C-100007"), ("hrmon hotles", "C-100007"), ("מלונות חרמון", "C-100007"), ("Hotels Tiberias hermon", "C-100007"),
    ("Shirin Farhadi", "C-100010"), ("شیرین فرهادی", "C-100010"), ("شيرين فرهادي", "C-100010"), ("Sherin Farhady", "C-100010"), ("شرین فرهدی", "C-100010"), ("Barkan Bilders", "C-100008"),
    ("C-100007", "C-100007"), ("c100007", "C-100007"), ("100007", "C-100007"), ("+972 54-7700005", "C-100005"), ("0547700005", "C-100005"), ("00972547700005", "C-100005"),
    ("(054) 770-0005", "C-100005"), ("+972 (0)54 7700005", "C-100005"), ("۰۵۴۷۷۰۰۰۰۵", "C-100005"), ("7700005", "C-100005"), ("kourosh 0005", "C-100005"),
    ("kourosh.tehrani@example.com", "C-100005"), ("kourosh.teh", "C-100005"), ("dekelagro", "C-100011")])
def test_planted_customers_are_found_whatever_is_typed(index, typed, number):
    assert number in numbers(index, typed)


def test_what_it_was_found_by_is_told(index):
    def first(typed: str) -> Found:
        return best(index, ALL, typed, 3).found[0]
    assert (first("0547700005").by, first("0547700005").what) == ("phone", "+972 54-7700005")
    assert (first("shirin.farhadi@example.com").by, first("shirin.farhadi@example.com").what) == ("mail", "shirin.farhadi@example.com")
    assert first("100010").by == "number" and first("Shirin Farhadi").by == ""
    assert (first("shirin netanya").by, first("shirin netanya").what) == ("city", "Netanya")


def test_a_contact_of_a_company_leads_to_the_company(truth, everything):
    hit = find(truth, everything, "rina azul")[0]
    assert (hit.id, hit.by, hit.what) == (3, "contact", "Rina Azul")
    assert find(truth, everything, "Moshe Azool")[0].alike


def test_the_surest_come_first(index):
    hits = best(index, ALL, "gal", 200).found
    names = [fold(f"{h.name} {h.name_local or ''}").split() for h in hits]
    whole = [n for n, words in enumerate(names) if "gal" in words]
    assert whole == list(range(len(whole))) and len(whole) < len(hits)
    assert not any(h.alike for h in hits[:len(whole)])


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "~", "\x00", "zzqqxx", "()", "' OR 1=1 --", "nobody at all", "-", "\u202e\u2066"])
def test_nothing_typed_or_nobody_meant_finds_nobody(truth, everything, typed):
    assert search(truth, everything, typed).found == () and search(truth, everything, typed).total == 0


def test_misspelt_names_are_among_the_first_five(index):
    """300 customers drawn at random, one typing error each, in the script the name is written in."""
    dice, found, tried = random.Random(5), 0, 0
    for row in dice.sample(range(len(index)), min(300, len(index))):
        name = index.shown["name"][row].as_py()
        hits, tried = best(index, ALL, misspelt(dice, name), 5).found, tried + 1
        found += any(h.id == int(index.ids[row]) or fold(h.name) == fold(name) for h in hits)
    assert tried >= 290 and found / tried >= 0.9, f"{found} of {tried}"


def test_phones_are_found_in_every_way_people_write_them(index):
    phones = [(n, p) for n, p in enumerate(index.shown["phone"].to_pylist()) if p]
    for row, phone in random.Random(6).sample(phones, 60):
        for written in phone_written("".join(ch for ch in phone if ch.isdigit())):
            assert index.shown["number"][row].as_py() in numbers(index, written), (phone, written)


@given(branches=st.frozensets(st.integers(1, 9), max_size=4), owners=st.none() | st.frozensets(st.integers(1, 60), max_size=12),
       typed=st.sampled_from(["a", "cohen", "כהן", "C-1000", "054", "example", "levy", "shirin", "Hotels", "dvaid", "haifa", "100007", "ב", "کوروش"]))
def test_nobody_outside_the_scope_is_ever_found(index, branches, owners, typed):
    scope = Scope(branches, owners, True)
    place = {int(key): n for n, key in enumerate(index.ids)}
    for hit in best(index, scope, typed, 50).found:
        row = place[hit.id]
        assert index.branches[row] in branches and (owners is None or index.owners[row] in owners)


def test_whoever_may_see_numbers_only_finds_nobody(truth):
    for search_it in (find, search):
        with pytest.raises(AccessDenied, match="numbers"):
            search_it(truth, Scope(None, None, False), "cohen")


def test_the_scope_of_the_index_is_that_of_sql(demo, index):
    for scope in (Scope(frozenset({1, 2}), None, True), Scope(None, frozenset({3, 4, 5}), True), Scope(frozenset(), None, True)):
        with demo.engine.connect() as connection:
            by_sql = set(connection.execute(select(s.customer.c.id).where(*visible(scope))).scalars())
        assert set(index.ids[index.seen(scope)].tolist()) == by_sql and (by_sql or not scope.branches)
        assert {f.id for f in find_by_sql(demo, scope, "a", 1000)} <= by_sql


def test_a_large_index_is_made_beside_and_sql_answers_meanwhile(truth, everything, monkeypatch):
    monkeypatch.setattr(search_module, "AT_ONCE", 0)
    monkeypatch.setattr(search_module, "INDEXES", kept := Keeper())
    go, real = threading.Event(), search_module.build
    monkeypatch.setattr(search_module, "build", lambda warehouse: (go.wait(10), real(warehouse))[1])
    meanwhile = search(truth, everything, "carmel")
    assert meanwhile.partly and 3 in [f.id for f in meanwhile.found]
    go.set()
    kept.make(truth)
    after = search(truth, everything, "carmle")
    assert not after.partly and after.found[0].name.startswith("Carmel")


def test_too_many_customers_for_an_index_are_searched_by_sql(truth, everything, monkeypatch):
    monkeypatch.setattr(search_module, "MOST_CUSTOMERS", 5)
    monkeypatch.setattr(search_module, "INDEXES", Keeper())
    assert prepare(truth, wait=True) is None and search(truth, everything, "cohen").found[0].id == 1


def test_an_index_that_could_not_be_made_is_tried_again(truth, everything, monkeypatch):
    monkeypatch.setattr(search_module, "INDEXES", kept := Keeper())
    monkeypatch.setattr(search_module, "build", lambda warehouse: (_ for _ in ()).throw(RuntimeError("memory")))
    with pytest.raises(RuntimeError):
        kept.make(truth)
    monkeypatch.undo()
    assert kept.make(truth) is not None


def test_the_server_prepares_the_search_and_is_quiet_without_data(truth_url, tmp_path, monkeypatch):
    from pages.parts.upkeep import _prepare_search
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setattr(search_module, "INDEXES", kept := Keeper())
    _prepare_search()
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    _prepare_search()
    assert len(kept._kept) == 1


def test_few_indexes_are_kept(truth, demo, noise):
    kept = Keeper(2)
    for warehouse in (truth, demo, noise):
        kept.make(warehouse)
    assert kept.ready(truth) is None and kept.ready(noise) is not None
    assert INDEXES is not kept and AT_ONCE >= 2000


@pytest.mark.parametrize(("typed", "form"), [("052-1234567", "521234567"), ("+972 (0)52 123 4567", "972521234567"), ("00972-52-1234567", "972521234567"), ("1234567", "1234567"),
                                             ("01512 829225", "01512829225"), ("٠٥٢١٢٣٤٥٦٧", "521234567")])
def test_forms_of_a_phone(typed, form):
    assert form in phone_forms(typed)


def test_what_is_no_phone_has_no_forms():
    assert phone_forms("cohen 1234") == [] and phone_forms("123") == [] and phone_forms("") == []


@pytest.mark.parametrize(("latin", "other"), [
    ("Ohana", "אוחנה"), ("Hila", "הילה"), ("Cohen", "כהן"), ("Kohen", "כהן"), ("Yitzhak", "יצחק"), ("Peretz", "פרץ"), ("Perez", "פרץ"), ("Jonathan", "יונתן"), ("Itai", "איתי"), ("Rosenberg", "רוזנברג"),
    ("Hadad", "חדד"), ("Khan", "خان"), ("Hosseini", "حسینی"), ("Esfahani", "اصفهانی"), ("Laleh", "لاله"), ("Kourosh", "کوروش"), ("Ghasem", "قاسم"), ("Setareh", "ستاره"), ("Omid", "امید")])
def test_a_name_sounds_the_same_in_another_script(latin, other):
    assert set(sounds(fold(latin))) & set(sounds(fold(other)))


@pytest.mark.parametrize("word", ["Ohana", "Noa", "Hila", "Levi", "Adi"])
def test_short_names_sound_different(word):
    assert not set(sounds(fold(word))) & {key for other in ("Ohana", "Noa", "Hila", "Levi", "Adi") if other != word for key in sounds(fold(other))}


def test_the_wrong_keyboard_is_read():
    assert "שלום" in list(layouts("akuo")) and "cohen" in list(layouts("בםיקמ"))
    assert not list(layouts("12345"))


@given(st.lists(st.text("abcאבگ\n\u202e", max_size=6), max_size=30), st.text("abcאבگ", min_size=1, max_size=3))
def test_lines_are_found_as_by_reading_them(texts, part):
    kept = [text.replace("\n", " ") for text in texts]
    found, begins, ends = Lines(texts).holding(part)
    assert found.tolist() == [n for n, text in enumerate(kept) if part in text]
    assert begins.tolist() == [kept[n].startswith(part) for n in found] and ends.tolist() == [kept[n].endswith(part) for n in found]
    told = sorted(set(kept))
    assert Sorted(told).beginning(part).tolist() == [n for n, text in enumerate(told) if text.startswith(part)]
    assert Sorted(told).equal(part).tolist() == [n for n, text in enumerate(told) if text == part]
    assert Lines(texts).texts(np.arange(len(texts))) == kept


def test_words_longer_than_what_is_looked_up_by():
    told = sorted(["internationalization", "internationalise", "international", "שלוםשלוםשלוםשלום"])
    words = Words(told)
    assert [told[n] for n in words.beginning("internationali")] == ["internationalise", "internationalization"]
    assert [told[n] for n in words.equal("international")] == ["international"] and [told[n] for n in words.alike("internationl", 2)[0]] == ["international"]


def test_a_firm_of_unlike_names_is_searched_and_measured():
    index = made(500)
    lines = in_words(list(time_searches(index, a_kind=3)))
    assert lines[-1].startswith("all") and index.bytes < 500 * 3000
    shares = {line[:28].strip(): line.split()[-1] for line in lines[1:-1]}
    assert shares["name in Hebrew"] == shares["one typing error"] == shares["number"] == shares["mail"] == "100%"
