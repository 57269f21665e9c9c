"""Every line of README.md's tables, worked out on paper, is what the product answers."""
from __future__ import annotations

from pathlib import Path

import pytest

from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.query import ask
from tests.truth import tiny
from tests.truth.asking import number, one, period_of, same


def _table(header: str) -> list[list[str]]:
    """Rows of the README table that begins with ``header``; ``\\|`` is a bar inside a cell."""
    lines = (Path(__file__).parent / "README.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(header))
    rows = []
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            break
        cells = line.strip().strip("|").replace("\\|", "\0").split("|")
        rows.append([c.strip().replace("\0", "|") for c in cells])
    return rows


ANSWERS = _table("| measure | period | of |")
COMPARED = _table("| measure | period | against |")


@pytest.mark.parametrize(("measure", "period", "of", "answer", "working"), ANSWERS, ids=[" ".join(r[:3]) for r in ANSWERS])
def test_answer_on_paper(truth, everything, measure, period, of, answer, working) -> None:
    found = one(truth, everything, measure, period_of(period, tiny.TODAY), of)
    assert same(found, number(answer)), f"{measure} {period} {of}: {found!r}, on paper {answer} ({working})"


@pytest.mark.parametrize(("measure", "period", "against", "answer", "before", "working"), COMPARED, ids=[" ".join(r[:3]) for r in COMPARED])
def test_comparison_on_paper(truth, everything, measure, period, against, answer, before, working) -> None:
    found = ask(Cut((measure,), period=period_of(period, tiny.TODAY), compare=against), truth, scope=everything)
    assert same(found.totals[measure], number(answer)), f"{found.totals[measure]!r} for {answer} ({working})"
    assert same(found.totals_before[measure], number(before)), f"before: {found.totals_before[measure]!r} for {before} ({working})"


def test_every_measure_is_worked_out_on_paper(truth) -> None:
    assert set(catalog_for(truth).measures) <= {row[0] for row in ANSWERS}
