"""Words people read, in their language: a gettext translator made per request, never a global.

English sentences are the message ids, so English needs no catalog. ``Words("xx")`` is the pseudo-language of the
tests: every translated text is wrapped in ⟦ ⟧, so a text that never went through here can be seen.
"""
from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

from crm_data.errors import N_, MabatError
from crm_data.output.members import MEMBERS, UNITS

LOCALE_FOLDER = Path(__file__).parent / "locale"
DOMAIN = "mabat"
PSEUDO = "xx"

#: Languages that can be chosen: code -> the language's own name. A language is offered when its catalog exists.
LANGUAGES = {"en": "English", "he": "עברית", "fa": "فارسی"}
RIGHT_TO_LEFT = frozenset({"he", "fa", "ar", "ur"})


class _Pseudo(gettext.NullTranslations):
    """Marks every text that goes through it; placeholders stay as they are."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧" if message else message


@lru_cache(maxsize=16)
def _catalog(language: str) -> gettext.NullTranslations:
    if language == PSEUDO:
        return _Pseudo()
    return gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[language], fallback=True)


class Words:
    """Texts in one language. ``t``, ``n`` and ``p`` translate and then fill ``{placeholders}`` from the values given."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._catalog = _catalog(language)

    @property
    def rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language in RIGHT_TO_LEFT

    def t(self, msgid: str, **values: object) -> str:
        """The text of ``msgid``; values fill its placeholders."""
        return _fill(self._catalog.gettext(msgid) if msgid else "", values)

    def n(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Singular or plural by the language's own rule; ``{n}`` is the number unless given formatted."""
        return _fill(self._catalog.ngettext(singular, plural, n), {"n": n, **values})

    def p(self, context: str, msgid: str, **values: object) -> str:
        """The text of ``msgid`` where the same English word has several meanings."""
        return _fill(self._catalog.pgettext(context, msgid), values)

    def error(self, error: BaseException) -> str:
        """A sentence for people: a ``MabatError`` in the language, anything else without its insides."""
        if not isinstance(error, MabatError):
            return self.t(N_("Something went wrong here. It is in the server's log; the rest of the page works."))
        values = {name: self.t(value) if name == "kind" and isinstance(value, str) else value
                  for name, value in error.values.items()}
        return self.t(error.message, **values)

    def label(self, named: object) -> str:
        """The name shown of a measure or dimension of the catalog (or of its name when the catalog is not at hand)."""
        text = getattr(named, "label", None) or str(named).replace("_", " ").capitalize()
        return self.t(text)

    def help(self, named: object) -> str:
        """What a measure or dimension means, in a sentence or two."""
        text = getattr(named, "help", None)
        return self.t(text) if text else ""

    def member(self, dimension: str, value: object) -> str:
        """A dimension's value as shown: codes translated, ``None`` as unknown, the firm's own names unchanged."""
        if value is None or value != value or value == "":
            return self.p("member", "Unknown")
        known = MEMBERS.get("segment" if dimension.startswith("segment_") else dimension, {}).get(str(value))
        return self.p("member", known) if known else str(value)

    def unit(self, unit: str, n: float = 2) -> str:
        """The word of a unit ("days"), or "" for units that are written with a sign (money, share)."""
        pair = UNITS.get(unit)
        return self.n(pair[0], pair[1], 1 if n == 1 else 2) if pair else ""


def languages() -> list[str]:
    """The languages that can be chosen now: English, and those whose catalog is compiled."""
    return [code for code in LANGUAGES
            if code == "en" or (LOCALE_FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").exists()]


def _fill(text: str, values: dict[str, object]) -> str:
    return text.format(**values) if values else text
