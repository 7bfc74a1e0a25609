"""The days of a week's plan: how many touches fit into it with rest between, and on which day each is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

from touchbook.plan.model import Capacity, Touch

HORIZON_DAYS = 7
WORKING_DAYS = 5


def touches_in_week(rest_days: float, at_most: int) -> float:
    """How many touches one customer can get on working days with the days of rest between, whatever day it begins on.

    Five working days in a row are the tightest week: a weekend in between only leaves more rest.
    """
    return float(at_most) if rest_days <= 0 else float(min(at_most, 1 + (WORKING_DAYS - 1) // ceil(rest_days)))


def in_a_week(capacity: Capacity) -> float:
    """What there is of a capacity in a week."""
    return capacity.amount * HORIZON_DAYS / capacity.days


def working_days(starts_on: date) -> list[date]:
    """The days of a week on which touches are due."""
    week = (starts_on + timedelta(offset) for offset in range(HORIZON_DAYS))
    return [day for day in week if day.weekday() < WORKING_DAYS]


def due_dates(touches: Sequence[Touch], customers: Sequence[int], starts_on: date, rest_days: float) -> list[date]:
    """A day for each touch, in order of importance; *customers* says whose touch each is.

    A team's minutes (a channel's messages, where no team is named) are spread evenly over the working days. Where a
    customer has several touches, the later ones keep the days of rest; what must be made beyond that waits till last.
    """
    days = working_days(starts_on)
    whole: defaultdict[str, float] = defaultdict(float)
    for touch in touches:
        whole[_desk(touch)] += _load(touch)
    spent: defaultdict[str, float] = defaultdict(float)
    several = Counter(customers)
    sequences: dict[int, list[date]] = {}
    due = []
    for touch, customer in zip(touches, customers, strict=True):
        desk = _desk(touch)
        place = min(int(len(days) * spent[desk] / whole[desk]), len(days) - 1)
        spent[desk] += _load(touch)
        if several[customer] == 1:
            due.append(days[place])
            continue
        if customer not in sequences:
            sequences[customer] = _sequence(days, place, several[customer], rest_days)
        due.append(sequences[customer].pop(0))
    return due


def _sequence(days: Sequence[date], place: int, count: int, rest_days: float) -> list[date]:
    """Days for several touches with rest between: the first as late as *place* if all fit then, else earlier."""
    sequence: list[date] = []
    for first in range(place, -1, -1):
        sequence = [days[first]]
        for day in days[first + 1 :]:
            if len(sequence) < count and (day - sequence[-1]).days >= rest_days:
                sequence.append(day)
        if len(sequence) == count:
            break
    return sequence + [days[-1]] * (count - len(sequence))


def _desk(touch: Touch) -> str:
    return touch.team or touch.channel


def _load(touch: Touch) -> float:
    return max(touch.minutes, 1.0)
