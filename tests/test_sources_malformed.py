"""Files damaged at random: each is imported or refused in a sentence, quickly, and never breaks the import."""
from __future__ import annotations

import io
import json
import random
import shutil
import time

import duckdb
import openpyxl
import pytest

from crm_data.errors import MabatError
from tests.importing import CUSTOMER_SQL, Firm

pytestmark = pytest.mark.faults

SEED, SECONDS_EACH = 20261122, 30
SPLINTERS = (b'"', b"\r", b"\n", b",", b"\0", b"\xff\xfe", b";", b"''", "״".encode(), b"-- ", b"\\")


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> dict[str, bytes]:
    """A sound file of each kind."""
    rows = [(f"C{n}", f"שם, {n}", "Haifa", f"1990-01-0{n % 9 + 1}") for n in range(60)]
    names = ("id", "name", "city", "born")
    path = tmp_path_factory.mktemp("sound") / "a.parquet"
    duckdb.execute(f"COPY (SELECT 'C' || i AS id, 'n' AS name, 'c' AS city, NULL::VARCHAR AS born FROM range(50) t(i)) TO '{path}'")
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "customers"
    for row in (names, *rows):
        book.active.append(row)
    book.save(held)
    text = "\n".join([",".join(names), *(",".join(f'"{cell}"' for cell in row) for row in rows)]) + "\n"
    return {"csv": text.encode(), "json": json.dumps([dict(zip(names, row, strict=True)) for row in rows]).encode(),
            "parquet": path.read_bytes(), "xlsx": held.getvalue(), "tsv": text.replace(",", "\t").encode("utf-16")}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to twenty changes: a byte, a cut, splinters that mean something to a parser, a piece twice."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if not made:
            break
        place, kind = chance.randrange(len(made)), chance.random()
        if kind < 0.4:
            made[place] = chance.randrange(256)
        elif kind < 0.55:
            del made[place:place + chance.randrange(1, 40)]
        elif kind < 0.65:
            made = made[:place]
        elif kind < 0.9:
            made[place:place] = chance.choice(SPLINTERS) * chance.randrange(1, 5)
        else:
            made += made[:place]
    return bytes(made)


def try_all(sound: dict[str, bytes], folder, kinds: list[str], chance: random.Random) -> tuple[int, int]:
    taken = refused = 0
    for number, kind in enumerate(kinds):
        firm = Firm(folder / str(number)).sql(customer=CUSTOMER_SQL)
        firm.source.mkdir()
        (firm.source / f"customers.{kind}").write_bytes(damaged(sound[kind], chance))
        began = time.monotonic()
        try:
            report = firm.bring(dry_run=True)
            assert all(table.read == table.accepted + table.repeated + table.rejected for table in report.tables)
            taken += 1
        except MabatError as error:
            assert "Traceback" not in str(error) and len(str(error)) < 1_500
            refused += 1
        assert time.monotonic() - began < SECONDS_EACH
        shutil.rmtree(firm.folder)
    return taken, refused


def test_damaged_files_are_imported_or_refused(sound, tmp_path):
    taken, refused = try_all(sound, tmp_path, ["csv", "tsv", "json", "parquet"] * 15 + ["xlsx"] * 5, random.Random(SEED))
    assert taken >= 10 and refused >= 10, "the damage is too small or too great to say anything"


@pytest.mark.slow
def test_two_thousand_damaged_files(sound, tmp_path):
    kinds = random.Random(SEED).choices(("csv", "tsv", "json", "parquet", "xlsx"), (6, 4, 4, 4, 1), k=2_000)
    assert sum(try_all(sound, tmp_path, kinds, random.Random(SEED + 1))) == 2_000
