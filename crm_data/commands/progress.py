"""The progress bar of commands that take over a second."""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from crm_data.commands.speaking import told
from crm_data.errors import N_
from crm_data.output.table_words import TABLE_LABELS

#: What work other than that on a table is called.
_STEPS = {"totals": N_("Totals"), "published": N_("Published")}


def _shown(what: str | None) -> str | None:
    """Tables by their names; files of a source, and what is in the run's language already, as they are."""
    label = TABLE_LABELS.get(what or "") or _STEPS.get(what or "")
    return told(label) if label else what


@contextmanager
def progress_bar(*, hidden: bool = False) -> Iterator[Callable[[float, str], None]]:
    """A bar on the terminal's error stream; none where there is no terminal to see it."""
    if hidden or not sys.stderr.isatty():
        yield lambda share, what: None
        return
    with click.progressbar(length=1000, show_eta=False, item_show_func=_shown, file=sys.stderr) as bar:
        done = 0

        def tell(share: float, what: str) -> None:
            nonlocal done
            step = max(int(share * 1000) - done, 0)
            done += step
            bar.update(step, what)
        yield tell
