"""``mabat snapshots``: what is kept, whether it is whole, what goes; and ``mabat check-engine``."""
from __future__ import annotations

import json
import os
from datetime import UTC
from pathlib import Path

import click
import duckdb
from sqlalchemy import text
from sqlalchemy.engine import make_url

from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.speaking import say, say_n
from crm_data.errors import N_, EngineUnavailable, InputError, SnapshotDamaged
from crm_data.model.engines import open_engine, ping
from crm_data.model.snapshots import Manifest, Store, open_store, protected_names, to_prune
from crm_data.output.formats import Formats
from crm_data.settings import load_settings
from crm_data.text import Figure

_as_json = click.option("--json", "as_json", is_flag=True, help="Print stable JSON instead of words.")


def _store() -> Store:
    settings = load_settings()
    return open_store(settings.warehouse, **settings.place)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _published_name(store: Store) -> str | None:
    """The published snapshot's name; a damaged pointer is said on stderr and does not stop a listing."""
    try:
        return store.published_name()
    except SnapshotDamaged as error:
        speaking.write(speaking.told_error(error), err=True)
        return None


@click.group()
def snapshots() -> None:
    """Snapshots of the warehouse: list, verify, prune, or publish an older one again."""


@snapshots.command("list")
@_as_json
def list_(as_json: bool) -> None:
    """List the kept snapshots, newest first."""
    store = _store()
    published, manifests, names = _published_name(store), store.list(), store.names()
    if as_json:
        _print_json([manifest.to_dict() | {"published": manifest.name == published} for manifest in manifests])
        return
    if not names:
        say(N_("No snapshots yet. “mabat demo” makes the demonstration firm, “mabat import” brings your own data."))
        return
    readable, formats = {manifest.name: manifest for manifest in manifests}, speaking.formats_in(speaking.words(), load_settings().currency)
    speaking.write("\n".join(columns([[f"{'*' if name == published else ' '} {name}", *_listed(name, readable.get(name), formats)] for name in names], {3, 4})))


def _listed(name: str, found: Manifest | None, formats: Formats) -> list[str]:
    """When it was made, of what day it is, how much it holds, and of what; or that it is damaged."""
    words = formats.words
    if found is None:
        return [""] * 6 + [words.t(N_("damaged: “mabat snapshots verify {name}” says how"), name=name)]
    return [f"{formats.moment(found.created_at.astimezone(UTC))} UTC", words.t(N_("as of {day}"), day=formats.day(found.as_of)), words.n("{n} row", "{n} rows", found.rows, n=f"{found.rows:,}"),
            f"{found.size / 1e6:,.1f} MB" if found.size else "", found.currency, words.listed(found.sources), found.note]


@snapshots.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_as_json
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Read snapshots whole (all when no NAME is given) and compare them with their manifests.

    Exit code 1 when one of them is damaged.
    """
    store = _store()
    found = {name: store.verify(name) for name in names or store.names()}
    if as_json:
        _print_json({name: {"whole": not problems, "problems": problems} for name, problems in found.items()})
    else:
        them = speaking.words()
        for name, problems in found.items():
            speaking.write("\n".join([f"{name}  {them.t(N_('DAMAGED') if problems else N_('whole'))}", *(f"  {them.cause(problem)}" for problem in problems)]))
    if any(found.values()):
        raise SystemExit(1)


@snapshots.command()
@click.option("--keep", type=click.IntRange(min=1), help="How many of the newest to keep (default: the setting “keep”, 14).")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@_as_json
def prune(keep: int | None, dry_run: bool, as_json: bool) -> None:
    """Remove old snapshots, except the published one and those a meeting refers to."""
    settings, store = load_settings(), _store()
    protected, keep = protected_names(settings.appdb), keep or settings.keep
    if dry_run:
        removed = to_prune(store.names(), keep, protected | {_published_name(store) or ""})
    else:
        removed = store.prune(keep, protected)
    if as_json:
        _print_json({"removed": removed, "kept": [name for name in store.names() if name not in removed], "dry_run": dry_run})
        return
    for name in removed:
        say(N_("{name}  would be removed") if dry_run else N_("{name}  removed"), name=name)
    if not removed:
        say(N_("Nothing to remove."))


@snapshots.command()
@click.argument("name")
@_as_json
def use(name: str, as_json: bool) -> None:
    """Publish the older snapshot NAME again; it is verified first."""
    manifest = _store().use(name)
    if as_json:
        _print_json(manifest.to_dict() | {"published": True})
    else:
        say_n("Published: {name}, as of {day}, {n} row.", "Published: {name}, as of {day}, {n} rows.", manifest.rows, name=manifest.name, day=manifest.as_of, n=Figure(f"{manifest.rows:,}"))


@click.command("check-engine")
@click.argument("url", required=False)
@_as_json
def check_engine(url: str | None, as_json: bool) -> None:
    """Say whether the database at URL (default: the warehouse of the settings) answers, and what it holds."""
    settings = load_settings({**os.environ, "MABAT_WAREHOUSE": url} if url else None)
    found = _check(settings.warehouse)
    if as_json:
        _print_json(found)
        return
    say(N_("{url} answers: {engine}."), url=found["url"], engine=found["engine"])
    if found["published"]:
        say(N_("Published snapshot: {name}, of {n}."), name=found["published"], n=found["snapshots"])
    else:
        say(N_("No snapshot is published there yet."))


def _check(url: str) -> dict:
    address = make_url(url)
    if address.get_backend_name() == "duckdb":
        version = _check_folder(Path(address.database or ""))
    else:
        engine = open_engine(url, read_only=True)
        ping(engine)
        with engine.connect() as connection:
            version = "PostgreSQL " + connection.execute(text("SHOW server_version")).scalar_one()
            if not connection.execute(text("SELECT has_database_privilege(current_database(), 'CREATE')")).scalar_one():
                raise EngineUnavailable(N_("The user {user} may not create schemas in the database {database}; grant it CREATE there."),
                                        user=address.username, database=address.database)
    store = open_store(url)
    manifest = store.published()
    return {"url": address.render_as_string(hide_password=True), "engine": version, "snapshots": len(store.names()),
            "published": manifest.name if manifest else None}


def _check_folder(folder: Path) -> str:
    if folder.is_file():
        raise InputError(N_("The warehouse “{text}” must name a folder for the snapshots."), text=folder)
    existing = next((place for place in [folder, *folder.absolute().parents] if place.is_dir()), None)
    if existing is None or not os.access(existing, os.W_OK | os.X_OK):
        raise EngineUnavailable(N_("The folder {path} cannot be written to."), path=folder)
    return f"DuckDB {duckdb.__version__}"
