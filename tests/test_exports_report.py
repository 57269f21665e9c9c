"""The printed and the interactive report: self-contained, escaped, every row, pages that are not cut; no request of any kind."""
from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from crm_data.exports import report
from crm_data.exports.interactive import to_interactive
from crm_data.exports.report import to_html_report, to_pdf_report
from crm_data.output.pdf import NoBrowser, find_browser
from tests import export_samples as samples

drawn = pytest.mark.skipif(find_browser() is None, reason="no browser")


def plain_text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069]", "", re.sub(r"<wbr>", "", re.sub(r"</?bdi[^>]*>", "", page))))


def test_the_page_for_paper_holds_all_and_runs_nothing():
    page = to_html_report(samples.document(), ["<svg><text>figure</text></svg>"])
    assert "default-src 'none'; style-src 'unsafe-inline'" in page and "<script" not in page and "http" not in re.sub(r'href="https://mabat\.example\.com[^"]*"|>https://mabat[^<]*<', "", page).replace("http://evil", "").replace("http-equiv", "").replace("http://www.w3.org", "")
    text = plain_text(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "Dana &lt;Levi&gt;" in text and "Revenue by branch &amp; tier &lt;b&gt;" in text
    for part in ("Tier Gold", "against last year", "20261121", "Invoiced sales after returns.", "Returns count on the day they came back.", "₪4,800,000", "₪1,000,000,000,000,000"):
        assert part in text
    assert text.count("<tr>") >= 60 and "counter(page)" in page and "size:A4" in page and "<text>figure</text>" in page


def test_the_foot_of_the_pages_cannot_end_its_style():
    from dataclasses import replace

    page = to_html_report(replace(samples.document(), title='"}</style><script>alert(1)</script>'))
    assert "<script" not in page and page.count("</style>") == 1


@pytest.mark.parametrize("language", ["he", "fa"])
def test_right_to_left_pages(language):
    for page in (to_html_report(samples.document(language), ["<svg></svg>"]), to_interactive(samples.document(language))):
        assert f'<html lang="{language}" dir="rtl">' in page
    assert '<figure dir="ltr"' in to_html_report(samples.document(language), ["<svg></svg>"])


def test_a_table_longer_than_paper_says_so(monkeypatch):
    monkeypatch.setattr(report, "MOST_ROWS", 20)
    assert "The first 20 of 60 rows." in plain_text(to_html_report(samples.document()))


def test_without_a_browser_there_is_no_pdf_but_a_sentence(monkeypatch):
    monkeypatch.setattr(report, "find_browser", lambda: None)
    with pytest.raises(NoBrowser):
        to_pdf_report(samples.document())


@drawn
def test_the_pdf_has_pages_of_a4_with_numbers_and_every_row(tmp_path):
    data = to_pdf_report(samples.document())
    assert data.startswith(b"%PDF") and len(data) < 3_000_000
    if shutil.which("pdftotext") is None:
        return
    (tmp_path / "x.pdf").write_bytes(data)
    info = subprocess.run(["pdfinfo", tmp_path / "x.pdf"], capture_output=True, text=True).stdout
    assert re.search(r"Page size:\s+59[45]\.\d+ x 84[12]\.\d+ pts \(A4\)|Page size:\s+59[45](\.\d+)? x 84[12]", info)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "x.pdf", "-"], capture_output=True, text=True).stdout
    pages = int(re.search(r"Pages:\s+(\d+)", info)[1])
    assert re.search(rf"1 ?/ ?{pages}\b", text) and re.search(rf"{pages} ?/ ?{pages}\b", text)
    assert text.count("Customer ") >= 2  # the head stands on each page of the table
    assert len(re.findall(r"1,000,000,000,000,000|999,999,999,999,9\d\d", text)) == 60


def test_the_live_page_lets_only_its_own_scripts_run():
    page = to_interactive(samples.document())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    hashes = re.findall(r"'sha256-([^']+)'", policy)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts] == hashes and len(hashes) == 2
    assert "unsafe-inline" not in policy.split("style-src")[0] and "unsafe-eval" not in policy and "connect-src" not in policy
    assert page.count("plotly.js v") == 1 and page.count('<script type="application/json"') == 5
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in plain_text(page) and "<script>alert(1)" not in page
    assert "₪1,000,000,000,000,000" in plain_text(page) and "customdata" not in re.sub(r"<script>.*?</script>", "", page, flags=re.S)


def test_a_page_without_figures_has_no_script():
    from crm_data.exports.document import Document

    page = to_interactive(Document("Only a table", parts=(samples.document().parts[4],)))
    assert "<script" not in page and "script-src 'none'" in page


@drawn
def test_the_live_page_draws_offline_without_a_request(tmp_path):
    pytest.importorskip("playwright.sync_api")
    (tmp_path / "x.html").write_text(to_interactive(samples.document("he")), encoding="utf-8")
    # In a thread of its own: another browser may be held open by tests of this process.
    with ThreadPoolExecutor(1) as apart:
        asked, said, title = apart.submit(_opened_offline, (tmp_path / "x.html").as_uri()).result()
    assert asked == [(tmp_path / "x.html").as_uri()] and said == [] and title == "Weekly review"


def _opened_offline(address: str) -> tuple[list[str], list[str], str]:
    """What a browser without a network asks for and says, and the title it shows, once the charts are drawn."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        asked, said = [], []
        page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: said.append(m.text))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.goto(address)
        page.wait_for_function("document.querySelectorAll('.chart .main-svg').length >= 5", timeout=20_000)
        title = page.title()
        browser.close()
        return asked, said, title
