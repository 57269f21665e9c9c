"""A document as one self-contained page with live charts: it asks nothing of any network and opens under a policy that lets only its own
three scripts run."""
from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from html import escape
from pathlib import Path

import plotly
from plotly.utils import PlotlyJSONEncoder

from crm_data.errors import N_
from crm_data.exports import page_parts
from crm_data.exports.document import Document, Part
from crm_data.exports.fonts import font_faces
from crm_data.exports.page_parts import said, sound
from crm_data.exports.pictures import embedded
from crm_data.exports.wording import columns_of, formats_of, merged, words_of
from crm_data.output.charts import Picture
from crm_data.output.formats import plain

#: Rows of one table on the page; more make it slow to open.
MOST_ROWS = 10_000
_STYLE = Path(__file__).with_suffix(".css")
_DRAW = """
for (const box of document.querySelectorAll('.chart')) {
  const figure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
  Plotly.newPlot(box, figure.data, figure.layout, {responsive: true, displaylogo: false, scrollZoom: false, doubleClick: false, modeBarButtons: [['toImage']]});
}
"""


def to_interactive(document: Document) -> str:
    """The page. All charts share one copy of the library."""
    words = words_of(document)
    drawn = any(part.picture is not None for part in document.parts)
    body = "".join(_part(part, document, i) for i, part in enumerate(document.parts))
    head = f'<header><h1>{said(document.title)}</h1>{f"<p class=sub>{said(document.subtitle)}</p>" if document.subtitle else ""}</header>'
    about = page_parts.passport(document.passport, document)
    own = f'<section class="about"><h2>{escape(words.t(N_("Where these figures come from")))}</h2>{about}</section>' if about else ""
    inside = head + body + own
    scripts = [_library(), _DRAW] if drawn else []
    policy = (f"default-src 'none'; script-src {' '.join(map(_hash, scripts)) or chr(39) + 'none' + chr(39)}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
              "base-uri 'none'; form-action 'none'")
    return sound("<!doctype html>\n"
            f'<html lang="{escape(document.language)}" dir="{"rtl" if document.rtl else "ltr"}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
            f"<title>{escape(plain(document.title))}</title><style>{font_faces(inside)}{_STYLE.read_text(encoding='utf-8')}</style></head>"
            f'<body>{inside}{"".join(f"<script>{s}</script>" for s in scripts)}</body></html>\n')


def _part(part: Part, document: Document, place: int) -> str:
    words, formats = words_of(document), formats_of(document)
    sentence = f'<p class="sentence">{said(part.sentence)}</p>' if part.sentence else ""
    chart = ""
    if part.picture is not None:
        # Plotly lays its figures out from left to right; those of a mirrored page are mirrored already.
        chart = (f'<div class="chart" dir="ltr" role="img" aria-label="{escape(plain(part.picture.alt), quote=True)}" data-figure="figure-{place}" style="height:{part.picture.height}px"></div>'
                 f'<script type="application/json" id="figure-{place}">{embedded(live(part.picture))}</script>')
    table = ""
    if part.sheet is not None and columns_of(part.sheet):
        rows = f'<div class="scroll" tabindex="0">{page_parts.table(part, words, formats, MOST_ROWS)}</div>'
        opened = "" if part.picture is not None else " open"
        table = f"<details{opened}><summary>{escape(words.t(N_('Table')))}</summary>{rows}</details>"
    about = merged(part, document)
    notes = page_parts.passport(about, document) if about != document.passport else ""
    more = f"<details><summary>{escape(words.t(N_('Where these figures come from')))}</summary>{notes}</details>" if notes else ""
    title = "" if len(document.parts) == 1 and part.title == document.title else f"<h2>{said(part.title)}</h2>"
    return f"<section>{title}{sentence}{page_parts.heroes(part.heroes)}{chart}{page_parts.lines(part.lines)}{table}{more}</section>"


def live(picture: Picture) -> dict:
    """The figure for a page that draws it: as wide as there is room, with what hovering says."""
    figure = json.loads(json.dumps(picture.figure.to_plotly_json(), cls=PlotlyJSONEncoder))
    layout = {k: v for k, v in figure["layout"].items() if k not in ("template", "width")}
    data = [{k: v for k, v in trace.items() if k != "customdata"} for trace in figure["data"]]
    return {"data": data, "layout": {**layout, "autosize": True, "template": {}, "hovermode": layout.get("hovermode") or "closest"}}


@lru_cache(maxsize=1)
def _library() -> str:
    """Plotly's own file, as it can stand inside a script element."""
    text = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    return text.replace("\r\n", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode()}'"
