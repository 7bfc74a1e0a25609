"""Three fixed people, and one of every other role, at a club that keeps the starter plan.

``people``   the staff by first name: Mona (front line, member services) looks after Ana Whitfield; Omar (front line,
             operations) is of another department; Mia manages member services; Stella is the strategist, Anil the
             analyst, Ada the administrator. The stranger has no login: ``visitor("stranger")``.
``ana``      Mona's customer: Omar may not see her, and finds 404 where she is.
``call``, ``promise``  what Mona's team has to do for Ana today, and what Mona promised her; ``shop_key``: an API key.
``visitor``  ``visitor("Mona")`` gives a Django test client that is signed in as her.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import (
    ApiKey,
    Customer,
    Department,
    Identifier,
    PlannedTouch,
    PlanRun,
    PlanVersion,
    Promise,
    Role,
    Staff,
    Team,
)
from touchbook.workflows.adopt_plan import adopt_plan

JANUARY = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
_STAFF = {  # name: role, department, in the team that calls
    "Mona": (Role.FRONT_LINE, "member services", True),
    "Mia": (Role.MANAGER, "member services", True),
    "Omar": (Role.FRONT_LINE, "operations", False),
    "Stella": (Role.STRATEGIST, "", False),
    "Anil": (Role.ANALYST, "", False),
    "Ada": (Role.ADMINISTRATOR, "", False),
}


@pytest.fixture(autouse=True)
def plain_static_files():
    """Addresses of static files without digests: nothing need be gathered for a test without a browser."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with override_settings(STORAGES=storages, ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.fixture(autouse=True)
def nobody_held_out(monkeypatch: pytest.MonkeyPatch):
    """Ids are new in every run, and so would be who is held out; a test that needs somebody to be says so itself."""
    monkeypatch.setattr("touchbook.planner.guardrails.hold_out.draw", lambda ids, _name: np.ones(len(ids)))


@pytest.fixture
def people(sqlite: str) -> dict[str, Staff]:
    """The staff by first name; see the top of this file."""
    text = (files("touchbook.plan") / "starters" / "club.yaml").read_text(encoding="utf-8")
    adopt_plan(text, "the starter plan", "tests", JANUARY)
    departments = {one.name: one for one in Department.objects.all()}
    team = Team.objects.get(name="member services")
    staff = {}
    for name, (role, department, calls) in _STAFF.items():
        staff[name] = Staff.objects.create(
            id=mint(now()), changed_at=now(), name=name, code=name.lower(), role=role,
            department=departments.get(department), team=team if calls else None,
        )  # fmt: skip
        Login.objects.create(username=name.lower(), staff=staff[name], made_at=now(), password="!")
    Staff.objects.filter(name="Mona").update(manager=staff["Mia"])
    return staff


@pytest.fixture
def ana(people: dict[str, Staff]) -> Customer:
    """Ana Whitfield, whom Mona looks after."""
    made = Customer.objects.create(
        id=mint(now()), changed_at=now(), name="Ana Whitfield", since="2021-08-01", timezone="Europe/London",
        attributes={"annual_value": 640.0, "seats": 3.0, "account_kind": "person"}, owner=people["Mona"],
    )  # fmt: skip
    for kind, value in (("member number", "RF00077"), ("email", "ana@example.com"), ("phone", "+447700900077")):
        Identifier.objects.create(kind=kind, value=value, customer=made)
    return made


@pytest.fixture
def visitor(people: dict[str, Staff]) -> Callable[[str], Client]:
    """A function that gives a client for somebody by first name, or for the stranger."""

    def client_of(name: str) -> Client:
        client = Client()
        if name != "stranger":
            client.force_login(Login.objects.get(staff=people[name]), "touchbook.signin.backend.PasswordBackend")
        return client

    return client_of


@pytest.fixture
def call(people: dict[str, Staff], ana: Customer) -> PlannedTouch:
    """A call to Ana that the week has for Mona's team today."""
    run = PlanRun.objects.create(
        id=mint(now()), plan_version=PlanVersion.objects.get(), starts_on=timezone.localdate(), made_at=now(),
        prices={}, certificate={}, parameters={},
    )  # fmt: skip
    return PlannedTouch.objects.create(
        id=mint(now()), run=run, customer=ana.id, name="listening call", purpose="ask", channel="phone", value=5.0,
        team="member services", due_on=timezone.localdate(), reason="They joined 40 days ago.",
    )  # fmt: skip


@pytest.fixture
def promise(people: dict[str, Staff], ana: Customer) -> Promise:
    """What Mona promised Ana for today."""
    return Promise.objects.create(
        id=mint(now()), changed_at=now(), customer=ana, what="a seat nearer to the aisle", made_by=people["Mona"],
        made_at=now(), due_on=timezone.localdate(),
    )  # fmt: skip


@pytest.fixture
def shop_key(sqlite: str) -> ApiKey:
    """The key of the shop's program."""
    return ApiKey.objects.create(
        id=mint(now()), changed_at=now(), name="shop", prefix="tb_shop", digest="0" * 64, made_at=now()
    )
