"""Undo an import: take back what it recorded by further facts, and what it made or changed where nothing else needs it.

Facts are corrected, never deleted. Customers and staff whom the import made are removed unless something else refers
to them; customers whom it changed get their former values back. Its keys are forgotten, so that the file can be
imported again. All of it happens in short batches. That it has begun is recorded before the first: until an undo that
was interrupted is run again, its import is neither here nor gone, and no more of these records can be imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.store.accounts import enter
from touchbook.store.append import append, hold_arrivals, select_by_ids
from touchbook.store.audit import Change, audit
from touchbook.store.models import (
    Answer,
    Entry,
    Fact,
    Import,
    ImportedKey,
    Moment,
    Outcome,
)
from touchbook.store.queries import terms_in_force
from touchbook.store.values import uuid_of
from touchbook.workflows.import_records.bulk import parameter
from touchbook.workflows.import_records.undo_people import people_undone, remove, restore_customers

BATCH_ROWS = 5_000
_SHOWN_MAX = 8


@dataclass(slots=True)
class Undone:
    """What an undo took back: facts by further facts, customers and staff removed, customers given former values.

    Of an undo that was interrupted and run again, the counts are those of all its runs.
    """

    record: Import
    is_new: bool
    corrected: int = 0
    removed: int = 0
    staff_removed: int = 0
    restored: int = 0


def find_import(which: str) -> Import:
    """The import of an id, of the beginning or the end of one, or ``last``: the latest that was not undone.

    Raises ``NotFound`` when there is none, ``Refused`` when several fit.
    """
    if which == "last":
        latest = Import.objects.filter(undone_at__isnull=True).order_by("-started_at").first()
        if latest is None:
            raise NotFound(say("There is no import to undo."))
        return latest
    wanted = which.strip().lower().replace("-", "")
    named = {one: one.id.hex for one in Import.objects.all()}
    fitting = [
        one for one, digits in named.items() if wanted and (digits.startswith(wanted) or digits.endswith(wanted))
    ]
    if not fitting:
        raise NotFound(say("There is no import '%(which)s'; list them with: touchbook undo", which=which))
    if len(fitting) > 1:
        shown = ", ".join(str(one.id) for one in fitting[:_SHOWN_MAX])
        raise Refused(
            say(
                "'%(which)s' fits %(count)s imports (%(shown)s); write more of the id.",
                which=which,
                count=len(fitting),
                shown=shown,
            )
        )
    return fitting[0]


def undo_import(import_id: UUID, by: str, at: datetime, progress: Callable[[int, int], None] | None = None) -> Undone:
    """Take an import back, as of *at*; one that was undone before stays as it is.

    *progress* is told how many facts were taken back, and about how many there are. Raises ``NotFound``.
    """
    record = Import.objects.filter(id=import_id).first()
    if record is None:
        raise NotFound(say("There is no import %(import_id)s; list them with: touchbook undo", import_id=import_id))
    if record.undone_at is not None:
        return Undone(record, is_new=False)
    # From here on no run goes on with it: a run that is at it is refused at its next batch.
    with transaction.atomic():
        hold_arrivals()
        Import.objects.filter(id=import_id, finished_at__isnull=True).update(finished_at=at)
        Import.objects.filter(id=import_id, undo_begun_at__isnull=True).update(undo_begun_at=at)
    done = Undone(record, is_new=True, corrected=record.taken_back)
    for table in (Moment, Outcome, Answer):
        number: int | None = 0
        while number is not None:
            with transaction.atomic():
                hold_arrivals()
                number, corrected = _take_back(table, record, number, at)
                Import.objects.filter(id=import_id).update(taken_back=F("taken_back") + corrected)
            done.corrected += corrected
            if progress:
                progress(done.corrected, record.added)
    remove("customer", record, by, at)
    restore_customers(record, by, at)
    remove("staff", record, by, at)  # those who own nobody any more among them
    done.removed, done.staff_removed, done.restored = people_undone(record)
    with transaction.atomic():
        _forget_keys(record)
        record.undone_at = at
        Import.objects.filter(id=import_id).update(undone_at=at)
        counts = ("corrected", "removed", "staff_removed", "restored")
        after = {name: getattr(done, name) for name in counts}
        audit([Change("undo", "import", import_id, after=after)], by, at)
    return done


def _take_back(table: type[Fact], record: Import, number: int, at: datetime) -> tuple[int | None, int]:
    """Correct the next batch of an import's facts behind an arrival *number*.

    Returns the number to go on behind (None: that was all) and how many were corrected.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, id FROM {table._meta.db_table} WHERE import_id = %s AND number > %s "  # noqa: S608
            f"ORDER BY number LIMIT {BATCH_ROWS}",
            [parameter(record.id), number],
        )
        rows = cursor.fetchall()
    if not rows:
        return None, 0
    ids = [uuid_of(row[1]) for row in rows]
    corrected = _correct_moments(ids, record, at) if table is Moment else _correct_facts(table, ids, record, at)
    return int(rows[-1][0]), corrected


def _correct_moments(moments: Sequence[UUID], record: Import, at: datetime) -> int:
    query = (
        "SELECT id, moment, account, account_kind, touchpoint, kind "  # noqa: S608
        f"FROM {Entry._meta.db_table} WHERE corrects IS NULL AND moment"
    )
    entries = {uuid_of(row[0]): row[1:] for row in select_by_ids(query, moments, "ORDER BY number")}
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points", "corrects")
    rows = []
    for first, last in _standing(Entry, list(entries)).items():
        moment, account, account_kind, touchpoint, kind = entries[first]
        owner, place = uuid_of(account), uuid_of(touchpoint)
        identifier = derive(at, record.id, "undo", last)
        rows.append((identifier, at, uuid_of(moment), owner, account_kind, place, kind, 0.0, last))
    return enter(columns, rows, terms_in_force())


def _correct_facts(table: type[Fact], ids: Sequence[UUID], record: Import, at: datetime) -> int:
    name = "question" if table is Answer else "outcome"
    query = f"SELECT id, customer, {name} FROM {table._meta.db_table} WHERE corrects IS NULL AND id"  # noqa: S608
    facts = {uuid_of(row[0]): row[1:] for row in select_by_ids(query, ids, "ORDER BY number")}
    rows = [
        (derive(at, record.id, "undo", last), at, uuid_of(facts[first][0]), facts[first][1], record.id, last)
        for first, last in _standing(table, list(facts)).items()
    ]
    return append(table, ("id", "at", "customer", name, "import_id", "corrects"), rows)


def _standing(table: type[Fact], ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Those facts that stand, each with the last link of its chain of corrections: the one to be corrected."""
    last = {one: one for one in ids}
    stands = dict.fromkeys(ids, True)
    query = f"SELECT corrects, id FROM {table._meta.db_table} WHERE corrects"  # noqa: S608
    open_ends = {one: one for one in ids}  # last link -> first
    while open_ends:
        following = {uuid_of(row[0]): uuid_of(row[1]) for row in select_by_ids(query, open_ends)}
        open_ends = {link: open_ends[corrected] for corrected, link in following.items()}
        for link, first in open_ends.items():
            last[first], stands[first] = link, not stands[first]
    return {one: last[one] for one in ids if stands[one]}


def _forget_keys(record: Import) -> None:
    ImportedKey.objects.filter(import_id=record.id).delete()
