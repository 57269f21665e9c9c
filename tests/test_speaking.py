"""Commands speak the language: in the pseudo-language every word of their help, output and errors carries its mark; what machines read is the same in all."""
from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from click.testing import CliRunner
from sqlalchemy import String as Text
from sqlalchemy import select

from crm_data.analysis.ranking_store import save_ranking
from crm_data.analysis.target_alert_store import add_alert
from crm_data.analysis.target_alerts import Alert, Rule
from crm_data.cli import COMMANDS, main
from crm_data.commands import click_words, speaking
from crm_data.commands.columns import width
from crm_data.commands.target_asking import operator
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import Cause, InputError
from crm_data.model.appdb import open_appdb
from crm_data.output.extract import ROOT, _of_commands
from crm_data.output.words import DOMAIN, LANGUAGES, PSEUDO, Words
from crm_data.text import plain
from tests.unmarked import unmarked, words_of_data

MARKS_OF_DIRECTION = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
#: What is typed, names of things and formats: the same in every language.
NAMES = frozenset({"mabat", "utc", "mb", "kb", "csv", "xlsx", "html", "pdf", "json", "duckdb", "demo", "tiny", "truth", "ils", "http", "localhost", "auth", "enter", "ticket", "postgresql", "dana", "admin",
                   *re.findall(r"\w+", operator().name.casefold())})
GOOD = "correct horse battery staple\n"


@pytest.fixture(autouse=True)
def pseudo_click(tmp_path_factory, monkeypatch):
    """Click's own words have a catalog of the pseudo-language too."""
    folder = tmp_path_factory.mktemp("locale") / PSEUDO / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="en")
    for text in click_words.CLICK:
        catalog.add(text, f"⟦{text}⟧")
    for forms in click_words.PLURALS:
        catalog.add(forms, tuple(f"⟦{form}⟧" for form in forms))
    with (folder / f"{DOMAIN}.mo").open("wb") as out:
        write_mo(out, catalog)
    monkeypatch.setattr(speaking, "LOCALE_FOLDER", folder.parents[1])


@pytest.fixture
def run(truth_url, monkeypatch, tmp_path):
    """A command on the paper firm in a language; what it printed, errors too."""
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def call(language: str, *arguments: str, code: int | None = 0, text: str | None = None) -> str:
        monkeypatch.setenv("MABAT_LANGUAGE", language)
        done = CliRunner().invoke(main, list(arguments), input=text, prog_name="mabat")
        assert code is None or done.exit_code == code, f"{arguments}: {done.output} {done.exception!r}"
        assert "Traceback" not in done.output
        return done.output
    return call


@pytest.fixture(scope="module")
def own_words(truth) -> frozenset[str]:
    """The words of the paper firm's own data, and the names of what it can be asked."""
    from crm_data.model.schema import TABLES
    catalog = catalog_for(truth)
    with truth.engine.connect() as connection:
        found = [value for table in TABLES.values() for column in table.c if isinstance(column.type, Text) for value in connection.execute(select(column).distinct()).scalars()]
    names = [name.replace("_", " ") for name in (*catalog.all_measures, *catalog.dimensions, *COMMANDS)]
    return words_of_data(iter([*found, *names, *catalog.all_measures, *catalog.dimensions])) | NAMES


def commands() -> list[tuple[str, ...]]:
    """Every command and the ones below it."""
    found: list[tuple[str, ...]] = [()]
    for name in COMMANDS:
        found.append((name,))
        command = main.get_command(click.Context(main), name)
        found += [(name, below) for below in getattr(command, "commands", {})]
    return found


# Help ---------------------------------------------------------------------------------------------------------------------
#: Names of options and what stands for their values, choices, and defaults that are typed so.
_TYPED = re.compile(r"\[[^\]\s⟦⟧]*\|[^\]⟦⟧]*\]|--?[a-z][\w-]*(?:\s*/\s*--[\w-]+)?|\b[A-Z][A-Z_]+\b(?:=\w+)?")
#: The first words of a help, cut off in a list of commands.
_CUT = re.compile(r"⟦[^⟦⟧\n]*\.$", re.MULTILINE)
_MARK = re.compile(r"⟦[^⟦⟧]*⟧")


