"""``mabat import`` and ``mabat template``: data in, and the workbook for those with only Excel."""
from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import make_url

from crm_data.analysis.tiers_overlay import Overlay
from crm_data.commands import speaking
from crm_data.commands.progress import progress_bar
from crm_data.commands.speaking import say
from crm_data.errors import N_, InputError
from crm_data.model.appdb import open_appdb
from crm_data.settings import Settings, load_settings
from crm_data.sources.importer import import_source
from crm_data.sources.mapping import find_mapping
from crm_data.sources.report import in_words
from crm_data.sources.template import write_template


@click.command("import")
@click.argument("source")
@click.option("--mapping", "-m", metavar="NAME_OR_FOLDER", help="A mapping's folder, or the name of one in examples. "
              "A filled workbook template needs none.")
@click.option("--dry-run", is_flag=True, help="Do everything but change: only the report is given.")
@click.option("--json", "as_json", is_flag=True, help="Give the report as JSON.")
def import_(source: str, mapping: str | None, dry_run: bool, as_json: bool) -> None:
    """Import SOURCE: a file or folder of CSV, TSV, XLSX, Parquet or JSON, a database URL, or package:NAME."""
    settings = load_settings()
    folder = find_mapping(mapping) if mapping else None
    with progress_bar(hidden=as_json) as tell:
        report = import_source(source, folder, settings, dry_run=dry_run, progress=tell, overlay=_overlay(settings))
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        speaking.write(in_words(report, speaking.words()))


def _overlay(settings: Settings) -> Overlay | None:
    """Tiers assigned here, which every snapshot carries; none where nobody has used the application yet."""
    file = make_url(settings.appdb)
    if file.get_backend_name() == "sqlite" and not Path(file.database or "").is_file():
        return None
    return Overlay(open_appdb(settings.appdb))


@click.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def template(file: Path, force: bool) -> None:
    """Write a workbook to fill in: a sheet a table, its columns explained, an example in the second row."""
    if file.suffix.lower() != ".xlsx":
        raise InputError(N_("“{file}” must end in .xlsx."), file=file)
    if file.exists() and not force:
        raise InputError(N_("“{file}” is there already. Name another file, or write over it with --force."), file=file)
    if not file.parent.exists():
        raise InputError(N_("There is no folder “{folder}” to write into."), folder=file.parent)
    write_template(file, speaking.words(), load_settings().currency)
    say(N_("Written: {file}. Fill it in and run: mabat import {file}"), file=str(file))
