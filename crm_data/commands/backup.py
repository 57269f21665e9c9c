"""``mabat backup`` and ``mabat restore``: everything in one file, and back."""
from __future__ import annotations

from pathlib import Path

import click

from crm_data.model.archive import Backup, restore_archive, write_archive
from crm_data.model.snapshots import open_store
from crm_data.settings import load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="All kept snapshots, not only the published one.")
def backup(file: Path, every: bool) -> None:
    """Write the application database and the published snapshot into FILE (a ZIP archive).

    The dashboard may go on running meanwhile.
    """
    settings = load_settings()
    made = write_archive(file, open_store(settings.warehouse), settings.appdb, every=every)
    click.echo(f"{file}: {_said(made)}, {made.size / 1e6:,.1f} MB.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before replacing the application database.")
def restore(file: Path, yes: bool) -> None:
    """Put what FILE (written by “mabat backup”) holds in place of the present data.

    The archive is checked whole first; a damaged one changes nothing.
    """
    settings = load_settings()
    if not yes and file.is_file():
        click.confirm("The application database (users, targets, notes ...) is replaced by the archive's. Go on?", abort=True)
    found = restore_archive(file, open_store(settings.warehouse), settings.appdb)
    click.echo(f"Restored from {file}: {_said(found)}, as of {found.created_at:%Y-%m-%d %H:%M} UTC.")


def _said(backup: Backup) -> str:
    parts = ["the application database"] if backup.appdb else []
    if backup.snapshots:
        count = len(backup.snapshots)
        parts.append(f"{count} {'snapshot' if count == 1 else 'snapshots'} (published: {backup.published})")
    return " and ".join(parts)