def left(told: str, data: frozenset[str]) -> list[str]:
    """The words of a help or a usage error that carry no mark."""
    while _MARK.search(told):
        told = _MARK.sub(" ", told)
    return unmarked(_TYPED.sub(" ", _CUT.sub(" ", told)), data)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_help_is_in_the_language(run, own_words, command):
    told = run(PSEUDO, *command, "--help")
    below = getattr(main if not command else main.get_command(click.Context(main), command[0]), "commands", COMMANDS) if len(command) < 2 else {}
    assert told.startswith("⟦Usage:⟧") and "⟦Options⟧" in told and not left(told, own_words | words_of_data(iter([*command, *below]))), told


def test_help_keeps_its_english_and_names_stay(run):
    english, told = run("en", "review", "create", "--help"), run(PSEUDO, "review", "create", "--help")
    assert "Usage: mabat review create [OPTIONS]" in english and "⟦" not in english and "Day of the meeting" in english
    assert "--participants NAMES" in told and "--as-of DAY" in told and "[table|json|csv]" in run(PSEUDO, "cut", "--help")


def test_clicks_own_words_are_all_collected():
    """Every text of Click that our commands can come to show; the others are of what is not used here."""
    unused = {"d", "{editor}: Editing failed", "{editor}: Editing failed: {e}", "Windows error: {error}", "deprecated", "Positional arguments", "Value must be an iterable.", "(dynamic)", "env var: {var}",
              "Do you want to continue?", "Confirm the action without prompting.", "Missing {param_type}", "unknown error", "Could not open file {filename!r}: {message}", "Press any key to continue...",
              "Invalid start character for option ({option})", "Argument {name!r} takes {nargs} values.", "Choice({choices})", "{name} {filename!r} is not executable."}
    known = {*click_words.CLICK, *click_words.TYPES.values(), *(form for forms in click_words.PLURALS for form in forms)}
    found = {node.args[0].value for name in ("core", "exceptions", "formatting", "parser", "termui", "types", "decorators") for node in ast.walk(ast.parse((Path(click.__file__).parent / f"{name}.py").read_text()))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext") and node.args and isinstance(node.args[0], ast.Constant)}
    programming = {t for t in found if re.search(r"deprecat|Boolean option|Arguments take|Name '|Could not determine|No options defined|Unknown color|UUID|boolean|match the format|values are required|Takes \{nargs\}", t)}
    assert not found - known - unused - programming


@pytest.mark.parametrize("language", ["he", "fa"])
def test_a_translated_help_names_options_and_what_stands_for_values_as_they_are_typed(language):
    typed = re.compile(r"--[a-z][a-z-]+|\bmabat [a-z-]+|\b(?:" + "|".join(sorted(_metavars(), key=len, reverse=True)) + r")\b")
    for text in (text for path in (ROOT / "crm_data").rglob("*.py") for text in _of_commands(ast.parse(path.read_text(encoding="utf-8")))):
        if (said := plain(Words(language).t(text))) != text:
            assert sorted(set(typed.findall(text))) == sorted(set(typed.findall(said))), f"{text!r} -> {said!r}"


def _metavars() -> set[str]:
    """What stands for values of arguments and options in "Usage", with two letters or more."""
    found = set()
    for names in commands():
        command = main
        for name in names:
            command = command.get_command(click.Context(command), name)
        for param in command.params:
            made = param.metavar or (param.name or "").upper()
            found |= set(re.findall(r"\b[A-Z][A-Z_]+\b", made)) if isinstance(param, click.Argument) or param.metavar else set()
    return found


# Output -------------------------------------------------------------------------------------------------------------------
YEAR = ("--period", "year_to_date")
#: What people read; each on the paper firm, one after the other in one home.
SAID: dict[str, tuple[tuple[str, ...], ...]] = {
    "lists": (("measures",), ("dimensions",)),
    "cuts": (("cut", "-m", "revenue", "-m", "win_rate", "-m", "mean_age", "-b", "branch", *YEAR, "--compare", "last_year", "--top", "1"), ("cut", "-m", "orders", "-b", "customer", "--grain", "quarter", *YEAR),
             ("cut", "-m", "contacts", "-b", "contact_channel", "-b", "weekday")),
    "ask": (("ask", "⟦revenue⟧"), ("ask", "revenue by branch last year blah")),
    "find": (("find", "cohen"), ("find", "zebar"), ("find", "qqxxzz"), ("find", "052-1234567"), ("find", "rina azul")),
    "customer": (("customer", "C-003"), ("customer", "C-001", "--events", "400"), ("handover", "C-003", "--to", "page.html")),
    "users": (("user", "add", "dana", "--role", "manager", "--branch", "Haifa", "--password-stdin"), ("user", "password", "dana", "--password-stdin"), ("user", "disable", "dana"), ("user", "list"),
              ("user", "enable", "dana"), ("user", "list")),
    "review": (("review", "list"), ("review", "create", "--as-of", "2026-11-20", "--participants", "Dana, Omer"), ("review", "show", "1"), ("review", "list"), ("review", "close", "1"), ("review", "show", "1"),
               ("review", "create"), ("review", "show", "2"), ("review", "list")),
    "export": (("export", "-m", "revenue", "-b", "branch", *YEAR, "--to", "x.csv"),),
    "snapshots": (("snapshots", "list"), ("snapshots", "verify"), ("snapshots", "prune"), ("check-engine",), ("backup", "all.zip")),
    "template": (("template", "mine.xlsx"), ("import", "mine.xlsx", "--dry-run")),
    "segments": (("segments", "list"), ("segments", "set", "Levi", "--where", "customer_type=Students"), ("segments", "list"), ("segments", "explain", "Levi", "C-001"), ("segments", "set", "Levi", "--delete")),
    "targets": (("targets", "list"), ("targets", "set", "-m", "revenue", "--period", "2026", "--value", "10000"), ("targets", "set", "-m", "revenue", "--period", "2026-11", "--for", "branch=Haifa", "--value", "500"),
                ("targets", "list", "--history"), ("targets", "progress"), ("targets", "forecast", "-m", "revenue"), ("targets", "alerts"), ("targets", "split", "-m", "revenue", "--period", "2026", "--by", "quarter", "--dry-run"),
                ("targets", "copy", "--from", "2026", "--to", "2027", "--percent", "5", "--dry-run"), ("targets", "set", "-m", "revenue", "--period", "2026", "--withdraw")),
    "rates": (("rates", "list", "--all"), ("rates", "set", "contact_phone", "9.50", "--from", "2026-12-01", "--dry-run"), ("rates", "set", "contact_phone", "9.50", "--from", "2026-12-01", "--why", "Dana"),
              ("rates", "list", "--history"), ("rates", "withdraw", "1", "--why", "Dana")),
    "tiers": (("tiers", "list"), ("tiers", "start", "--from", "revenue"), ("tiers", "list"), ("tiers", "simulate"), ("tiers", "apply", "--yes"), ("tiers", "runs"), ("tiers", "assign", "C-001", "⟦Gold⟧", "--why", "Dana"),
              ("tiers", "undo", "1")),
    "rankings": (("rankings", "list"), ("rankings", "show", "Bilha")),
    "alerts": (("targets", "set", "-m", "revenue", "--period", "2026-11", "--value", "5000"), ("targets", "alerts"))}


def keep_some(engine, warehouse, scope) -> None:
    """What only the dashboard makes: a ranking, and an alert on targets."""
    save_ranking(engine, operator(), name="Bilha", link={"by": ["customer"], "rank": ["revenue:3:high", "complaints:1:low"], "period": ["year_to_date"], "vs": ["last_year"]}, shared=True)
    add_alert(engine, operator(), Alert("revenue", "", "", Rule("pace", 0.9, 10)), warehouse=warehouse, scope=scope)


@pytest.mark.parametrize("group", SAID)
def test_every_word_printed_is_in_the_language(run, own_words, group, tmp_path, truth, everything):
    if group in ("rankings", "alerts"):
        keep_some(open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), truth, everything)
    for arguments in SAID[group]:
        told = run(PSEUDO, *arguments, text=GOOD if "--password-stdin" in arguments else None)
        unsaid = unmarked(told.replace(str(tmp_path), ""), own_words | {"levi"})
        assert not unsaid, f"{' '.join(arguments)}: {unsaid}\n{told}"
        assert not MARKS_OF_DIRECTION.search(told), "a terminal would draw them as boxes"


