"""Collects the texts people see into ``locale/mabat.pot``, brings each language's catalog up to it and compiles it.

Run by ``python -m crm_data.output.extract`` (``--check`` only says whether something is missing). Needs Babel alone.
"""
from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crm_data.output.words import DOMAIN, LOCALE_FOLDER

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"N_": None, "t": None, "n": (1, 2), "p": ((1, "c"), 2), "M_": ((1, "c"), 2), "_table": (2,), "UnknownName": (1,)}
FOLDERS = ("crm_data", "pages")


def collect(root: Path = ROOT) -> Catalog:
    """All marked texts of the product, with the files they stand in (without line numbers: they change every day)."""
    catalog = Catalog(project="Mabat", fuzzy=False)
    for folder in FOLDERS:
        found = extract_from_dir(root / folder, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("TRANSLATORS:",))
        for name, _, message, comments, context in found:
            if message and (message[0] if isinstance(message, tuple) else message):
                catalog.add(message, None, [(f"{folder}/{Path(name).as_posix()}", None)], auto_comments=comments, context=context)
    return catalog


def write(root: Path = ROOT, folder: Path = LOCALE_FOLDER) -> dict[str, tuple[int, int]]:
    """Write the template, update and compile every language's catalog; returns language -> (translated, all)."""
    template = collect(root)
    with (folder / f"{DOMAIN}.pot").open("wb") as out:
        write_po(out, template, sort_output=True, width=120, omit_header=False)
    done = {}
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = path.parts[-3]
        with path.open("rb") as source:
            catalog = read_po(source, locale=language)
        catalog.update(template, no_fuzzy_matching=True)
        with path.open("wb") as out:
            write_po(out, catalog, sort_output=True, width=120, ignore_obsolete=True)
        with path.with_suffix(".mo").open("wb") as out:
            write_mo(out, finished(catalog))
        texts = [m for m in catalog if m.id]
        done[language] = (sum(1 for m in texts if m.string and all(m.string if isinstance(m.string, tuple) else (m.string,))), len(texts))
    return done


def finished(catalog: Catalog) -> Catalog:
    """The texts that are translated in all their forms: a plural with an empty form would be shown as nothing, not in English."""
    found = Catalog(locale=catalog.locale, fuzzy=False)
    found.mime_headers = catalog.mime_headers
    for message in catalog:
        if message.id and not message.fuzzy and all(message.string if isinstance(message.string, tuple | list) else (message.string,)):
            found[message.id] = message
    return found


def missing(root: Path = ROOT, folder: Path = LOCALE_FOLDER) -> list[str]:
    """Texts of the code that the template does not hold."""
    path = folder / f"{DOMAIN}.pot"
    known: set[object] = set()
    if path.exists():
        with path.open("rb") as source:
            known = {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in read_po(source) if m.id}
    found = [(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in collect(root) if m.id]
    return sorted(text for context, text in found if (context, text) not in known)


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        lacking = missing()
        for text in lacking:
            print(f"not in the template: {text}")
        sys.exit(1 if lacking else 0)
    for code, (translated, everything) in write().items():
        print(f"{code}: {translated} of {everything} texts translated")
