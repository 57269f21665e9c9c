"""Finding customers by whatever is known, who they are, and who may see them; the command line's document."""
from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crm_data.analysis.customers import find, named, profile, resolve, unknown_fields
from crm_data.analysis.keeping import add_note, opened, recently_opened
from crm_data.cuts.access import Scope
from crm_data.errors import AccessDenied, InputError
from crm_data.model.appdb import open_appdb

HAIFA = Scope(frozenset({2}), None, True)


@pytest.mark.parametrize(("typed", "first"), [
    ("cohen", 1), ("COHEN avi", 1), ("כהן", 1), ("אבי כה", 1), ("פרץ", 8), ("فرید", 7), ("فريد", 7), ("nazari", 7), ("durand", 6), ("EMILE", 6), ("C-003", 3),
    ("c-003", 3), ("052-1234567", 1), ("+972 52 123 4567", 1), ("0521234567", 1), ("00972521234567", 1), ("1234567", 1), ("avi@example", 1), ("zebr", 12), ("levi bil", 2)])
def test_found_by_name_phone_mail_or_number_in_any_script(truth, everything, typed, first):
    assert find(truth, everything, typed)[0].id == first


def test_a_misspelled_name_finds_those_alike_and_says_so(truth, everything):
    hits = find(truth, everything, "Jafa Gooods")
    assert hits and hits[0].id == 11 and all(h.alike for h in hits)
    assert not find(truth, everything, "cohen")[0].alike


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "%%%%", "' OR 1=1 --", "\x00", "zzqqxx", "()", "~"])
def test_nothing_typed_or_nothing_known_finds_nobody(truth, everything, typed):
    assert find(truth, everything, typed) == []


def test_the_scope_is_in_every_search(truth, everything):
    assert [h.id for h in find(truth, HAIFA, "carmel")] == []
    assert [h.id for h in named(truth, everything, [profile(truth, everything, i).key for i in (3, 1)])] == [3, 1]
    assert [h.id for h in named(truth, HAIFA, [profile(truth, everything, i).key for i in (3, 1)])] == [1]
    assert named(truth, everything, ["nobody's", "truth:no", ""]) == []
    for scope in (Scope(None, None, False), Scope(frozenset({2}), None, False)):
        with pytest.raises(AccessDenied):
            find(truth, scope, "cohen")


def test_resolving_a_number_or_an_id(truth, everything):
    assert resolve(truth, everything, "C-011") == 11 and resolve(truth, everything, "11") == 11
    with pytest.raises(InputError, match="no customer"):
        resolve(truth, everything, "C-999")
    with pytest.raises(AccessDenied, match="another branch"):
        resolve(truth, HAIFA, "C-003")
    with pytest.raises(AccessDenied, match="another branch"):
        profile(truth, HAIFA, 3)
    with pytest.raises(AccessDenied, match="numbers"):
        profile(truth, Scope(None, None, False), 1)


def test_the_profile_tells_who_it_is_and_what_is_not_known(truth, everything):
    who = profile(truth, everything, 3)
    assert (who.number, who.kind, who.branch, who.owner, who.tier, who.subsidiaries) == ("C-003", "Small firms", "Eilat", "Omer", "gold", 1)
    assert who.contacts == (("Moshe Azul", "Manager"), ("Rina Azul", "Buyer")) and who.interests == {"concern": ("Prices",)} and who.attributes == {"fleet": "5 vans"}
    assert profile(truth, everything, 4).parent == (3, "Carmel Ltd")
    assert unknown_fields(who) == ("whether marketing is welcome", "what it wants")
    assert "birthday" in unknown_fields(profile(truth, everything, 9))


def test_notes_and_what_was_opened_last(tmp_path):
    from crm_data.accounts.users import ensure_administrator
    engine = open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    user = ensure_administrator(engine)
    for key in ("crm:5", "crm:6", "crm:7", "crm:5"):
        opened(engine, user, key)
    assert recently_opened(engine, user) == ["crm:5", "crm:7", "crm:6"]
    with pytest.raises(InputError, match="empty"):
        add_note(engine, user, "truth:1", "  ")
    with pytest.raises(InputError, match="at most"):
        add_note(engine, user, "truth:1", "x" * 5000)


def test_the_command_prints_a_document_that_adds_up(truth_url, tmp_path, monkeypatch):
    from crm_data.cli import main
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    done = CliRunner().invoke(main, ["customer", "C-003", "--json"])
    told = json.loads(done.stdout)
    assert set(told) >= {"customer", "worth", "rhythm", "open_balance", "noticed", "events", "currency", "as_of", "snapshot"}
    steps = told["worth"]["steps"]
    assert round(sum(s["amount"] for s in steps[:-1]), 6) == steps[-1]["amount"] and steps[-1]["step"] == "worth"
    assert [e["on"] for e in told["events"]] == sorted((e["on"] for e in told["events"]), reverse=True)
    assert told["customer"]["name"] == "Carmel Ltd" and told["open_balance"] == 500
    plain = CliRunner().invoke(main, ["customer", "Zebra"])
    assert plain.exit_code == 0 and "CANARY Zebra" in plain.stdout
    head = CliRunner().invoke(main, ["customer", "C-003"]).stdout.splitlines()[:2]
    assert head[0].startswith("Carmel Ltd") and head[1].startswith("C-003 · Company · Customer · "), "names, not the codes of the data"
    several = CliRunner().invoke(main, ["customer", "carmel"])
    assert several.exit_code == 2 and "Several" in several.output
