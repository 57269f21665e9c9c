"""The catalogs of Hebrew and Persian are whole: every text, every form, the same placeholders, nothing uncertain; and compiled as written."""
from __future__ import annotations

import re
from functools import lru_cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from crm_data.output.extract import collect
from crm_data.output.words import DOMAIN, LOCALE_FOLDER

#: Forms a plural has: Hebrew has one for two, Persian one for every number.
FORMS = {"he": 3, "fa": 1}
#: Names and codes that stand in any language as they are.
NAMES = re.compile(r"\{\w*\}|:material/\w+:|`[^`]*`|\*\*|\b[A-Z]{2,}\w*\b|\bmabat\b|\b\w+\.\w+\b|https?://\S+|--[a-z-]+", re.IGNORECASE)
LETTERS = {"he": re.compile("[א-ת]"), "fa": re.compile("[\u0621-\u06cc]")}
SHOWN = 12


@lru_cache
def catalog(language: str) -> Catalog:
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        return read_po(source, locale=language)


def texts(language: str):
    """(message, its ids, its strings): of a plural the ids are repeated for each form, the last for "many"."""
    for message in catalog(language):
        if message.id:
            strings = tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)
            yield message, message.id if isinstance(message.id, tuple | list) else (message.id,), strings


def slots(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w*)[^{}]*\}", text)))


def few(found: list[str]) -> str:
    return "\n".join([f"{len(found)} in all", *found[:SHOWN]])


pytestmark = pytest.mark.parametrize("language", FORMS)


def test_every_text_of_the_code_is_in_the_catalog(language) -> None:
    known = {(m.context, m.id) for m, _, _ in texts(language)}
    lacking = [str(m.id) for m in collect() if m.id and (m.context, m.id) not in known]
    assert not lacking, few(lacking)


def test_every_text_is_translated_in_all_its_forms_and_none_is_uncertain(language) -> None:
    lacking = [str(m.id) for m, ids, found in texts(language) if not all(found) or (len(ids) == 2 and len(found) != FORMS[language])]
    assert not lacking, few(lacking)
    assert not [m.id for m, _, _ in texts(language) if m.fuzzy]
    assert catalog(language).num_plurals == FORMS[language]


def test_placeholders_are_the_same(language) -> None:
    """A form that names its number in words ("two days") may leave ``{n}`` out; in a list of what people type each alternative counts."""
    wrong = []
    for message, ids, found in texts(language):
        for place, translated in enumerate(found):
            if not translated:
                continue
            wanted, given = slots(ids[-1]), slots(translated)
            named = len(ids) == 2 and place < len(found) - 1
            if given != wanted and not (named and set(wanted) - {"n"} <= set(given) <= set(wanted)):
                wrong.append(f"{message.id} -> {translated}")
    assert not wrong, few(wrong)


def test_marks_and_spaces_at_the_ends_are_the_same(language) -> None:
    wrong = [f"{m.id} -> {one}" for m, ids, found in texts(language) for one in found if one and "|" not in ids[-1] and (
        one[:1].isspace() != ids[-1][:1].isspace() or one[-1:].isspace() != ids[-1][-1:].isspace() or one.count("**") != ids[-1].count("**")
        or sorted(re.findall(r":material/\w+:", one)) != sorted(re.findall(r":material/\w+:", ids[-1])))]
    assert not wrong, few(wrong)


def test_no_sign_is_written_after_a_number_given(language) -> None:
    wrong = [one for _, _, found in texts(language) for one in found if "|" not in one and re.search(r"\}\s?[%٪]|\}\s(?:درصد|אחוז)", one or "")]
    assert not wrong, few(wrong)


def test_texts_are_in_the_letters_of_the_language(language) -> None:
    """No text with English words is left as it was; Persian has its own ya and kaf."""
    left = [ids[-1] for _, ids, found in texts(language) for one in found
            if one and not LETTERS[language].search(one) and re.search("[a-z]{4,}", NAMES.sub("", ids[-1]), re.IGNORECASE)]
    assert not left, few(left)
    arabic = [one for _, _, found in texts(language) for one in found if one and "|" not in one and re.search("[يك]", one)]
    assert language != "fa" or not arabic, few(arabic)


def test_what_is_compiled_is_what_is_written(language) -> None:
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as source:
        # Babel gives the context of what is compiled as bytes.
        compiled = {(m.context.decode() if m.context else None, m.id[0] if isinstance(m.id, tuple | list) else m.id): m.string for m in read_mo(source) if m.id}
    wrong = [str(m.id) for m, ids, found in texts(language) if all(found) and not m.fuzzy
             and (lambda had: tuple(had) if isinstance(had, tuple | list) else (had,))(compiled.get((m.context, ids[0]))) != found]
    assert not wrong, few(wrong)
