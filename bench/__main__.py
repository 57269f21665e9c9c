"""``python -m bench``: make a demonstration firm of the size asked, measure, print ratios."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

LINES_A_CUSTOMER = 50


@click.command()
@click.option("--lines", default=1_000_000, show_default=True, type=click.IntRange(1000), help="Order lines, about.")
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(1), help="Rounds; the fastest counts.")
@click.option("--home", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Measure the warehouse of this MABAT_HOME instead of a new one.")
@click.option("--measure", "-m", "measures", multiple=True, help="Only this measure; may be repeated.")
@click.option("--only", type=click.Choice(["answers", "explore", "exports", "import", "pages"]), help="Only this part.")
def main(lines: int, repeats: int, home: Path | None, measures: tuple[str, ...], only: str | None) -> None:
    """Measure what Mabat adds to its engine's own time."""
    with tempfile.TemporaryDirectory(prefix="mabat-bench-") as name:
        folder = Path(name)
        for variable in [v for v in os.environ if v.startswith("MABAT_")]:
            del os.environ[variable]
        os.environ["MABAT_HOME"] = str(home.resolve() if home else folder / "home")
        if home is None:
            customers = max(lines // LINES_A_CUSTOMER, 20)
            click.echo(f"Making a firm of {customers:,} customers, about {lines:,} order lines ...", err=True)
            subprocess.run([sys.executable, "-m", "crm_data", "demo", "--customers", str(customers)], check=True, stdout=subprocess.DEVNULL)
        measure(folder, repeats, measures, only)


def measure(folder: Path, repeats: int, measures: tuple[str, ...], only: str | None) -> None:
    """Measure the published warehouse of the settings and print; ``folder`` is for what is written meanwhile."""
    from bench import answers, explore, export, pages, report
    from crm_data.model.snapshots import open_store
    from crm_data.settings import load_settings
    settings = load_settings()
    warehouse = open_store(settings.warehouse, **settings.place).warehouse()
    click.echo(f"{warehouse.manifest.tables['order_line']['rows']:,} order lines, {warehouse.manifest.tables['interaction']['rows']:,} contacts, as of {warehouse.as_of}\n")
    if only in (None, "answers"):
        timed = list(answers.time_measures(warehouse, repeats=repeats, measures=measures))
        click.echo("\n".join(report.answers_in_words(timed)) + "\n")
    if only in (None, "explore"):
        click.echo("\n".join(report.explore_in_words(list(explore.time_cuts(warehouse, repeats=min(repeats, 3))))) + "\n")
    if only in (None, "pages"):
        click.echo("\n".join(report.pages_in_words(list(pages.time_pages(warehouse, folder)))) + "\n")
    if only in (None, "exports"):
        click.echo("\n".join(export.in_words(list(export.time_exports()))) + "\n")
    if only in (None, "import"):
        file = Path(warehouse.engine.url.database or "")
        # Another process writes and reads the file itself: DuckDB opens a file only once in a process with one configuration.
        told = subprocess.run([sys.executable, "-m", "bench.load", str(file), str(folder / "load")], check=True, capture_output=True, text=True)
        click.echo(told.stdout)


if __name__ == "__main__":
    main()
