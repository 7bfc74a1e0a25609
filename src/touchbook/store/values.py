"""How values look to the database's driver where the ORM is passed by: the one place that converts them, both ways.

SQLite keeps a UUID as 32 hexadecimal digits and an instant as text in UTC without an offset, as Django writes them;
PostgreSQL's driver takes and gives Python's own, but takes an id's digits too. JSON is text for both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from touchbook.kernel.ids import uuid_from

Converter = Callable[[Any], Any]


def converter(field: models.Field[Any, Any], database: BaseDatabaseWrapper) -> Converter | None:
    """What turns a field's values into the driver's; None when it takes them as they are."""
    if isinstance(field, models.JSONField):
        return _json_text
    if database.vendor == "sqlite":
        if isinstance(field, models.UUIDField):
            return _hex
        if isinstance(field, models.DateTimeField):
            return _naive_text
    return None


def converted(field: models.Field[Any, Any], database: BaseDatabaseWrapper, values: Iterable[Any]) -> Iterable[Any]:
    """A column of a field's values as the driver takes them; ids, most of a bulk write, without a call each.

    An id may be its 32 digits already, whatever the database.
    """
    if database.vendor == "sqlite" and isinstance(field, models.UUIDField):
        # Quicker than an f-string, and this line runs millions of times.
        return ["%032x" % value.int if type(value) is UUID else value for value in values]  # noqa: UP031
    convert = converter(field, database)
    return map(convert, values) if convert else values


def uuid_of(raw: str | UUID) -> UUID:
    """A UUID as the driver gave it."""
    return raw if isinstance(raw, UUID) else uuid_from(int(raw, 16))


def digits_of(raw: str | UUID) -> str:
    """The 32 digits of an id, as the driver gave it."""
    return raw if isinstance(raw, str) else raw.hex


def instant_of(raw: str | datetime) -> datetime:
    """An instant as the driver gave it, in UTC."""
    return datetime.fromisoformat(raw).replace(tzinfo=UTC) if isinstance(raw, str) else raw.astimezone(UTC)


def said(instant: datetime) -> datetime | str | None:
    """An instant as the driver in use takes it."""
    return _naive_text(instant) if connection.vendor == "sqlite" else instant


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _naive_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ")[:-6]  # without the +00:00, and quicker than a copy without its zone


def _json_text(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
