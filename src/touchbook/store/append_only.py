"""The triggers by which the database itself refuses to change what happened; see ``store.triggers``."""

from __future__ import annotations

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
    kept = " AND ".join(
        f"(NEW.{column} IS OLD.{column} OR coalesce(NEW.{column}, '') IN ('', 'null'))"
        if column in erasable
        else f"NEW.{column} IS OLD.{column}"
        for column in (field.column for field in model._meta.concrete_fields)
    )
    named = ", ".join(f"'{column}'" for column in erasable)
    return triggers.statements(connection, "append_only", table=model._meta.db_table, kept=kept, erasable=named)
