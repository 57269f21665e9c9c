"""Whether keys differ in every row, told as cheaply as the keys allow and never wrongly."""
from __future__ import annotations

import duckdb

#: Numbers are marked in one bit each where at most so many bits a row are needed for that.
_BITS_A_ROW = 64


def all_differ(con: duckdb.DuckDBPyConnection, rows: str, key: str, *, within: str = "") -> bool:
    """Whether ``key`` is surely different in every row of ``rows`` (what stands after FROM), within equal ``within``.

    False says only that keys may be equal: look at them themselves then. Keys that are whole numbers close together, as
    numbers or as text, are told apart by a bitmap; others by their hashes.
    """
    number = f"try_cast({key} AS BIGINT)"
    alone = f"min({within}) = max({within})" if within else "true"
    count, numbers, low, high, one = con.execute(
        f"SELECT count(*), count({number}), min({number}), max({number}), {alone} FROM {rows}").fetchone()
    if count <= 1:
        return True
    if one and numbers == count and high - low < _BITS_A_ROW * count:
        marked = con.execute(f"SELECT bit_count(bitstring_agg({number}, CAST({low} AS BIGINT), CAST({high} AS BIGINT))) FROM {rows}").fetchone()[0]
        if marked == count:
            return True
    hashed = f"hash({within}, {key})" if within else f"hash({key})"
    return con.execute(f"SELECT count(DISTINCT {hashed}) FROM {rows}").fetchone()[0] == count
