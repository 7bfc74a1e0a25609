"""Conditions judged for a single customer: the same SQL by the same engine, without the ways of a large table.

Planning a query costs more than running it on one row, so the row is given as parameters, and nothing is optimised.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import local

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

_own = local()


def judge_one(state: pa.Table, conditions: Mapping[str, str]) -> dict[str, npt.NDArray[np.bool_]]:
    """Evaluate boolean SQL conditions over one row: name -> one truth value, as ``Engine.conditions`` does for many."""
    if not conditions:
        return {}
    asked = " ".join(conditions.values())
    columns = [field for field in state.schema if field.name in asked]
    typed = ", ".join(f'CAST(? AS {_sql_type(field.type)}) AS "{field.name}"' for field in columns)
    row = f"(SELECT {typed})" if typed else "(SELECT 1)"
    picked = ", ".join(f"COALESCE(({condition}), FALSE)" for condition in conditions.values())
    values = [state.column(field.name)[0].as_py() for field in columns]
    found = _connection().execute(f"SELECT {picked} FROM {row}", values).fetchone()  # noqa: S608
    return {name: np.array([truth], dtype=np.bool_) for name, truth in zip(conditions, found or (), strict=True)}


def _connection() -> duckdb.DuckDBPyConnection:
    """This thread's own connection."""
    if not hasattr(_own, "connection"):
        _own.connection = _database().cursor()
        _own.connection.execute("PRAGMA disable_optimizer")
    connection: duckdb.DuckDBPyConnection = _own.connection
    return connection


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
