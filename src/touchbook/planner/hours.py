"""When people may reach a customer: working hours here that are not quiet hours there.

Both are times on a wall clock, each in its own time zone, so that they move against each other when one of the two
changes to summer time and the other does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from touchbook.kernel.language import say
from touchbook.plan.model import Plan
from touchbook.planner.phrases import listed

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
Hours = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to a later one."""

    start: datetime
    end: datetime


def zone_for(plan: Plan, name: str) -> ZoneInfo:
    """A customer's time zone: the plan's where none is known, or none of that name."""
    try:
        return ZoneInfo(name or plan.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(plan.timezone)


def open_hours(plan: Plan, zone: str, day: date) -> tuple[Span, ...]:
    """The parts of a day's working hours (here) that are not quiet for a customer in a time zone; in UTC, in order."""
    guardrails = plan.guardrails
    return _open(day, ZoneInfo(plan.timezone), guardrails.working_hours, zone_for(plan, zone), guardrails.quiet_hours)


def hours_phrase(plan: Plan, zone: str, day: date) -> str:
    """Those hours in words: “13:00–17:00, which is 08:00–12:00 where they are”; empty when there are none."""
    spans = open_hours(plan, zone, day)
    if not spans:
        return ""
    here, there = (
        listed([f"{span.start.astimezone(place):%H:%M}–{span.end.astimezone(place):%H:%M}" for span in spans])
        for place in (ZoneInfo(plan.timezone), zone_for(plan, zone))
    )
    return here if here == there else say("%(here)s, which is %(there)s where they are", here=here, there=there)


@lru_cache(maxsize=8192)
def _open(day: date, here: ZoneInfo, working: Hours, there: ZoneInfo, quiet: Hours | None) -> tuple[Span, ...]:
    start, end = (moment.replace(tzinfo=here).astimezone(UTC) for moment in _on(day, working))
    if quiet is None:
        return (Span(start, end),)
    spans: list[Span] = []
    for even in _even(start, end, there):
        wall = even.start.astimezone(there).replace(tzinfo=None)
        shift = even.start - wall.replace(tzinfo=UTC)
        parts = [(wall, wall + (even.end - even.start))]
        for offset in (-1, 0, 1, 2):
            silent = _on(wall.date() + offset * _DAY, quiet)
            parts = [part for whole in parts for part in _without(whole, silent)]
        spans += [Span(*(moment.replace(tzinfo=UTC) + shift for moment in part)) for part in parts]
    return tuple(_joined(spans))


def _on(day: date, hours: Hours) -> tuple[datetime, datetime]:
    """Two times of day on a wall clock; the second on the next day where it is not after the first."""
    start, end = (datetime.combine(day, time.fromisoformat(hour)) for hour in hours)
    return start, end if end > start else end + _DAY


def _even(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Span]:
    """The parts of a day, at most two, in each of which the clock of a zone is never put forward or back."""
    before = start.astimezone(zone).utcoffset()
    first, last = 0, int((end - start) / _MINUTE)
    if (end - _MINUTE).astimezone(zone).utcoffset() == before:
        yield Span(start, end)
        return
    while last - first > 1:
        middle = (first + last) // 2
        same = (start + middle * _MINUTE).astimezone(zone).utcoffset() == before
        first, last = (middle, last) if same else (first, middle)
    yield Span(start, start + last * _MINUTE)
    yield Span(start + last * _MINUTE, end)


def _without(whole: tuple[datetime, datetime], taken: tuple[datetime, datetime]) -> list[tuple[datetime, datetime]]:
    (start, end), (first, last) = whole, taken
    parts = [(start, min(end, first)), (max(start, last), end)]
    return [part for part in parts if part[0] < part[1]]


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Spans that follow on each other as one."""
    start = None
    for place, span in enumerate(spans):
        start = start or span.start
        if place + 1 == len(spans) or spans[place + 1].start != span.end:
            yield Span(start, span.end)
            start = None
