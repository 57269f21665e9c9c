"""Every page says how it is read."""
from __future__ import annotations

import pytest

from crm_data.output.page_help import PAGE_HELP
from pages.shell import PAGES
from tests.page_runs import page_run, texts


def test_every_page_has_its_help() -> None:
    assert set(PAGE_HELP) == {spec.name for spec in PAGES}
    assert all(2 <= len(lines) <= 6 for lines in PAGE_HELP.values())


@pytest.mark.parametrize("name", [spec.name for spec in PAGES])
def test_the_help_stands_on_its_page(monkeypatch, tmp_path, truth_url, name):
    at = page_run(monkeypatch, tmp_path, truth_url, name)
    assert not at.exception
    said = texts(at)
    assert all(text in said for _, text in PAGE_HELP[name])
