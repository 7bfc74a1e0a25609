"""How far an import got: begun or taken up again, advanced with every batch, and finished."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from touchbook.kernel.errors import Refused
from touchbook.kernel.ids import mint
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.models import Import
from touchbook.workflows.import_records.batches import Counts


def begin(kind: str, source: str, file_name: str, digest: str, at: datetime) -> Import:
    """A new import, or the unfinished one of the same file and map, to go on from its checkpoint."""
    with transaction.atomic():
        hold_arrivals()  # imports take turns
        refuse_half_undone(kind, source)
        unfinished = Import.objects.filter(
            kind=kind, digest=digest, finished_at__isnull=True, undone_at__isnull=True
        ).order_by("started_at")
        return unfinished.last() or Import.objects.create(
            id=mint(at), kind=kind, source=source, file_name=file_name[-300:], digest=digest, started_at=at
        )


def advance(import_id: UUID, rows_from: int, rows_to: int, counts: Counts) -> None:
    """Move the checkpoint, first of all in a batch's transaction.

    Raises ``Refused`` when it does not stand where this run left it: another run is at the same file, or undid it.
    """
    hold_arrivals()
    moved = Import.objects.filter(
        id=import_id, rows_done=rows_from, finished_at__isnull=True, undone_at__isnull=True
    ).update(
        rows_done=rows_to,
        added=F("added") + counts.added,
        changed=F("changed") + counts.changed,
        repeated=F("repeated") + counts.repeated,
        rejected=F("rejected") + len(counts.rejects),
        customers_made=F("customers_made") + counts.customers_made,
    )
    if not moved:
        raise Refused(
            say(
                "Another run is importing or undoing the same file; "
                "wait until it has finished and import again: nothing is counted twice."
            )
        )


def refuse_half_undone(kind: str, source: str) -> None:
    """Raise ``Refused`` while the undo of an import of the same records is not finished.

    Its keys are still here, so that rows whose facts are taken back already would count as repeated.
    """
    halves = Import.objects.filter(kind=kind, source=source, undo_begun_at__isnull=False, undone_at__isnull=True)
    for one in halves.order_by("started_at")[:1]:
        raise Refused(
            say(
                "The undo of the import of %(file)s has not finished; "
                "run it again with 'touchbook undo %(number)s', then import.",
                file=one.file_name,
                number=str(one.id)[-12:],
            )
        )


def check(begun: Import, rows_from: int) -> None:
    """Hold the database for a batch, and make sure that the checkpoint stands where this run left it."""
    hold_arrivals()
    refuse_half_undone(begun.kind, begun.source)
    if not Import.objects.filter(
        id=begun.id, rows_done=rows_from, finished_at__isnull=True, undone_at__isnull=True
    ).exists():
        advance(begun.id, -1, -1, Counts())


def is_as_written(rejects_digest: str) -> bool:
    """Whether a rejects file is one that an import left exactly so."""
    return Import.objects.filter(rejects_digest=rejects_digest).exists()


def note_rejects(import_id: UUID, path: str) -> None:
    """Remember where an import's rejects go, before the first of them is written."""
    Import.objects.filter(id=import_id).update(rejects_file=path)


def finish(import_id: UUID, at: datetime, rejects_digest: str) -> None:
    """The file is read to its end. An import that brought nothing new leaves no trace."""
    with transaction.atomic():
        hold_arrivals()  # imports take turns
        Import.objects.filter(id=import_id).update(rejects_digest=rejects_digest)
        Import.objects.filter(id=import_id, added=0, changed=0, finished_at__isnull=True).delete()
        Import.objects.filter(id=import_id, finished_at__isnull=True).update(finished_at=at)
