"""Queries in the moment: straight to the driver, which keeps a statement ready once it has seen it.

A request has a few milliseconds for some ten questions that an index answers at once. Django's cursor takes longer for
each of them than the database, and PostgreSQL would plan each anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def select(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query with ``%s`` for each of its parameters, within the transaction that is open, if one is.

    Parameters and rows are as the driver takes and gives them (see ``store.values``). Raises what Django's cursor does.
    """
    return list(_executed(query, parameters).fetchall())


def select_all(asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
    """What ``select`` gives for each query with its parameters; a server hears all of them before it answers."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    if database.vendor == "sqlite":
        return [select(query, parameters) for query, parameters in asked]
    with database.wrap_database_errors, database.connection.pipeline():
        answers = [_executed(query, parameters) for query, parameters in asked]
    return [list(answer.fetchall()) for answer in answers]


def change(statement: str, parameters: Sequence[Any]) -> int:
    """How many rows a statement with ``%s`` for each of its parameters has changed; call it within a transaction."""
    return int(_executed(statement, parameters).rowcount)


def _executed(statement: str, parameters: Sequence[Any]) -> Any:
    database = connections[DEFAULT_DB_ALIAS]  # once: ``connection`` would look for this thread's own each time
    database.ensure_connection()
    driver = database.connection
    with database.wrap_database_errors:
        if database.vendor == "sqlite":
            return driver.cursor(factory=sqlite3.Cursor).execute(_with_question_marks(statement), parameters)
        from psycopg import Cursor  # who uses SQLite need not wait for it

        if driver.prepare_threshold is None:  # Django's own cursors never prepare, whatever it says
            driver.prepare_threshold = 0
        return Cursor(driver).execute(statement, parameters)


@cache
def _with_question_marks(statement: str) -> str:
    """As SQLite's driver writes parameters; the statements are few."""
    return statement.replace("%s", "?")
