"""Guardrails in a week that is really planned: owners and their minutes, and quiet hours where the customer is."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from touchbook.cli.main import app
from touchbook.kernel.ids import mint
from touchbook.store.append import append
from touchbook.store.models import Customer, Entry, PlannedTouch, Staff, Touchpoint
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.make_plan import WeekPlanned, make_plan

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
ALICE, BOB, CAROL, ANN = (UUID(int=0x7 << 76 | 0b10 << 62 | number) for number in (1, 2, 3, 9))
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: '300'}
types: {regular: true}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
touches:
  apology visit: {purpose: apologise, channel: visit, team: owner, minutes: 40, must: true}
  call: {purpose: thank, channel: phone}
guardrails: {rest: 7 days, at_most: {}, quiet_hours: 21:00-08:00}
capacity: {each owner: 1 hour per week}
"""


@pytest.fixture
def club(database: str) -> None:
    """Ann owns Alice and Bob, who were both wronged at the gate; Carol lives in Honolulu."""
    adopt_plan(CLUB, "", "Alice", MAY)
    Staff.objects.create(id=ANN, changed_at=MAY, name="Ann", code="s01")
    for identifier, name, owner, zone in (
        (ALICE, "Alice", ANN, ""),
        (BOB, "Bob", ANN, ""),
        (CAROL, "Carol", None, "Pacific/Honolulu"),
    ):
        Customer.objects.create(id=identifier, changed_at=MAY, name=name, owner_id=owner, timezone=zone)
    gate = Touchpoint.objects.get(name="gate").id
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")
    append(Entry, columns, [(mint(MAY), MAY, gate, who, "customer", gate, "withdrawal", 5.0) for who in (ALICE, BOB)])


def plan(home: Path) -> WeekPlanned:
    return make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY)


def printed(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).output


def test_an_owner_whose_time_is_short_is_named_with_how_much(club: None, home: Path):
    """One hour, and two visits of 40 minutes: one fits, and 20 minutes more would do for the other."""
    week = plan(home)
    assert [touch.touch.name for touch in week.touches if touch.must] == ["apology visit"]
    assert dict(week.decision.must.short) == {"owner Ann": pytest.approx(20)}
    page = printed("plan", "--from", str(MONDAY))
    assert "1 touch that must be made does not fit: 20 minutes more of owner Ann would be needed." in page
    assert "What must be made takes all of owner Ann, and would take 20 minutes more." in page


def test_nobody_is_called_in_the_middle_of_their_night(club: None, home: Path):
    plan(home)
    said = " ".join(printed("explain", "Carol").split())
    assert "quiet hours where the customer is (21:00–08:00 in Pacific/Honolulu)" in said


def test_a_call_over_time_zones_says_when(club: None, home: Path):
    Customer.objects.filter(id=CAROL).update(timezone="America/New_York")
    plan(home)
    (reason,) = PlannedTouch.objects.filter(customer=CAROL).values_list("reason", flat=True)
    assert reason.endswith(" Reach them 13:00–17:00, which is 08:00–12:00 where they are.")
