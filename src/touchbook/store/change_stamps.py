"""Change stamps: every table of things that the lake mirrors has a text that is new after each change.

Triggers in the database write it, in the transaction of the change, whoever makes it. The lake writes a table anew
when its stamp is another one than last time. A random text instead of a count, so that a database which was restored
from a copy, and changed as often since, is not taken for the one that was mirrored.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from touchbook.store import triggers
from touchbook.store.models import ChangeStamp, Consent, Customer, Identifier, Practice, Staff, Touchpoint

MIRRORED: tuple[type[models.Model], ...] = (Customer, Staff, Identifier, Consent, Touchpoint, Practice)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers of every mirrored table in place, and give each a new stamp: it may have changed without."""
    present = set(connection.introspection.table_names())
    if ChangeStamp._meta.db_table not in present:
        return
    for model in MIRRORED:
        if model._meta.db_table in present:
            triggers.install(connection, _wanted(connection, model))
            ChangeStamp.objects.using(connection.alias).update_or_create(
                changed_table=model._meta.db_table, defaults={"stamp": str(uuid4())}
            )


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or say something else."""
    return triggers.missing(connection, [one for model in MIRRORED for one in _wanted(connection, model)])


def _wanted(connection: BaseDatabaseWrapper, model: type[models.Model]) -> list[str]:
    return triggers.statements(
        connection, "change_stamp", table=model._meta.db_table, stamps=ChangeStamp._meta.db_table
    )
