"""The triggers by which the database itself refuses to change what happened.

They are put back after every migration instead of standing in one: on SQLite a migration that changes a table makes
it anew, and its triggers are gone with the old one; and a table of facts that is added later cannot be forgotten.
"""

from __future__ import annotations

from pathlib import Path

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from touchbook.store.models import FACTS, PlanVersion

_SQL = Path(__file__).with_name("sql")

# Every append-only table, with the texts that an erasure may empty.
APPEND_ONLY: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (*FACTS, (PlanVersion, ()))


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers of every append-only table in place; those that are there are replaced."""
    template = (_SQL / f"append_only.{connection.vendor}.sql").read_text(encoding="utf-8")
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model, erasable in APPEND_ONLY:
            if model._meta.db_table in present:
                for statement in _statements(template, model, erasable):
                    cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {str(row[0]) for row in cursor.fetchall()}
    kinds = ("no_delete", "no_update") if connection.vendor == "sqlite" else ("no_change", "no_truncate")
    expected = [f"{model._meta.db_table}_{kind}" for model, _ in APPEND_ONLY for kind in kinds]
    return [name for name in expected if name not in present]


def _statements(template: str, model: type[models.Model], erasable: tuple[str, ...]) -> list[str]:
    """The template's statements for one table. A blank line parts two statements."""
    columns = [field.column for field in model._meta.concrete_fields]
    kept = " AND ".join(
        f"(NEW.{column} IS OLD.{column} OR coalesce(NEW.{column}, '') IN ('', 'null'))"
        if column in erasable
        else f"NEW.{column} IS OLD.{column}"
        for column in columns
    )
    text = template.replace("{table}", model._meta.db_table)
    text = text.replace("{kept}", kept).replace("{erasable}", ", ".join(erasable))
    blocks = text.split("\n\n")
    return [block for block in blocks if not all(line.startswith("--") for line in block.strip().splitlines())]
