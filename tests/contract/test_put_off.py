"""A touch that met no answer, or was put off: it keeps what it took, waits for its day, and has reached nobody."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from uuid import UUID

import pytest

from touchbook.kernel.ids import mint
from touchbook.lake.mirror import lake_folder
from touchbook.store.counters import miscounts
from touchbook.store.models import CapacityCounter, Customer, PlannedTouch
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.gather_present import gather, run_at
from touchbook.workflows.make_plan import WeekPlanned, make_plan
from touchbook.workflows.record_touch import TouchRequest, record_touch, state_of

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
TUESDAY = dt.datetime(2026, 6, 2, 10, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(7)
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number}
types: {member: true}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
touches:
  helping call: {purpose: help, channel: phone, team: member services, minutes: 20, effect: 0.3}
  news: {purpose: inform, channel: email}
guardrails: {rest: 7 days, at_most: {any: 2 per 30 days}}
capacity: {member services: 1 hour per week}
"""
ALICE, BOB = (UUID(int=0x7 << 76 | 0b10 << 62 | number) for number in (1, 2))


def plan(home: Path, first: dt.date = MONDAY) -> WeekPlanned:
    return make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], first)


def step(touch: UUID, event: str, day: dt.date | None = None, at: dt.datetime = TUESDAY, reason: str = "") -> None:
    record_touch(TouchRequest(mint(at), touch, event, at, reason=reason, due_on=day))


def used() -> list[float]:
    return [one.used for one in CapacityCounter.objects.filter(capacity="member services").order_by("run")]


def names(week: WeekPlanned, customer: UUID = ALICE) -> list[str]:
    return [touch.touch.name for touch in week.touches if touch.customer == customer]


@pytest.fixture
def call(database: str, home: Path) -> UUID:
    """Alice and Bob each have a call planned; this is Alice's."""
    adopt_plan(CLUB, "", "Alice", MAY)
    for customer, name in ((ALICE, "Alice"), (BOB, "Bob")):
        Customer.objects.create(
            id=customer, changed_at=MAY, name=name, since=dt.date(2020, 4, 1), attributes={"annual_value": 300}
        )
    plan(home)
    assert used() == [40]
    return PlannedTouch.objects.get(customer=ALICE, name="helping call").id


@pytest.mark.parametrize("event", ["tried", "deferred"])
def test_until_its_day_it_is_neither_replaced_nor_planned_once_more(call: UUID, home: Path, event: str):
    step(call, event, MONDAY + WEEK + dt.timedelta(2))
    assert used() == [40]
    next_week = plan(home, MONDAY + WEEK)
    assert names(next_week) == []  # in the week in which it is due
    assert names(next_week, BOB) == ["helping call"]
    again = plan(home, MONDAY + dt.timedelta(2))  # for days of the same week
    assert state_of(PlannedTouch.objects.get(id=call)) == event
    assert "helping call" not in names(again)
    assert miscounts()[1] == []


def test_when_its_day_has_passed_the_next_plan_decides_anew(call: UUID, home: Path):
    step(call, "tried", MONDAY + dt.timedelta(2))
    week = plan(home, MONDAY + dt.timedelta(4))
    assert state_of(PlannedTouch.objects.get(id=call)) == "superseded"
    assert names(week) == ["helping call"]  # nobody was reached, so there is nothing to rest from
    assert used()[0] == 0
    assert miscounts()[1] == []


def test_nobody_was_reached_by_what_met_no_answer(call: UUID, home: Path):
    step(call, "tried", MONDAY + dt.timedelta(4))
    run = run_at(lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"]), TUESDAY)
    present = gather(ALICE, TUESDAY, run)
    assert list(present.present.reached) == []
    assert [(one.touch.name, one.due_on) for one in present.present.promised] == [
        ("helping call", MONDAY + dt.timedelta(4))
    ]
    assert [touch.name for touch in present.present.served] == ["helping call"]


def test_in_a_later_week_it_is_still_what_the_customer_gets(call: UUID, home: Path):
    day = MONDAY + WEEK + dt.timedelta(1)
    step(call, "deferred", day)
    plan(home, MONDAY + WEEK)
    folder = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    at = TUESDAY + WEEK
    gathered = gather(ALICE, at, run_at(folder, at))
    assert {name: (one.id, one.due_on) for name, one in gathered.planned.items()} == {"helping call": (call, day)}


def test_what_was_made_by_mistake_reached_nobody(call: UUID, home: Path):
    step(call, "made")
    assert names(plan(home, MONDAY + WEEK)) == []  # they rest
    step(call, "reopened")
    week = plan(home, MONDAY + WEEK)
    assert names(week) == ["helping call"]
    folder = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    assert list(gather(ALICE, TUESDAY, run_at(folder, TUESDAY)).present.reached) == []


def test_what_was_skipped_by_mistake_takes_again_what_it_gave_back(call: UUID, home: Path):
    step(call, "skipped", reason="not a good day")
    assert used() == [20]
    step(call, "reopened")
    assert used() == [40]
    assert miscounts() == (1, [])
    step(call, "skipped", reason="not a good day after all")
    assert used() == [20]
    assert miscounts() == (1, [])
