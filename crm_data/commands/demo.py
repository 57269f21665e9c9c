"""``mabat demo``: make the demonstration firm and publish it."""
from __future__ import annotations

import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from crm_data.commands.progress import progress_bar
from crm_data.commands.speaking import say
from crm_data.demo.build import FEWEST, build
from crm_data.demo.dice import SOURCE
from crm_data.errors import N_, InputError
from crm_data.model.snapshots import Store, open_store
from crm_data.settings import Settings, load_settings
from crm_data.text import Figure


@click.command()
@click.option("--customers", type=click.IntRange(min=FEWEST), default=2000, show_default=True, help="How many customers.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same number gives the same firm.")
@click.option("--today", metavar="DAY", help="The day it is made for (YYYY-MM-DD); its data ends the day before. Default: today.")
@click.option("--replace", is_flag=True, help="Publish it even where other data than the demonstration's is published.")
def demo(customers: int, seed: int, today: str | None, replace: bool) -> None:
    """Make a demonstration firm: three years of customers, sales and service, with planted stories (docs/demo.md)."""
    settings = load_settings()
    day = _day(today, settings)
    store = open_store(settings.warehouse, **settings.place)
    _refuse_to_replace(store, replace)
    if settings.currency != "ILS":
        raise InputError(N_("The demonstration firm keeps its books in ILS, and the reporting currency is set to {currency}. "
                            "Make it with MABAT_CURRENCY=ILS."), currency=settings.currency)
    began = time.monotonic()
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=settings.home) as folder, progress_bar() as tell:
        staging = Path(folder) / "staging.duckdb"
        build(staging, customers=customers, seed=seed, today=day, progress=lambda share, what: tell(0.6 * share, what))
        manifest = store.publish(staging, currency="ILS", sources=[SOURCE], note=f"{customers} customers, seed {seed}",
                                 progress=lambda share, what: tell(0.6 + 0.4 * share, what))
    rows = {name: table["rows"] for name, table in manifest.tables.items()}
    counts = {name: Figure(f"{rows[table]:,}") for name, table in (("customers", "customer"), ("orders", "sales_order"), ("lines", "order_line"), ("contacts", "interaction"))}
    say(N_("The demonstration firm is published as {name}: {customers} customers, {orders} orders with {lines} lines, {contacts} contacts, up to {day}; {seconds} s."),
        name=manifest.name, day=manifest.as_of, seconds=Figure(f"{time.monotonic() - began:.1f}"), **counts)
    say(N_("Its stories are in docs/demo.md. Next: “mabat serve” (or “make run” in a clone) opens the dashboard."))


def _day(text: str | None, settings: Settings) -> date:
    if not text:
        return datetime.now(ZoneInfo(settings.timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(N_("“{text}” is not a day; write it as in 2026-11-22."), text=text) from error


def _refuse_to_replace(store: Store, replace: bool) -> None:
    published = store.published()
    if published and not replace and set(published.sources) != {SOURCE}:
        raise InputError(N_("The warehouse holds other data ({sources}). The demonstration firm would take its place: say --replace if that is "
                            "meant, or set MABAT_HOME to another folder."), sources=", ".join(published.sources) or published.name)
