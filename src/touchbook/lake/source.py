"""Reading the database into Arrow, the same way from SQLite and PostgreSQL (through ADBC)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

import pyarrow as pa
from adbc_driver_manager import dbapi

from touchbook.kernel.errors import Unreadable
from touchbook.lake.tables import Dialect, LakeTable

ROWS_PER_PART = 1_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """An open connection to the database that the lake mirrors."""

    connection: dbapi.Connection
    dialect: Dialect

    def highest(self, table: LakeTable) -> int:
        """The highest arrival number. Writers of facts wait for each other, so all lower ones are there as well."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT COALESCE(MAX(number), 0) FROM {table.source}")  # noqa: S608
            row = cursor.fetchone()
        self.connection.commit()
        return int(row[0]) if row else 0

    def id_at(self, table: LakeTable, number: int) -> str:
        """The id of the fact with that arrival number, as 32 hexadecimal digits; empty when there is none."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT CAST(id AS TEXT) FROM {table.source} WHERE number = {number:d}")  # noqa: S608
            row = cursor.fetchone()
        self.connection.commit()
        return str(row[0]).replace("-", "") if row else ""

    def signature(self, table: LakeTable) -> str:
        """A text that differs once a thing table has changed."""
        # Identifiers bear no date; whatever moves one (a merge of two records) changes its customers.
        dated = "store_customer" if table.name == "identifier" else table.source
        query = f"SELECT (SELECT COUNT(*) FROM {table.source}), CAST(MAX(changed_at) AS TEXT) FROM {dated}"  # noqa: S608
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        self.connection.commit()
        return repr(row)

    def rows(self, table: LakeTable, above: int = 0, upto: int = 0) -> pa.Table:
        """Rows of a table as text columns; of a fact, those with ``above < number <= upto``."""
        columns = ", ".join(column.asked(self.dialect) for column in table.columns)
        query = f"SELECT {columns} FROM {table.source}"  # noqa: S608
        if table.fact:
            query += f" WHERE number > {above:d} AND number <= {upto:d} ORDER BY number"
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            found = cursor.fetch_arrow_table()
        self.connection.commit()
        return found


@contextmanager
def open_source(url: str) -> Iterator[Source]:
    """Connect to a database by URL (``sqlite:///path`` or ``postgresql://…``).

    Raises ``Unreadable`` when it cannot be reached.
    """
    dialect: Dialect = "sqlite" if url.startswith("sqlite:") else "postgresql"
    try:
        connection = _connect(url, dialect)
    except dbapi.Error as error:
        raise Unreadable(f"The database cannot be read ({error}); check TOUCHBOOK_DATABASE_URL.") from error
    try:
        yield Source(connection, dialect)
    finally:
        connection.close()


def _connect(url: str, dialect: Dialect) -> dbapi.Connection:
    if dialect == "sqlite":
        from adbc_driver_sqlite import dbapi as sqlite

        path = unquote(url.removeprefix("sqlite:///"))
        return sqlite.connect(path)
    from adbc_driver_postgresql import dbapi as postgresql

    return postgresql.connect(url)  # type: ignore[no-any-return]
