"""Tables of any database SQLAlchemy reaches into ``raw``, as text, in chunks: memory does not grow with the table."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
from sqlalchemy import Engine, Table, create_engine, inspect
from sqlalchemy import MetaData as SqlMetaData
from sqlalchemy import select as sql_select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from crm_data.errors import N_, EngineUnavailable, ImportRefused
from crm_data.sources.raw import RawTable, Workplace, base_name, quoted, show_as_raw
from crm_data.sources.text_files import unique_names

CHUNK_ROWS = 20_000
CONNECT_SECONDS = 5


def is_url(source: str) -> bool:
    """Whether the source is a database's URL rather than a path."""
    return "://" in source


def database_tables(url: str) -> list[RawTable]:
    """The raw tables of a database: its tables and views, without the system's own."""
    engine = _engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        inspector = inspect(engine)
        names = sorted({*inspector.get_table_names(), *inspector.get_view_names()})
    except (SQLAlchemyError, OSError) as error:
        raise EngineUnavailable(N_("The database {url} does not answer: {error}. Check that it runs, its address, user and "
                                   "password."), url=shown, error=_first_line(error)) from error
    return [RawTable(name, f"{engine.url.database or shown}:{name}", _loader(engine, name)) for name in names]


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise ImportRefused(N_("“{url}” is not a database this machine can read: {error}."),
                            url=url.split("@")[-1], error=_first_line(error)) from error
    if engine.dialect.name == "postgresql":
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    return engine


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")


def _loader(engine: Engine, name: str):
    def load(table: RawTable, work: Workplace) -> None:
        try:
            _copy(engine, name, table, work)
        except SQLAlchemyError as error:
            raise ImportRefused(N_("The table {table} could not be read: {error}."), table=name, error=_first_line(error)) from error
    return load


def _copy(engine: Engine, name: str, table: RawTable, work: Workplace) -> None:
    source = Table(name, SqlMetaData(), autoload_with=engine, resolve_fks=False)
    columns = unique_names(column.name for column in source.columns)
    base = base_name(table.name)
    work.con.execute(f"CREATE TABLE {base} ({', '.join(f'{quoted(column)} VARCHAR' for column in columns)})")
    with engine.connect().execution_options(stream_results=True, yield_per=CHUNK_ROWS) as connection:
        for rows in connection.execute(sql_select(source)).partitions(CHUNK_ROWS):
            texts = [pa.array([text_of(value) for value in values], pa.string()) for values in zip(*rows, strict=True)]
            work.con.register("chunk", pa.table(texts, names=columns))
            work.con.execute(f"INSERT INTO {base} SELECT * FROM chunk")
            work.con.unregister("chunk")
    show_as_raw(work, table, row_sql="t.rowid + 1")


def text_of(value: object) -> str | None:
    """A database's value as the text the checks read: ISO dates, plain numbers, ``true`` and ``false``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value)
