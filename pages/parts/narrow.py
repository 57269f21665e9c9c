"""What a click does: it chooses a member in the page's own filters, or opens another page. Charts never filter themselves."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crm_data.output.views import chosen_keys, key_filter
from pages.parts import state

if TYPE_CHECKING:
    from pages.parts.context import Page


def toggle_member(page: Page, dimension: str, key: str) -> None:
    """Choose a member (by a row's key), or widen again when it was chosen alone. Called from callbacks."""
    chosen = chosen_keys(dimension, page.filters)
    if key in chosen:
        drop_filters(dimension)
        return
    wanted = key_filter(dimension, key)
    if wanted is not None:
        state.add_filter(wanted)


def drop_filters(dimension: str) -> None:
    """Remove every filter on a dimension."""
    state.remove_filter(dimension)


def clear_filters() -> None:
    """Remove all filters."""
    state.clear_filters()


def open_page(name: str, query: Mapping[str, Sequence[str]] | None = None) -> None:
    """Go to another page of the dashboard with these query parameters (codes). Not from a callback."""
    state.open_page(name, query)

