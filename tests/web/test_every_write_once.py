"""Every form and every button, sent twice: the second time changes nothing, and the audit trail has one entry.

An address that takes a POST stands in ``WRITES`` with what is sent there, or in ``KEEPS_NOTHING``, or in
``EACH_TIME``, or, where it is for signing in, in ``SIGNING_IN``. The test fails for an address that is new and stands nowhere.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.append import append
from touchbook.store.models import (
    ApiKey,
    AuditEntry,
    Customer,
    Department,
    Import,
    PlannedTouch,
    PlanVersion,
    Promise,
    Staff,
    Team,
    TouchEvent,
    Touchpoint,
)
from touchbook.workflows import jobs
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.invite import InviteRequest, invite
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.refresh_state import refresh_state
from touchbook.workflows.run_job import run_job
from touchbook.workflows.settle_touch import OutcomeRequest, settle_touch
from touchbook.workflows.uploads import receive

NOT_OURS = {"django_session", "signin_remembered", "store_stamp"}  # who is signed in, and what is counted
ID = "01900000-0000-7000-8000-00000000abcd"


@dataclass(frozen=True)
class Write:
    """What is sent: by whom, to which thing, the fields, and what the audit trail calls it."""

    who: str
    action: str | tuple[str, ...]
    form: Callable[[Things], Mapping[str, Any]]
    parts: tuple[str, ...] = ()
    is_json: bool = False
    prepare: Callable[[Things], None] = lambda _things: None


@dataclass
class Things:
    """What there is: Mona's customer Ana, and what belongs to her, to Mona and to the house."""

    staff: Mapping[str, Staff]
    customer: UUID
    parts: dict[str, object]
    moment: UUID
    withdrawal: UUID
    made: UUID
    home: Path


def nothing(_things: Things) -> Mapping[str, Any]:
    return {}


def told(**fields: Any) -> Callable[[Things], Mapping[str, Any]]:
    return lambda _things: {"id": ID, **fields}


def tomorrow() -> str:
    return str(timezone.localdate() + timedelta(1))


def a_plan(_things: Things) -> Mapping[str, Any]:
    text = PlanVersion.objects.latest("number").text.replace("hold_out: 5%", "hold_out: 6%")
    return {"id": ID, "text": text, "note": "measure a little more", "based_on": "1"}


def a_later_plan(_things: Things) -> None:
    text = PlanVersion.objects.latest("number").text.replace("hold_out: 5%", "hold_out: 7%")
    adopt_plan(text, "another", "tests", now())


def undone(things: Things) -> Mapping[str, Any]:
    return {"id": ID, "step": str(things.parts["step"])}


def make_touch_first(things: Things) -> None:
    step = mint(now())
    settle_touch(
        OutcomeRequest(
            step, things.parts["touch"], "made", now(), staff=things.staff["Mona"].id, by="Mona", origin="web"
        )
    )
    things.parts["step"] = step


def retire_first(things: Things) -> None:
    things.staff["Omar"].retired_at = now()
    things.staff["Omar"].save()
    things.parts["staff"] = things.staff["Omar"].id


def of_omar(things: Things) -> None:
    things.parts["staff"] = things.staff["Omar"].id


def own_team(things: Things) -> None:
    things.parts["team"] = Team.objects.create(id=mint(now()), changed_at=now(), name="Saturday help").id


def own_department(things: Things) -> None:
    made = Department.objects.create(id=mint(now()), changed_at=now(), name="Youth")
    things.parts["department"] = made.id


def a_moment(_things: Things) -> Mapping[str, Any]:
    return {"id": ID, "touchpoint": "gate", "practice": "deposit:greeted by name", "code": "", "note": "rain"}


def moments(things: Things) -> Mapping[str, Any]:
    one = {"id": ID, "at": now().isoformat(), "touchpoint": "gate", "customer": str(things.customer),
           "happened": [{"practice": "greeted by name"}]}  # fmt: skip
    return {"person": str(things.staff["Mona"].id), "moments": [one]}


def know_everybody(_things: Things) -> None:
    refresh_state(Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL)


def a_map(_things: Things) -> Mapping[str, Any]:
    fields = {"source": "crm", "customer": "column:number", "customer_kind": "member number", "name": "column:name"}
    return {"form": ID, "do": "import", **fields}


