"""The moments of a touchpoint, the latest first. Who served is nowhere among them, nor what is a colleague's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from touchbook.ledger.book import lines_of
from touchbook.store.accounts import related
from touchbook.store.append import select_by_ids
from touchbook.store.models import Customer, Entry, Moment, Practice
from touchbook.store.people import Person, customers_seen_by
from touchbook.store.values import uuid_of
from touchbook.web.access import May, may

PAGE = 30


@dataclass(frozen=True, slots=True)
class Happening:
    """One practice of a moment."""

    name: str
    kind: str
    points: float


@dataclass(frozen=True, slots=True)
class MomentShown:
    """One moment. ``customer`` is none for a guest, and for somebody whom the visitor may not see (``is_hidden``)."""

    number: int
    at: datetime
    customer: Customer | None
    is_hidden: bool
    note: str
    happened: Sequence[Happening]


def moments_at(person: Person, touchpoint: UUID, before: int | None = None) -> tuple[list[MomentShown], int | None]:
    """A page of moments, those before the one of a number; and the number to go on from, if there are more."""
    wanted = Moment.objects.filter(touchpoint=touchpoint)
    if before is not None and (last := Moment.objects.filter(number=before).values_list("at", flat=True).first()):
        wanted = wanted.filter(Q(at__lt=last) | Q(at=last, number__lt=before), at__lte=last)
    rows = list(wanted.order_by("-at", "-number")[: PAGE + 1])
    shown = rows[:PAGE]
    named = {row.customer for row in shown if row.customer}
    seen = {one.id: one for one in customers_seen_by(person).filter(id__in=named)}
    happened = _happened([row.id for row in shown])
    reads_notes = may(person, May.SEE_CONTACTS)
    about_staff = _about_staff([row.id for row in shown])
    found = []
    for row in shown:
        hidden = row.customer is not None and row.customer not in seen
        customer = seen.get(row.customer) if row.customer else None
        note = row.note if reads_notes and not hidden and row.id not in about_staff else ""
        found.append(MomentShown(row.number, row.at, customer, hidden, note, happened.get(row.id, [])))
    return found, shown[-1].number if len(rows) > PAGE else None


def _about_staff(moments: Sequence[UUID]) -> set[UUID]:
    """Moments that put something into the accounts of members of staff alone: what is written there is theirs."""
    query = f"SELECT moment, account_kind FROM {Entry._meta.db_table} WHERE moment"  # noqa: S608
    kinds: dict[UUID, set[str]] = {}
    for moment, kind in select_by_ids(query, moments):
        kinds.setdefault(uuid_of(moment), set()).add(kind)
    return {moment for moment, found in kinds.items() if found == {"staff"}}


def _happened(moments: Sequence[UUID]) -> dict[UUID, list[Happening]]:
    """What happened in each moment, once for all who felt it, without what was taken back."""
    query = f"SELECT id, moment, practice, kind, points FROM {Entry._meta.db_table} WHERE account_kind <> 'staff' AND moment"  # noqa: S608, E501
    rows = select_by_ids(query, moments)
    lines = lines_of(entry for entry, _ in related(uuid_of(row[0]) for row in rows).values())
    names = dict(Practice.objects.filter(id__in={uuid_of(row[2]) for row in rows if row[2]}).values_list("id", "name"))
    found: dict[UUID, dict[tuple[str, str], float]] = {}
    for identifier, moment, practice, kind, points in rows:
        line = lines.get(uuid_of(identifier))
        if line is None or line.void:
            continue
        name = names.get(uuid_of(practice), "") if practice else ""
        each = found.setdefault(uuid_of(moment), {})
        each[name, kind] = max(each.get((name, kind), 0.0), points)
    return {
        moment: [Happening(name, kind, points) for (name, kind), points in each.items()]
        for moment, each in found.items()
    }
