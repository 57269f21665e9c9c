"""Targets, rates, tiers, segments and rankings on the command line, in every language: words marked, tables aligned, machines told the same."""
from __future__ import annotations

import getpass
import json
import re
import unicodedata

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from crm_data.accounts.users import add_user
from crm_data.analysis.ranking_store import save_ranking
from crm_data.analysis.target_alert_store import add_alert
from crm_data.analysis.target_alerts import Alert, Rule
from crm_data.cli import main
from crm_data.commands.columns import columns, width
from crm_data.cuts.access import Scope
from crm_data.cuts.rates import UNITS
from crm_data.model.appdb import open_appdb
from tests.unmarked import unmarked, words_of_data

#: What stands on the screen as it is typed: commands, names of options and activities, the machine's user.
TYPED = words_of_data(iter([getpass.getuser(), "mabat segment jalali", *(driver.replace("_", " ") for driver in UNITS)]))
MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
COMMANDS = (
    "targets list", "targets list --history", "targets list --as-known 2020-01-01", "targets progress", "targets progress --period 2026", "targets progress --on 2026-06-30 --by firm",
    "targets alerts", "targets forecast -m orders", "targets forecast -m revenue --period 2026", "targets forecast -m revenue --for branch=Haifa",
    "targets import --from-data --dry-run", "targets split -m revenue --period 2026 --by quarter --dry-run", "targets split -m revenue --period 2026 --by branch --weights last_year --dry-run",
    "targets copy --from 2026-10 --to 2026-12 --percent 5 --dry-run", "rates list --all --history", "rates set complaint 200 --from 2026-06-01 --dry-run", "rates set order 9 --from 2030-01-01 --dry-run",
    "tiers list", "tiers simulate", "tiers simulate --where gold:each.revenue@12m>=900", "tiers runs", "segments list", "segments explain Twice 1", "segments explain Twice 2", "rankings list",
    "rankings show Best", "rankings show Branches --all")
MACHINES = ("targets list --history --json", "targets progress --json", "targets alerts --json", "targets forecast -m revenue --json", "targets split -m revenue --period 2026 --by month --dry-run --json",
            "targets copy --from 2026-10 --to 2026-12 --dry-run --json", "rates list --all --history --json", "rates set complaint 200 --from 2026-06-01 --dry-run --json", "tiers list --json",
            "tiers simulate --json", "tiers simulate --to -", "tiers runs --json", "segments list --json", "segments explain Twice 1 --json", "rankings list --json", "rankings show Best --json",
            "rankings show Best --format csv")
WRONG = ("targets set -m magic --period 2026 --value 5", "targets set -m revenue --period 2026-13 --value 5", "targets set -m revenue --period 2026 --for Haifa --value 5", "targets split -m revenue --period 2025 --by month",
         "targets forecast -m gross_margin", "targets copy --from 2026 --to 2027-Q1", "rates set offer 1 --from 2026-01-01 --why x", "rates withdraw 9", "tiers set x --where nonsense", "tiers undo 99",
         "segments set X", "segments explain Nothing 1", "rankings show Nothing")


MADE = ("targets set -m revenue --period 2026 --value 100000 --why budget", "targets set -m revenue --period 2026 --value 9000 --stretch 12000",
        "targets set -m revenue --period 2026-10 --for branch=Haifa --value 900", "targets set -m win_rate --period 2026-11 --value 0.5", "rates set complaint 90 --from 2026-10-01 --why dearer",
        "rates set order 7 --from 2027-01-01 --why dearer", "rates withdraw 2", "tiers set gold --where each.revenue@12m>=1000 --discount 10% --payment-days 60 --price-list A --offer Delivery",
        "tiers set silver --where each.revenue@12m:at_least:300 --discount 5", "tiers apply --yes", "tiers undo 1", "tiers assign C-005 silver --why friend",
        "segments set Twice --where each.orders@year>=2 --where each.complaints@year:at_least:1 --where customer_type!=X")
#: What is made besides, and seen in the pseudo-language alone.
MADE_TOO = ("targets set -m revenue --period 2026-10 --for branch=Haifa --withdraw", "targets import {file} --why budget", "targets import {file} --dry-run", "targets import {file}", "targets split -m revenue --period 2026 --by quarter",
            "targets copy --from 2026 --to 2027", "targets list --history -m revenue", "tiers set gold --delete", "tiers set silver --delete", "tiers start --from revenue", "tiers list",
            "segments set Twice --where city=Haifa --any --private", "segments set Twice --delete", "rates list --history")


