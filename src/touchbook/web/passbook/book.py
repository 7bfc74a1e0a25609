"""The lines of a passbook as a page prints them: in words, with the balance after each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext, ngettext

from touchbook.ledger.entries import Kind
from touchbook.ledger.history import balances_after
from touchbook.ledger.terms import Terms
from touchbook.store.passbook import BookLine, Particulars, page_of, particulars

LINES_PER_PAGE = 25
_HOURS_UNTIL = 48  # from then on, days say more


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line. ``withdrawal`` and ``deposit`` are points as they enter the balance; one of them is None."""

    id: UUID
    moment: UUID
    at: datetime
    what: str
    where: str
    beside: tuple[str, ...]
    note: str
    withdrawal: float | None
    deposit: float | None
    balance: float
    is_open: bool
    is_void: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, the newest first; ``older`` is where the next page begins, empty on the last one."""

    rows: tuple[Row, ...]
    older: str


def page(
    account: UUID, book: Sequence[BookLine], terms: Terms, before: str, with_notes: bool, size: int = LINES_PER_PAGE
) -> Page:
    """The newest lines before a place in the book, or the newest of all. *with_notes*: what people wrote as well."""
    first, last = page_of(book, _place(before), size)
    balances = balances_after([one.line for one in book[:last]], terms)
    shown = book[first:last]
    by_id = {one.id: one for one in book}
    named = [one.id for one in shown] + [one.recovers for one in shown if one.recovers is not None]
    said = particulars(account, named)
    rows = [
        _row(one, balance, said, by_id, terms, with_notes) for one, balance in zip(shown, balances[first:], strict=True)
    ]
    older = f"{book[first].at.isoformat()}~{book[first].number}" if first > 0 else ""
    return Page(tuple(reversed(rows)), older)


def named(one: BookLine, said: Mapping[UUID, Particulars], by_id: Mapping[UUID, BookLine]) -> str:
    """What a line is called: its practice; of a recovery, what it made good and how soon."""
    own = said.get(one.id)
    wrong = by_id.get(one.recovers) if one.recovers is not None else None
    if wrong is None:
        return own.practice if own and own.practice else gettext("a moment")
    about = said.get(wrong.id)
    what = about.practice if about and about.practice else gettext("a withdrawal")
    return gettext("made good “%(what)s”, %(time)s after") % {"what": what, "time": time_between(wrong.at, one.at)}


def time_between(earlier: datetime, later: datetime) -> str:
    """How long it took, in words."""
    hours = max(0, round((later - earlier) / timedelta(hours=1)))
    if hours < 1:
        return gettext("less than an hour")
    if hours < _HOURS_UNTIL:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _row(
    one: BookLine,
    balance: float,
    said: Mapping[UUID, Particulars],
    by_id: Mapping[UUID, BookLine],
    terms: Terms,
    with_notes: bool,
) -> Row:
    own = said[one.id]
    is_wrong = one.line.kind is Kind.WITHDRAWAL
    points = one.line.points * (terms.asymmetry if is_wrong else 1.0)
    return Row(
        id=one.id,
        moment=one.moment,
        at=one.at,
        what=named(one, said, by_id),
        where=own.touchpoint,
        beside=tuple(_beside(one, own, by_id)),
        note=own.note if with_notes and not own.is_witnessed else "",  # another's moment: the note is about them
        withdrawal=points if is_wrong else None,
        deposit=None if is_wrong else points,
        balance=balance,
        is_open=one.is_open,
        is_void=one.line.void,
    )


def _beside(one: BookLine, own: Particulars, by_id: Mapping[UUID, BookLine]) -> list[str]:
    told = [own.staff] if own.staff else []
    if own.is_witnessed:
        told.append(gettext("seen as a witness"))
    elif own.others:
        told.append(ngettext("%(count)d other saw it", "%(count)d others saw it", own.others) % {"count": own.others})
    if one.is_open:
        told.append(gettext("still open"))
    elif one.recovered_by is not None and one.recovered_by in by_id:
        time = time_between(one.at, by_id[one.recovered_by].at)
        told.append(gettext("made good %(time)s after") % {"time": time})
    return told


def _place(before: str) -> tuple[datetime, int] | None:
    """The place that an address names; the end of the book where it names none that can be."""
    at, _, number = before.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, int(number)) if instant.utcoffset() is not None else None
    except ValueError:
        return None
