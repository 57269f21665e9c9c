"""Texts for people are marked so that the extractor finds them whole, and say numbers by their placeholders alone."""
from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from crm_data.analysis.findings import Said
from crm_data.analysis.target_alerts import Rule
from crm_data.calendars import from_jalali
from crm_data.commands.target_asking import operator
from crm_data.cuts.catalog import build_catalog
from crm_data.cuts.cut import Cut, Filter, describe_filter
from crm_data.cuts.periods import Period
from crm_data.errors import Cause, InputError, UnknownName, cause_of
from crm_data.output.extract import FOLDERS, ROOT, _forget_other_forms, collect
from crm_data.output.words import PSEUDO, Words
from crm_data.text import Figure

CATALOG = build_catalog((), from_jalali(1405, 8, 30), 6, True)
#: Where a plural is said whose forms were marked before.
HANDED_ON = {"words.py", "story_words.py", "findings.py", "speaking.py"}


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.AST]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))}


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [one for m in collect() if m.id for one in (m.id if isinstance(m.id, tuple) else (m.id,))]


def test_every_text_found_stands_in_the_code_as_one(trees, texts) -> None:
    """A text made of two ("dayby day") comes of words handed to ``t`` that are no text."""
    written = {inspect.cleandoc(node.value) for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not [text for text in texts if inspect.cleandoc(text) not in written]


def test_the_forms_of_a_plural_are_plain_texts(trees) -> None:
    """``n(N_("a"), N_("b"), 3)`` would be found as two texts, and no language could give its forms."""
    calls = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "n" and len(node.args) >= 3 and path.name not in HANDED_ON]
    assert len(calls) > 100
    assert not [f"{path}:{node.lineno}" for path, node in calls if not all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in node.args[:2])]


@pytest.fixture(scope="module")
def errors(trees) -> list[tuple[Path, ast.Call]]:
    """Every place where an error for people is made."""
    found, kinds = [], {"MabatError", "Cause"}
    for _ in range(3):  # errors of errors of errors
        kinds |= {node.name for tree in trees.values() for node in ast.walk(tree)
                  if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id in kinds for base in node.bases)}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            if name in kinds - {"UnknownName"} and path.name != "errors.py":
                found.append((path, node))
    return found


def test_the_text_of_every_error_is_one_constant(errors) -> None:
    """A text put together where it is raised would be found by no translator: values go into placeholders."""
    assert len(errors) > 300
    composed = (ast.JoinedStr, ast.BinOp)
    assert not [f"{path}:{node.lineno}" for path, node in errors for text in node.args[:1] if any(isinstance(part, composed) for part in ast.walk(text))
                or any(isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("format", "join", "replace") for part in ast.walk(text))]


