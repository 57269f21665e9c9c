"""Text files as people have them: which encoding, which delimiter, which header."""
from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes

from crm_data.errors import N_, ImportRefused

SAMPLE_BYTES = 1 << 18
CHUNK_BYTES = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
#: Names a raw table keeps for itself; a file's own column of that name gets a number.
RESERVED = ("_file", "_row")

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORD = re.compile(r"[^\W\d_]+(?:[\u0591-\u05c7\u064b-\u0652\u200c]+[^\W\d_]*)*")


def detect_encoding(path: Path) -> str:
    """The Python name of the file's encoding: a BOM says it, else UTF-8 if it is valid, else what the letters fit.

    Raises ImportRefused when no encoding fits.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name
    wide = _utf16_without_bom(sample)
    if wide:
        return wide
    if b"\0" in sample:
        raise ImportRefused(N_("{file} is not a text file. Give a CSV, TSV, XLSX, Parquet or JSON file."), file=path.name)
    if _is_utf8(path):
        return "utf-8"
    return _damaged_utf8(sample) or _by_letters(sample) or _guessed(path, sample)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _utf16_without_bom(sample: bytes) -> str | None:
    """UTF-16 written without a mark: every other byte of line ends, digits and delimiters is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if odd > half * 0.2 and even < half * 0.01:
        return "utf-16-le"
    if even > half * 0.2 and odd < half * 0.01:
        return "utf-16-be"
    return None


def _damaged_utf8(sample: bytes) -> str | None:
    """UTF-8 with a few broken bytes is still UTF-8: those rows are rejected by number, the rest is kept."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    good = sum(1 for letter in text if letter > "\x7f") - broken
    return "utf-8" if good > broken * 4 else None


def _by_letters(sample: bytes) -> str | None:
    """Hebrew (cp1255), Arabic and Persian (cp1256) or Western (cp1252), by the words each reading gives."""
    best, best_score = None, 0.6
    for name, block in (("cp1255", ("\u05d0", "\u05ea")), ("cp1256", ("\u0621", "\u06d2")), ("cp1252", None)):
        score = _score(sample, name, block)
        if score > best_score:
            best, best_score = name, score
    return best


def _score(sample: bytes, encoding: str, block: tuple[str, str] | None) -> float:
    """Share of the words with a foreign letter that are of one script, as real words are."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return 0.0
    if block is None:
        # A Western word is mostly plain letters; Hebrew read as Western has none.
        good = [word for word in words if sum(letter.isascii() for letter in word) * 2 >= len(word)]
    else:
        good = [word for word in words if all(block[0] <= letter <= block[1] or not letter.isalpha() for letter in word)]
    return len(good) / len(words)


def _guessed(path: Path, sample: bytes) -> str:
    found = from_bytes(sample).best()
    if found is None:
        raise ImportRefused(N_("The encoding of {file} could not be told. Save it as UTF-8, or name it in mapping.toml: "
                               "encoding = \"cp1255\"."), file=path.name)
    return found.encoding


def as_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """The file itself when it is UTF-8, else a UTF-8 copy of it in ``folder``.

    Raises ImportRefused naming the row when the file is not in that encoding.
    """
    if encoding == "utf-8":
        return path
    target = folder / f"{path.name}.utf8"
    row = 1
    try:
        with path.open("r", encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
            while chunk := source.read(CHUNK_BYTES):
                out.write(chunk)
                row += chunk.count("\n")
    except (UnicodeDecodeError, UnicodeError) as error:
        raise ImportRefused(N_("{file} is not written in {encoding} (after line {row}). Save it as UTF-8, or name its "
                               "encoding in mapping.toml."), file=path.name, encoding=encoding, row=row) from error
    except LookupError as error:
        raise ImportRefused(N_("There is no encoding “{encoding}”. Use utf-8, utf-16, cp1255, cp1256 or another name "
                               "Python knows."), encoding=encoding) from error
    return target


def detect_delimiter(text: str, *, suffix: str = "") -> str:
    """The delimiter that cuts most rows of the sample into as many fields as the header has."""
    best, best_key = "\t" if suffix == ".tsv" else ",", (0.0, 0)
    for delimiter in DELIMITERS:
        rows = list(islice(_records(text, delimiter), 200))
        if not rows or len(rows[0]) < 2:
            continue
        same = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        key = (round(same, 1), len(rows[0]))
        if key > best_key:
            best, best_key = delimiter, key
    return best


def header_of(text: str, delimiter: str) -> list[str]:
    """The column names of the first row, made unique; empty when the file is."""
    first = next(_records(text, delimiter), [])
    return unique_names(first)


def unique_names(names: Iterable[object]) -> list[str]:
    """Names as the file says them; an empty one becomes ``column3``, a repeated one gets a number (``name_2``)."""
    taken = {name.casefold() for name in RESERVED}
    result = []
    for position, raw in enumerate(names, start=1):
        wanted = " ".join(str(raw or "").replace("\ufeff", "").split()) or f"column{position}"
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name.casefold())
        result.append(name)
    return result


def sample_text(path: Path) -> str:
    """The beginning of a UTF-8 file, ending at a whole line, broken bytes replaced."""
    with path.open("rb") as file:
        data = file.read(SAMPLE_BYTES)
    text = data.decode("utf-8-sig", errors="replace")
    return text if len(data) < SAMPLE_BYTES else text[:text.rfind("\n") + 1] or text


def _records(text: str, delimiter: str) -> Iterable[list[str]]:
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter=delimiter)
    try:
        yield from (row for row in reader if row)
    except csv.Error:
        return
