"""On which day of the week each planned touch is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

from touchbook.plan.model import Touch
from touchbook.planner.assembly import HORIZON_DAYS

WORKING_DAYS = 5


def due_dates(touches: Sequence[Touch], customers: Sequence[int], starts_on: date, rest_days: float) -> list[date]:
    """A day for each touch, in order of importance; *customers* says whose touch each is.

    A team's minutes (a channel's messages, where no team is named) are spread evenly over the working days. A customer
    with several touches gets them with the days of rest between, from the first day on.
    """
    days = [
        day for offset in range(int(HORIZON_DAYS)) if (day := starts_on + timedelta(offset)).weekday() < WORKING_DAYS
    ]
    whole: defaultdict[str, float] = defaultdict(float)
    for touch in touches:
        whole[_desk(touch)] += _load(touch)
    spent: defaultdict[str, float] = defaultdict(float)
    each, before = Counter(customers), Counter[int]()
    due = []
    for touch, customer in zip(touches, customers, strict=True):
        desk = _desk(touch)
        if each[customer] > 1:
            due.append(starts_on + timedelta(min(ceil(before[customer] * rest_days), int(HORIZON_DAYS) - 1)))
            before[customer] += 1
        else:
            due.append(days[min(int(len(days) * spent[desk] / whole[desk]), len(days) - 1)])
        spent[desk] += _load(touch)
    return due


def _desk(touch: Touch) -> str:
    return touch.team or touch.channel


def _load(touch: Touch) -> float:
    return max(touch.minutes, 1.0)
