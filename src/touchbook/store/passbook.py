"""What a passbook is made of: the lines of an account in their order, and the particulars of some of them.

All lines of an account are read at once, with little of each: their fates and the balance after each depend on all of
them. Particulars (who, where, what was said) are read for the lines that a page shows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Entry, Kind, Line, day_of
from touchbook.store.plain import select
from touchbook.store.values import digits_of, instant_of, uuid_of

_PARTICULARS = (
    "SELECT entry.id, entry.moment, practice.name, touchpoint.name, staff.name, moment.channel, moment.note "
    "FROM store_entry AS entry "
    "LEFT JOIN store_moment AS moment ON moment.id = entry.moment "
    "LEFT JOIN store_practice AS practice ON practice.id = entry.practice "
    "LEFT JOIN store_touchpoint AS touchpoint ON touchpoint.id = entry.touchpoint "
    "LEFT JOIN store_staff AS staff ON staff.id = moment.staff "
    "WHERE entry.id IN ([ids])"
)


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line of an account in its place, with its fate.

    ``recovers`` names the withdrawal that it makes good, ``recovered_by`` the deposit that made it good;
    ``taken_back_at`` is when a correction took it back that still stands.
    """

    id: UUID
    number: int
    at: datetime
    moment: UUID
    line: Line
    recovers: UUID | None = None
    recovered_by: UUID | None = None
    taken_back_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is a withdrawal that nobody has made good."""
        return self.line.kind is Kind.WITHDRAWAL and not self.line.void and self.line.recovered_day is None


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a line says beside its points; texts are empty where there is nothing.

    ``is_witnessed``: the moment was somebody else's, and the account's owner saw it. ``others``: how many saw it too.
    """

    practice: str
    touchpoint: str
    staff: str
    channel: str
    note: str
    is_witnessed: bool
    others: int


def book_of(account: UUID) -> list[BookLine]:
    """Every line of an account that is no correction, in the order in which they happened; the oldest first."""
    rows = select(
        "SELECT id, number, at, moment, kind, points, corrects, recovers FROM store_entry WHERE account = %s "
        "ORDER BY at, number",
        [digits_of(account)],
    )
    linked = {str(one) for row in rows for one in (row[6], row[7]) if one is not None}
    linked |= {str(row[0]) for row in rows if row[6] is not None or row[7] is not None}
    special = [_entry(account, row) for row in rows if str(row[0]) in linked]
    fates = lines_of(special)  # few; the lines of all others are as they were written
    taken_back = {entry.corrects: row_at for entry, row_at in _corrections(special, rows)}
    made_good = {
        entry.recovers: entry.id
        for entry in sorted(special, key=lambda one: (one.day, one.id), reverse=True)  # the earliest has the last word
        if entry.recovers is not None and not fates[entry.id].void
    }
    book = []
    for identifier, number, at, moment, kind, points, corrects, recovers in rows:
        if corrects is not None:
            continue
        instant = instant_of(at)
        if str(identifier) not in linked:
            line = Line(Kind(kind), day_of(instant), points)
            book.append(BookLine(uuid_of(identifier), number, instant, uuid_of(moment), line))
            continue
        name = uuid_of(identifier)
        line = fates[name]
        book.append(
            BookLine(
                name, number, instant, uuid_of(moment), line,
                recovers and uuid_of(recovers),
                made_good.get(name) if line.recovered_day is not None else None,
                taken_back.get(name) if line.void else None,
            )
        )  # fmt: skip
    return book


def page_of(book: Sequence[BookLine], before: tuple[datetime, int] | None, size: int) -> tuple[int, int]:
    """Which lines of a book (``book[first:last]``) make a page of the newest before an instant and arrival number."""
    last = len(book)
    if before is not None:
        last = bisect_left(book, before, key=lambda one: (one.at, one.number))
    return max(0, last - size), last


def particulars(account: UUID, lines: Iterable[UUID]) -> dict[UUID, Particulars]:
    """What some lines of an account say, by their ids."""
    wanted = list(dict.fromkeys(lines))
    if not wanted:
        return {}
    rows = select(_PARTICULARS.replace("[ids]", _marks(wanted)), [digits_of(one) for one in wanted])
    seen = _witnesses({digits_of(row[1]) for row in rows})
    found = {}
    for identifier, moment, *texts in rows:
        witnesses = seen.get(digits_of(moment), [])
        is_witnessed = digits_of(account) in [name for name, _ in witnesses]
        others = sum(unnamed for _, unnamed in witnesses) + sum(name != "" for name, _ in witnesses) - is_witnessed
        practice, touchpoint, staff, channel, note = (text or "" for text in texts)
        found[uuid_of(identifier)] = Particulars(practice, touchpoint, staff, channel, note, is_witnessed, others)
    return found


def _witnesses(moments: set[str]) -> dict[str, list[tuple[str, int]]]:
    """Per moment who saw it (the digits of an account, empty for unnamed ones) and how many unnamed ones."""
    listed = sorted(moments)
    if not listed:
        return {}
    rows = select(
        f"SELECT moment, account, unnamed FROM store_witness WHERE moment IN ({_marks(listed)})",  # noqa: S608
        listed,
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for moment, account, unnamed in rows:
        found.setdefault(digits_of(moment), []).append(("" if account is None else digits_of(account), unnamed))
    return found


def _entry(account: UUID, row: Sequence[Any]) -> Entry:
    identifier, _, at, _, kind, points, corrects, recovers = row
    return Entry(
        uuid_of(identifier), account, day_of(instant_of(at)), Kind(kind), points,
        corrects and uuid_of(corrects), recovers and uuid_of(recovers),
    )  # fmt: skip


def _corrections(special: Iterable[Entry], rows: Sequence[Sequence[Any]]) -> list[tuple[Entry, datetime]]:
    written = {uuid_of(row[0]): instant_of(row[2]) for row in rows if row[6] is not None}
    return [(entry, written[entry.id]) for entry in special if entry.corrects is not None]


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
