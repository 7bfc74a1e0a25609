"""One moment of a passbook, opened: what happened, who was there, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from touchbook.kernel.clock import now
from touchbook.ledger.entries import Kind, day_of
from touchbook.ledger.history import parts
from touchbook.ledger.terms import Terms
from touchbook.store.models import AuditEntry, Customer, Moment, Touchpoint
from touchbook.store.passbook import BookLine, Particulars, book_of, particulars
from touchbook.store.people import Person
from touchbook.web.access import May, may
from touchbook.web.passbook.book import named


@dataclass(frozen=True, slots=True)
class MomentLine:
    """A line that the moment put into this book, in words.

    ``enters`` is what it put into the balance on that day, ``times`` the asymmetry in it, ``weighs`` what is left now.
    """

    line: BookLine
    what: str
    enters: float
    times: float | None
    weighs: float
    recovered_in: UUID | None  # the moment in which it was made good
    recovers_in: UUID | None  # the moment of the withdrawal that it made good


@dataclass(frozen=True, slots=True)
class Opened:
    """A moment as its page shows it. ``note`` is empty for who may not read it."""

    id: UUID
    at: datetime
    says: Particulars
    touchpoint: Touchpoint | None
    source: str
    note: str
    lines: tuple[MomentLine, ...]
    corrections: tuple[AuditEntry, ...]


def moment_of(customer: Customer, moment: UUID, terms: Terms, person: Person) -> Opened | None:
    """The moment, if it put a line into this customer's book; its note only for whom it is meant."""
    row = Moment.objects.filter(id=moment).first()
    book = book_of(customer.id)
    own = [one for one in book if one.moment == moment]
    if row is None or not own:
        return None
    by_id = {one.id: one for one in book}
    wanted = [one.id for one in own] + [one.recovers for one in own if one.recovers]
    said = particulars(customer.id, wanted)
    weights = parts([one.line for one in own], day_of(now()), terms)
    says = said[own[0].id]
    sees_notes = may(person, May.SEE_CONTACTS) and not says.is_witnessed
    trail = AuditEntry.objects.filter(action="correct", subject__in=[moment, *(one.id for one in own)])
    return Opened(
        id=moment,
        at=row.at,
        says=says,
        touchpoint=Touchpoint.objects.select_related("department").filter(id=row.touchpoint).first(),
        source=row.source,
        note=row.note if sees_notes else "",
        lines=tuple(
            MomentLine(
                one, named(one, said, by_id), *_entered(one, terms), part.contribution,
                _moment(by_id, one.recovered_by), _moment(by_id, one.recovers),
            )
            for one, part in zip(own, weights, strict=True)
        ),
        corrections=tuple(trail.order_by("number")) if sees_notes else (),
    )  # fmt: skip


def _entered(one: BookLine, terms: Terms) -> tuple[float, float | None]:
    if one.line.kind is Kind.DEPOSIT:
        return one.line.points, None
    return one.line.points * terms.asymmetry, terms.asymmetry


def _moment(by_id: dict[UUID, BookLine], line: UUID | None) -> UUID | None:
    return by_id[line].moment if line in by_id else None
