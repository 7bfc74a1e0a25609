"""Triggers from templates: put in place, and compared with what the database has.

They are put back after every migration instead of standing in one: on SQLite a migration that changes a table makes
it anew, and its triggers are gone with the old one; and a table that is added later cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

_SQL = Path(__file__).with_name("sql")
_TRIGGER = re.compile(r"CREATE (?:OR REPLACE )?TRIGGER (\w+)")
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(\).*\$\$(.*)\$\$", re.DOTALL)


def statements(connection: BaseDatabaseWrapper, template: str, **words: str) -> list[str]:
    """The statements of a template for this kind of database, its ``{words}`` filled in.

    A blank line parts two statements; comments stand apart from them.
    """
    text = (_SQL / f"{template}.{connection.vendor}.sql").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    blocks = [block.strip() for block in text.split("\n\n")]
    return [block for block in blocks if not all(line.startswith("--") for line in block.splitlines())]


def install(connection: BaseDatabaseWrapper, wanted: Iterable[str]) -> None:
    """Put triggers in place; those that are there are replaced."""
    with connection.cursor() as cursor:
        for statement in wanted:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper, wanted: Iterable[str]) -> list[str]:
    """The names of triggers, and of functions behind them, that are not there, do not act, or say something else."""
    present = _present(connection)
    absent = []
    for statement in wanted:
        if found := _TRIGGER.match(statement):
            if present.get(found[1]) != _plain(statement):
                absent.append(found[1])
        elif (found := _FUNCTION.match(statement)) and present.get(found[1]) != _plain(found[2]):
            absent.append(found[1])
    return list(dict.fromkeys(absent))


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The texts of all triggers that act, and of the functions behind them."""
    if connection.vendor == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (  # O and A act for everybody who is no replica
            "SELECT tgname, pg_get_triggerdef(oid, true) FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') "
            "UNION ALL SELECT proname, prosrc FROM pg_proc WHERE prorettype = 'trigger'::regtype"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(name): _plain(text) for name, text in cursor.fetchall()}


def _plain(statement: str) -> str:
    """A statement without what does not change its meaning."""
    return " ".join(statement.replace("CREATE OR REPLACE", "CREATE").split()).removesuffix(";").strip()
