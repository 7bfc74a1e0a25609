"""The engine that runs SQL over the lake: DuckDB, in this process, shut off from everything but the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchbook.lake.mirror import parts
from touchbook.lake.tables import TABLES, LakeTable


class Engine:
    """A DuckDB connection with one view a lake table. Conditions run here can reach nothing else.

    Without a *folder* the tables begin empty, and are filled by ``add``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        for table in TABLES:
            self._view(folder, table)
        # A condition is checked when the plan is read; this is the second lock on the same door.
        if folder:
            self.connection.execute("SET allowed_directories = [$1]".replace("$1", _quoted(f"{folder.resolve()}/")))
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def _view(self, folder: Path | None, table: LakeTable) -> None:
        if files := _files(folder, table) if folder else []:
            listed = ", ".join(_quoted(str(path)) for path in files)
            self.connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608
        else:
            columns = ", ".join(
                f'"{column.name}" {"VARCHAR" if column.kind == "JSON" else column.kind}' for column in table.columns
            )
            self.connection.execute(f"CREATE TABLE {table.name} ({columns})")

    def add(self, table: str, rows: pa.Table, *, anew: bool = False) -> None:
        """Put rows into a table that no file holds, in place of what is there if *anew*; a column may be missing."""
        self.connection.register("rows_now", rows)
        try:
            if anew:
                self.connection.execute(f'DELETE FROM "{table}"')  # noqa: S608
            self.connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM rows_now')  # noqa: S608
        finally:
            self.connection.unregister("rows_now")

    def run(self, statements: Sequence[str]) -> pa.Table:
        """Run SQL statements in order and return the last one's rows."""
        for statement in statements[:-1]:
            self.connection.execute(statement)
        return self.connection.execute(statements[-1]).to_arrow_table()

    def conditions(self, state: pa.Table, conditions: Mapping[str, str]) -> dict[str, npt.NDArray[np.bool_]]:
        """Evaluate boolean SQL conditions over a state table: name -> one truth value a row (NULL counts as no)."""
        if not conditions:
            return {}
        names = list(conditions)
        picked = ", ".join(f"COALESCE(({conditions[name]}), FALSE) AS c{index}" for index, name in enumerate(names))
        self.connection.register("state_now", state)
        try:
            found = self.connection.execute(f"SELECT {picked} FROM state_now").to_arrow_table()  # noqa: S608
        finally:
            self.connection.unregister("state_now")
        return {
            name: found.column(index).to_numpy(zero_copy_only=False).astype(np.bool_, copy=False)
            for index, name in enumerate(names)
        }

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _files(folder: Path, table: LakeTable) -> list[Path]:
    place = (folder / table.name).resolve()
    return [part.path for part in parts(place)] if table.fact else list(place.glob("all.parquet"))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
