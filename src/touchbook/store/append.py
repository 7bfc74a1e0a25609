"""Adding facts, many at a time: the one way in for rows of append-only tables.

Adding is idempotent on ``id``: a row whose id is there already is left as it is. On PostgreSQL writers of facts wait
for each other, as they do on SQLite anyway: arrival numbers must become visible in their order, or the lake, which
reads on from the highest number it has seen, would miss what commits late.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.backends.utils import CursorWrapper

from touchbook.kernel.clock import now
from touchbook.store.models import Fact
from touchbook.store.plain import insert, once, select
from touchbook.store.values import converted, digits_of, uuid_of

_ARRIVALS = 7_265_002  # of PostgreSQL's advisory locks, the one that writers of facts take
_COPY_FROM_ROWS = 200  # below this, a temporary table costs more than it saves


def append(model: type[Fact], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Add *rows*, each with the values of *columns* (field names), and return how many were not there yet.

    Values are Python's: UUID, aware datetime, str, float, int, None; JSON fields take what ``json`` can write.
    A field that is not named is null, empty or its default; ``recorded_at`` is the present instant.
    Within ``store.plain.together`` nobody knows yet how many: −1.
    Raises ``django.db.IntegrityError`` when a row breaks another rule of the table, as a second correction of the
    same entry does; nothing is added then.
    """
    if not rows:
        return 0
    return append_ready(model, *_complete(model, columns, rows))


def append_ready(model: type[Fact], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """``append`` without a look at each value, for bulks: rows are as the driver takes them (see ``store.values``).

    *columns* are all but ``number`` and those that may stay null.
    """
    with transaction.atomic(savepoint=False):
        hold_arrivals()
        if connection.vendor == "postgresql" and len(rows) >= _COPY_FROM_ROWS:
            with connection.cursor() as cursor:
                return _copy(cursor, model._meta.db_table, columns, rows)
        into = _insert(model._meta.db_table, columns)
        if connection.vendor == "sqlite":
            # A row that fails has changed nothing, and the transaction is given up: SQLite need not keep each page
            # as it was before each row, as it else does for a table with triggers, at the cost of half the speed.
            into = into.replace("INSERT", "INSERT OR FAIL", 1)
        return insert(into, rows, "ON CONFLICT (id) DO NOTHING")


def present(model: type[Fact], ids: Iterable[UUID]) -> set[UUID]:
    """Those of *ids* that the table has already."""
    return {uuid_of(row[0]) for row in select_by_ids(f"SELECT id FROM {model._meta.db_table} WHERE id", ids)}  # noqa: S608


def select_by_ids(
    query: str, ids: Iterable[UUID | str], then: str = "", parameters: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The rows of a *query* that ends in a column's name and is completed with ``IN`` any number of *ids*.

    *parameters* are the query's own; ids may be their digits.
    """
    return select(*by_ids(query, ids, then, parameters))


def by_ids(
    query: str, ids: Iterable[UUID | str], then: str = "", parameters: Sequence[Any] = ()
) -> tuple[str, list[Any]]:
    """What ``select_by_ids`` asks, where something else is asked with it."""
    digits = [digits_of(one) for one in ids]
    if connection.vendor == "sqlite":
        return f"{query} IN (SELECT value FROM json_each(%s)) {then}", [*parameters, json.dumps(digits)]  # noqa: S608
    return f"{query} = ANY(%s::uuid[]) {then}", [*parameters, digits]


def hold_arrivals() -> None:
    """Wait until no other transaction adds facts, and keep others waiting until this one ends."""
    if connection.vendor == "postgresql":
        once("SELECT pg_advisory_xact_lock(%s)", [_ARRIVALS])


def _complete(model: type[Fact], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[Any]]:
    """The column names of the table without ``number``, and the rows with all their values, ready for the driver."""
    database = connections[DEFAULT_DB_ALIAS]  # once: ``connection`` would look for this thread's own each time
    given = list(zip(*rows, strict=True))
    layout = _layout(model, tuple(columns))
    parts: list[Iterable[Any]] = []
    for field, place in layout:
        if place is not None:
            parts.append(converted(field, database, given[place]))
        else:
            (value,) = converted(field, database, [_default(field)])
            parts.append(repeat(value, len(rows)))
    return [str(field.column) for field, _ in layout], list(zip(*parts, strict=True))


@cache
def _layout(model: type[Fact], columns: tuple[str, ...]) -> list[tuple[models.Field[Any, Any], int | None]]:
    """The fields of a table without ``number``, each with its place in the rows; None for one that is not named."""
    place = {name: index for index, name in enumerate(columns)}
    layout = [(one, place.pop(one.name, None)) for one in model._meta.concrete_fields if not one.primary_key]
    if place:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(place))}")
    return layout


def _default(field: models.Field[Any, Any]) -> object:
    if field.name == "recorded_at":
        return now()
    if field.has_default():
        return field.get_default()
    if field.null:
        return None
    if field.empty_strings_allowed and field.blank:
        return ""
    raise ValueError(f"{field.model.__name__} needs a value for {field.name}")


def _insert(table: str, names: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)})"


def _copy(cursor: CursorWrapper, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """PostgreSQL's fast way: COPY into a temporary table, and what is new from there."""
    listed = ", ".join(names)
    cursor.execute("DROP TABLE IF EXISTS incoming")
    cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA")  # noqa: S608
    with cursor.copy(f"COPY incoming ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"{_insert(table, names)} SELECT {listed} FROM incoming ON CONFLICT (id) DO NOTHING")  # noqa: S608
    added = int(cursor.rowcount)
    cursor.execute("DROP TABLE incoming")
    return added
