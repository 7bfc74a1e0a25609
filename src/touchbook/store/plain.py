"""Queries in the moment: straight to the driver, which keeps a statement ready once it has seen it.

A request has a few milliseconds for some ten questions that an index answers at once. Django's cursor takes longer for
each of them than the database, and PostgreSQL would plan each anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from select import select as wait
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

_FEW_ROWS = 8  # so many are inserted by one statement; the texts for 1 to 8 rows stay prepared


@dataclass(slots=True)
class _Together:
    """What goes on within ``together``: the way to the server, and what need not be said twice."""

    pipeline: Any
    said: set[str] = field(default_factory=set)


_TOGETHER: ContextVar[_Together | None] = ContextVar("together", default=None)


def select(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query with ``%s`` for each of its parameters, within the transaction that is open, if one is.

    Parameters and rows are as the driver takes and gives them (see ``store.values``). Raises what Django's cursor does.
    """
    return list(_executed(query, parameters).fetchall())


def select_all(asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
    """What ``select`` gives for each query with its parameters; a server hears all of them before it answers."""
    if len(asked) < 2:
        return [select(query, parameters) for query, parameters in asked]
    with _at_once():
        answers = [_executed(query, parameters) for query, parameters in asked]
    return [list(answer.fetchall()) for answer in answers]


def change(statement: str, parameters: Sequence[Any]) -> int:
    """How many rows a statement with ``%s`` for each of its parameters has changed; call it within a transaction.

    Within ``together`` nobody knows yet: −1.
    """
    return int(_executed(statement, parameters).rowcount)


def change_all(said: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
    """What ``change`` gives for each statement with its parameters, within ``together`` too.

    A server hears all of them before it answers.
    """
    with _at_once() as pipeline:
        done = [_executed(statement, parameters) for statement, parameters in said]
        if pipeline is not None:
            pipeline.sync()
    return [int(one.rowcount) for one in done]


def insert(into: str, rows: Sequence[Sequence[Any]], then: str) -> int:
    """Insert *rows* with a statement that begins with *into* and ends with *then*; how many, as ``change`` says it."""
    if not rows:
        return 0
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    if len(rows) <= _FEW_ROWS:
        statement = f"{into} VALUES {', '.join([marks] * len(rows))} {then}"
        return change(statement, [value for row in rows for value in row])
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.executemany(f"{into} VALUES {marks} {then}", rows)
        return int(cursor.rowcount)


@contextmanager
def together() -> Iterator[None]:
    """Let a server hear statements without an answer to each: only rows that are asked for are waited for.

    What a statement breaks is raised by the next question, or at the end. Call it around a transaction: then even the
    end of that needs no answer of its own.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    if database.vendor == "sqlite":  # it is in this process: there is nobody to wait for
        yield
        return
    try:
        with database.wrap_database_errors, database.connection.pipeline() as pipeline:
            outside = _TOGETHER.set(_Together(pipeline))
            try:
                yield
            finally:
                _TOGETHER.reset(outside)
    except DatabaseError:
        database.close()  # it may have come to light after the transaction's end, which has not taken place then
        raise


@contextmanager
def _at_once() -> Iterator[Any]:
    """Let a server hear all that is executed before it answers; gives the way to it, None where it is in here."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    if database.vendor == "sqlite":
        yield None
    elif together_now := _TOGETHER.get():
        yield together_now.pipeline
    else:
        with database.wrap_database_errors, database.connection.pipeline() as pipeline:
            yield pipeline


def once(statement: str, parameters: Sequence[Any]) -> None:
    """Execute a statement that lasts until the transaction ends; within ``together`` it need not be said twice."""
    together_now = _TOGETHER.get()
    if together_now is None or statement not in together_now.said:
        change(statement, parameters)
    if together_now is not None:
        together_now.said.add(statement)


def leave_if_hung_up() -> None:
    """Let go of a connection whose server has ended it, as when it was started anew; the next question opens another.

    A server says nothing while it is not asked: whatever there is to read is its farewell.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite" or database.connection is None or database.in_atomic_block:
        return
    with suppress(OSError, DatabaseError):
        if not database.connection.closed and not wait([database.connection.fileno()], [], [], 0)[0]:
            return
    database.close()


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
