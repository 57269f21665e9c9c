"""The hand-over sheet: the same numbers as the customer's page, one page of paper, safe whatever a customer is called."""
from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crm_data.analysis.handover import Person, sheet
from crm_data.analysis.keeping import add_decision, add_task
from crm_data.analysis.story_words import say
from crm_data.cuts.access import Scope
from crm_data.errors import AccessDenied, InputError, MabatError
from crm_data.model import appdb as tables
from crm_data.model.appdb import open_appdb
from crm_data.output import pdf
from crm_data.output.formats import Formats
from crm_data.output.handover import handover_html, language_name
from crm_data.output.words import PSEUDO, Words

RLO = "\u202e"


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def drawn(found, language: str = "en") -> str:
    words = Words(language)
    formats = Formats(words, found.currency)
    return handover_html(found, words, formats, lambda said: say(said, words, formats))


class Read(HTMLParser):
    """What a browser would make of the page: elements, their attributes, and the text it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def test_the_sheet_holds_what_the_page_of_the_customer_shows(truth, everything, appdb):
    """Carmel Ltd on paper: twelve months revenue 3,100 = 2,000 + 1,100, 500 open since I-2, four things noticed."""
    found = sheet(truth, everything, appdb, 3, "Dana")
    assert (found.who.number, found.tier, found.balance, found.as_of) == ("C-003", "gold", Decimal(500), date(2026, 11, 20))
    values = {f.label: f.now for f in found.figures}
    assert values["Revenue"] == Decimal("3100") and found.worth.revenue == Decimal("3100")
    assert found.worth.worth == found.worth.lines[-1].amount and found.people[0] == Person("Moshe Azul", "Manager", found.people[0].phone, found.people[0].email)
    assert found.overdue == Decimal(500) and dict(found.open).keys() >= {"Invoices"}
    assert len(found.events) == 10 and [e.on for e in found.events] == sorted((e.on for e in found.events), reverse=True)
    assert found.of_interest("concern") == ("Prices",) and "what it wants" in found.unknown


def test_the_page_is_one_that_prints_by_itself(truth, everything, appdb):
    page = drawn(sheet(truth, everything, appdb, 3, "Dana"))
    read = Read(page)
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "a", "video"} and "http" not in page.replace("http-equiv", "")
    assert not [a for _, attributes in read.elements for a in attributes if a.startswith("on") or a in ("src", "href")]
    assert dict(read.elements)["html"] == {"lang": "en", "dir": "ltr"} and "default-src 'none'" in page
    for said in ("Carmel Ltd", "C-003", "Moshe Azul", "₪3,100", "₪500 overdue", "Worries", "Prices", "by Dana", "Data to 20 Nov 2026", "Agreed at the meeting", "Not known"):
        assert said in read.text, said


def test_tasks_decisions_and_what_is_open_come_first_when_late(truth, everything, appdb):
    user = SimpleNamespace(id=None, name="dana", full_name="Dana", may_write=True)
    add_task(appdb, user, "truth:3", "Bring the price list", date(2026, 11, 1), "Omer")
    add_decision(appdb, user, "truth:3", "No credit before the invoice is paid")
    found = sheet(truth, everything, appdb, 3)
    assert [t.text for t in found.tasks] == ["Bring the price list", "No credit before the invoice is paid"]
    read = Read(drawn(found))
    assert "1 Nov 2026 Bring the price list (Omer)" in read.text and "Decision No credit before" in read.text
    assert [a for tag, a in read.elements if tag == "span" and "late" in (a.get("class") or "")]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><b onclick=x>', "</title><script>x</script>", "&lt;b&gt;", f"{RLO}exe.txt", "a" * 900,
                                  "</style><style>body{display:none}", "line\nline", "\u2066\u2066x"])
def test_whatever_a_customer_is_called_stays_text(truth, everything, appdb, name):
    found = sheet(truth, everything, appdb, 3, "Dana")
    clean = Read(drawn(found))
    who = replace(found.who, name=name, name_local=name, city=name, branch=name, owner=name, phone=name, email=name, language=name, interests={"concern": (name,)}, kind=name)
    people = tuple(replace(p, name=name, title=name, phone=name) for p in found.people)
    page = drawn(replace(found, who=who, people=people, made_by=name, tier=name))
    read = Read(page)
    before, after = ([t for t, _ in r.elements if t not in ("bdi", "li", "span", "b")] for r in (clean, read))
    assert after == before and {t for t, _ in read.elements} <= {t for t, _ in clean.elements} | {"bdi", "span"}
    assert RLO not in page and "\u2066\u2066x" not in page
    assert not [a for _, attributes in read.elements for a in attributes if a.startswith("on")]


def test_every_language_has_its_direction_and_every_word_is_translated(truth, everything, appdb):
    found = sheet(truth, everything, appdb, 3)
    assert '<html lang="he" dir="rtl">' in drawn(found, "he") and '<html lang="fa" dir="rtl">' in drawn(found, "fa")
    read = Read(drawn(found, PSEUDO))
    for english in ("Noticed", "Open", "Next steps", "What happened last", "Agreed at the meeting", "Worth", "Not known"):
        assert f"⟦{english}⟧" in read.text, english
    assert language_name("he", "en") == "Hebrew" and language_name("xx-none", "en") == "xx-none"


def test_customers_of_every_kind_have_a_sheet(truth, everything, appdb):
    for customer in range(1, 14):
        read = Read(drawn(sheet(truth, everything, appdb, customer)))
        assert "Balance" in read.text and "None" not in read.text.replace("None written down", "")


def test_the_scope_holds(truth, appdb):
    with pytest.raises(AccessDenied, match="another branch"):
        sheet(truth, Scope(frozenset({2}), None, True), appdb, 3)
    with pytest.raises(AccessDenied, match="numbers"):
        sheet(truth, Scope(None, None, False), appdb, 1)
    with pytest.raises(InputError, match="no customer"):
        sheet(truth, Scope.everything(), appdb, 999)


@pytest.fixture
def home(truth_url, tmp_path, monkeypatch):
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    return tmp_path


def run(*words: str):
    from crm_data.cli import main
    return CliRunner().invoke(main, list(words))


def test_the_command_writes_a_page_and_the_audit(home):
    done = run("handover", "C-003", "--to", str(home / "carmel.html"))
    assert done.exit_code == 0 and "Carmel Ltd" in done.output and "Carmel Ltd" in (home / "carmel.html").read_text(encoding="utf-8")
    with open_appdb(f"sqlite:///{home / 'app.db'}").connect() as connection:
        row = connection.execute(select(tables.audit_log.c.action, tables.audit_log.c.detail).order_by(tables.audit_log.c.id.desc())).first()
    assert row.action == "export" and json.loads(row.detail)["number"] == "C-003"


@pytest.mark.parametrize(("words", "said"), [(("C-003", "--to", "x.doc"), "must end with"), (("C-999", "--to", "x.html"), "no customer"), (("carmel", "--to", "x.html"), "Several customers"),
                                             (("C-003", "--to", "nowhere/x.html"), "no folder"), (("C-003",), "--to")])
def test_what_cannot_be_written_is_a_sentence(home, monkeypatch, words, said):
    monkeypatch.chdir(home)
    done = run("handover", *words)
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output


def test_finding_from_the_command_line(home):
    told = json.loads(run("find", "rina azul", "--json").stdout)
    assert told["found"][0] == {"id": 3, "number": "C-003", "name": "Carmel Ltd", "name_local": told["found"][0]["name_local"], "city": told["found"][0]["city"], "branch": "Eilat",
                                "alike": False, "found_by": "contact", "what": "Rina Azul"}
    assert "CANARY Zebra" in run("find", "zebar").stdout and "alike" in run("find", "zebar").stdout
    assert "Nobody fits" in run("find", "qqxxzz").stdout and run("find", "cohen", "--limit", "0").exit_code == 2


def test_a_name_does_not_turn_the_terminal_around():
    from types import SimpleNamespace

    from crm_data.commands.finding import _line
    from crm_data.output.words import Words
    said = _line(SimpleNamespace(number="C-1", name="Ab\u202edc", name_local=None, city="Haifa", branch=None, by="", what="", alike=False), Words())
    assert said == "C-1         Abdc  (Haifa)"


needs_browser = pytest.mark.skipif(pdf.find_browser() is None, reason="no Chrome, Chromium or Edge")


@needs_browser
@pytest.mark.browser
def test_the_pdf_is_one_page_for_an_ordinary_customer(demo, everything, appdb):
    for customer in (7, 40, 120):
        data = pdf.to_pdf(drawn(sheet(demo, everything, appdb, customer)))
        assert data.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", data)) == 1


@needs_browser
@pytest.mark.browser
def test_the_pdf_of_a_customer_of_whom_all_is_much_is_two_pages_at_most(demo, everything, appdb):
    found, long = sheet(demo, everything, appdb, 7, "Dana"), "A long way to say something of a customer " * 12
    events = tuple(replace(e, details=e.details * 3) for e in found.events)
    task = add_task(appdb, SimpleNamespace(id=None, name="dana", may_write=True), found.who.key, long[:900])
    tasks = sheet(demo, everything, appdb, 7).tasks * 30
    much = replace(found, who=replace(found.who, name=long, interests={k: (long,) * 40 for k in ("need", "preference", "interest", "concern")}), noticed=found.noticed * 30, tasks=tasks, events=events,
                   people=found.people * 30, open=tuple((label, own * 30) for label, own in found.open))
    assert task and len(re.findall(rb"/Type\s*/Page\b", pdf.to_pdf(drawn(much)))) <= 2


def test_without_a_browser_or_with_a_broken_one_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    with pytest.raises(pdf.NoBrowser, match="no Chrome"):
        pdf.to_pdf("<p>x</p>")
    for script, said in (("exit 0", "made no PDF"), ("sleep 60 & wait", "not ready after")):
        fake = tmp_path / "browser"
        fake.write_text(f"#!/bin/sh\n{script}\n")
        fake.chmod(0o755)
        monkeypatch.setattr(pdf, "find_browser", lambda fake=fake: str(fake))
        with pytest.raises(MabatError, match=said):
            pdf.to_pdf("<p>x</p>", seconds=1)
