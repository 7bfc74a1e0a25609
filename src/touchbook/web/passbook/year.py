"""The balance over the last year: a curve, what it shows in words, and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext

from touchbook.ledger.entries import day_of
from touchbook.ledger.history import balances_on
from touchbook.ledger.terms import Terms
from touchbook.store.passbook import BookLine
from touchbook.web.charts import Curve, curve
from touchbook.web.templatetags.words import day as printed
from touchbook.web.templatetags.words import points

DAYS = 365
_BETWEEN_DAYS = 7
_LINES_MAX = 300  # from there on every day is drawn, and no line on its own
_JUST_BEFORE = 1e-6  # days


@dataclass(frozen=True, slots=True)
class Year:
    """``says`` is for those who cannot see the curve; ``months`` its table: the day, and the balance at its end."""

    curve: Curve
    begins: datetime
    says: str
    months: tuple[tuple[date, float], ...]


def year(book: Sequence[BookLine], at: datetime, terms: Terms) -> Year | None:
    """The last year of a book; None where nothing is in it."""
    lines = [one.line for one in book]
    if not lines:
        return None
    today = day_of(at)
    begins = max(today - DAYS, lines[0].day - _JUST_BEFORE)
    if today - begins < _JUST_BEFORE * 2:
        begins = today - 1
    own = [line.day for line in lines if line.day > begins and not line.void]
    if len(own) > _LINES_MAX:
        days = [begins + step for step in range(int(today - begins) + 1)] + [today]
    else:
        regular = [begins + step for step in range(0, int(today - begins), _BETWEEN_DAYS)]
        days = sorted({*regular, *own, *(day - _JUST_BEFORE for day in own), begins, today})
    firsts = _firsts(book[0].at, at)
    ends = [min(today, day_of(datetime.combine(day, datetime.max.time(), _zone()))) for day in firsts]
    together = sorted({*days, *ends})
    on = dict(zip(together, balances_on(lines, together, terms), strict=True))
    balances = [on[day] for day in days]
    made = curve(list(zip(days, balances, strict=True)))
    if made is None:
        return None
    months = tuple(zip(firsts, (on[end] for end in ends), strict=True))
    return Year(made, _instant(days[0]), _says(days, balances), months)


def _says(days: Sequence[float], balances: Sequence[float]) -> str:
    top, low = (found(range(len(days)), key=balances.__getitem__) for found in (max, min))
    told = {
        "first": points(balances[0]), "last": points(balances[-1]), "since": _printed(days[0]),
        "highest": points(balances[top]), "on_highest": _printed(days[top]),
        "lowest": points(balances[low]), "on_lowest": _printed(days[low]),
    }  # fmt: skip
    return (
        gettext(
            "Balance from %(since)s to today: from %(first)s to %(last)s; highest %(highest)s on %(on_highest)s, "
            "lowest %(lowest)s on %(on_lowest)s."
        )
        % told
    )


def _firsts(begins: datetime, at: datetime) -> list[date]:
    """Today, and the first day of each of the last twelve months since the book begins, the newest first."""
    today = timezone.localtime(at).date()
    firsts = {today}
    month = today.replace(day=1)
    for _ in range(12):
        firsts.add(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return sorted({day for day in firsts if day >= timezone.localtime(begins).date()} | {today}, reverse=True)


def _zone() -> tzinfo:
    return timezone.get_current_timezone()


def _printed(day: float) -> str:
    return printed(_instant(day))


def _instant(day: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