@pytest.mark.parametrize("language", ["he", "fa"])
@pytest.mark.parametrize("group", ["cuts", "customer", "review", "snapshots"])
def test_a_terminal_gets_no_marks_of_direction(run, group, language):
    told = "".join(run(language, *arguments) for arguments in SAID[group])
    assert not MARKS_OF_DIRECTION.search(told) and re.search("[\u05d0-\u05ea]" if language == "he" else "[\u0621-\u06cc]", told)
    assert not re.search("[۰-۹]", told), "digits are those that are typed"


def test_columns_stand_under_each_other_in_every_language(run):
    for language in (*LANGUAGES, PSEUDO):
        lines = run(language, "cut", "-m", "orders", "-b", "branch").split("\n\n")[0].splitlines()
        assert len(lines) == 6 and len({width(line) for line in lines}) == 1


def test_the_demo_and_the_server(monkeypatch, tmp_path):
    from crm_data.commands import serve
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_LANGUAGE", PSEUDO)
    monkeypatch.setattr(serve.os, "execvpe", lambda *a: None)
    monkeypatch.setattr(serve.os, "chdir", lambda folder: None)
    monkeypatch.setattr(serve, "check_port", lambda *a: None)
    told = CliRunner().invoke(main, ["serve", "--port", "8599"], catch_exceptions=False).output
    assert "⟦The demonstration firm is published as" in told and "⟦Mabat is at⟧" in told and "http://localhost:8599/auth/enter?ticket=" in told
    assert not unmarked(re.sub(r"http\S+", " ", told), NAMES | {"user", "password"})
    labels = CliRunner().invoke(main, ["cut", "-m", "orders", "-b", "branch"]).output
    assert "⟦Haifa⟧" in labels, "the demo's own labels are translated"


