"""How long a large table takes to become a file, and how much memory: ``python -m bench.export`` (a process of its own, so that the peak is its own)."""
from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

ROWS, COLUMNS = 200_000, 8
#: What is allowed, on two cores.
SECONDS, MEGABYTES = 30.0, 400.0


def document(rows: int = ROWS):
    """A table of ``rows`` x 8: two texts, a day, money, counts and shares; made row by row."""
    from crm_data.exports.document import Document, Part, Passport
    from crm_data.output.tables import Column, Sheet

    columns = (Column("customer", "Customer"), Column("city", "City"), Column("since", "Since", "date"), Column("revenue", "Revenue ₪", "money"),
               Column("before", "Revenue ₪, 2025", "money"), Column("change", "Change", "change"), Column("orders", "Orders", "count"), Column("margin", "Gross margin", "share"))

    def each() -> Iterator[dict[str, object]]:
        first = date(2010, 1, 1)
        for n in range(rows):
            yield {"customer": f"Customer {n:,} of the north", "city": f"City {n % 97}", "since": first + timedelta(days=n % 5800), "revenue": Decimal(n * 37 % 9_999_999) / 100,
                   "before": Decimal(n * 31 % 9_999_999) / 100, "change": n % 200 / 100 - 1, "orders": n % 50, "margin": n % 100 / 100}
    return Document("Customers", "", (Part("Customers", sheet=Sheet(columns, ()), rows=each, row_count=rows, passport=Passport(currency="ILS")),))


def measured(form: str, rows: int = ROWS) -> dict[str, float]:
    """Seconds, megabytes of the file, and the process's peak before and after."""
    from crm_data.exports.files import write_file

    made, before = document(rows), _peak()
    with tempfile.TemporaryDirectory(prefix="mabat-bench-") as folder:
        path = Path(folder) / f"large.{form}"
        began = time.perf_counter()
        size = write_file(made, path)
        return {"seconds": round(time.perf_counter() - began, 2), "file_mb": round(size / 1e6, 1), "peak_before_mb": before, "peak_mb": _peak()}


def _peak() -> float:
    """Megabytes at most of this program. Linux's own count (``ru_maxrss``) would begin with the peak of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return round(int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1e3, 1)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def time_exports(rows: int = ROWS) -> Iterator[tuple[str, dict[str, float]]]:
    """Each format in a process of its own."""
    for form in ("xlsx", "csv"):
        told = subprocess.run([sys.executable, "-m", "bench.export", form, str(rows)], check=True, capture_output=True, text=True)
        yield form, json.loads(told.stdout)


def in_words(timed: list[tuple[str, dict[str, float]]], rows: int = ROWS) -> list[str]:
    """Lines for people."""
    return [f"{rows:,} rows x {COLUMNS} columns as a file (at most {SECONDS:.0f} s and {MEGABYTES:.0f} MB):",
            *(f"  {form:5} {found['seconds']:6.1f} s   {found['file_mb']:6.1f} MB file   {found['peak_mb']:6.0f} MB peak, {found['peak_before_mb']:.0f} MB before" for form, found in timed)]


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)))
