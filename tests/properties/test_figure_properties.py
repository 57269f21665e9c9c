"""Any cut can be drawn in every figure offered for it: no exception, sound for Plotly, every mark readable."""
from __future__ import annotations

import itertools

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.query import ask
from crm_data.output.charts import DARK, LIGHT
from crm_data.output.figure_marks import mark_of
from crm_data.output.figures import draw, kinds_for, mark_filters
from crm_data.output.formats import Formats
from crm_data.output.views import View
from crm_data.output.words import Words
from tests.properties.cuts import cuts


@pytest.mark.parametrize("firm", ["truth", "noise"])
def test_every_cut_can_be_drawn(firm, request, everything) -> None:
    warehouse = request.getfixturevalue(firm)
    catalog = catalog_for(warehouse)
    words = Words("en")
    view = View(words, Formats(words), catalog)
    looks = itertools.cycle(itertools.product((LIGHT, DARK), (False, True), (False, True)))

    @given(st.data())
    def check(data) -> None:
        cut = data.draw(cuts(warehouse))
        answer = ask(cut, warehouse, scope=everything)
        kinds = kinds_for(cut, catalog, len(answer.rows), answer)
        assert kinds
        for kind in kinds:
            look, mirrored, narrow = next(looks)
            shown = draw(kind, answer, view, look, title="T", mirrored=mirrored, narrow=narrow)
            go.Figure(shown.figure.to_dict())
            assert shown.alt and shown.height > 0
            keys = [row[0] for trace in shown.figure.data if trace.customdata is not None for row in trace.customdata]
            for key in keys[:50]:
                assert mark_of(key) is not None
                filters, start = mark_filters(key)
                assert len(filters) + (start is not None) == len(mark_of(key) or {})
            if keys:
                draw(kind, answer, view, look, title="T", chosen=keys[:1], mirrored=mirrored, narrow=narrow)
    check()