# Machines -----------------------------------------------------------------------------------------------------------------
READ = (("measures", "--json"), ("dimensions", "--json"), ("cut", "-m", "revenue", "-m", "win_rate", "-b", "branch", *YEAR, "--compare", "last_year", "--json"), ("cut", "-m", "revenue", "-b", "customer", "--format", "csv"),
        ("find", "cohen", "--json"), ("customer", "C-003", "--json"), ("snapshots", "list", "--json"), ("snapshots", "verify", "--json"), ("check-engine", "--json"), ("user", "list", "--json"),
        ("review", "show", "1", "--json"), ("review", "list", "--json"), ("targets", "list", "--json"), ("targets", "progress", "--json"), ("targets", "forecast", "-m", "revenue", "--json"), ("targets", "alerts", "--json"),
        ("rates", "list", "--json"), ("tiers", "list", "--json"), ("tiers", "simulate", "--json"), ("segments", "list", "--json"), ("rankings", "list", "--json"), ("rankings", "show", "Bilha", "--json"), ("rankings", "show", "Bilha", "--format", "csv"),
        ("targets", "split", "-m", "revenue", "--period", "2026", "--by", "quarter", "--dry-run", "--json"), ("rates", "set", "contact_phone", "9.50", "--from", "2026-12-01", "--dry-run", "--json"),
        ("ask", "--language", "en", "--format", "json", "revenue by branch last year"))


