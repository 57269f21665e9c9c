"""The progress bar of commands that take over a second."""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress_bar(*, hidden: bool = False) -> Iterator[Callable[[float, str], None]]:
    """A bar on the terminal's error stream; none where there is no terminal to see it."""
    if hidden or not sys.stderr.isatty():
        yield lambda share, what: None
        return
    with click.progressbar(length=1000, show_eta=False, item_show_func=lambda what: what, file=sys.stderr) as bar:
        done = 0

        def tell(share: float, what: str) -> None:
            nonlocal done
            step = max(int(share * 1000) - done, 0)
            done += step
            bar.update(step, what)
        yield tell
