"""The triggers by which the database itself refuses to change what happened; see ``store.triggers``."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from touchbook.store import triggers
from touchbook.store.models import FACTS, PlanVersion

# Every append-only table, with the texts that an erasure may empty.
APPEND_ONLY: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (*FACTS, (PlanVersion, ()))


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers of every append-only table in place; those that are there are replaced."""
    present = set(connection.introspection.table_names())
    for model, erasable in APPEND_ONLY:
        if model._meta.db_table in present:
            triggers.install(connection, _wanted(connection, model, erasable))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or say something else."""
    wanted = [one for model, erasable in APPEND_ONLY for one in _wanted(connection, model, erasable)]
    return triggers.missing(connection, wanted)


def _wanted(connection: BaseDatabaseWrapper, model: type[models.Model], erasable: tuple[str, ...]) -> list[str]:
    table, fields = model._meta.db_table, list(model._meta.concrete_fields)
    return triggers.statements(
        connection,
        "append_only",
        erasable=", ".join(f"'{column}'" for column in erasable),
        kept=" AND ".join(_kept(field, field.column in erasable) for field in fields),
        taken=_taken(table, [str(field.column) for field in fields]),
        table=table,
    )


def _kept(field: models.Field[Any, Any], erasable: bool) -> str:
    """SQLite's condition that a column keeps its value, or, where erasure may empty it, becomes empty."""
    new, old = f"NEW.{field.column}", f"OLD.{field.column}"
    if not erasable:
        return f"{new} IS {old}"
    empty = f"coalesce({new}, 'null') = 'null'" if isinstance(field, models.JSONField) else f"{new} = ''"
    return f"({new} IS {old} OR {empty})"


def _taken(table: str, columns: list[str]) -> str:
    """SQLite's condition that a new row stands where another is; most rows have no number yet, and correct nothing."""
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608
    taken += f" OR (NEW.number <> -1 AND EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number))"  # noqa: S608
    if "corrects" in columns:
        taken += f" OR (NEW.corrects IS NOT NULL AND EXISTS (SELECT 1 FROM {table} WHERE corrects = NEW.corrects))"  # noqa: S608
    return taken
