"""Approving a week, withdrawing a touch, and who may: on both databases."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.store import models as tables
from touchbook.store.models import Role
from touchbook.store.people import person_of
from touchbook.store.weeks import counted, run_of, touches_of, weeks_about
from touchbook.workflows.approve_week import Approval, approve_week
from touchbook.workflows.record_touch import state_of
from touchbook.workflows.withdraw_touch import Withdrawal, withdraw_touch

MONDAY = dt.datetime(2020, 3, 2, 9, 0, tzinfo=dt.UTC)
PLAN = """
plan: Corner shop
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: "100", period: 365 days}
types: {everybody: true}
touches:
  call: {purpose: ask, channel: phone, team: care, minutes: 10}
  letter: {purpose: inform, channel: email}
  visit: {purpose: thank, channel: visit, team: owner, minutes: 30}
capacity: {care: 5 hours per week, email: 100 per week}
"""


@pytest.fixture
def week(database: str) -> tables.PlanRun:
    """A run with two calls by care, a letter, a visit by Dana, and a call that is held out."""
    version = tables.PlanVersion.objects.create(id=uuid4(), text=PLAN, digest="d1", in_force_from=MONDAY)
    run = tables.PlanRun.objects.create(
        id=uuid4(), plan_version=version, starts_on=MONDAY, made_at=MONDAY, prices={},
        certificate={"value": 1, "bound": 1, "gap": 0}, parameters={"short": {}, "must_unmet": 0},
    )  # fmt: skip
    tables.CapacityCounter.objects.create(run=run, capacity="care", available=300, used=30, price=1)
    people = _people()
    for place, (name, team, held) in enumerate(
        [("call", "care", False), ("call", "care", False), ("letter", "", False), ("visit", "owner", False),
         ("call", "care", True)]
    ):  # fmt: skip
        customer = tables.Customer.objects.create(id=UUID(int=100 + place), changed_at=MONDAY, name=f"Customer {place}")
        tables.PlannedTouch.objects.create(
            id=UUID(int=10 + place), run=run, customer=customer.id, name=name, purpose="ask", channel="phone",
            team=team, due_on=MONDAY, value=3.0, reason="New.", held_out=held,
            owner=people["Dana"].id if team == "owner" else None,
        )  # fmt: skip
        tables.TouchEvent.objects.create(
            id=uuid4(), at=MONDAY, recorded_at=MONDAY, touch=UUID(int=10 + place), customer=customer.id, name=name,
            channel="phone", purpose="ask", event="held out" if held else "planned",
        )  # fmt: skip
    return run


def _people() -> dict[str, tables.Staff]:
    service, shop = (
        tables.Department.objects.create(id=uuid4(), changed_at=MONDAY, name=name) for name in ("service", "shop")
    )
    care = tables.Team.objects.create(id=uuid4(), changed_at=MONDAY, name="care")
    listed = {
        "Stella": (Role.STRATEGIST, None, None),
        "Mia": (Role.MANAGER, service, None),
        "Carl": (Role.FRONT_LINE, service, care),
        "Otto": (Role.MANAGER, shop, None),
        "Dana": (Role.FRONT_LINE, shop, None),
    }
    return {
        name: tables.Staff.objects.create(
            id=uuid4(), changed_at=MONDAY, name=name, code=name, role=role, department=department, team=team
        )
        for name, (role, department, team) in listed.items()
    }


def staff(name: str) -> UUID:
    return tables.Staff.objects.get(name=name).id


def approval(run: tables.PlanRun, who: str, team: str | None = None) -> Approval:
    return Approval(mint(now()), run.id, staff(who), now(), team, who, "web 10.0.0.1")


def states(run: tables.PlanRun) -> list[str]:
    return [state_of(touch) for touch in tables.PlannedTouch.objects.filter(run=run).order_by("id")]


def test_a_strategist_approves_all_but_what_is_held_out(week: tables.PlanRun) -> None:
    assert approve_week(approval(week, "Stella")) == 4
    assert states(week) == ["approved", "approved", "approved", "approved", "held out"]
    kept = tables.AuditEntry.objects.get(action="approve")
    assert (kept.actor, kept.origin, kept.subject, kept.after["touches"]) == ("Stella", "web 10.0.0.1", week.id, 4)


def test_the_same_approval_again_changes_nothing_and_says_the_same(week: tables.PlanRun) -> None:
    asked = approval(week, "Stella")
    assert approve_week(asked) == approve_week(asked) == 4
    assert tables.TouchEvent.objects.filter(event="approved").count() == 4
    with pytest.raises(Refused, match="nothing left to approve"):
        approve_week(approval(week, "Stella"))


def test_a_manager_approves_what_their_own_people_make(week: tables.PlanRun) -> None:
    assert approve_week(approval(week, "Mia")) == 2
    assert states(week) == ["approved", "approved", "planned", "planned", "held out"]
    assert approve_week(approval(week, "Otto")) == 1  # Dana's visit
    with pytest.raises(Refused, match="nothing left"):
        approve_week(approval(week, "Otto", "care"))


def test_who_decides_nothing_is_refused(week: tables.PlanRun) -> None:
    with pytest.raises(Refused, match="ask your manager"):
        approve_week(approval(week, "Carl"))
    with pytest.raises(NotFound, match="no plan run"):
        approve_week(Approval(uuid4(), uuid4(), staff("Stella"), now()))
    assert not tables.TouchEvent.objects.exclude(event__in=("planned", "held out")).exists()


def withdrawal(touch: int, who: str, reason: str = "On holiday.") -> Withdrawal:
    return Withdrawal(mint(now()), UUID(int=touch), reason, staff(who), now(), who, "web 10.0.0.1")


def test_a_touch_that_is_withdrawn_gives_back_its_minutes(week: tables.PlanRun) -> None:
    asked = withdrawal(10, "Mia")
    assert withdraw_touch(asked)
    assert not withdraw_touch(asked)
    assert states(week)[0] == "skipped"
    assert tables.CapacityCounter.objects.get().used == 20
    assert tables.AuditEntry.objects.get(action="withdraw").after == {"state": "skipped", "reason": "On holiday."}


def test_what_cannot_be_withdrawn_is_refused_and_leaves_nothing(week: tables.PlanRun) -> None:
    with pytest.raises(Refused, match="a reason"):
        withdraw_touch(withdrawal(10, "Mia", " "))
    with pytest.raises(Refused, match="made by others"):
        withdraw_touch(withdrawal(10, "Otto"))
    with pytest.raises(NotFound):
        withdraw_touch(withdrawal(14, "Stella"))  # held out: nobody learns of it
    assert not tables.AuditEntry.objects.exists()
    assert not tables.TouchEvent.objects.exclude(event__in=("planned", "held out")).exists()


def test_counts_follow_what_becomes_of_touches(week: tables.PlanRun) -> None:
    found = {(one.name, one.state): one.count for one in counted(week)}
    assert found == {("call", "planned"): 2, ("letter", "planned"): 1, ("visit", "planned"): 1, ("call", "held out"): 1}
    approve_week(approval(week, "Mia"))
    assert {(one.name, one.state): one.count for one in counted(week)}["call", "approved"] == 2


def test_a_list_of_touches_names_nobody_who_is_held_out(week: tables.PlanRun) -> None:
    person = person_of(staff("Stella"))
    assert person is not None
    assert {touch.id.int for touch in touches_of(week, person)} == {10, 11, 12, 13}


def test_a_day_finds_its_week_and_a_week_its_neighbours(week: tables.PlanRun) -> None:
    later = tables.PlanRun.objects.create(
        id=uuid4(), plan_version=week.plan_version, starts_on=MONDAY + dt.timedelta(7), made_at=MONDAY, prices={},
        certificate={}, parameters={},
    )  # fmt: skip
    assert run_of(dt.date(2020, 3, 5)) == week
    assert run_of(dt.date(2020, 3, 9)) == later
    assert run_of(dt.date(2020, 6, 1)) == later
    assert weeks_about(week) == (None, later)
    assert weeks_about(later) == (week, None)
