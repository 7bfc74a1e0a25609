"""Things and keys, many at a time, without an object a row. Facts go through ``store.append``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

from touchbook.store.values import converted


def encoded(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows with the values of *columns* (``customer_id`` for a foreign key) as the database's driver takes them."""
    if not rows:
        return []
    fields = {field.attname: field for field in model._meta.concrete_fields}
    parts = []
    for name, part in zip(columns, zip(*rows, strict=True), strict=True):
        field = fields[name]
        parts.append(converted(field.target_field if isinstance(field, models.ForeignKey) else field, connection, part))
    return list(zip(*parts, strict=True))


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], then: str = "") -> None:
    """Add rows of a table of things; *then* says what happens to one that is there."""
    insert_ready(model, columns, encoded(model, columns, rows), then)


def insert_ready(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], then: str = ""
) -> None:
    """``insert`` for rows that are as the driver takes them."""
    marks = ", ".join(["%s"] * len(columns))
    execute(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks}) {then}", rows)  # noqa: S608


def execute(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement once for each of *rows*, which are encoded already."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def select_in(query: str, parameters: Sequence[str], texts: Iterable[str], then: str = "") -> list[tuple[Any, ...]]:
    """The rows of a *query* that ends in a text column's name, completed with ``IN`` any number of *texts*."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            listed = json.dumps(list(texts))
            cursor.execute(f"{query} IN (SELECT value FROM json_each(%s)) {then}", [*parameters, listed])  # noqa: S608
        else:
            cursor.execute(f"{query} = ANY(%s) {then}", [*parameters, list(texts)])
        return list(cursor.fetchall())


def parameter(identifier: UUID) -> str | UUID:
    """An id as the database's driver takes it."""
    return identifier.hex if connection.vendor == "sqlite" else identifier