def an_invitation(things: Things) -> None:
    made = invite(InviteRequest(mint(now()), now(), staff=things.staff["Zoe"].id, by="Ada", origin="web"))
    things.parts["token"] = made.path.strip("/").rpartition("/")[2]


PASSWORD = "a long walk at dawn"
WRITES = {
    "invitation": Write(
        "stranger", "accept invitation",
        lambda _things: {"username": "zoe", "password1": PASSWORD, "password2": PASSWORD}, ("token",),
        prepare=an_invitation,
    ),
    "customers-promise": Write("Mona", "promise", lambda _t: {"id": ID, "what": "a seat", "due_on": tomorrow()}, ("customer",)),
    "customers-settle": Write("Mona", "promise kept", told(kept="1"), ("customer", "promise")),
    "customers-consent": Write("Mona", "consent", told(channel="email", purpose="", allowed="0"), ("customer",)),
    "customers-owner": Write(
        "Mia", "change owner", lambda t: {"id": ID, "owner": "", "instead_of": str(t.staff["Mona"].id)}, ("customer",)
    ),
    "log": Write("Mona", "log", a_moment),
    "log-moments": Write("Mona", "log", moments, is_json=True),
    "log-undo": Write("Mona", "correct", lambda t: {"id": ID, "moment": str(t.moment)}, is_json=True),
    "log-recover": Write(
        "Mona", "recover",
        lambda t: {"id": ID, "withdrawal": str(t.withdrawal), "at": t.made.isoformat(), "using": "sincere apology"},
        is_json=True,
    ),
    "today-settle": Write("Mona", "touch made", told(outcome="made"), ("touch",)),
    "today-learn": Write("Mona", ("touch made", "answer"), told(**{"outcome": "made", "answer-barrier": "travel"}), ("touch",)),
    "today-undo": Write("Mona", "touch reopened", undone, ("touch",), prepare=make_touch_first),
    "today-promise": Write("Mona", "promise kept", told(what="kept"), ("promise",)),
    "week-ask": Write("Stella", "plan the week", lambda _t: {"id": ID, "starts_on": tomorrow()}),
    "week-approve": Write("Stella", "approve", told(), ("number",)),
    "week-withdraw": Write("Mia", "withdraw", told(reason="She moved."), ("number", "touch")),
    "plan-publish": Write("Stella", "adopt", a_plan),
    "plan-again": Write("Stella", "adopt", told(note="as it was", based_on="2"), ("number",), prepare=a_later_plan),
    "settings-person-new": Write("Ada", "add", told(name="Zara", code="zara", role="front line")),
    "settings-person": Write("Ada", "change", told(name="Omar B", code="omar", role="front line"), ("staff",), prepare=of_omar),
    "settings-person-retire": Write("Ada", "retire", told(heir="nobody"), ("staff",), prepare=of_omar),
    "settings-person-back": Write("Ada", "take back", told(), ("staff",), prepare=retire_first),
    "settings-person-invite": Write("Ada", "invite", told(), ("staff",)),
    "settings-teams": Write("Ada", "add", told(name="Sunday help")),
    "settings-team": Write("Ada", "change", told(name="Weekend help"), ("team",), prepare=own_team),
    "settings-departments": Write("Ada", "add", told(name="Archive")),
    "settings-department": Write("Ada", "change", told(name="Juniors"), ("department",), prepare=own_department),
    "settings-keys": Write("Ada", "make", told(name="the shop")),
    "settings-key-revoke": Write("Ada", "revoke", told(), ("key",)),
    "settings-import-new": Write(
        "Ada", "bring", lambda _t: {"id": ID, "kind": "customers", "rows": "number,name\n1001,Ana\n"}
    ),
    "settings-import-file": Write("Ada", "start import", a_map, ("upload",)),
    "settings-import-remove": Write("Ada", "give up", told(), ("upload",)),
    "settings-import": Write("Ada", "start undo", told(), ("record",)),
}  # fmt: skip
KEEPS_NOTHING = {  # a choice of the visitor's own device, a question, or work that is asked for and can be watched
    "more-language": ("Mona", lambda: {"language": "de"}),
    "more-only-mine": ("Mona", lambda: {"only_mine": "1"}),
    "more-typed": ("Mona", dict),
    "log-scan": ("Mona", lambda: {"photo": SimpleUploadedFile("code.png", b"none")}),
    "plan-check": ("Stella", lambda: {"text": "plan: x"}),
    "plan-reach": ("Stella", lambda: {"text": "plan: x"}),
    "plan-try": ("Stella", lambda: {"id": ID, "text": "plan: x"}),
    "plan-stop": ("Stella", dict),
    "week-stop": ("Stella", dict),
}
EACH_TIME = {"customers-download": Write("Anil", "download", told(), prepare=know_everybody)}  # two copies are two
SIGNING_IN = {  # each time is a time of its own: tests/web/test_sign_in.py says what the audit trail keeps of each
    "account_login", "account_logout", "account_reauthenticate", "account_change_password", "account_set_password",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_generate_recovery_codes", "company", "socialaccount_connections", "socialaccount_login_cancelled",
    "socialaccount_login_error", "openid_connect_callback", "mfa_index", "mfa_view_recovery_codes",
    "mfa_download_recovery_codes", "account_inactive", "demo", "demo-as",
}  # fmt: skip


