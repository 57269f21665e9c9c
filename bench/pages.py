"""How long a page takes to be drawn for the first time and again, without a browser (Streamlit's AppTest)."""
from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streamlit.testing.v1 import AppTest

from bench.timing import in_turns, seconds
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words

PAGES = ("today", "segments", "targets", "rankings", "customer")


@dataclass(frozen=True)
class Drawn:
    """Seconds of a page's first run with no answer known, and of a rerun."""

    page: str
    first: float
    rerun: float


def _script(name, warehouse, appdb, scope, words, formats, catalog) -> None:
    import importlib
    from types import SimpleNamespace

    from pages.parts import state
    choices = state.load(name, warehouse.as_of, catalog)
    page = SimpleNamespace(user=SimpleNamespace(id=None, name="bench", role="manager"), scope=scope, words=words, formats=formats, warehouse=warehouse,
                           catalog=catalog, appdb=appdb, period=choices.period, compare=choices.compare, filters=choices.filters,
                           today=warehouse.as_of, theme="light", narrow=False)
    importlib.import_module(f"pages.{name}").render(page)


def time_pages(warehouse, folder: Path, *, repeats: int = 3, pages: tuple[str, ...] = PAGES) -> Iterator[Drawn]:
    """Time each page there is; the application database is a new one in ``folder``."""
    appdb, words = open_appdb(f"sqlite:///{folder / 'app.db'}"), Words("en")
    for name in pages:
        if importlib.util.find_spec(f"pages.{name}") is None:
            continue
        app = AppTest.from_function(_script, default_timeout=300, args=(name, warehouse, appdb, Scope.everything(), words,
                                                                       Formats(words, warehouse.currency), catalog_for(warehouse)))
        ANSWERS.clear()
        first = seconds(app.run)
        if app.exception:
            raise RuntimeError(f"the page {name} failed: {app.exception[0].value}")
        yield Drawn(name, first, in_turns({"rerun": app.run}, repeats)["rerun"])
