"""Trying a plan, counting whom it would reach, and asking for another plan of a week: on both databases."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from touchbook.kernel.clock import now
from touchbook.kernel.errors import PlanInvalid, Refused
from touchbook.kernel.ids import mint
from touchbook.plan.loader import read_plan
from touchbook.store import models as tables
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.ask_for_plan import PlanAsked, ask_for_plan
from touchbook.workflows.count_reach import Reach, count_reach
from touchbook.workflows.list_left_alone import list_left_alone
from touchbook.workflows.set_consent import ConsentRequest, set_consent
from touchbook.workflows.try_plan import try_plan

PLAN = """
plan: Corner shop
currency: GBP
timezone: Europe/London
attributes: {annual_value: number}
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days}
types: {large: annual_value >= 500, small: true}
questions: {feeling: {ask: How are you?, scale: -2..2, good_for: 90 days}}
touches:
  call: {purpose: ask, channel: phone, team: care, minutes: 60, asks: [feeling]}
capacity: {care: 3 hours per week}
"""


@pytest.fixture
def shop(database: str) -> list[UUID]:
    """Six customers, worth 100 to 600 a year; the dearest does not wish to be called."""
    adopt_plan(PLAN, "", "tests", now())
    ids = []
    for place in range(1, 7):
        one = tables.Customer.objects.create(
            id=mint(now()), changed_at=now(), name=f"Customer {place}", since="2020-01-01",
            attributes={"annual_value": 100.0 * place},
        )  # fmt: skip
        ids.append(one.id)
    set_consent(ConsentRequest(ids[-1], False, now(), channel="phone"))
    return ids


def person(role: str) -> UUID:
    return tables.Staff.objects.create(id=uuid4(), changed_at=now(), name=role, code=role, role=role).id


def url() -> str:
    return str(settings.TOUCHBOOK_DATABASE_URL)


def reach(home: Path, text: str) -> Reach:
    found = count_reach(home, url(), read_plan(text), now())
    assert found is not None
    return found


def test_a_trial_compares_a_week_with_the_one_under_the_plan_in_force(shop: list[UUID], home: Path) -> None:
    steps: list[str] = []
    found = try_plan(home, url(), PLAN.replace("care: 3 hours", "care: 1 hours"), None, steps.append)
    assert steps == ["reading", "planning", "comparing"]
    assert (found["in_force"]["touches"], found["tried"]["touches"]) == (3, 1)
    assert found["in_force"]["left_alone"] == {"elsewhere": 2, "consent": 1}
    assert found["tried"]["left_alone"] == {"elsewhere": 4, "consent": 1}
    assert found["tried"]["capacities"][0]["used_words"] == "60 minutes"
    assert (found["dropped"]["count"], found["gained"]["count"]) == (2, 0)
    assert set(found["dropped"]["customers"]) <= {str(one) for one in shop}
    assert not tables.PlanRun.objects.exists()
    assert not tables.PlannedTouch.objects.exists()


def test_a_text_with_errors_is_not_tried(shop: list[UUID], home: Path) -> None:
    with pytest.raises(PlanInvalid):
        try_plan(home, url(), "plan: x", None, lambda _step: None)


def test_whom_a_text_would_reach_follows_its_own_types_conditions_and_the_customers_wishes(
    shop: list[UUID], home: Path
) -> None:
    assert count_reach(home, url(), read_plan(PLAN), now()) is None  # nothing was worked out yet
    ask_for_plan(home, url(), PlanAsked(uuid4(), person("strategist")), lambda _step: None)
    one = reach(home, PLAN).touches[0]
    assert (one.meant, one.allowed) == (6, 5)
    assert one.customers[0] == str(shop[4])  # the dearest who may be called
    larger = PLAN.replace("annual_value >= 500", "annual_value >= 300").replace(
        "minutes: 60,", "minutes: 60, to: large,"
    )
    one = reach(home, larger).touches[0]
    assert (one.meant, one.allowed) == (4, 3)
    asked = PLAN.replace("{annual_value: number}", "{annual_value: number, dogs: number}")
    found = reach(home, asked.replace("minutes: 60,", "minutes: 60, when: dogs > 0,"))
    assert (found.touches[0].meant, found.unknown) == (0, ("dogs",))


def test_a_plan_that_is_asked_for_twice_is_made_once(shop: list[UUID], home: Path) -> None:
    asked = PlanAsked(mint(now()), person("strategist"), None, "Stella", "web 10.0.0.1")
    number = ask_for_plan(home, url(), asked, lambda _step: None)
    assert ask_for_plan(home, url(), asked, lambda _step: None) == number
    run = tables.PlanRun.objects.get()
    kept = tables.AuditEntry.objects.get(action="plan the week")
    assert (kept.actor, kept.origin, kept.subject, kept.after["touches"]) == ("Stella", "web 10.0.0.1", run.id, 3)
    alone = list_left_alone(home, url(), run.id)
    assert alone is not None
    assert alone.column("reason").to_pylist() == ["consent", "elsewhere", "elsewhere"]
    assert alone.column("customer").to_pylist()[0] == str(shop[-1])
    assert list_left_alone(home, url(), uuid4()) is None


def test_a_manager_has_no_plan_made_for_others(shop: list[UUID], home: Path) -> None:
    department = tables.Department.objects.create(id=uuid4(), changed_at=now(), name="service")
    manager = person("manager")
    tables.Staff.objects.filter(id=manager).update(department=department)
    with pytest.raises(Refused, match="for all teams at once"):
        ask_for_plan(home, url(), PlanAsked(uuid4(), manager), lambda _step: None)
    assert not tables.PlanRun.objects.exists()
