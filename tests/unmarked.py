"""Finds words on a page that never went through translation: run in the pseudo-language, what is not within ⟦ ⟧ and not data is unmarked."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

#: Fields of Streamlit's elements that nobody reads on the screen.
UNSEEN = {"id", "key", "form_id", "element_id", "icon", "type", "color", "url", "page_script_hash", "formatted", "language", "unit", "label_visibility", "css", "js", "html_content", "bytes", "data_type",
          "theme", "config", "selection_mode", "editing_mode", "ignore_rerun", "command", "spec_hash", "media_file_id", "file_url", "component_name", "mime", "isolate_styles", "json", "width", "height", "src",
          "chart_id", "format", "allowed_values", "query_string", "shortcut", "group_id", "default_str", "raw_values", "registered_name", "tag", "value", "step_unit", "placement", "name", "code_text", "autocomplete", "js_source_path",
          "css_source_path", "uuid", "styles", "spec", "deferred_file_id"}
#: Of a few elements ``value`` and ``name`` are words: texts of st.text and the titles of pages.
_MARK = re.compile(r"⟦[^⟦⟧]*⟧")
_NOISE = re.compile(r"(?s)<style>.*?</style>|%\{[^}]*\}|:material/\w+:|:[a-z]+(?:-background|-badge)?\[|<[^>]*>|https?://\S+|\b(?:customer|pipeline|explore)\?\S+|\b\d{8}_\d{6}_[0-9a-f]{4}\b|&\w+;|\bapp\.db\b|[⁦⁩⁧⁨]")
_DATES = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|January|February|March|April|August|September|October|November|December|Mon|Tue|Wed|Thu|Fri|Sat|Sun|"
                    r"Mondays?|Tuesdays?|Wednesdays?|Thursdays?|Fridays?|Saturdays?|Sundays?|ILS|EUR|USD|GBP|Q[1-4]|W\d\d?|AM|PM|UTC)\b")
_WORD = re.compile(r"[^\W\d_]{2,}")


def unmarked(text: str, data: frozenset[str]) -> list[str]:
    """The words of ``text`` that stand outside every ⟦ ⟧ and are no data."""
    rest, before = text, None
    while rest != before:
        before, rest = rest, _MARK.sub(" ", rest)
    for known in (_NOISE, _DATES):
        rest = known.sub(" ", rest)
    return [w for w in _WORD.findall(rest) if w.casefold() not in data]


def words_of_data(texts: Iterator[object]) -> frozenset[str]:
    """Every word of the data's own texts, folded."""
    return frozenset(w.casefold() for t in texts if isinstance(t, str) for w in _WORD.findall(t))


def strings(at) -> Iterator[tuple[str, str]]:
    """(where, text) of everything an AppTest holds: texts, labels, options, heads of tables, and the words drawn in charts."""
    yield from _node(at._tree, "")


def _node(node, place: str) -> Iterator[tuple[str, str]]:
    here = f"{place}/{getattr(node, 'type', '')}"
    proto = getattr(node, "proto", None)
    if getattr(node, "type", "") in ("arrow_data_frame", "dataframe"):
        for name, column in _frame(node).items():
            yield from ((f"{here}:cell of {name}", one) for one in column if isinstance(one, str))
    if isinstance(proto, Message):
        yield from _message(proto, here)
    for child in getattr(node, "children", {}).values():
        yield from _node(child, here)


def _frame(node):
    value = node.value
    return getattr(value, "data", value)  # of a styled table the plain one


def _message(message: Message, place: str) -> Iterator[tuple[str, str]]:
    kind = message.DESCRIPTOR.name
    if kind == "PlotlyChart":
        yield from _drawn(json.loads(message.spec or "{}"), f"{place}:chart")
        yield f"{place}:alt", message.alt if "alt" in message.DESCRIPTOR.fields_by_name else ""
        return
    if kind == "BidiComponent":
        yield from _data(json.loads(message.json or "{}"), f"{place}:{message.component_name}")
        return
    for field, value in message.ListFields():
        if field.name == "columns" and isinstance(value, str):
            for column in json.loads(value or "{}").values():
                yield f"{place}:head", str((column or {}).get("label") or "")
        if field.name in UNSEEN and not (field.name == "value" and kind == "Text"):
            continue
        many = [value] if isinstance(value, str | bytes | Message) else value if hasattr(value, "__iter__") else []
        for one in many:
            if isinstance(one, Message):
                yield from _message(one, f"{place}.{field.name}")
            elif isinstance(one, str) and field.type == FieldDescriptor.TYPE_STRING and field.name != "columns":
                yield f"{place}:{field.name}", one


def _data(given: object, place: str) -> Iterator[tuple[str, str]]:
    """The texts a component of our own is given; codes (one lower-case word) are not read by anybody."""
    if isinstance(given, dict | list):
        for name, value in given.items() if isinstance(given, dict) else enumerate(given):
            yield from _data(value, place if isinstance(name, int) else f"{place}.{name}")
    elif isinstance(given, str) and not re.fullmatch(r"[a-z_0-9:#.,-]*", given):
        yield place, given


def _drawn(spec: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(spec, dict):
        if spec.get("showlegend") is not True and "type" in spec:
            spec = {k: v for k, v in spec.items() if k != "name"}  # the name of a trace is read in a legend only
        for name, value in spec.items():
            if name in ("text", "title", "name", "hovertemplate", "hovertext", "ticktext", "ticksuffix", "tickprefix", "labels") and isinstance(value, str | list):
                for one in [value] if isinstance(value, str) else value:
                    if isinstance(one, str):
                        yield f"{place}.{name}", one
            elif name not in ("customdata", "meta", "x", "y", "ids", "font", "family"):
                yield from _drawn(value, f"{place}.{name}")
    elif isinstance(spec, list):
        for one in spec:
            yield from _drawn(one, place)
