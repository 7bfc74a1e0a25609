"""Who gets in where: every address, with a member, one of another department, and a stranger.

An address about one thing, such as a customer, stands in ``FOUND_BY`` with those who find a thing of Mona's there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import (
    Department,
    Import,
    Role,
    Staff,
    Team,
    Touchpoint,
)
from touchbook.web.access import GRANTED, May
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.uploads import receive

# Olga manages operations, where Omar works; all that is looked for is Mona's, of member services.
EVERYBODY = "Mona Omar Mia Olga Stella Anil Ada"
ALL_BUT_OPERATIONS = "Mona Mia Stella Anil Ada"
WHO_DECIDES = "Mia Olga Stella Ada"
WHO_READS = "Mia Olga Stella Anil Ada"
FOUND_BY = {  # the name of an address: GET or POST, and who finds the thing; whose role grants the page, but who is not
    # named, is told that it is not there (404), and whose role does not is refused (403)
    "invitation": ("GET", EVERYBODY),
    "customers-passbook": ("GET", ALL_BUT_OPERATIONS),
    "customers-lines": ("GET", ALL_BUT_OPERATIONS),
    "customers-moment": ("GET", ALL_BUT_OPERATIONS),
    "customers-how": ("GET", ALL_BUT_OPERATIONS),
    "customers-change": ("GET", ALL_BUT_OPERATIONS),
    "customers-card": ("GET", ALL_BUT_OPERATIONS),
    "customers-promise": ("POST", "Mona Mia Stella Ada"),
    "customers-settle": ("POST", "Mona Mia Stella Ada"),
    "customers-consent": ("POST", "Mona Mia Stella Ada"),
    "customers-owner": ("POST", "Mona Mia Stella Ada"),
    "more-account": ("GET", "Mona Mia"),
    "today-touch": ("GET", "Mona Mia"),
    "today-settle": ("POST", "Mona Mia"),
    "today-learn": ("POST", "Mona Mia"),
    "today-undo": ("POST", "Mona Mia"),
    "today-promise": ("POST", "Mona"),
    "touchpoints-one": ("GET", "Mia Stella Anil Ada"),
    "plan-trial": ("GET", "Stella"),
    "plan-stop": ("POST", "Stella"),
    "plan-version": ("GET", WHO_READS),
    "plan-again": ("POST", "Stella Ada"),
    "week-watch": ("GET", "Stella"),
    "week-stop": ("POST", "Stella"),
    "week-run": ("GET", WHO_READS),
    "week-touches": ("GET", WHO_READS),
    "week-alone": ("GET", WHO_READS),
    "week-why": ("GET", "Mia Stella Anil Ada"),
    "week-touch": ("GET", "Mia Stella Anil Ada"),
    "week-withdraw": ("POST", "Mia Stella Ada"),
    "week-approve": ("POST", WHO_DECIDES),
    "settings-person": ("GET", "Mia Stella Ada"),
    "settings-person-retire": ("GET", "Ada"),
    "settings-person-back": ("POST", "Ada"),
    "settings-person-invite": ("POST", "Ada"),
    "settings-team": ("GET", "Ada"),
    "settings-department": ("GET", "Ada"),
    "settings-key-revoke": ("POST", "Ada"),
    "settings-import": ("GET", "Ada"),
    "settings-import-file": ("GET", "Ada"),
    "settings-import-progress": ("GET", "Ada"),
    "settings-import-rejects": ("GET", "Ada"),
    "settings-import-remove": ("POST", "Ada"),
}


def ours(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the pages with its pattern."""
    for one in (resolver or get_resolver("touchbook.web.urls")).url_patterns:
        if isinstance(one, URLResolver):
            yield from ours(one, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


ADDRESSES = dict(ours())
SIMPLE = [address for address in ADDRESSES if "<" not in address]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_view_says_what_it_needs(address: str) -> None:
    view = ADDRESSES[address].callback
    assert hasattr(view, "needs"), f"{address}: mark the view with @needs(May.…) or @open_to_all"
    assert view.needs is None or isinstance(view.needs, May)


@pytest.mark.parametrize("address", SIMPLE)
def test_a_stranger_is_led_to_signing_in_and_everybody_else_to_what_their_role_grants(visitor, address: str) -> None:
    needed = ADDRESSES[address].callback.needs
    answer = visitor("stranger").get(f"/{address}")
    if needed is None:
        assert answer.status_code in (200, 302, 404, 405)
        return
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/?next=")
    for name, role in (("Mona", "front line"), ("Omar", "front line"), ("Mia", "manager"), ("Anil", "analyst")):
        status = visitor(name).get(f"/{address}").status_code
        if needed in GRANTED[role]:
            assert status in (200, 302, 304, 400, 404, 405, 422), f"{name} at {address}"
        else:
            assert status == 403, f"{name} at {address}"


def test_a_script_is_told_to_sign_in_and_not_led_away(visitor) -> None:
    answer = visitor("stranger").get("/log/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Sign in again" in answer.json()["sentence"]


def test_nobody_of_another_department_finds_a_customer(visitor, ana) -> None:
    assert visitor("Mona").get(f"/customers/{ana.id}/").status_code == 200
    assert visitor("Omar").get(f"/customers/{ana.id}/").status_code == 404
    assert visitor("stranger").get(f"/customers/{ana.id}/").status_code == 302


def test_one_who_has_left_is_a_stranger(visitor, people) -> None:
    client = visitor("Mona")
    assert client.get("/log/").status_code == 200
    people["Mona"].retired_at = "2026-01-01T00:00Z"
    people["Mona"].save()
    assert client.get("/log/").status_code == 302


def test_every_address_about_one_thing_says_who_finds_it() -> None:
    about_one = {view.name for address, view in ADDRESSES.items() if "<" in address}
    assert about_one == set(FOUND_BY), "say in FOUND_BY who finds the thing that an address is about, and who does not"


@pytest.fixture
def things(people, ana, call, promise, shop_key, home: Path) -> dict[str, dict[str, object]]:
    """What the addresses' parts stand for: Mona's customer, and what belongs to her or to her department."""
    operations = Department.objects.get(name="operations")
    people["Olga"] = Staff.objects.create(
        id=mint(now()), changed_at=now(), name="Olga", code="olga", role=Role.MANAGER, department=operations
    )
    Login.objects.create(username="olga", staff=people["Olga"], made_at=now(), password="!")
    own = Department.objects.get(name="member services")
    touchpoint = Touchpoint.objects.filter(department=own).first()
    deposit = touchpoint.practices.filter(kind="deposit").first().name
    moment = log_moment(
        MomentRequest(mint(now()), now(), touchpoint.name, (Happened(deposit),), ana.id, staff=people["Mona"].id)
    ).moment
    record = Import.objects.create(
        id=mint(now()), kind="customers", source="crm", file_name="members.csv", digest="0" * 64, started_at=now()
    )
    upload = receive(mint(now()), "members.csv", "customers", "Ada", [b"number,name\n1001,Ana\n"])
    upload.rejects_file.write_text("number,name\n")
    (upload.folder / "report.json").write_text(
        json.dumps({"sentence": "It broke off.", "rejects": str(upload.rejects_file)})
    )
    told = {
        "customer": ana.id, "moment": moment, "number": call.run.number, "staff": people["Mona"].id, "touch": call.id,
        "touchpoint": touchpoint.id, "promise": promise.id, "team": Team.objects.get(name="member services").id,
        "department": own.id, "key": shop_key.id, "record": record.id, "upload": upload.id,
    }  # fmt: skip
    return {
        "": told, "customers-how": {**told, "number": "balance"}, "invitation": {"token": "guessed"},
        "plan": {**told, "number": call.run.plan_version.number, "job": job(home, "try", people["Stella"])},
        "week": {**told, "job": job(home, "make", people["Stella"])},
    }  # fmt: skip


def job(home: Path, kind: str, staff: Staff) -> object:
    """A job of somebody's that was stopped."""
    identifier = mint(now())
    folder = home / "cache" / "jobs" / str(identifier)
    folder.mkdir(parents=True)
    (folder / "step").write_text("waiting")
    (folder / "asked.json").write_text(json.dumps({"kind": kind, "staff": str(staff.id), "at": 0, "asked": {}}))
    return identifier


@pytest.mark.parametrize("name", EVERYBODY.split())
def test_nobody_finds_what_is_not_theirs(visitor, people, things, name: str) -> None:
    client = visitor(name)
    wrong = {}
    for address, pattern in sorted(ADDRESSES.items(), key=lambda one: one[1].name == "settings-import-remove"):
        if "<" not in address or pattern.name == "invitation":  # which is for strangers
            continue
        url, needed = pattern.name, pattern.callback.needs
        method, found_by = FOUND_BY[url]
        known = things.get(url) or things.get(url.partition("-")[0]) or things[""]
        path = reverse(url, kwargs={part: known[part] for part in pattern.pattern.converters})
        status = (client.get if method == "GET" else client.post)(path).status_code
        if name in found_by.split():
            is_right = status in ((200,) if method == "GET" else (200, 302, 303, 422))
        else:
            is_right = status == (404 if needed in GRANTED[people[name].role] else 403)
        if not is_right:
            wrong[f"{method} {url}"] = status
    assert not wrong


def test_a_stranger_finds_nothing(visitor, things) -> None:
    client = visitor("stranger")
    for pattern in ADDRESSES.values():
        known = things.get(pattern.name) or things.get(pattern.name.partition("-")[0]) or things[""]
        path = reverse(pattern.name, kwargs={part: known[part] for part in pattern.pattern.converters})
        for answer in (client.get(path), client.post(path)):
            if pattern.callback.needs is not None:
                assert answer.status_code == 302
                assert answer.headers["Location"].startswith("/account/login/?next=")
    assert client.get("/account/invitation/guessed/").status_code == 404
