"""What went wrong with somebody and has not been made good yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Kind
from touchbook.store.accounts import related
from touchbook.store.models import Entry, Practice, Touchpoint

_LATEST = 200


@dataclass(frozen=True, slots=True)
class OpenWithdrawal:
    """One withdrawal that stands and that nobody made good."""

    entry: UUID
    at: datetime
    touchpoint: str
    practice: str
    moment: UUID


def open_withdrawals(account: UUID | None = None, moment: UUID | None = None, limit: int = 5) -> list[OpenWithdrawal]:
    """The open withdrawals of an account, the latest first; or those of a moment on the account that it was about."""
    rows = Entry.objects.filter(kind=Kind.WITHDRAWAL, corrects=None)
    if account is not None:
        rows = rows.filter(account=account)
    if moment is not None:
        rows = rows.filter(moment=moment)
    found = list(rows.order_by("-at", "number")[:_LATEST])
    lines = lines_of(entry for entry, _ in related(row.id for row in found).values())
    still = [row for row in found if not lines[row.id].void and lines[row.id].recovered_day is None][:limit]
    places = dict(Touchpoint.objects.filter(id__in={row.touchpoint for row in still}).values_list("id", "name"))
    wanted = {row.practice for row in still if row.practice is not None}
    practices = dict(Practice.objects.filter(id__in=wanted).values_list("id", "name"))
    return [
        OpenWithdrawal(
            row.id,
            row.at,
            places.get(row.touchpoint, ""),
            practices.get(row.practice, "") if row.practice else "",
            row.moment,
        )
        for row in still
    ]
