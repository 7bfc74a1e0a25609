"""Planned touches get their days: a team's load is even, and a customer's touches keep the days of rest."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from touchbook.plan.model import Channel, Purpose, Touch
from touchbook.planner.schedule import due_dates, touches_in_week

MONDAY = date(2026, 4, 6)
CALL = Touch("call", Purpose.HELP, Channel.PHONE, team="desk", minutes=10)
NOTE = Touch("note", Purpose.INFORM, Channel.EMAIL)


def test_a_teams_calls_are_spread_over_the_working_days_best_first() -> None:
    due = due_dates([CALL] * 10, list(range(10)), MONDAY, 7)
    assert due == [MONDAY + timedelta(place // 2) for place in range(10)]


def test_a_week_that_begins_on_a_saturday_has_its_first_calls_on_monday() -> None:
    due = due_dates([CALL] * 5, list(range(5)), date(2026, 4, 4), 7)
    assert due[0] == MONDAY
    assert all(day.weekday() < 5 for day in due)


def test_two_touches_of_one_customer_keep_the_days_of_rest() -> None:
    due = due_dates([CALL, NOTE, CALL], [1, 1, 2], MONDAY, 3)
    assert due[1] - due[0] == timedelta(3)


@given(
    rest=st.floats(0.5, 7),
    counts=st.lists(st.integers(1, 14), min_size=1, max_size=6),
    start=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_every_day_lies_in_the_week_and_rest_is_kept(rest: float, counts: list[int], start: date) -> None:
    allowed = int(touches_in_week(rest, 14))  # as many as the planner gives one customer
    customers = [place for place, count in enumerate(counts) for _ in range(min(count, allowed))]
    due = due_dates([NOTE] * len(customers), customers, start, rest)
    assert all(start <= day < start + timedelta(7) for day in due)
    for customer, count in Counter(customers).items():
        days = sorted(day for day, who in zip(due, customers, strict=True) if who == customer)
        assert len(days) == count
        assert all((later - earlier).days >= rest for earlier, later in pairwise(days))
        assert all(day.weekday() < 5 for day in days)