def test_what_machines_read_is_the_same_in_every_language(run, tmp_path, truth, everything):
    keep_some(open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), truth, everything)
    for arguments in (("review", "create"), ("targets", "set", "-m", "revenue", "--period", "2026", "--value", "10000", "--why", "budget"), ("tiers", "start", "--from", "revenue"),
                      ("segments", "set", "Students", "--where", "customer_type=Students")):
        run("en", *arguments)
    for arguments in READ:
        english = run("en", *arguments)
        assert english and "csv" in arguments or json.loads(english) is not None
        for language in ("he", "fa", PSEUDO):
            assert run(language, *arguments) == english, f"{language}: {' '.join(arguments)}"


# Errors and the choice ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("arguments", [
    ("cut", "-m", "revenu"), ("cut", "-m", "revenue", "--from", "yesterday"), ("cut",), ("customer", "C-999"), ("find",), ("find", "x", "--limit", "0"), ("find", "x", "--limit", "many"), ("nothing",), ("cut", "--nothing"),
    ("cut", "-m", "revenue", "--grain", "fortnight"), ("review", "show", "x"), ("review", "show", "77"), ("review",), ("snapshots", "use", "x"), ("snapshots", "list", "more"), ("import", "nowhere"), ("restore", "nowhere.zip", "--yes"),
    ("export", "-m", "revenue", "--to", "x.doc"), ("user", "add", "two words"), ("targets", "import", "nowhere.csv"), ("cut", "-m"), ("customer", "C-003", "--json=1"), ("user", "add", "dana", "--role", "king")], ids=" ".join)
def test_errors_are_in_the_language(run, own_words, arguments):
    told = run(PSEUDO, *arguments, code=None, text=GOOD)
    typed = words_of_data(iter([*arguments, "mabat --help", "close create list show"]))
    assert "⟦" in told and not left(told, own_words | typed), told


def test_what_is_asked_on_the_terminal_is_in_the_language(run, own_words):
    run(PSEUDO, "user", "add", "dana", "--password-stdin", text=GOOD)
    run(PSEUDO, "backup", "all.zip")
    told = run(PSEUDO, "restore", "all.zip", code=1, text="n\n")
    assert told.startswith("⟦The application database") and told.endswith("⟦Aborted!⟧\n") and "[y/N]" in told
    told = run(PSEUDO, "user", "password", "dana", text=GOOD + GOOD)
    assert "⟦Password⟧:" in told and "⟦Repeat for confirmation⟧:" in told and not unmarked(told, own_words)
    assert "⟦Error: The two entered values do not match.⟧" in run(PSEUDO, "user", "password", "dana", code=None, text=GOOD + "other\n" + GOOD + GOOD)


def test_the_steps_of_a_progress_bar_are_called_in_the_language():
    from crm_data.commands.progress import _shown
    assert (_shown("sales_order"), _shown("totals"), _shown("orders.csv"), _shown(None)) == ("Orders", "Totals", "orders.csv", None)
    with speaking.speaking(["--language", "he"]):
        assert _shown("sales_order") == "הזמנות" and speaking.language() == "he"
    assert speaking.language() == "en"


def test_a_question_in_english_is_understood_in_every_language(run):
    english = run("en", "ask", "revenue by branch last year")
    assert run("fa", "ask", "revenue by branch last year") == english and "סניף" in run("he", "ask", "הכנסות לפי סניף בשנה שעברה")
    assert "Branch" not in run("he", "ask", "--language", "he", "revenue by branch last year", code=2)


@pytest.mark.parametrize("question", ["contacts by branch in 2025", "complaints by branch in 2026", "orders by product since 2026-01-01"])
def test_a_year_alone_is_no_reason_to_read_a_question_in_another_language(run, question):
    """In Persian only the year of "complaints by branch in 2026" would be read, and revenue assumed."""
    english = run("en", "ask", "--format", "json", question)
    assert json.loads(english)["not_understood"] == [] and json.loads(english)["cut"]["by"]
    assert all(run(language, "ask", "--format", "json", question) == english for language in ("he", "fa"))


