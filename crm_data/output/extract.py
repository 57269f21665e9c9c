"""Collects the texts people see into ``locale/mabat.pot``, brings each language's catalog up to it and compiles it.

Run by ``python -m crm_data.output.extract`` (``--check`` only says whether something is missing). Needs Babel alone.
"""
from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crm_data.output.words import DOMAIN, LOCALE_FOLDER

ROOT = Path(__file__).resolve().parents[2]
#: Functions whose texts people read: where the text (and its plural, its context) stands among the arguments.
KEYWORDS: dict[str, tuple[int, ...]] = {"N_": (0,), "t": (0,), "n": (0, 1), "p": (1,), "M_": (1,), "_table": (1,), "UnknownName": (0,),
                                        **dict.fromkeys(("MabatError", "InputError", "AccessDenied", "SnapshotDamaged", "EngineUnavailable", "ImportRefused"), (0,))}
#: The same in the modules of commands only, see ``commands/speaking.py``.
SPOKEN: dict[str, tuple[int, ...]] = {"say": (0,), "told": (0,), "say_n": (0, 1)}
CONTEXTS = {"p": 0, "M_": 0}
FOLDERS = ("crm_data", "pages")
_LETTER = re.compile(r"[^\W\d_]")


def collect(root: Path = ROOT) -> Catalog:
    """All marked texts of the product, with the files they stand in (without line numbers: they change every day).

    Read from the syntax tree, so that texts inside f-strings are found on every version of Python, and nothing that only looks like one.
    """
    catalog = Catalog(project="Mabat", fuzzy=False)
    for path in sorted(p for folder in FOLDERS for p in (root / folder).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines, name, tree = source.splitlines(), path.relative_to(root).as_posix(), ast.parse(source)
        for text in _of_commands(tree):
            catalog.add(text, None, [(name, None)])
        keywords = KEYWORDS | SPOKEN if "commands" in path.parts else KEYWORDS
        for node in ast.walk(tree):
            found = _marked(node, keywords)
            if found is not None:
                message, context = found
                catalog.add(message, None, [(name, None)], auto_comments=_comment(lines, node.lineno), context=context)  # type: ignore[attr-defined]
    return catalog


def _marked(node: ast.AST, keywords: dict[str, tuple[int, ...]]) -> tuple[str | tuple[str, str], str | None] | None:
    """(text or text and plural, context) of a call that marks one."""
    called = _called(node)
    if not isinstance(node, ast.Call) or called not in keywords:
        return None
    given = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args]
    texts = [given[i] for i in keywords[called] if i < len(given)]
    if len(texts) < len(keywords[called]) or any(t is None or not _LETTER.search(t) for t in texts):
        return None
    context = given[CONTEXTS[called]] if called in CONTEXTS else None
    if called in CONTEXTS and context is None:
        return None
    return (texts[0] if len(texts) == 1 else (texts[0], texts[1])), context  # type: ignore[return-value]


def _of_commands(tree: ast.Module) -> Iterator[str]:
    """What a command line says of itself: the docstrings of its commands and the help of their options."""
    constants = {target.id: node.value.value for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                 for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and {_called(d) for d in node.decorator_list} & {"command", "group"}:
            yield inspect.cleandoc(ast.get_docstring(node, clean=False) or "")
        elif isinstance(node, ast.Call) and _called(node) == "option":
            for given in (k.value for k in node.keywords if k.arg == "help"):
                text = given.value if isinstance(given, ast.Constant) else constants.get(given.id) if isinstance(given, ast.Name) else None
                if not isinstance(text, str):
                    raise ValueError(f"help of an option, line {node.lineno}: write one plain text or name a constant of the module")
                yield inspect.cleandoc(text)


def _called(node: ast.AST) -> str:
    """The name of what is called, "" where nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _comment(lines: list[str], line: int) -> list[str]:
    """The word to translators that stands over a line."""
    above = lines[line - 2].strip() if line >= 2 else ""
    return [above.lstrip("# ")] if above.startswith("# TRANSLATORS:") else []


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
        _forget_other_forms(catalog, template)
        catalog.update(template, no_fuzzy_matching=True)
        with path.open("wb") as out:
            write_po(out, catalog, sort_output=True, width=120, ignore_obsolete=True)
        with path.with_suffix(".mo").open("wb") as out:
            write_mo(out, finished(catalog))
        texts = [m for m in catalog if m.id]
        done[language] = (sum(1 for m in texts if m.string and all(m.string if isinstance(m.string, tuple) else (m.string,))), len(texts))
    return done


def _forget_other_forms(catalog: Catalog, template: Catalog) -> None:
    """Take out the translation of a text that became a plural, or ceased to be one: Babel would share its letters out among the forms."""
    for message in template:
        plural = isinstance(message.id, tuple | list)
        first = message.id[0] if plural else message.id
        old = catalog.get(first, message.context) if message.id else None
        if old is not None and isinstance(old.id, tuple | list) != plural:
            catalog.delete(first, message.context)


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
