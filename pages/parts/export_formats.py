"""The formats a frame or a page is taken along in and what each is called."""
from __future__ import annotations

from dataclasses import dataclass

from crm_data.errors import N_
from crm_data.exports.files import MIME


@dataclass(frozen=True)
class Format:
    """``ending`` is its name in files and in the audit; ``tip`` says for what; ``here``: made in the reader's own browser; ``prints``: needs a
    browser on the server."""

    ending: str
    icon: str
    tip: str
    here: bool = False
    prints: bool = False

    @property
    def mime(self) -> str:
        return MIME[self.ending]

    @property
    def label(self) -> str:
        return {"pptx": "PowerPoint", "xlsx": "Excel", "html": "HTML"}.get(self.ending, self.ending.upper())


FORMATS = {f.ending: f for f in (
    Format("png", ":material/image:", N_("A picture, twice the size of the screen"), here=True),
    Format("svg", ":material/polyline:", N_("A drawing that stays sharp at any size"), here=True),
    Format("xlsx", ":material/table:", N_("A workbook: whole numbers, a chart, where they come from")),
    Format("csv", ":material/csv:", N_("The bare table, for other programs")),
    Format("pptx", ":material/slideshow:", N_("Slides with charts one can edit")),
    Format("pdf", ":material/picture_as_pdf:", N_("A report for paper, A4"), prints=True),
    Format("html", ":material/web:", N_("One file to open anywhere, with charts one can point at")))}