def test_what_is_kept_for_everybody_is_not_in_the_language_of_a_terminal(monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    for line, terminal, said, kept in (([], "fa_IR.UTF-8", "fa", "en"), (["--language", "he", "tiers"], "fa_IR.UTF-8", "he", "he"), ([], "C.UTF-8", "en", "en")):
        with speaking.speaking(line, {"LANG": terminal}):
            assert (speaking.language(), speaking.lasting().language) == (said, kept)


def test_targets_of_a_meeting_are_told_with_whose_and_when(run):
    run("en", "targets", "set", "-m", "revenue", "--period", "2026-11", "--for", "branch=Haifa", "--value", "500")
    run("en", "targets", "set", "-m", "revenue", "--period", "2026", "--value", "10000")
    run("en", "review", "create")
    told = run("en", "review", "show", "1")
    assert re.search(r"Branch: Haifa +Nov 2026 +Revenue: ₪\S+, target ₪500", told) and re.search(r"The whole firm +2026 +Revenue: ₪9\.1K, target ₪10", told)
    assert re.search(r"כל החברה +2026 +הכנסות", run("he", "review", "show", "1"))


def test_a_sentence_within_a_sentence_is_said_in_the_language_and_read_by_machines_in_english():
    inner = Cause("{file} is missing", file="a.duckdb")
    error = InputError("It broke: {cause}.", cause=inner)
    assert str(error) == "It broke: a.duckdb is missing." and json.dumps([inner]) == '["a.duckdb is missing"]'
    assert Words(PSEUDO).error(error) == "⟦It broke: ⟦a.duckdb is missing⟧.⟧" and Words(PSEUDO).cause("free text") == "free text"


def test_a_damaged_snapshot_is_told_in_the_language(run, tmp_path, monkeypatch):
    from crm_data.model.snapshots import open_store
    from tests.staging import build
    store = open_store(f"duckdb:///{tmp_path / 'w'}")
    made = store.publish(build(tmp_path / "a.duckdb"), currency="ILS", sources=["test"])
    with (tmp_path / "w" / f"{made.name}.duckdb").open("ab") as file:
        file.write(b"x")
    monkeypatch.setenv("MABAT_WAREHOUSE", store.url)
    told = run(PSEUDO, "snapshots", "verify", code=1)
    assert "⟦DAMAGED⟧" in told and "bytes instead of" in told and not unmarked(told, NAMES)
    problems = json.loads(run(PSEUDO, "snapshots", "verify", "--json", code=1))[made.name]["problems"]
    assert problems == [f"{made.name}.duckdb has {made.size + 1} bytes instead of {made.size}"]


def test_the_language_is_that_of_the_option_then_the_setting_then_the_terminal(run, monkeypatch):
    monkeypatch.setenv("LANG", "fa_IR.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    assert "درآمد" in run("", "cut", "-m", "revenue"), "the terminal's"
    assert "הכנסות" in run("he", "cut", "-m", "revenue"), "the setting's"
    assert "Revenue" in run("he", "--language", "en", "cut", "-m", "revenue") and "Revenue" in run("he", "--language=en", "cut", "-m", "revenue")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "Revenue" in run("", "cut", "-m", "revenue")


def test_files_are_in_the_language_of_the_run_unless_another_is_asked_for(run, tmp_path):
    cut = ("export", "-m", "revenue", "-b", "branch", *YEAR, "--quiet", "--to")
    run("he", *cut, "a.csv")
    run("he", *cut, "b.csv", "--language", "fa")
    run("fa", "handover", "C-003", "--to", "c.html")
    run("fa", "handover", "C-003", "--to", "d.html", "--language", "en")
    heads = [(tmp_path / name).read_text(encoding="utf-8-sig").splitlines()[0] for name in ("a.csv", "b.csv")]
    assert heads[0].startswith("סניף") and heads[1].startswith("شعبه")
    assert "rows" in run("en", *[a for a in cut if a != "--quiet"], "e.csv", "--language", "fa"), "the language of the file is not that of the command"
    assert '<html lang="fa" dir="rtl">' in (tmp_path / "c.html").read_text(encoding="utf-8") and '<html lang="en" dir="ltr">' in (tmp_path / "d.html").read_text(encoding="utf-8")
