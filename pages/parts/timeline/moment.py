"""What of a story is shown, as it stands in the address: period, kinds, search, whose events, which product's price. So a link
opens the same moment."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from crm_data.analysis.events import KINDS
from crm_data.text import plain

MOST = 120
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Moment:
    """``first``/``last``: days of the period, None for the whole story; ``kinds``: those shown, () for all."""

    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    find: str = ""
    whose: str = ""
    price: str = ""
    KEYS: ClassVar = ("at", "kinds", "find", "whose", "price")

    @staticmethod
    def from_query(query: Mapping[str, Sequence[str]]) -> Moment:
        """Read an address. What is wrong in it is left out."""
        texts = {key: plain((query.get(key) or [""])[-1])[:MOST] for key in Moment.KEYS}
        first, _, last = texts["at"].partition("..")
        days = _day(first), _day(last)
        asked = texts["kinds"].split(",")
        kinds = tuple(k for k in KINDS if k in asked)
        period = days if None not in days and days[0] <= days[1] else (None, None)  # type: ignore[operator]
        return Moment(*period, kinds if len(kinds) < len(KINDS) else (), texts["find"], texts["whose"], texts["price"])

    @staticmethod
    def from_view(view: Mapping[str, Any]) -> Moment:
        """Read what the component tells; it may tell anything."""
        days = _number(view.get("a")), _number(view.get("z"))
        shown = view.get("k")
        kinds = tuple(k for i, k in enumerate(KINDS) if i in shown) if isinstance(shown, list) else ()
        period = days if None not in days and days[0] <= days[1] else (None, None)  # type: ignore[operator]
        return Moment(*period, kinds if len(kinds) < len(KINDS) else (), *(plain(view.get(key) or "")[:MOST] for key in ("q", "h", "p")))

    def to_query(self) -> dict[str, str]:
        """As query parameters; what is not narrowed is left out."""
        told = {"at": f"{self.first.isoformat()}..{self.last.isoformat()}" if self.first and self.last else "", "kinds": ",".join(self.kinds), "find": self.find,
                "whose": self.whose, "price": self.price}
        return {key: value for key, value in told.items() if value}

    def to_view(self) -> dict[str, Any]:
        """As the component takes it."""
        return {"a": None if self.first is None else (self.first - _EPOCH).days, "z": None if self.last is None else (self.last - _EPOCH).days,
                "k": [KINDS.index(k) for k in self.kinds] or None, "q": self.find, "h": self.whose, "p": self.price}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(value: object) -> date | None:
    return _EPOCH + timedelta(days=int(value)) if isinstance(value, int | float) and abs(value) < 400_000 else None
