"""The customers and staff of an import that is undone: who goes, and who gets former values back.

Those whom it made are removed unless something else refers to them; customers whom it changed get back what the audit
trail says they had, wherever what the import wrote still stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from touchbook.store.append import hold_arrivals, select_by_ids
from touchbook.store.audit import Change, audit
from touchbook.store.models import (
    Answer,
    ApiKey,
    AuditEntry,
    Consent,
    Customer,
    Entry,
    Identifier,
    Import,
    Moment,
    NameWord,
    Outcome,
    PlannedTouch,
    Promise,
    Staff,
    TouchEvent,
    Witness,
)
from touchbook.store.values import uuid_of
from touchbook.workflows.import_records.bulk import execute, parameter
from touchbook.workflows.import_records.customer_changes import restore
from touchbook.workflows.import_records.customers import origin_of

BATCH_ROWS = 5_000

_Table = type[models.Model]
# Whom an import makes, with what is theirs alone.
_PEOPLE: dict[str, tuple[_Table, tuple[tuple[_Table, str], ...]]] = {
    "customer": (Customer, ((Identifier, "customer_id"), (Consent, "customer_id"), (NameWord, "customer_id"))),
    "staff": (Staff, ()),
}
# What may refer to them, and the rows of it that are not the import's own (%s).
_NOT_OWN = "(import_id IS NULL OR import_id <> %s)"
# Not NOT IN: PostgreSQL would look through the whole import for each row.
_NOT_OWN_MOMENT = (
    f"NOT EXISTS (SELECT 1 FROM {Moment._meta.db_table} AS own WHERE own.id = {{table}}.moment AND own.import_id = %s)"  # noqa: S608
)
_SHARED: tuple[tuple[_Table, str, str], ...] = (
    (Entry, "account", _NOT_OWN_MOMENT),
    (Witness, "account", _NOT_OWN_MOMENT),
    (AuditEntry, "subject", "origin NOT LIKE %s"),
)
_REFERENCES: dict[str, tuple[tuple[_Table, str, str], ...]] = {
    "customer": (
        (Moment, "customer", _NOT_OWN),
        (Outcome, "customer", _NOT_OWN),
        (Outcome, "referrer", _NOT_OWN),
        (Answer, "customer", _NOT_OWN),
        (TouchEvent, "customer", "1 = 1"),
        (PlannedTouch, "customer", "1 = 1"),
        (Promise, "customer_id", "1 = 1"),
        *_SHARED,
    ),
    "staff": (
        (Moment, "staff", _NOT_OWN),
        (TouchEvent, "staff", "1 = 1"),
        (Customer, "owner_id", "1 = 1"),
        (Staff, "manager_id", "1 = 1"),
        (Promise, "made_by_id", "1 = 1"),
        (ApiKey, "made_by_id", "1 = 1"),
        *_SHARED,
    ),
}


def people_undone(record: Import) -> tuple[int, int, int]:
    """How many customers and how many staff were removed, and how many customers given former values, in all runs."""
    trail = AuditEntry.objects.filter(origin=_undo_of(record))
    removed = trail.filter(action="remove")
    restored = trail.filter(action="change", subject_kind="customer").values("subject").distinct()
    return (
        removed.filter(subject_kind="customer").count(),
        removed.filter(subject_kind="staff").count(),
        restored.count(),
    )


def restore_customers(record: Import, by: str, at: datetime) -> None:
    """Give changed customers their former values, and take back the identifiers they were given."""
    for chunk in _chunks(_audited(record, "change", "customer").order_by("-number")):
        with transaction.atomic():
            hold_arrivals()
            differences = {one: restore(one.subject, one.before or {}, one.after or {}, at, record.id) for one in chunk}
            changes = [Change("change", "customer", one.subject, *both) for one, both in differences.items() if both]
            audit(changes, by, at, _undo_of(record))
    for chunk in _chunks(_audited(record, "create", "identifier").order_by("-number")):
        with transaction.atomic():
            named = [(one.after or {}, one.subject) for one in chunk]
            execute(
                f"DELETE FROM {Identifier._meta.db_table} WHERE kind = %s AND value = %s AND customer_id = %s",  # noqa: S608
                [(said.get("kind"), said.get("value"), parameter(customer)) for said, customer in named],
            )


def remove(kind: str, record: Import, by: str, at: datetime) -> None:
    """Remove the customers or staff whom the import made, unless anything but the import itself refers to them."""
    people, holding = _PEOPLE[kind]
    for chunk in _chunks(_audited(record, "create", kind).order_by("number")):
        with transaction.atomic():
            hold_arrivals()
            made = [one.subject for one in chunk]
            query = f"SELECT id FROM {people._meta.db_table} WHERE id"  # noqa: S608
            there = {uuid_of(row[0]) for row in select_by_ids(query, made)}
            free = sorted(there - _referred_to(kind, made, record))
            for table, column in (*holding, (people, "id")):
                statement = f"DELETE FROM {table._meta.db_table} WHERE {column} = %s"  # noqa: S608
                execute(statement, [(parameter(one),) for one in free])
            audit([Change("remove", kind, one) for one in free], by, at, _undo_of(record))


def _referred_to(kind: str, people: Sequence[UUID], record: Import) -> set[UUID]:
    """Those of some customers or staff whom anything but this import refers to."""
    own = [parameter(record.id)]
    found: set[UUID] = set()
    for table, column, condition in _REFERENCES[kind]:
        name = table._meta.db_table
        query = f"SELECT DISTINCT {column} FROM {name} WHERE {condition.format(table=name)} AND {column}"  # noqa: S608
        parameters: list[Any] = [f"%{origin_of(record.id)}"] if table is AuditEntry else own * condition.count("%s")
        found |= {uuid_of(row[0]) for row in select_by_ids(query, people, parameters=parameters)}
    return found


def _undo_of(record: Import) -> str:
    return f"undo of {origin_of(record.id)}"


def _audited(record: Import, action: str, kind: str) -> models.QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(origin=origin_of(record.id), action=action, subject_kind=kind)


def _chunks(rows: models.QuerySet[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """The rows as they are now, a batch at a time."""
    found = list(rows)
    for start in range(0, len(found), BATCH_ROWS):
        yield found[start : start + BATCH_ROWS]