def every(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from every(one)
        else:
            yield one


OURS = {one.name: one for one in every(get_resolver("touchbook.web.urls"))}


def takes_a_post(pattern: URLPattern) -> bool:
    """Whether a view says that it looks at what was sent, or takes nothing else."""
    source = inspect.getsource(inspect.unwrap(pattern.callback))
    return "POST" in source


def test_every_address_that_takes_a_post_is_tried() -> None:
    found = {name for name, pattern in OURS.items() if takes_a_post(pattern)} | {
        "log-moments",
        "log-undo",
        "log-recover",
    }
    assert found == set(WRITES) | set(KEEPS_NOTHING) | set(EACH_TIME), (
        "say in WRITES what is sent there, or in KEEPS_NOTHING why not"
    )
    others = {one.name for one in every(get_resolver("touchbook.site.urls"))} - set(OURS)
    assert others == SIGNING_IN


@pytest.fixture
def things(
    people: dict[str, Staff],
    ana: Customer,
    call: PlannedTouch,
    promise: Promise,
    shop_key: ApiKey,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Things:
    monkeypatch.setattr(jobs, "_run", lambda folder, _home, _address: run_job(folder))
    monkeypatch.setattr("touchbook.workflows.import_upload.subprocess.Popen", lambda *_args, **_more: None)
    people["Zoe"] = Staff.objects.create(id=mint(now()), changed_at=now(), name="Zoe", code="zoe")
    mona = people["Mona"]
    department = Department.objects.get(name="member services")
    place = Touchpoint.objects.filter(department=department).first()
    good = place.practices.filter(kind="deposit").first().name
    bad = Touchpoint.objects.get(name="gate").practices.filter(kind="withdrawal").first().name
    moment = log_moment(MomentRequest(mint(now()), now(), place.name, (Happened(good),), ana.id, staff=mona.id))
    wrong = log_moment(MomentRequest(mint(now()), now(), "gate", (Happened(bad),), ana.id, staff=mona.id))
    columns = ("id", "at", "touch", "customer", "name", "channel", "purpose", "event")
    append(TouchEvent, columns, [(mint(now()), now(), call.id, ana.id, call.name, "phone", "ask", "planned")])
    record = Import.objects.create(
        id=mint(now()), kind="customers", source="crm", file_name="members.csv", digest="0" * 64, started_at=now(),
        finished_at=now(), added=1,
    )  # fmt: skip
    upload = receive(mint(now()), "members.csv", "customers", "Ada", [b"number,name\n1001,Ana\n"])
    return Things(
        people, ana.id,
        {
            "customer": ana.id, "promise": promise.id, "touch": call.id, "number": 1, "key": shop_key.id,
            "record": record.id, "upload": upload.id, "staff": people["Zoe"].id,
        },
        moment.moment, wrong.entries[0], now(), home,
    )  # fmt: skip


def kept() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but what only says who is signed in."""
    return {
        model._meta.db_table: sorted(model._base_manager.values_list(), key=str)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table not in NOT_OURS
    }


def files(home: Path) -> dict[str, bytes]:
    """What was brought."""
    return {str(one): one.read_bytes() for one in (home / "uploads").rglob("*") if one.is_file() and one.name != "log"}


def send(client: Client, name: str, write: Write, things: Things, form: Mapping[str, Any]) -> Any:
    path = reverse(name, kwargs={part: things.parts[part] for part in write.parts})
    if write.is_json:
        return client.post(path, json.dumps(form), content_type="application/json")
    return client.post(path, form)


@pytest.mark.parametrize("name", WRITES)
def test_the_same_form_twice_is_done_once_and_kept_in_the_trail(visitor, things: Things, name: str) -> None:
    write = WRITES[name]
    write.prepare(things)
    here, there = visitor(write.who), visitor(write.who)  # on two devices
    before = {one.id for one in AuditEntry.objects.all()}
    form = write.form(things)
    answer = send(here, name, write, things, form)
    assert answer.status_code in (200, 302, 303), answer.content.decode()[:3000]
    entries = [one for one in AuditEntry.objects.exclude(id__in=before).order_by("number") if one.action != "sign in"]
    assert [one.action for one in entries] == ([write.action] if isinstance(write.action, str) else [*write.action])
    for entry in entries:
        assert entry.actor == ("Zoe" if write.who == "stranger" else write.who)
        assert entry.origin == "web 127.0.0.1"
        assert abs((entry.at - now()).total_seconds()) < 60
    first, brought = kept(), files(things.home)
    again = send(there, name, write, things, form)
    assert again.status_code in (200, 302, 303, 404), again.content.decode()[:3000]
    second = kept()
    assert {table: (rows, first[table]) for table, rows in second.items() if rows != first[table]} == {}
    assert files(things.home) == brought


@pytest.mark.parametrize("name", EACH_TIME)
def test_what_is_handed_out_twice_is_in_the_trail_twice(visitor, things: Things, name: str) -> None:
    write = EACH_TIME[name]
    write.prepare(things)
    for times in (1, 2):
        assert send(visitor(write.who), name, write, things, write.form(things)).status_code == 200
        assert AuditEntry.objects.filter(action=write.action, actor=write.who).count() == times


@pytest.mark.parametrize("name", KEEPS_NOTHING)
def test_what_keeps_nothing_keeps_nothing(visitor, things: Things, name: str) -> None:
    who, form = KEEPS_NOTHING[name]
    parts = {}
    if name in ("plan-stop", "week-stop"):
        kind = "try" if name == "plan-stop" else "make"
        parts["job"] = jobs.begin(
            things.home, settings.TOUCHBOOK_DATABASE_URL, kind, mint(now()), things.staff["Stella"].id,
            {"text": "plan: x", "id": str(mint(now())), "staff": str(things.staff["Mona"].id), "by": "", "origin": ""},
        ).id  # fmt: skip
    client = visitor(who)
    before = kept()
    answer = client.post(reverse(name, kwargs=parts), form())
    assert answer.status_code in (200, 302, 422)
    assert kept() == before


@pytest.mark.parametrize("name", sorted(set(OURS) - set(WRITES) - set(KEEPS_NOTHING) - set(EACH_TIME)))
def test_no_other_address_writes_whatever_is_sent(visitor, things: Things, name: str) -> None:
    known = {
        **things.parts, "moment": things.moment, "staff": things.staff["Mona"].id,
        "touchpoint": Touchpoint.objects.first().id, "job": mint(now()), "token": "guessed",
    }  # fmt: skip
    if name == "customers-how":
        known["number"] = "balance"
    client = visitor("Ada")
    path = reverse(name, kwargs={part: known[part] for part in OURS[name].pattern.converters})
    before = kept()
    for ask in (client.get, client.post):
        assert ask(path).status_code in (200, 302, 404, 405, 422)
    assert kept() == before


def test_a_form_that_arrives_late_does_not_undo_what_came_after_it(visitor, things: Things) -> None:
    client = visitor("Ada")
    address = f"/settings/people/{things.staff['Omar'].id}/"
    for form, rest in ((ID, "retire/"), (str(mint(now())), "back/"), (ID, "retire/")):
        assert client.post(f"{address}{rest}", {"id": form, "heir": "nobody"}).status_code == 302
    things.staff["Omar"].refresh_from_db()
    assert things.staff["Omar"].retired_at is None
