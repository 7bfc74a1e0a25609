"""What every kind of record shares while a batch is prepared and written: keys, results, the import itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from touchbook.ledger.terms import Terms
from touchbook.store.models import ImportedKey
from touchbook.store.values import uuid_of
from touchbook.workflows.import_records.bulk import insert_ready, select_in
from touchbook.workflows.import_records.records import AnswerRecord, MomentRecord, OutcomeRecord, Record, Reject
from touchbook.workflows.import_records.values import BadValue

FactRecord = TypeVar("FactRecord", MomentRecord, OutcomeRecord | AnswerRecord)


@dataclass(frozen=True, slots=True)
class Task:
    """What a batch is part of: the import, its kind and source, who runs it, and the ledger's terms."""

    import_id: UUID
    kind: str
    source: str
    actor: str
    terms: Terms
    started_at: datetime


@dataclass(slots=True)
class Counts:
    """What became of some rows."""

    added: int = 0
    changed: int = 0
    repeated: int = 0
    customers_made: int = 0
    rejects: list[Reject] = field(default_factory=list)


class Writer(Protocol):
    """Takes records of one kind, batch by batch."""

    def prepare(self, records: Sequence[Record]) -> Counts:
        """Find out what a batch brings; reads the database and never writes."""
        ...

    def write(self, at: datetime) -> None:
        """Write what was prepared, in the caller's transaction."""
        ...


class Keys:
    """The outside records that are here already, and those that a batch brings."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._known: dict[str, UUID] = {}  # key -> the import that brought it
        self._fresh: list[str] = []

    def look_up(self, keys: Iterable[str]) -> None:
        """Read which of *keys* are here."""
        query = f"SELECT key, import_id FROM {ImportedKey._meta.db_table} WHERE source = %s AND kind = %s AND key"  # noqa: S608
        wanted = sorted({key for key in keys if key not in self._known})
        for key, import_id in select_in(query, [self._task.source, self._task.kind], wanted):
            self._known[key] = uuid_of(import_id)

    def import_of(self, key: str) -> UUID | None:
        """The import that brought a record; None when it is not here."""
        return self._known.get(key)

    def take_new(self, records: Iterable[FactRecord], add: Callable[[FactRecord], None]) -> Counts:
        """*add* those of the *records* that are not here yet, and count them as here from now on.

        What cannot be added (``BadValue``) is rejected.
        """
        counts = Counts()
        for record in records:
            if record.key in self._known:
                counts.repeated += 1
                continue
            try:
                add(record)
            except BadValue as error:
                counts.rejects.append(Reject(record.row, error.column, error.value, error.problem, error.remedy))
            else:
                counts.added += 1
                self._known[record.key] = self._task.import_id
                self._fresh.append(record.key)
        return counts

    def write(self) -> None:
        """Remember what was taken since the last time."""
        task = self._task
        digits = task.import_id.hex
        rows = [(task.source, task.kind, key, digits) for key in sorted(self._fresh)]
        insert_ready(ImportedKey, ("source", "kind", "key", "import_id"), rows)
        self._fresh = []
        self._known.clear()  # the database knows them now
