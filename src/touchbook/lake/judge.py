"""Conditions judged for a single customer: the same SQL by the same engine, without the ways of a large table.

Planning a query costs more than running it on one row, so each is planned once, and given the row as parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from threading import local
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

STATEMENTS_KEPT = 32  # for each thread: a plan has one or two, and few plans are asked about at a time
_own = local()


def judge_one(state: pa.Table, conditions: Mapping[str, str]) -> dict[str, npt.NDArray[np.bool_]]:
    """Evaluate boolean SQL conditions over one row: name -> one truth value, as ``Engine.conditions`` does for many."""
    if not conditions:
        return {}
    found = _evaluated(state, [f"({condition})" for condition in conditions.values()])
    # What is not known does not hold.
    return {name: np.array([truth is True]) for name, truth in zip(conditions, found, strict=True)}


def amount_one(state: pa.Table, expression: str) -> float | None:
    """The number that a SQL expression gives over one row; None where it is unknown or not finite."""
    (found,) = _evaluated(state, [f"CAST(({expression}) AS DOUBLE)"])
    return float(found) if found is not None and isfinite(found) else None


def _evaluated(state: pa.Table, expressions: Sequence[str]) -> Sequence[Any]:
    asked = " ".join(expressions)
    columns = {field.name: _sql_type(field.type) for field in state.schema if field.name in asked}
    typed = ", ".join(f'CAST(? AS {kind}) AS "{name}"' for name, kind in columns.items())
    statement = f"SELECT {', '.join(expressions)} FROM (SELECT {typed or 1})"  # noqa: S608
    values = ", ".join(_literal(state.column(name)[0].as_py(), kind) for name, kind in columns.items())
    return _prepared().execute(statement, values)


class _Prepared:
    """A connection, and the statements that it has ready by their text."""

    def __init__(self) -> None:
        self._connection = _database().cursor()
        self._connection.execute("PRAGMA disable_optimizer")
        self._names: dict[str, str] = {}
        self._count = 0

    def execute(self, statement: str, values: str) -> Sequence[Any]:
        """The one row of a statement with its parameters as literals, each of the very type that it has in there.

        Were it another type, the statement would be made ready anew.
        """
        if statement not in self._names:
            while len(self._names) >= STATEMENTS_KEPT:
                self._connection.execute(f"DEALLOCATE {self._names.pop(next(iter(self._names)))}")
            self._count += 1
            name = f"asked_{self._count}"
            self._connection.execute(f"PREPARE {name} AS {statement}")
            self._names[statement] = name
        asked = f"EXECUTE {self._names[statement]}({values})" if values else f"EXECUTE {self._names[statement]}"
        return self._connection.execute(asked).fetchone() or ()


def _prepared() -> _Prepared:
    """This thread's own."""
    if not hasattr(_own, "prepared"):
        _own.prepared = _Prepared()
    prepared: _Prepared = _own.prepared
    return prepared


def _literal(value: object, kind: str) -> str:
    if value is None:
        return f"NULL::{kind}"
    text = str(value).replace("'", "''").replace("\0", "' || chr(0) || '")  # at a 0 a statement would end
    return f"('{text}')::{kind}"


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Shut off from everything, as ``Engine``'s is."""
    database = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "threads = 1", "enable_external_access = false"):
        database.execute(f"SET {setting}")
    return database


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    if pa.types.is_integer(kind):
        return "BIGINT"
    if pa.types.is_floating(kind):
        return "DOUBLE"
    return "DATE" if pa.types.is_date(kind) else "VARCHAR"
