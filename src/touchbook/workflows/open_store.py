"""Open the database: set Django up, and bring an older database up to date, with a copy kept beside it.

Every command that needs the database calls ``open_store`` first. When there is nothing to do it costs one query.
"""

from __future__ import annotations

import os
import pkgutil
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Unreadable

_LOCK = 7_265_001  # of PostgreSQL's advisory locks, the one that upgrades take


def open_store() -> None:
    """Make the database ready to use, and up to date.

    Raises ``Unreadable`` for a database that cannot be reached, read or written, and for one that is newer than this
    program; the database is then as it was.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchbook.site.settings")
    django.setup()
    try:
        if _outstanding():
            _upgrade()
    except (DatabaseError, OSError) as error:
        raise Unreadable(_sentence(error)) from error


def migrations_known() -> set[str]:
    """The migrations that this program has, such as ``store.0001_initial``: the tables', and the pages' apps'."""
    known = set()
    for app in apps.get_app_configs():
        folder = find_spec(f"{app.name}.migrations")
        if folder is not None and folder.submodule_search_locations:
            known |= {
                f"{app.label}.{module.name}" for module in pkgutil.iter_modules(folder.submodule_search_locations)
            }
    return known


def migrations_applied() -> set[str]:
    """The migrations that the database has, named alike."""
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return {f"{app}.{name}" for app, name in cursor.fetchall()}


def _outstanding() -> bool:
    known, applied = migrations_known(), migrations_applied()
    if newer := {name for name in applied - known if name.startswith("store.")}:
        raise Unreadable(
            f"The database {_name()} was made by a newer Touchbook (it has '{max(newer)}'); "
            "upgrade this program, or name another database in TOUCHBOOK_DATABASE_URL."
        )
    return not known <= applied


def _upgrade() -> None:
    """Apply what is outstanding, all of it or nothing; of two programs that start at once, one waits for the other."""
    if connection.vendor == "sqlite" and migrations_applied():
        _keep_copy()
    # SQLite heeds this only outside a transaction, and changing a table needs it off.
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            if _outstanding():
                call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.enable_constraint_checking()


def _keep_copy() -> None:
    """Copy the SQLite file, as of now and complete, into the home's ``backups`` folder."""
    folder = Path(settings.TOUCHBOOK_HOME) / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(_name())
    copy = folder / f"{source.stem}-{now():%Y%m%d-%H%M%S-%f}{source.suffix}"
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _sentence(error: Exception) -> str:
    """What is wrong with the database, for people."""
    words, name = str(error).strip().replace("\n", " "), _name()
    if connection.vendor == "postgresql":
        return f"The database {name} cannot be used ({words}); check TOUCHBOOK_DATABASE_URL and that its server runs."
    if "not a database" in words:
        return f"{name} is not an SQLite database; name another file in TOUCHBOOK_DATABASE_URL."
    if "locked" in words:
        return f"The database {name} is locked by another program; wait until that has finished, and try again."
    if "readonly" in words or "unable to open" in words:
        return f"The database {name} cannot be opened for writing; check that the folder is there and yours to write."
    if "full" in words or "I/O" in words:
        return f"The disk of the database {name} is full or fails ({words}); make room there, and try again."
    return f"The database {name} cannot be used ({words}); restore it from a copy in the backups folder."