def test_no_value_of_an_error_is_an_english_sentence(errors) -> None:
    """What stands in a placeholder and holds words is a ``Cause``, said in the language too."""
    wrong = []
    for path, node in errors:
        for value in (k.value for k in node.keywords):
            said = {id(part) for call in ast.walk(value) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Cause", "N_") for part in ast.walk(call)}
            wrong += [f"{path}:{node.lineno}: {part.value}" for part in ast.walk(value) if isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in said
                      and re.search(r"[A-Za-z]{2}:? [A-Za-z]{2}|^ [A-Za-z]{2}|[A-Za-z]{2} $", part.value)]
    assert not wrong


def test_errors_name_measures_and_dimensions_as_the_reader_calls_them() -> None:
    with pytest.raises(InputError) as caught:
        CATALOG.check("open_balance", ("topic",))
    assert "“open_balance” cannot be cut by “topic”" in Words("en").error(caught.value)
    told = Words("he").error(caught.value)
    assert "open_balance" not in told and "topic" not in told and Words("he").t("Open balance") in told


def test_an_error_within_an_error_is_said_too() -> None:
    inner = UnknownName("measure", "x", ())
    assert Words(PSEUDO).error(InputError("Row {row} of the file: {reason} Nothing was changed.", row=2, reason=inner)) == "⟦Row 2 of the file: ⟦There is no ⟦measure⟧ “x”.⟧ Nothing was changed.⟧"


def test_plurals_of_what_is_noticed_are_plurals() -> None:
    forms = {m.id for m in collect() if isinstance(m.id, tuple)}
    assert ("{n} contact since", "{n} contacts since") in forms
    assert ("{n} contact while it was open, on {day}", "{n} contacts while it was open, the last on {day}") in forms


def test_no_text_writes_a_per_cent_sign_after_a_number_given(texts) -> None:
    assert not [text for text in texts if re.search(r"\}\s?%", text)]


def test_what_an_unknown_name_is_of_is_translated(texts) -> None:
    assert {"measure", "dimension", "segment", "user", "table"} <= set(texts)
    assert Words("en").error(UnknownName("branch", "Haiffa", ())) == "There is no branch “Haiffa”."
    assert "⟦measure⟧" in Words(PSEUDO).error(UnknownName("measure", "x", ()))


def test_lists_have_the_marks_of_the_language() -> None:
    assert Words("en").listed(["a", "b"]) == "a, b" and Words("he").listed(["א", "ב"]) == "א, ב" and Words("fa").listed(["الف", "ب"]) == "الف، ب"
    assert Words("fa").listed(iter(["الف", "ب"]), ";") == "الف؛ ب"
    assert Said("{what}", {"what": ("names", ("الف", "ب"))}).text(Words("fa"), None) == "الف، ب"  # type: ignore[arg-type]


def test_a_text_that_became_a_plural_is_not_shared_out_among_its_forms() -> None:
    """Babel would make "a", "b", "c" of "abc" for the three forms of Hebrew."""
    catalog, template = Catalog(locale="he"), Catalog()
    catalog.add("{n} thing", "אבג")
    catalog.add("Stays", "נשאר")
    template.add(("{n} thing", "{n} things"))
    template.add("Stays")
    _forget_other_forms(catalog, template)
    catalog.update(template, no_fuzzy_matching=True)
    assert not any(catalog.get("{n} thing").string) and catalog.get("Stays").string == "נשאר"


def test_names_of_the_data_keep_their_place_in_a_sentence_from_right_to_left() -> None:
    he, told = Words("he"), "\u2068Fibre 300\u2069"
    assert he.t("{a}: {b}", a="Fibre 300", b="שלום") == f"{told}: שלום" and Words("en").t("{a}", a="Fibre 300") == "Fibre 300"
    assert he.t("{a}", a=he.listed(["Fibre 300", "תיקון"])) == f"{told}, תיקון", "a list is in order already, and no isolate of its own"
    assert he.in_line(["Fibre 300", None, "", "10%", told]) == f"{told} · 10% · {told}" and Words("en").in_line(["a", "", "b"]) == "a · b"
    assert he.isolated("one\ntwo") == "one\ntwo", "an isolate ends with its line"


def test_numbers_given_as_text_take_digits_and_keep_their_signs_in_place() -> None:
    assert Words("en").figure("10%") == "10%" and Words("he").figure("10%") == "\u206610%\u2069"
    assert Words("fa", "persian").figure("1,000.5%") == "\u2066۱٬۰۰۰٫۵٪\u2069"
    assert Words("fa", "persian").t("{a} {b}", a=Figure("10%"), b="10%") == "\u2066۱۰٪\u2069 10%"


def test_a_threshold_is_refused_with_its_share() -> None:
    with pytest.raises(InputError) as caught:
        Rule("chance", 1.2, 0).check()
    assert str(caught.value) == "A chance lies between 0 and 100 %: 120% is no threshold for it."
    assert "\u2066120%\u2069" in Words("he").error(caught.value)


def test_values_of_filters_are_formatted_and_isolated() -> None:
    words = Words("fa", "persian")
    assert "\u2066۱۰٪\u2069" in describe_filter(Filter("each.worth", "top", ("10%",)), words, CATALOG)
    between = describe_filter(Filter("each.revenue", "between", ("1000", "5000")), words, CATALOG)
    assert "\u2066۱٬۰۰۰\u2069 – \u2066۵٬۰۰۰\u2069" in between
    assert "\u206640\u2069" in describe_filter(Filter("age", "at_least", ("40",)), Words("he"), CATALOG)
    assert describe_filter(Filter("age", "at_least", ("40",)), Words("en"), CATALOG) == "Age in years: at least 40"


def test_a_cut_is_said_with_marked_texts_only() -> None:
    cut = Cut(("revenue", "orders"), ("branch",), Period(from_jalali(1405, 8, 1), from_jalali(1405, 8, 30)), "jalali_month", compare="last_year", limit=5)
    assert cut.describe(Words("en"), CATALOG) == "Revenue, Orders · by Branch · by month · 23 Oct 2026 – 21 Nov 2026 · against last year · first 5"
    assert "⟦by month⟧" in cut.describe(Words(PSEUDO), CATALOG) and "⟦against last year⟧" in cut.describe(Words(PSEUDO), CATALOG)


def test_what_the_system_says_of_a_file_is_said_too() -> None:
    error = InputError("{file} cannot be written: {cause}.", file="a", cause=cause_of(PermissionError(13, "Permission denied")))
    assert str(error) == "a cannot be written: Permission denied." and Words(PSEUDO).error(error) == "⟦a cannot be written: ⟦Permission denied⟧.⟧"
    assert cause_of(OSError(99, "Something else")) == "Something else" and not isinstance(cause_of(OSError("odd")), Cause)


def test_a_cause_an_exception_brought_along_is_said() -> None:
    error = InputError("{path} is damaged: {cause}.", path="a", cause=ValueError(Cause("the digest differs")))
    assert str(error) == "a is damaged: the digest differs." and Words(PSEUDO).error(error) == "⟦a is damaged: ⟦the digest differs⟧.⟧"


def test_who_wrote_from_the_command_line_is_said_in_the_language() -> None:
    name = operator().name
    assert Words("en").author(name) == name and Words(PSEUDO).author(name) == f"⟦{name}⟧" and Words(PSEUDO).author("Dana") == "Dana"
