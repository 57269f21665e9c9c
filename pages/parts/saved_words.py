"""What a saved cut says of itself: what it asks, what of it is gone, and what there is instead."""
from __future__ import annotations

from typing import TYPE_CHECKING

from crm_data.analysis.cut_mending import Gone, Opened, open_saved
from crm_data.analysis.saved_cuts import SavedCut
from crm_data.analysis.segment_store import names_of
from crm_data.cuts.cut import Cut, describe_filter
from crm_data.errors import N_
from pages.parts.explore_figure import title_of
from pages.parts.filter_bar import name_of

if TYPE_CHECKING:
    from pages.parts.context import Page

KIND_WORDS = {"measure": N_("the measure “{name}”"), "dimension": N_("the dimension “{name}”"), "segment": N_("the segment “{name}”")}


def opened(page: Page, saved: SavedCut, called: dict[str, str] | None = None) -> Opened:
    """A saved cut against the catalog of the viewer."""
    return open_saved(saved.link, page.catalog, page.today, label=page.words.label, called=names_of(page.appdb, page.user) if called is None else called)


def about(page: Page, cut: Cut) -> str:
    """What a cut asks, in one line without days."""
    words, catalog = page.words, page.catalog
    parts = [title_of(page, cut)]
    if cut.period is not None:
        parts.append(words.t(told).lower() if (told := name_of(cut.period.name)) else page.formats.period(cut.period.first, cut.period.last))
    return words.in_line([*parts, *(describe_filter(f, words, catalog) for f in cut.filters[:3]), *(["..."] if len(cut.filters) > 3 else [])])


def gone_text(page: Page, gone: tuple[Gone, ...]) -> str:
    """What is no longer there, in a sentence."""
    words = page.words
    names = words.listed(words.t(KIND_WORDS[g.kind], name=_called(page, g)) for g in gone)
    return words.t(N_("Gone since it was saved: {names}."), names=names)


def _called(page: Page, g: Gone) -> str:
    return g.called if g.kind != "segment" or not g.called.startswith("segment_") else f"#{g.called.removeprefix('segment_')}"


def instead_text(page: Page, found: Opened) -> str:
    """What the mended cut has instead."""
    words, catalog, parts = page.words, page.catalog, []
    for g in found.gone:
        if not g.nearest:
            parts.append(words.t(N_("without {name}"), name=_called(page, g)))
        elif g.kind == "measure" and g.nearest in catalog.measures:
            parts.append(words.label(catalog.measure(g.nearest)))
        else:
            parts.append(words.label(catalog.dimension(g.nearest)))
    return words.listed(parts)