def _home(truth, truth_url, folder) -> dict[str, str]:
    """An application database with one of everything, and the environment that leads to it."""
    url = f"sqlite:///{folder / 'app.db'}"
    env = {"MABAT_WAREHOUSE": truth_url, "MABAT_APPDB": url, "MABAT_HOME": str(folder)}
    engine = open_appdb(url)
    dana = add_user(engine, "dana", role="manager", full_name="Dana")
    for command in MADE:
        found = CliRunner().invoke(main, command.split(), env=env)
        assert found.exit_code == 0, found.output
    for rule in (Rule("pace", 0.9), Rule("attained", 0.99, 10)):
        add_alert(engine, dana, Alert("revenue", "", "", rule, shared=rule.kind == "attained"), warehouse=truth, scope=Scope.everything())
    save_ranking(engine, dana, name="Best", link={"rank": ["revenue:1:high"], "period": ["year_to_date"]}, shared=True)
    save_ranking(engine, dana, name="Branches", link={"by": ["branch"], "rank": ["revenue:3:high", "growth:1:high"], "period": ["year_to_date"]}, shared=True)
    save_ranking(engine, dana, name="Gone", link={"rank": ["nonsense:1:high"]}, shared=True)
    return env


@pytest.fixture(scope="module")
def home(truth, truth_url, tmp_path_factory):
    return _home(truth, truth_url, tmp_path_factory.mktemp("plans"))


@pytest.fixture(scope="module")
def data(truth) -> frozenset[str]:
    with truth.engine.connect() as connection:
        names = [name for table in ("customer", "branch", "staff") for (name,) in connection.execute(text(f"SELECT name FROM {table}"))]
        names += [n for (n,) in connection.execute(text("SELECT number FROM customer"))]
        names += [n for (n,) in connection.execute(text("SELECT number FROM sales_order"))]
    return words_of_data(iter([*names, "Dana Best Branches Gone Twice budget dearer friend gold silver Delivery A X MASE"])) | TYPED


def said(home, command: str, language: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, command.split(), env={**home, "MABAT_LANGUAGE": language})
    assert result.exit_code == code and "Traceback" not in result.output, result.output
    return result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_word_printed_went_through_translation(home, data, command) -> None:
    told = said(home, command, "xx")
    assert told.strip() and not [(line, found) for line in told.splitlines() if (found := unmarked(line, data))]


def test_every_word_of_what_is_made_too(truth_url, data, tmp_path) -> None:
    env = {"MABAT_WAREHOUSE": truth_url, "MABAT_APPDB": f"sqlite:///{tmp_path / 'app.db'}", "MABAT_HOME": str(tmp_path)}
    (tmp_path / "plan.csv").write_text("measure,from,to,dimension,member,value\nrevenue,2026-12-01,2026-12-31,branch,Haifa,5000\n")
    for command in (*MADE, *MADE_TOO):
        told = said(env, command.format(file=tmp_path / "plan.csv"), "xx")
        assert told and not [(line, found) for line in told.splitlines() if (found := unmarked(line, data | {"plan", "csv"}))], command


@pytest.mark.parametrize("command", WRONG)
def test_every_word_of_an_error_too(home, data, command) -> None:
    told = said(home, command, "xx", code=2)
    assert "⟦" in told and not unmarked(told, data | words_of_data(iter([command, "x 2026"])))


@pytest.mark.parametrize("command", MACHINES)
def test_machines_are_told_the_same_in_every_language(home, command) -> None:
    english = said(home, command, "en")
    assert english and all(said(home, command, language) == english for language in ("he", "fa", "xx"))
    if "--json" in command:
        json.loads(english)


@pytest.mark.parametrize("language", ["he", "fa"])
def test_a_terminal_gets_no_marks_of_direction(home, language) -> None:
    for command in COMMANDS:
        told = said(home, command, language)
        assert not MARKS.search(told) and not [c for c in told if unicodedata.category(c) == "Cc" and c not in "\n"], command


def test_english_reads_as_before(home) -> None:
    told = said(home, "targets progress --period 2026", "en").splitlines()
    assert told[0] == "As of 20 Nov 2026" and re.match(r"Revenue  2026  The whole firm  ₪9,\d{3} of ₪9,000  10\d%  pace 8\d%, landing", told[1]) or told[1].startswith("Revenue  2026  The whole firm  ₪")
    listed = said(home, "targets list", "en")
    assert "Win rate" in listed and "Branch: Haifa" in listed and "stretch ₪12,000" in listed and "version 2, " in listed and "50.0%" in listed
    assert "Up" not in said(home, "tiers runs", "en") and "by the rules" in said(home, "tiers runs", "en")
    assert "Best  (shared, Dana) · Customers · by Revenue · " in said(home, "rankings list", "en") and "Gone  (shared, Dana) · cannot be asked: " in said(home, "rankings list", "en")


def test_columns_are_as_wide_as_what_is_seen() -> None:
    assert columns([("a", "1"), ("bbb", "20")], right=(1,)) == ["a     1", "bbb  20"]
    # A half-space and vowels take no place; an empty column is left out.
    rows = columns([("می\u200cشود", "", "x"), ("שָׁלוֹם", "", "y")])
    assert [width(r) for r in rows] == [8, 8] and width("می\u200cشود") == 5 and width("שָׁלוֹם") == 4 and columns([]) == [] and columns([("", "")]) == [""]
