"""``mabat user`` and ``mabat serve``: what they say, and what they refuse in one line."""
from __future__ import annotations

import json
import socket

import pytest
from click.testing import CliRunner

from crm_data.accounts import users
from crm_data.cli import main
from crm_data.model.appdb import open_appdb

GOOD = "correct horse battery staple\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.delenv("MABAT_WAREHOUSE", raising=False)

    def go(*arguments: str, text: str | None = None):
        return CliRunner().invoke(main, arguments, input=text)
    return go


@pytest.fixture
def engine(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def test_a_user_is_added_listed_disabled_and_enabled(run, engine):
    done = run("user", "add", "Dana", "--role", "manager", "--branch", "Haifa", "--full-name", "Dana Levi", "--password-stdin", text=GOOD)
    assert (done.exit_code, done.output) == (0, "Added dana (Manager).\n")
    assert json.loads(run("user", "list", "--json").output) == [
        {"name": "dana", "full_name": "Dana Levi", "role": "manager", "branches": ["Haifa"], "disabled": False}]
    assert run("user", "disable", "dana").exit_code == 0 and users.find_user(engine, "dana").disabled
    assert "disabled" in run("user", "list").output
    assert run("user", "enable", "dana").exit_code == 0 and not users.find_user(engine, "dana").disabled


def test_a_password_is_asked_twice_and_never_shown(run, engine):
    users.add_user(engine, "dana", role="viewer")
    done = run("user", "password", "dana", text=GOOD * 2)
    assert done.exit_code == 0 and "correct horse" not in done.output and users.password_hash(engine, "dana")
    assert "characters" in run("user", "password", "dana", "--password-stdin", text="short\n").output


@pytest.mark.parametrize(("arguments", "text", "sentence"), [
    (("user", "disable", "nobody"), None, "There is no user “nobody”."),
    (("user", "add", "two words", "--password-stdin"), GOOD, "is not a user name"),
    (("user", "add", "eve", "--password-stdin"), "", "No password came on standard input."),
    (("user", "add", "eve", "--password-stdin"), "short\n", "use at least 15"),
    (("user", "add", "eve", "--role", "king", "--password-stdin"), GOOD, "king")])
def test_what_cannot_be_is_one_sentence_and_changes_nothing(run, engine, arguments, text, sentence):
    done = run(*arguments, text=text)
    assert done.exit_code == 2 and sentence in done.output and "Traceback" not in done.output
    assert users.all_users(engine) == []


def test_a_port_in_use_is_said_with_another_one(run, engine):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.exit_code == 2 and f"Port {port} on localhost cannot be used" in done.output and f"mabat serve --port {port + 1}" in done.output
    assert users.all_users(engine) == [], "nothing was made"


def test_serving_prints_a_link_that_works_once_and_the_administrators_name(run, engine, monkeypatch):
    from crm_data.accounts.sessions import use_ticket
    from crm_data.commands import serve
    started = []
    monkeypatch.setattr(serve.os, "execvpe", lambda *a: started.append(a))
    monkeypatch.setattr(serve.os, "chdir", lambda folder: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = run("serve", "--no-demo", "--port", str(port))
    assert done.exit_code == 0 and "admin (Administrator)" in done.output
    ticket = done.output.split("ticket=")[1].split()[0]
    assert use_ticket(engine, ticket).name == "admin" and use_ticket(engine, ticket) is None
    _, arguments, environment = started[0]
    assert arguments[1:4] == ["-m", "streamlit", "run"] and str(port) in arguments and ticket not in str(environment)
