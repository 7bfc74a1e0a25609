"""What became of planned touches, and whether customers may be reached."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import connection

from touchbook.kernel.errors import NotFound, Refused
from touchbook.store import models as tables
from touchbook.workflows.record_touch import NEXT, TouchRequest, record_touch, state_of
from touchbook.workflows.set_consent import ConsentRequest, set_consent

MONDAY = dt.datetime(2020, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ALICE, CALL = UUID(int=1), UUID(int=10)


@pytest.fixture
def call(database: str) -> tables.PlannedTouch:
    """A call to Alice, planned."""
    version = tables.PlanVersion.objects.create(id=UUID(int=20), text="", digest="", in_force_from=MONDAY)
    run = tables.PlanRun.objects.create(
        id=UUID(int=30),
        plan_version=version,
        starts_on=MONDAY,
        made_at=MONDAY,
        prices={},
        certificate={},
        parameters={},
    )
    return tables.PlannedTouch.objects.create(
        id=CALL,
        run=run,
        customer=ALICE,
        name="welcome call",
        purpose="ask",
        channel="phone",
        due_on=MONDAY,
        value=3.0,
        reason="New, and not yet asked.",
    )


def step(event: str, **details: object) -> TouchRequest:
    return replace(TouchRequest(uuid4(), CALL, event, MONDAY), **details)


def test_a_touch_is_claimed_made_and_answered(call: tables.PlannedTouch):
    for event in ("approved", "claimed", "made", "answered"):
        assert record_touch(step(event))
        assert state_of(call) == event
    kept = tables.TouchEvent.objects.order_by("number").last()
    assert kept is not None
    assert (kept.touch, kept.customer, kept.name, kept.channel, kept.purpose) == (
        CALL,
        ALICE,
        "welcome call",
        "phone",
        "ask",
    )


def test_the_same_step_again_changes_nothing(call: tables.PlannedTouch):
    claim = step("claimed")
    assert record_touch(claim)
    assert not record_touch(claim)
    assert tables.TouchEvent.objects.count() == 1
    with pytest.raises(Refused, match="belongs to another step"):
        record_touch(replace(claim, event="made"))


def test_a_touch_is_claimed_by_one_only(call: tables.PlannedTouch):
    connection.close()
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def claim() -> None:
        together.wait()
        try:
            record_touch(step("claimed"))
            outcomes.append("mine")
        except Refused as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = (
        "The touch 'welcome call' is claimed and cannot become claimed; "
        "it can only become made or tried or deferred or skipped or unknown or reopened."
    )
    assert sorted(outcomes, reverse=True) == ["mine", refused, refused, refused]


@pytest.mark.parametrize("before", list(NEXT))
def test_each_step_has_its_place(call: tables.PlannedTouch, before: str):
    if before not in ("planned", "held out"):
        tables.TouchEvent.objects.create(
            id=uuid4(),
            at=MONDAY,
            recorded_at=MONDAY,
            touch=CALL,
            customer=ALICE,
            name="",
            channel="",
            purpose="",
            event=before,
        )
    if before == "held out":
        tables.PlannedTouch.objects.update(held_out=True)
    for event in {*NEXT, "made up"} - {*NEXT[before]}:
        with pytest.raises(Refused, match=f"is {before} and cannot become {event}"):
            record_touch(step(event, reason="because"))
    assert set(NEXT[before]) <= set(NEXT)


def test_what_was_made_is_never_made_again(call: tables.PlannedTouch):
    assert not any(
        "claimed" in NEXT[state] or "approved" in NEXT[state] for state in ("claimed", "made", "unknown", "answered")
    )


@pytest.mark.parametrize("event", ["tried", "deferred"])
def test_what_is_put_off_is_due_again_on_a_day(call: tables.PlannedTouch, event: str):
    with pytest.raises(Refused, match="is due again on a day; give the day"):
        record_touch(step(event))
    with pytest.raises(Refused, match="must lie within a year from now"):
        record_touch(step(event, due_on=(MONDAY - DAY).date()))
    with pytest.raises(Refused, match="is made is not due again; leave the day out"):
        record_touch(step("made", due_on=MONDAY.date()))
    assert record_touch(step(event, due_on=(MONDAY + 2 * DAY).date()))
    assert record_touch(step(event, due_on=(MONDAY + 5 * DAY).date()))  # and once more
    assert record_touch(step("made"))


def test_a_mistake_is_reopened_as_open_as_it_was(call: tables.PlannedTouch):
    thursday = (MONDAY + 3 * DAY).date()
    record_touch(step("deferred", due_on=thursday))
    record_touch(step("made"))
    assert record_touch(step("reopened"))
    assert tables.TouchEvent.objects.order_by("number").last().due_on == thursday
    record_touch(step("skipped", reason="wrong person"))
    assert record_touch(step("reopened"))
    assert tables.TouchEvent.objects.order_by("number").last().due_on == thursday
    with pytest.raises(Refused, match="is reopened and cannot become reopened"):
        record_touch(step("reopened"))


def test_a_touch_is_skipped_for_a_reason(call: tables.PlannedTouch):
    with pytest.raises(Refused, match="A touch is skipped for a reason; write it down"):
        record_touch(step("skipped", reason="  "))
    assert record_touch(step("skipped", reason="They called us yesterday"))


def test_a_touch_that_nobody_planned(database: str):
    with pytest.raises(NotFound, match="There is no planned touch"):
        record_touch(step("made"))


@pytest.fixture
def alice(database: str) -> UUID:
    tables.Customer.objects.create(id=ALICE, name="Alice", changed_at=MONDAY)
    return ALICE


def test_consent_is_kept_with_who_changed_it(alice: UUID):
    no_sales = ConsentRequest(alice, False, MONDAY, purpose="sell", by="Carol", origin="phone")
    assert set_consent(no_sales)
    assert not set_consent(no_sales)
    assert set_consent(replace(no_sales, allowed=True, at=MONDAY + DAY))
    consent = tables.Consent.objects.get()
    assert (consent.customer_id, consent.channel, consent.purpose, consent.allowed) == (alice, "", "sell", True)
    first, second = tables.AuditEntry.objects.order_by("number")
    assert (first.before, first.after["allowed"], first.actor, first.origin) == (None, False, "Carol", "phone")
    assert (second.before, second.after["allowed"]) == ({"allowed": False, "said_at": str(MONDAY)}, True)


def test_what_was_said_before_a_refusal_does_not_overrule_it_however_late_it_arrives(alice: UUID):
    yes = ConsentRequest(alice, True, MONDAY - 3 * DAY, channel="email", by="Bob")
    assert set_consent(ConsentRequest(alice, False, MONDAY, channel="email", by="Carol"))
    assert not set_consent(yes)
    assert not set_consent(yes)
    kept = tables.Consent.objects.get()
    assert (kept.allowed, kept.said_at) == (False, MONDAY)
    overtaken = tables.AuditEntry.objects.get(action="consent overtaken")
    assert (overtaken.actor, overtaken.at, overtaken.after["allowed"]) == ("Bob", MONDAY - 3 * DAY, True)
    assert set_consent(replace(yes, at=MONDAY + DAY))  # what is said later does


@pytest.mark.parametrize("first", [True, False])
def test_of_two_things_said_at_one_instant_the_refusal_counts(alice: UUID, first: bool):
    for allowed in (first, not first):
        set_consent(ConsentRequest(alice, allowed, MONDAY, purpose="sell"))
    assert not tables.Consent.objects.get().allowed


def test_what_is_said_again_counts_from_then_on(alice: UUID):
    no = ConsentRequest(alice, False, MONDAY, purpose="sell")
    assert set_consent(no)
    assert not set_consent(replace(no, at=MONDAY + 2 * DAY))
    assert not set_consent(replace(no, allowed=True, at=MONDAY + DAY))
    assert not tables.Consent.objects.get().allowed


def test_consent_is_for_what_there_is(alice: UUID):
    with pytest.raises(Refused, match="'emial' is no channel; did you mean 'email'"):
        set_consent(ConsentRequest(alice, True, MONDAY, channel="emial"))
    with pytest.raises(Refused, match="'spam' is no purpose; choose one of"):
        set_consent(ConsentRequest(alice, True, MONDAY, purpose="spam"))
    with pytest.raises(NotFound, match="There is no customer"):
        set_consent(ConsentRequest(UUID(int=9), True, MONDAY))
    assert not tables.Consent.objects.exists()
