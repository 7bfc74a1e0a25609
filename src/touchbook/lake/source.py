"""Reading the database into Arrow, the same way from SQLite and PostgreSQL.

PostgreSQL is read through ADBC. SQLite is read through Python's own library, and must be: a second copy of SQLite in
one process (ADBC brings one) cannot see the first one's locks, takes itself for the last reader when it closes, and
deletes the write-ahead log that the first is still writing to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol
from urllib.parse import quote, unquote

import pyarrow as pa
from adbc_driver_manager import dbapi

from touchbook.kernel.errors import Unreadable
from touchbook.kernel.language import say
from touchbook.lake.tables import Dialect, LakeTable

ROWS_PER_PART = 1_000_000
_ROWS_PER_FETCH = 50_000


class Reader(Protocol):
    """A connection to a database, for reading."""

    dialect: Dialect

    def table(self, query: str) -> pa.Table:
        """The rows of a query; texts and whole numbers alone."""
        ...


class Source:
    """The database that the lake mirrors."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def highest(self, table: LakeTable) -> int:
        """The highest arrival number. Writers of facts wait for each other, so all lower ones are there as well."""
        return int(str(self._value(f"SELECT COALESCE(MAX(number), 0) FROM {table.source}")))  # noqa: S608

    def id_at(self, table: LakeTable, number: int) -> str:
        """The id of the fact with that arrival number, as 32 hexadecimal digits; empty when there is none."""
        found = self._value(f"SELECT CAST(id AS TEXT) FROM {table.source} WHERE number = {number:d}")  # noqa: S608
        return str(found or "").replace("-", "")

    def signature(self, table: LakeTable) -> str:
        """A text that differs once a thing table has changed: the stamp that triggers in the database give it."""
        return str(
            self._value(f"SELECT stamp FROM store_changestamp WHERE changed_table = '{table.source}'") or ""  # noqa: S608
        )

    def last_change(self, table: LakeTable) -> str:
        """A text that differs once a thing table was added to or written to; for one that is small and has no stamp."""
        columns = "CAST(COUNT(*) AS TEXT) || ' ' || COALESCE(CAST(MAX(changed_at) AS TEXT), '')"
        return str(self._value(f"SELECT {columns} FROM {table.source}"))  # noqa: S608

    def rows(self, table: LakeTable, above: int = 0, upto: int = 0) -> pa.Table:
        """Rows of a table as text columns; of a fact, those with ``above < number <= upto``."""
        columns = ", ".join(column.asked(self._reader.dialect) for column in table.columns)
        query = f"SELECT {columns} FROM {table.source}"  # noqa: S608
        if table.fact:
            query += f" WHERE number > {above:d} AND number <= {upto:d} ORDER BY number"
        return self._reader.table(query)

    def _value(self, query: str) -> object:
        found = self._reader.table(query)
        return found.column(0)[0].as_py() if found.num_rows else None


@contextmanager
def open_source(url: str) -> Iterator[Source]:
    """Connect to a database by URL (``sqlite:///path`` or ``postgresql://…``).

    Raises ``Unreadable`` when it cannot be reached.
    """
    try:
        with closing(_Sqlite(url) if url.startswith("sqlite:") else _PostgreSql(url)) as reader:
            yield Source(reader)
    except (dbapi.Error, sqlite3.Error) as error:
        raise Unreadable(
            say("The database cannot be read (%(error)s); check TOUCHBOOK_DATABASE_URL.", error=error)
        ) from error


class _Sqlite:
    dialect: Dialect = "sqlite"

    def __init__(self, url: str) -> None:
        path = quote(unquote(url.removeprefix("sqlite:///")))
        self._connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20)

    def table(self, query: str) -> pa.Table:
        cursor = self._connection.execute(query)
        names = [column[0] for column in cursor.description]
        batches = []
        while rows := cursor.fetchmany(_ROWS_PER_FETCH):
            batches.append(pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=names))
        return pa.concat_tables(batches) if batches else pa.table([pa.array([], pa.string())] * len(names), names=names)

    def close(self) -> None:
        self._connection.close()


class _PostgreSql:
    dialect: Dialect = "postgresql"

    def __init__(self, url: str) -> None:
        from adbc_driver_postgresql import dbapi as postgresql

        self._connection: dbapi.Connection = postgresql.connect(url)

    def table(self, query: str) -> pa.Table:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            found = cursor.fetch_arrow_table()
        self._connection.commit()
        return found

    def close(self) -> None:
        self._connection.close()
