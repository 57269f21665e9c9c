"""Runs one page by itself on a warehouse, with the real choices in the address: for tests of a page's own behaviour."""
from __future__ import annotations

from streamlit.testing.v1 import AppTest

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.output.formats import Formats
from crm_data.output.words import Words


def run_page(name: str, warehouse, appdb, *, query: dict[str, str | list[str]] | None = None, scope: Scope | None = None, language: str = "en",
             theme: str = "light", narrow: bool = False) -> AppTest:
    """The page after its first run; ``query`` is its address."""
    def script(name, warehouse, appdb, scope, words, formats, catalog, theme, narrow):
        import importlib
        from types import SimpleNamespace

        from pages.parts import state
        choices = state.load(name, warehouse.as_of, catalog)
        page = SimpleNamespace(user=SimpleNamespace(id=None, name="Dana", role="manager"), scope=scope, words=words, formats=formats, warehouse=warehouse,
                               catalog=catalog, appdb=appdb, period=choices.period, compare=choices.compare, filters=choices.filters, today=warehouse.as_of,
                               theme=theme, narrow=narrow)
        importlib.import_module(f"pages.{name}").render(page)
    words = Words(language)
    app = AppTest.from_function(script, default_timeout=40, args=(name, warehouse, appdb, scope or Scope.everything(), words,
                                                                 Formats(words, warehouse.currency), catalog_for(warehouse), theme, narrow))
    for key, value in (query or {}).items():
        app.query_params[key] = value
    return app.run()


def texts(app: AppTest) -> str:
    """Everything written on the page, Markdown escapes taken out."""
    said = [str(e.value) for kind in (app.markdown, app.caption, app.warning) for e in kind]
    return "\n".join([*said, *(str(b.label) for b in app.button), *(f"{m.label} {m.value} {m.delta}" for m in app.metric)]).replace("\\", "")


def alts(app: AppTest) -> list[str]:
    """The words of every chart."""
    return [chart.proto.alt for chart in app.get("plotly_chart")]
