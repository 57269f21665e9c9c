"""Pictures as SVG and PNG, drawn by a browser of the Chromium family that is on this machine: one run for all of them, without a network.

What leaves here carries its letters inside, so that it looks the same everywhere.
"""
from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import plotly
from plotly.utils import PlotlyJSONEncoder

from crm_data.errors import N_, MabatError
from crm_data.exports.fonts import FAMILY, font_faces
from crm_data.output.charts import Picture
from crm_data.output.charts.common import FONT
from crm_data.output.pdf import alone, find_browser, run

#: Pixels a picture is wide, where nothing else is asked; a few pixels around it keep letters from the edge.
WIDTH, EDGE = 720, 14
SECONDS = 60
_LATE = N_("The pictures were not ready after {seconds} s. Try again with fewer of them.")
_PAGE = """<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src file: 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:">
<style>{faces} body{{font-family:{family}}}</style><body><script src="{plotly}"></script><script type="application/json" id="figures">{figures}</script><script>
(async () => {{
  const asked = JSON.parse(document.getElementById('figures').textContent), made = [];
  await Promise.all([...document.fonts].map(f => f.load().catch(() => null)));
  for (const one of asked) {{
    const raw = await Plotly.toImage({{data: one.data, layout: one.layout}}, {{format: 'svg', width: one.width, height: one.height, imageDataOnly: true}});
    const svg = raw.replace(/^(<svg[^>]*>)/, (head) => head + '<style>' + one.faces + '</style>');
    if (!one.scale) {{ made.push(svg); continue; }}
    const image = new Image();
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg);
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = one.width * one.scale; canvas.height = one.height * one.scale;
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff'; pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    made.push(canvas.toDataURL('image/png').split(',')[1]);
  }}
  return made;
}})().then(made => made, error => ({{error: String(error)}})).then(result => {{
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768));
  document.body.replaceChildren(Object.assign(document.createElement('pre'), {{id: 'made', textContent: btoa(text)}}));
}});
</script>"""


class NoPictures(MabatError):
    """There is no browser here that can draw."""

    def __init__(self) -> None:
        super().__init__(N_("There is no Chrome, Chromium or Edge on this machine to draw pictures with. Save the chart from its menu in the browser, or install Chromium here."))


def can_draw() -> bool:
    """Whether PNG, SVG and PDF can be made on this machine."""
    return find_browser() is not None


def svg_of(pictures: Sequence[Picture], width: int = WIDTH) -> list[str]:
    """Each picture as one SVG, as wide as told and as high as it is. Raises NoPictures, or MabatError when the browser fails."""
    return [_sized(svg) for svg in _made(pictures, width, 0)]


def png_of(pictures: Sequence[Picture], scale: float = 2, width: int = WIDTH) -> list[bytes]:
    """Each picture as PNG on white; ``scale`` 2 gives twice the pixels. Raises as ``svg_of``."""
    return [base64.b64decode(one) for one in _made(pictures, width, max(0.5, min(scale, 6)))]


def _made(pictures: Sequence[Picture], width: int, scale: float) -> list[str]:
    if not pictures:
        return []
    browser = find_browser()
    if browser is None:
        raise NoPictures()
    asked = [{**figure, "width": width, "height": figure["layout"]["height"], "scale": scale, "faces": font_faces(_letters(figure))} for figure in map(_figure, pictures)]
    with tempfile.TemporaryDirectory(prefix="mabat-picture-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, said = folder / "page.html", folder / "said.html"
        library = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
        source.write_bytes(_PAGE.format(faces=font_faces(" ".join(map(_letters, asked))), family=FAMILY, plotly=library.as_uri(), figures=embedded(asked)).encode("utf-8", "replace"))
        run([*alone(browser, folder), f"--virtual-time-budget={SECONDS * 1000}", "--dump-dom", source.as_uri()], SECONDS, said, _LATE)
        found = re.search(r'<pre id="made">([^<]*)</pre>', said.read_text(encoding="utf-8", errors="replace"))
    made = json.loads(base64.b64decode(found[1])) if found else {"error": "nothing came back"}
    if not isinstance(made, list) or len(made) != len(pictures):
        raise MabatError(N_("The browser drew no pictures. Save the chart from its menu in the browser instead."))
    return made


def figure_json(picture: Picture) -> dict:
    """The figure as plain values, with a little white around it and without the layers that only take clicks. ``height`` is in its layout."""
    return _figure(picture)


def _figure(picture: Picture) -> dict:
    figure = json.loads(json.dumps(picture.figure.to_plotly_json(), cls=PlotlyJSONEncoder))
    layout = {k: v for k, v in figure["layout"].items() if k != "template"}
    margin = {side: (layout.get("margin") or {}).get(side, 0) + EDGE for side in "lrtb"}
    layout |= {"margin": {**(layout.get("margin") or {}), **margin}, "height": picture.height + 2 * EDGE, "paper_bgcolor": "#FFFFFF", "hovermode": False,
               "font": {"family": FONT, **(layout.get("font") or {})}, "template": {}}
    return {"data": figure["data"], "layout": layout}


def embedded(value: object) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element."""
    text = json.dumps(value, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _letters(figure: dict) -> str:
    return json.dumps([figure.get("layout"), figure.get("data")], ensure_ascii=False)


def _sized(svg: str) -> str:
    """An SVG that keeps its shape when a page makes it narrower."""
    found = re.match(r'<svg[^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"', svg)
    return svg if found is None or "viewBox" in svg[:600] else svg.replace("<svg", f'<svg viewBox="0 0 {found[1]} {found[2]}"', 1)
