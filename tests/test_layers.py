"""The house keeps its order: who may import whom, no module too long, nothing of a browser below the pages.

dashboard -> pages -> pages.parts -> crm_data; inside crm_data analysis and output -> cuts -> model -> errors.
"""
from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 350

#: What each part of crm_data may import of the others (its own modules always).
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "countries": set(),
    "settings": {"errors", "countries"},
    "model": {"errors", "settings", "calendars", "countries"},
    "cuts": {"errors", "settings", "calendars", "model"},
    "text": set(),
    "calendars": set(),
    "analysis": {"errors", "settings", "calendars", "countries", "text", "model", "cuts"},
    "output": {"errors", "settings", "calendars", "text", "cuts"},
    "exports": {"errors", "settings", "calendars", "text", "model", "cuts", "analysis", "output"},
    "sources": {"errors", "settings", "calendars", "countries", "model"},
    "accounts": {"errors", "settings", "model", "cuts"},
    "demo": {"errors", "settings", "model", "sources", "analysis", "cuts"},
    "commands": {"errors", "settings", "calendars", "countries", "text", "model", "cuts", "analysis", "output", "exports", "sources", "accounts", "demo", "commands", "cli"},
    "cli": {"errors", "settings", "text", "output", "commands", "model"},
    "__main__": {"cli"},
}


def modules() -> list[Path]:
    return sorted([*ROOT.glob("*.py"), *ROOT.glob("crm_data/**/*.py"), *ROOT.glob("pages/**/*.py")])


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Full names of everything a module imports, inside functions too."""
    found: set[str] = set()
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def layer(module: str) -> str:
    """``crm_data.cuts.query`` -> cuts; "" for what is not crm_data's."""
    parts = module.split(".")
    return parts[1] if parts[0] == "crm_data" and len(parts) > 1 else ""


PATHS = modules()


def named(test):
    return pytest.mark.parametrize("path", PATHS, ids=[name_of(p) or p.name for p in PATHS])(test)


@named
def test_arrows_point_down(path: Path) -> None:
    module = name_of(path)
    own, wrong = layer(module), []
    for target in sorted(imports(path)):
        top = target.split(".")[0]
        if module.startswith("crm_data"):
            if top in ("pages", "dashboard", "streamlit", "streamlit_authenticator"):
                wrong.append(target)
            elif own and layer(target) and layer(target) != own and layer(target) not in ALLOWED.get(own, set()):
                wrong.append(target)
        elif module.startswith("pages.parts"):
            if top == "dashboard" or (top == "pages" and not target.startswith("pages.parts")):
                wrong.append(target)
        elif module.startswith("pages") and top == "dashboard":
            wrong.append(target)
    assert not wrong, f"{module} must not import {', '.join(wrong)}"


def test_every_part_of_crm_data_has_its_place() -> None:
    parts = {layer(name_of(p)) for p in PATHS} - {""}
    assert parts <= set(ALLOWED), f"say in ALLOWED what {sorted(parts - set(ALLOWED))} may import"


@named
def test_output_takes_answers_never_a_connection(path: Path) -> None:
    if not name_of(path).startswith("crm_data.output"):
        return
    wrong = [t for t in imports(path) if t.split(".")[0] in ("sqlalchemy", "duckdb", "psycopg", "sqlite3")
             or t.startswith(("crm_data.model", "crm_data.cuts.query.ask"))]
    assert not wrong, f"{name_of(path)} imports {wrong}"


@named
def test_no_module_is_too_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{name_of(path)} has {lines} lines; split it (at most {MAX_LINES})"


@named
def test_no_plotly_express(path: Path) -> None:
    assert not [t for t in imports(path) if t.startswith("plotly.express")]


def test_nothing_runs_when_a_page_is_imported() -> None:
    """Pages are modules of functions: no call to streamlit at the top level."""
    wrong = []
    for path in ROOT.glob("pages/**/*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                root = node.value.func
                while isinstance(root, ast.Attribute):
                    root = root.value
                if isinstance(root, ast.Name) and root.id in ("st", "streamlit"):
                    wrong.append(f"{name_of(path)}:{node.lineno}")
    assert not wrong
