"""The audit trail as people read it: the latest first, by who, by kind of thing, by day; a page at a time.

Each page begins where the one before it ended, at an instant and an arrival number, so that the last of two million
entries comes as quickly as the first; an index answers each filter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from touchbook.store.models import AuditEntry

Place = tuple[datetime, int]
"""Where a page ended: the instant and the number of its last entry."""


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries are wanted; what is empty filters nothing. ``until`` itself is left out."""

    actor: str = ""
    subject_kind: str = ""
    subject: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether any entry may be left out."""
        return bool(self.actor or self.subject_kind or self.subject or self.since or self.until)


def entries(wanted: TrailFilter, behind: Place | None, count: int) -> list[AuditEntry]:
    """The next entries behind a place, the latest first."""
    rows = _narrowed(wanted)
    if behind is not None:
        at, number = behind
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(number__lt=number))
    return list(rows.order_by("-at", "-number")[:count])


def all_entries(wanted: TrailFilter, count_max: int, batch: int = 1000) -> Iterator[AuditEntry]:
    """Entries one after the other, the latest first, in bounded memory."""
    behind: Place | None = None
    left = count_max
    while left > 0:
        page = entries(wanted, behind, min(batch, left))
        yield from page
        if len(page) < min(batch, left):
            return
        left -= len(page)
        behind = (page[-1].at, page[-1].number)


def actors() -> list[str]:
    """Everybody who ever changed anything, by name."""
    return _distinct("actor")


def subject_kinds() -> list[str]:
    """The kinds of things that were ever changed."""
    return _distinct("subject_kind")


def _narrowed(wanted: TrailFilter) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.subject_kind:
        rows = rows.filter(subject_kind=wanted.subject_kind)
    if wanted.subject:
        rows = rows.filter(subject=wanted.subject)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def _distinct(column: str) -> list[str]:
    """The values of a column, each found by one step along its index: DISTINCT would read every entry."""
    table = AuditEntry._meta.db_table
    following = f"SELECT MIN({column}) FROM {table} WHERE {column} > found.one"  # noqa: S608
    query = (
        f"WITH RECURSIVE found(one) AS (SELECT MIN({column}) FROM {table} UNION ALL "  # noqa: S608
        f"SELECT ({following}) FROM found WHERE found.one IS NOT NULL) SELECT one FROM found WHERE one IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [str(row[0]) for row in rows if row[0]]
