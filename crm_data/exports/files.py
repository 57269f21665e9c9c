"""A document as a file of any format: one door for pages and the command line."""
from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from crm_data.errors import N_, InputError, MabatError, cause_of
from crm_data.exports.cells import total_rows
from crm_data.exports.document import Document
from crm_data.exports.job import Tell, silent

MIME = {
    "png": "image/png", "svg": "image/svg+xml", "csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "html": "text/html", "pdf": "application/pdf"}
FORMATS = tuple(MIME)


def format_of(path: Path) -> str:
    """The format a file's ending asks for. Raises InputError with those there are."""
    ending = path.suffix.lower().lstrip(".")
    if ending not in MIME:
        raise InputError(N_("“{name}” does not say which format: end it with one of {known}."), name=path.name[:80], known=", ".join(f".{f}" for f in FORMATS))
    return ending


def write_document(document: Document, target: BinaryIO, form: str, tell: Tell = silent) -> None:
    """Write ``document`` in the format ``form`` into an open file. Raises a MabatError with a sentence where the format cannot hold it."""
    if form not in _WRITERS:
        raise InputError(N_("There is no format “{form}”. Use one of: {known}."), form=form[:20], known=", ".join(FORMATS))
    _WRITERS[form](document, target, tell)


def document_bytes(document: Document, form: str, tell: Tell = silent) -> bytes:
    """``write_document`` through a file on the disk, so that a large one is in the memory once, at the end."""
    with tempfile.TemporaryFile(prefix="mabat-export-") as file:
        write_document(document, file, form, tell)
        file.seek(0)
        return file.read()


def write_file(document: Document, path: Path, tell: Tell = silent) -> int:
    """Write ``document`` to ``path``, whose ending says the format; returns the bytes. What stood there is replaced only when the whole
    new file is there: whatever stops the work leaves no half file."""
    form = format_of(path)
    if not path.parent.is_dir():
        raise InputError(N_("There is no folder “{folder}”."), folder=str(path.parent)[:200])
    if path.is_dir():
        raise InputError(N_("“{name}” is a folder."), name=str(path)[:200])
    # Made with the rights any new file gets here; what is replaced keeps its own.
    half = path.with_name(f".{path.stem[:60]}-{secrets.token_hex(6)}.part")
    try:
        with half.open("x+b") as file:
            write_document(document, file, form, tell)
            size = file.seek(0, os.SEEK_END)
        if path.exists():
            shutil.copymode(path, half)
        os.replace(half, path)
        return size
    except OSError as error:
        raise MabatError(N_("“{name}” cannot be written: {error}"), name=str(path)[:200], error=cause_of(error)) from error
    finally:
        with contextlib.suppress(OSError):
            half.unlink()


# Formats --------------------------------------------------------------------------------------------------------------
def _xlsx(document: Document, target: BinaryIO, tell: Tell) -> None:
    from crm_data.exports.workbook import write_xlsx

    write_xlsx(document, target, tell)


def _csv(document: Document, target: BinaryIO, tell: Tell) -> None:
    from crm_data.exports.csv_out import write_csv

    write_csv(document, target, tell)


def _whole(make: Callable[[Document], bytes]) -> Callable[[Document, BinaryIO, Tell], None]:
    """A writer that gives the whole file at once."""
    def write(document: Document, target: BinaryIO, tell: Tell) -> None:
        steps = max(total_rows(document), 1)
        tell(0, steps)
        data = make(document)
        tell(steps, steps)
        target.write(data)
    return write


def _pptx(document: Document, target: BinaryIO, tell: Tell) -> None:
    from crm_data.exports.deck import to_pptx

    target.write(to_pptx(document, tell))


def _html(document: Document) -> bytes:
    from crm_data.exports.interactive import to_interactive

    return to_interactive(document).encode("utf-8")


def _pdf(document: Document, target: BinaryIO, tell: Tell) -> None:
    from crm_data.exports.report import to_pdf_report

    target.write(to_pdf_report(document, tell))


def _svg(document: Document) -> bytes:
    from crm_data.exports.pictures import svg_of

    return svg_of([_one_picture(document)])[0].encode("utf-8")


def _png(document: Document) -> bytes:
    from crm_data.exports.pictures import png_of

    return png_of([_one_picture(document)], 2)[0]


def _one_picture(document: Document):
    """The one picture of a document, with its title, sentence and origin in it."""
    from crm_data.exports.framing import framed

    drawn = [part for part in document.parts if part.picture is not None]
    if not drawn:
        raise InputError(N_("There is no figure here to make a picture of. Take XLSX or CSV for the table."))
    if len(drawn) > 1:
        raise InputError(N_("A picture holds one figure, and here are {count}. Take PPTX, PDF or HTML."), count=len(drawn))
    return framed(drawn[0], document)


_WRITERS: dict[str, Callable[[Document, BinaryIO, Tell], None]] = {
    "png": _whole(_png), "svg": _whole(_svg), "csv": _csv, "xlsx": _xlsx, "pptx": _pptx, "html": _whole(_html), "pdf": _pdf}
