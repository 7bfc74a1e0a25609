"""Recording one moment: its row, the lines of its accounts, and who saw it, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.ids import derive
from touchbook.ledger.terms import Terms
from touchbook.store.accounts import enter
from touchbook.store.append import append, hold_arrivals
from touchbook.store.models import Moment, Witness
from touchbook.store.plain import select
from touchbook.store.values import digits_of

_ENTRY = (
    "id",
    "at",
    "offset_minutes",
    "moment",
    "account",
    "account_kind",
    "touchpoint",
    "practice",
    "kind",
    "points",
    "corrects",
    "recovers",
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment as it is stored; see ``store.models.Moment``."""

    id: UUID
    at: datetime
    touchpoint: UUID
    customer: UUID | None = None
    staff: UUID | None = None
    channel: str = ""
    source: str = ""
    note: str = ""

    @property
    def offset_minutes(self) -> int | None:
        """The offset of the source's clock from UTC."""
        return offset_minutes(self.at)


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of one account, brought by a moment."""

    account: UUID
    account_kind: str
    kind: str
    points: float
    practice: UUID | None = None
    corrects: UUID | None = None
    recovers: UUID | None = None


def stored(moment: UUID) -> Moment | None:
    """The moment with an id, if it is there. Writers of facts wait from here on until the transaction ends."""
    hold_arrivals()
    if not select("SELECT 1 FROM store_moment WHERE id = %s", [digits_of(moment)]):  # almost always
        return None
    return Moment.objects.get(id=moment)


def record(occasion: Occasion, postings: Sequence[Posting], terms: Terms) -> tuple[UUID, ...]:
    """Add a moment that is not ``stored``, and its lines; return the lines' ids, which follow from the moment's."""
    columns = ("id", "at", "offset_minutes", "touchpoint", "customer", "staff", "channel", "source", "note")
    append(Moment, columns, [tuple(getattr(occasion, name) for name in columns)])
    return post_lines(occasion.id, occasion, postings, terms, are_new=True)


def post_lines(
    request: UUID, occasion: Occasion, postings: Sequence[Posting], terms: Terms, *, are_new: bool = False
) -> tuple[UUID, ...]:
    """Add lines to a moment that is there; their ids follow from the *request*'s and their order."""
    ids = tuple(derive(occasion.at, "entry", request, str(index)) for index in range(len(postings)))
    rows = [
        (
            identifier,
            occasion.at,
            occasion.offset_minutes,
            occasion.id,
            line.account,
            line.account_kind,
            occasion.touchpoint,
            line.practice,
            line.kind,
            line.points,
            line.corrects,
            line.recovers,
        )
        for identifier, line in zip(ids, postings, strict=True)
    ]
    enter(_ENTRY, rows, terms, are_new=are_new)
    return ids


def record_witnesses(occasion: Occasion, known: Sequence[UUID], unnamed: int) -> None:
    """Add who saw a moment."""
    seen: list[tuple[UUID | None, int]] = [(account, 0) for account in known]
    seen += [(None, unnamed)] if unnamed else []
    append(
        Witness,
        ("id", "at", "offset_minutes", "moment", "account", "unnamed"),
        [
            (
                derive(occasion.at, "witness", occasion.id, str(index)),
                occasion.at,
                occasion.offset_minutes,
                occasion.id,
                *who,
            )
            for index, who in enumerate(seen)
        ],
    )
