"""A season as the club's staff would log it: match days, office days, renewals; what went wrong, and was made good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from touchbook.world.habits import OCCASIONS, Occasion
from touchbook.world.people import Member, Staff

ZONE = ZoneInfo("Europe/London")
SPAN_DAYS = 400
BAD_DAY_SHARE = 0.12  # matches on which the queues get out of hand
BAD_DAY_FACTOR = 3.0
RECOVERED_SHARE = 0.95  # of withdrawals that a member speaks of, with caring staff
ON_THE_SPOT_SHARE = 0.35  # of recoveries
RECOVERY_DAYS = 6.0  # on average, of the others
SECOND_DEPOSIT_SHARE = 0.25
WITNESSED_SHARE = 0.12  # of moments on match days, by people nearby
NEIGHBOUR_SHARE = 0.3  # of those, also by a member whom the staff know
_MAY, _AUGUST = 5, 8
_TUESDAY, _SATURDAY = 1, 5


@dataclass(frozen=True, slots=True)
class Moment:
    """One logged moment. ``felt`` is its strength, below 0 for a withdrawal; ``recovers`` an earlier moment's id."""

    id: str
    at: datetime
    member: str
    staff: str
    touchpoint: str
    practices: tuple[str, ...]
    felt: float
    note: str = ""
    unnamed_witnesses: int = 0
    witnesses: tuple[str, ...] = ()
    recovers: str = ""


@dataclass(slots=True)
class _Pending:
    """A moment that has no id yet: ids follow the order of time."""

    at: datetime
    member: int
    staff: Staff
    occasion: Occasion
    practices: tuple[str, ...]
    felt: float
    note: str = ""
    unnamed: int = 0
    witnesses: tuple[int, ...] = ()
    recovers: _Pending | None = None
    id: str = ""


def match_days(first: date, until: date) -> list[date]:
    """The home matches from *first* and before *until*: every other Saturday and some Tuesdays, August to May."""
    days = []
    for offset in range((until - first).days):
        day = first + timedelta(days=offset)
        week = day.toordinal() // 7
        if _MAY < day.month < _AUGUST:
            continue
        if (day.weekday() == _SATURDAY and week % 2 == 0) or (day.weekday() == _TUESDAY and week % 6 == 3):
            days.append(day)
    return days


