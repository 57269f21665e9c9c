"""Exports in a real browser: files downloaded and opened by others, pictures made without a server's browser, nothing fetched from elsewhere."""
from __future__ import annotations

import base64
import io
import re
import struct
import xml.etree.ElementTree as ET

import openpyxl
import pytest
from pptx import Presentation
from sqlalchemy import select

from crm_data.model import appdb as model
from tests.browser.conftest import ready

YEAR = "/segments?period=2025-01-01..2025-12-31&by=branch"
COLOURS = """async (data) => {
  const image = new Image(); image.src = "data:image/png;base64," + data; await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height}), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, image.width, image.height).data, seen = {};
  for (let i = 0; i < pixels.length; i += 4) { const c = `${pixels[i]},${pixels[i+1]},${pixels[i+2]}`; seen[c] = (seen[c] || 0) + 1; }
  return seen;
}"""


def open_export(page, key: str) -> None:
    page.click(f".st-key-menu_{key} button")
    page.get_by_role("menuitem", name="Export").or_(page.get_by_role("option", name="Export")).first.click()
    page.wait_for_selector("[role=dialog]")
    ready(page)


def taken(page, key: str, ending: str) -> tuple[str, bytes]:
    """The name and bytes of a file that was downloaded."""
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(f".st-key-export_{key}_{ending}_go button:visible").first.click()
    file = waiting.value
    with open(file.path(), "rb") as opened:
        return file.suggested_filename, opened.read()


def outside(page, server) -> list[str]:
    return [r for r in page.requested if not r.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:"))]


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"locale": "he-IL"}], ids=["light", "dark", "right to left"])
def test_a_picture_is_made_in_the_browser_light_and_twice_the_size(signed_in, server, options):
    page = signed_in(YEAR, **options)
    page.click(".st-key-menu_bars button")
    page.locator("[role=menuitem],[role=option]").nth(3).click()
    page.wait_for_selector("[role=dialog]")
    name, data = taken(page, "bars", "png")
    width, height = struct.unpack(">II", data[16:24])
    assert name.endswith(".png") and data[:8] == b"\x89PNG\r\n\x1a\n" and width == 2 * (960 + 64) and height > 600
    seen = page.evaluate(COLOURS, base64.b64encode(data).decode())
    assert seen["255,255,255"] > width * height / 2 and seen.get("36,89,184", 0) > 2000 and len(seen) > 50
    name, data = taken(page, "bars", "svg")
    text, root = data.decode(), ET.fromstring(data)
    assert root.tag.endswith("svg") and "@font-face" in text and "<script" not in text and not re.search(r'(?:href|src)="https?:', text) and "url(http" not in text
    said = "".join(root.itertext())
    assert "Haifa" in said and server.url in said
    assert not outside(page, server)


def test_files_of_a_frame_are_opened_by_other_programs(signed_in, server):
    page = signed_in(YEAR)
    open_export(page, "bars")
    _, data = taken(page, "bars", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = {str(r[0].value): r[1].value for r in book.worksheets[0].iter_rows()}
    assert isinstance(cells["Haifa"], int | float) and cells["All"] == pytest.approx(sum(v for k, v in cells.items() if k not in ("All", "Branch")))
    _, data = taken(page, "bars", "csv")
    assert data.startswith(b"\xef\xbb\xbf") and b"Haifa" in data
    _, data = taken(page, "bars", "pptx")
    deck = Presentation(io.BytesIO(data))
    assert any(shape.has_chart for slide in deck.slides for shape in slide.shapes) and server.url in deck.slides[-1].notes_slide.notes_text_frame.text + deck.slides[0].notes_slide.notes_text_frame.text
    _, data = taken(page, "bars", "html")
    assert data.lstrip().lower().startswith(b"<!doctype html") and b"Haifa" in data
    assert not outside(page, server)
    with server.appdb.connect() as connection:
        lines = [r for r in connection.execute(select(model.audit_log).where(model.audit_log.c.action == "export").order_by(model.audit_log.c.id.desc()).limit(4))]
    assert {str(r.detail).split("'format': '")[-1][:4].strip("'") if isinstance(r.detail, dict) else r.detail for r in lines} and all(r.user_name for r in lines)


def test_a_file_is_for_its_session_alone(signed_in, new_page, server):
    page = signed_in(YEAR)
    open_export(page, "bars")
    taken(page, "bars", "csv")
    address = page.locator(".courier a").get_attribute("href")
    assert address.startswith("/export/") and page.request.get(server.url + address).status == 200
    assert signed_in("/", "vera").request.get(server.url + address).status == 404
    another = new_page()
    another.goto(server.ticket("admin"))
    assert another.request.get(server.url + address).status == 404
    assert new_page().request.get(server.url + address, max_redirects=0).status in (303, 401)


def test_a_whole_page_is_one_deck_and_one_workbook(signed_in, server):
    page = signed_in(YEAR)
    page.click(".st-key-export_page button")
    page.wait_for_selector("[role=dialog]")
    name, data = taken(page, "page", "pptx")
    deck = Presentation(io.BytesIO(data))
    titles = [s.shapes.title.text for s in deck.slides if s.shapes.title is not None]
    assert name.startswith("segments-") and titles[0] == "Segments" and any("Revenue by branch" in t for t in titles) and len(titles) >= 4
    _, data = taken(page, "page", "xlsx")
    assert len(openpyxl.load_workbook(io.BytesIO(data)).worksheets) >= 4
    assert not outside(page, server)
