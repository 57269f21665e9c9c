"""``mabat backup`` and ``mabat restore``: everything in one file, and back."""
from __future__ import annotations

from datetime import UTC
from pathlib import Path

import click

from crm_data.commands import speaking
from crm_data.commands.speaking import say, told
from crm_data.errors import N_
from crm_data.model.archive import Backup, restore_archive, write_archive
from crm_data.model.snapshots import open_store
from crm_data.settings import load_settings
from crm_data.text import Figure


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="All kept snapshots, not only the published one.")
def backup(file: Path, every: bool) -> None:
    """Write the application database and the published snapshot into FILE (a ZIP archive).

    The dashboard may go on running meanwhile.
    """
    settings = load_settings()
    made = write_archive(file, open_store(settings.warehouse), settings.appdb, every=every)
    say(N_("{file}: {what}, {size} MB."), file=str(file), what=_said(made), size=Figure(f"{made.size / 1e6:,.1f}"))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before replacing the application database.")
def restore(file: Path, yes: bool) -> None:
    """Put what FILE (written by “mabat backup”) holds in place of the present data.

    The archive is checked whole first; a damaged one changes nothing.
    """
    settings = load_settings()
    if not yes and file.is_file():
        click.confirm(told("The application database (users, targets, notes ...) is replaced by the archive's. Go on?"), abort=True)
    found = restore_archive(file, open_store(settings.warehouse), settings.appdb)
    made = speaking.formats_in(speaking.words(), settings.currency).moment(found.created_at.astimezone(UTC))
    say(N_("Restored from {file}: {what}, as of {moment} UTC."), file=str(file), what=_said(found), moment=made)


def _said(backup: Backup) -> str:
    words, kept = speaking.words(), len(backup.snapshots)
    snapshots = words.n("{n} snapshot (published: {name})", "{n} snapshots (published: {name})", kept, name=str(backup.published)) if kept else ""
    if not backup.appdb:
        return snapshots
    return words.t(N_("the application database and {snapshots}"), snapshots=snapshots) if kept else words.t(N_("the application database"))
