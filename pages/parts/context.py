"""What every page is given: who asks, what they may see, the data, and the choices of the filter strip."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from crm_data.accounts.users import User
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Comparison, Period
from crm_data.model.snapshots import Warehouse
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.paper import on_paper


@dataclass(frozen=True)
class Page:
    """``today`` is the day the data reaches; ``theme`` "light" or "dark"; ``narrow`` a hint that the screen is a phone's. Both are the
    screen's, except for what is drawn for a file (``paper.for_paper``)."""

    user: User
    scope: Scope
    words: Words
    formats: Formats
    warehouse: Warehouse
    catalog: Catalog
    appdb: Engine
    period: Period
    compare: Comparison
    filters: tuple[Filter, ...]
    today: date
    screen_theme: str
    screen_narrow: bool

    @property
    def theme(self) -> str:
        return "light" if on_paper() else self.screen_theme

    @property
    def narrow(self) -> bool:
        return self.screen_narrow and not on_paper()
