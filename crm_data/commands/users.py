"""``mabat user add|list|disable|enable|password``: who may enter, and what they see."""
from __future__ import annotations

import json
import sys

import click

from crm_data.accounts import users
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.speaking import say, told
from crm_data.errors import N_, InputError
from crm_data.model.appdb import open_appdb
from crm_data.settings import load_settings

_ROLES = {"viewer": N_("Viewer"), "manager": N_("Manager"), "administrator": N_("Administrator")}


def _engine():
    return open_appdb(load_settings().appdb)


def _ask_password(given: bool) -> str:
    """From a prompt (twice), or from standard input with --password-stdin, so that it never stands in a command line."""
    if given:
        text = sys.stdin.readline().rstrip("\r\n")
        if not text:
            raise InputError(N_("No password came on standard input."))
        return text
    return click.prompt(told("Password"), hide_input=True, confirmation_prompt=True, err=True)


@click.group()
def user() -> None:
    """Users, roles and branch scope."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(users.ROLES), default="viewer", show_default=True, help="Viewers see no personal data; managers set targets; administrators manage users.")
@click.option("--full-name", default="", help="Name shown.")
@click.option("--branch", "branches", multiple=True, help="Only records of this branch and those below it; repeat for several. Default: all.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(name: str, role: str, full_name: str, branches: tuple[str, ...], password_stdin: bool) -> None:
    """Add a user."""
    made = users.add_user(_engine(), name, role=role, full_name=full_name, branches=branches or None, password=_ask_password(password_stdin))
    say(N_("Added {name} ({role})."), name=made.name, role=told(_ROLES[made.role]))


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(as_json: bool) -> None:
    """List the users."""
    found = users.all_users(_engine())
    if as_json:
        click.echo(json.dumps([{"name": u.name, "full_name": u.full_name, "role": u.role, "branches": u.branches, "disabled": u.disabled} for u in found], ensure_ascii=False))
        return
    if not found:
        say(N_("There are no users yet."))
        return
    them = speaking.words()
    speaking.write("\n".join(columns([[u.name, them.t(_ROLES[u.role]), them.listed(u.branches) if u.branches is not None else them.t(N_("All branches")), them.t(N_("disabled")) if u.disabled else ""]
                                      for u in found])))


@user.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Disable a user; their sessions end at once."""
    users.change_user(_engine(), name, disabled=True)
    say(N_("Disabled {name}."), name=name)


@user.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let a disabled user in again."""
    users.change_user(_engine(), name, disabled=False)
    say(N_("Enabled {name}."), name=name)


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(name: str, password_stdin: bool) -> None:
    """Set a user's password; their sessions end."""
    engine = _engine()
    users.find_user(engine, name)
    users.set_password(engine, name, _ask_password(password_stdin))
    say(N_("The password of {name} is set."), name=name)