def last_renewal(since: date, until: date) -> date:
    """The last anniversary of joining before *until*; the day of joining itself when there was none."""
    return since + timedelta(days=max((until - since).days - 1, 0) // 365 * 365)


def make_moments(
    members: Sequence[Member], last_days: Sequence[date], staff: Sequence[Staff], until: date, draw: np.random.Generator
) -> list[Moment]:
    """The moments of the last 400 days before *until*, in order of time.

    Nothing happens to a member before they joined, nor from their last day on (*last_days*, one a member).
    """
    first = until - timedelta(days=SPAN_DAYS)
    # Some people are seen by everybody, some by hardly anyone.
    seen = draw.gamma(2.2, 1 / 2.2, len(members))
    pending: list[_Pending] = []
    for occasion in OCCASIONS:
        team = [one for one in staff if one.department == occasion.department]
        for at, place, bad_day in _occurrences(occasion, members, seen, first, until, draw):
            if not members[place].since <= at.date() < last_days[place]:
                continue
            moment = _happen(occasion, at, place, team[int(draw.integers(len(team)))], bad_day, draw)
            neighbour = (place + 1) % len(members)
            if moment.unnamed and members[neighbour].since <= at.date() < last_days[neighbour] and neighbour != place:
                moment.witnesses = (neighbour,) if draw.random() < NEIGHBOUR_SHARE else ()
            pending.append(moment)
            if moment.felt < 0 and (amends := _make_good(moment, members[place], team, last_days[place], draw)):
                pending.append(amends)
    pending.sort(key=lambda one: (one.at, one.member, one.recovers is not None))
    for count, one in enumerate(pending):
        one.id = f"m{count + 1:06d}"
    return [_logged(one, members) for one in pending]


def _occurrences(
    occasion: Occasion,
    members: Sequence[Member],
    seen: np.ndarray[tuple[int], np.dtype[np.float64]],
    first: date,
    until: date,
    draw: np.random.Generator,
) -> Iterator[tuple[datetime, int, bool]]:
    """When an occasion is logged, for which member, and whether it was a day on which much went wrong."""
    if occasion.season == "match day":
        attendance = np.array([member.attendance for member in members])
        for day in match_days(first, until):
            bad_day = bool(draw.random() < BAD_DAY_SHARE)
            kick_off = time(15) if day.weekday() == _SATURDAY else time(19, 45)
            start = datetime.combine(day, kick_off, ZONE)
            logged = draw.random(len(members)) < attendance * seen * occasion.rate
            for place in np.flatnonzero(logged).tolist():
                minutes = int(draw.integers(-80, 0) if occasion.touchpoint == "gate" else draw.integers(0, 100))
                yield start + timedelta(minutes=minutes), place, bad_day
        return
    share = SPAN_DAYS / 365 if occasion.season == "office hours" else 1.0
    for place in np.flatnonzero(draw.random(len(members)) < occasion.rate * share).tolist():
        day = first + timedelta(days=int(draw.integers(SPAN_DAYS)))
        if occasion.season == "renewal":
            day = last_renewal(members[place].since, until) - timedelta(days=int(draw.integers(10, 60)))
        day -= timedelta(days=max(day.weekday() - 4, 0))  # nobody is in the office at the weekend
        if day >= first:
            yield datetime.combine(day, time(9), ZONE) + timedelta(minutes=int(draw.integers(510))), place, False


def _happen(
    occasion: Occasion, at: datetime, place: int, staff: Staff, bad_day: bool, draw: np.random.Generator
) -> _Pending:
    """One moment: a withdrawal, or one deposit, or two."""
    witnessed = occasion.season == "match day" and draw.random() < WITNESSED_SHARE
    unnamed = int(draw.integers(1, 7)) if witnessed else 0
    trouble = occasion.trouble * staff.trouble * (BAD_DAY_FACTOR if bad_day else 1.0)
    if draw.random() < min(trouble, 0.6):
        wrong, points = _practice(occasion.withdrawals, draw)
        return _Pending(at, place, staff, occasion, (wrong,), -points, unnamed=unnamed)
    drawn = [_practice(occasion.deposits, draw) for _ in range(2 if draw.random() < SECOND_DEPOSIT_SHARE else 1)]
    deposits = dict(drawn)
    return _Pending(at, place, staff, occasion, tuple(deposits), sum(deposits.values()), unnamed=unnamed)


def _practice(practices: Mapping[str, int], draw: np.random.Generator) -> tuple[str, float]:
    names = list(practices)
    weights = np.array([1 / practices[name] for name in names])
    name = names[int(draw.choice(len(names), p=weights / weights.sum()))]
    return name, float(practices[name])


def _make_good(
    wrong: _Pending, member: Member, team: Sequence[Staff], last_day: date, draw: np.random.Generator
) -> _Pending | None:
    """The moment that makes a withdrawal good, if the member spoke and somebody cared, in time."""
    staff = wrong.staff if draw.random() < 0.4 else team[int(draw.integers(len(team)))]
    spoke = draw.random() < member.truth.outspoken
    cared = draw.random() < RECOVERED_SHARE * staff.care
    at = wrong.at + timedelta(minutes=int(draw.integers(5, 90)))
    if draw.random() > ON_THE_SPOT_SHARE:
        day = wrong.at.date() + timedelta(days=1 + int(draw.exponential(RECOVERY_DAYS)))
        at = datetime.combine(day, time(9), ZONE) + timedelta(minutes=int(draw.integers(510)))
    if not (spoke and cared and at.date() < last_day):
        return None
    practice = wrong.occasion.amends
    days = (at.date() - wrong.at.date()).days
    note = "put right on the spot" if days == 0 else f"put right after {days} {'day' if days == 1 else 'days'}"
    return _Pending(
        at, wrong.member, staff, wrong.occasion, (practice,), float(wrong.occasion.deposits[practice]), note,
        recovers=wrong,
    )  # fmt: skip


def _logged(one: _Pending, members: Sequence[Member]) -> Moment:
    return Moment(
        id=one.id,
        at=one.at,
        member=members[one.member].number,
        staff=one.staff.code,
        touchpoint=one.occasion.touchpoint,
        practices=one.practices,
        felt=one.felt,
        note=one.note,
        unnamed_witnesses=one.unnamed,
        witnesses=tuple(members[place].number for place in one.witnesses),
        recovers=one.recovers.id if one.recovers else "",
    )
