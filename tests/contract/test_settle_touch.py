"""A touch from a person's list: its outcome, what was learnt, what was promised, and a mistake that is undone."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import connection

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.store.customer_now import answers
from touchbook.store.models import (
    Answer,
    AuditEntry,
    Customer,
    PlannedTouch,
    PlanRun,
    PlanVersion,
    Promise,
    Staff,
    TouchEvent,
)
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.make_promise import PromiseRequest, make_promise
from touchbook.workflows.record_answer import AnswerRequest, record_answer
from touchbook.workflows.record_touch import state_of
from touchbook.workflows.reopen_touch import ReopenRequest, reopen_touch
from touchbook.workflows.settle_promise import SettleRequest, settle_promise
from touchbook.workflows.settle_touch import OutcomeRequest, Promised, Told, settle_touch

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(1)
ALICE, CALL, MONA, LUCIA = (UUID(int=number) for number in (1, 10, 20, 21))
PLAN = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value}
attributes: {annual_value: number}
types: {member: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
  barrier: {ask: What could keep you away?, choices: [price, travel], good_for: 180 days}
touches:
  welcome call: {purpose: ask, channel: phone, team: member services, minutes: 10, asks: [feeling, barrier]}
"""


@pytest.fixture
def call(database: str) -> PlannedTouch:
    """A call to Alice, on the list of Mona's and Lucía's team."""
    adopt_plan(PLAN, "", "Mia", MAY)
    Customer.objects.create(id=ALICE, changed_at=MAY, name="Alice")
    for staff, name in ((MONA, "Mona"), (LUCIA, "Lucía")):
        Staff.objects.create(id=staff, changed_at=MAY, name=name, code=name)
    run = PlanRun.objects.create(
        id=UUID(int=30), plan_version=PlanVersion.objects.get(), starts_on=now().date(), made_at=MAY, prices={},
        certificate={}, parameters={},
    )  # fmt: skip
    return PlannedTouch.objects.create(
        id=CALL, run=run, customer=ALICE, name="welcome call", purpose="ask", channel="phone", team="member services",
        due_on=now().date(), value=3.0, reason="New, and not yet asked.",
    )  # fmt: skip


def outcome(what: str, **more: object) -> OutcomeRequest:
    return replace(OutcomeRequest(mint(now()), CALL, what, now(), MONA, by="Mona", origin="web 127.0.0.1"), **more)


def in_days(days: int) -> dt.date:
    return now().date() + dt.timedelta(days)


def test_reached_with_what_was_learnt_and_promised(call: PlannedTouch):
    promised = Promised("Send the bus times", in_days(2))
    request = outcome("made", told=(Told("feeling", "-1"), Told("barrier", "travel", "no train")), promised=promised)
    assert settle_touch(request)
    assert state_of(call) == "made"
    assert [(name, text, number) for name, text, number, _ in answers(ALICE)] == [
        ("feeling", None, -1.0),
        ("barrier", "travel", None),
    ]
    assert set(Answer.objects.values_list("touch", "words")) == {(CALL, ""), (CALL, "no train")}
    made = Promise.objects.get()
    assert (made.what, made.due_on, made.made_by_id, made.touch) == ("Send the bus times", in_days(2), MONA, CALL)
    assert sorted(AuditEntry.objects.filter(actor="Mona", origin="web 127.0.0.1").values_list("action", flat=True)) == [
        "answer", "answer", "promise", "touch made",
    ]  # fmt: skip


def test_a_second_tap_changes_nothing(call: PlannedTouch):
    request = outcome("made", told=(Told("feeling", "2"),), promised=Promised("Ring again", in_days(3)))
    assert settle_touch(request)
    assert not settle_touch(replace(request, at=now()))  # the server's clock has moved on
    kept = AuditEntry.objects.filter(actor="Mona").count()
    assert (TouchEvent.objects.count(), Answer.objects.count(), Promise.objects.count(), kept) == (1, 1, 1, 3)


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_recorded(call: PlannedTouch):
    wrong = outcome(
        "made", told=(Told("feeling", "7"), Told("barrier", "weather"), Told("moon", "full")),
        promised=Promised("  ", in_days(-5)),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        settle_touch(wrong)
    said = str(refused.value).splitlines()
    assert len(said) == 5
    assert "'7' is no answer to 'feeling'; write a number from -2 to 2." in said
    assert "The promise has no words; write what was promised." in said
    assert (TouchEvent.objects.count(), Answer.objects.count(), Promise.objects.count()) == (0, 0, 0)


def test_what_was_learnt_belongs_to_a_touch_that_was_made(call: PlannedTouch):
    with pytest.raises(Refused, match="belongs to a touch that was made"):
        settle_touch(outcome("tried", due_on=in_days(1), told=(Told("feeling", "1"),)))


def test_details_may_come_after_the_tap(call: PlannedTouch):
    settle_touch(outcome("made"))
    later = outcome("", told=(Told("barrier", "price"),))
    assert settle_touch(later)
    assert not settle_touch(later)
    assert Answer.objects.count() == 1


def test_no_answer_and_later_have_a_day_and_not_appropriate_a_reason(call: PlannedTouch):
    with pytest.raises(Refused, match="give the day"):
        settle_touch(outcome("tried"))
    settle_touch(outcome("tried", due_on=in_days(1)))
    settle_touch(outcome("deferred", due_on=in_days(4)))
    with pytest.raises(Refused, match="skipped for a reason"):
        settle_touch(outcome("skipped"))
    settle_touch(outcome("skipped", reason="bereavement"))
    assert list(TouchEvent.objects.order_by("number").values_list("event", "due_on", "reason")) == [
        ("tried", in_days(1), ""),
        ("deferred", in_days(4), ""),
        ("skipped", None, "bereavement"),
    ]


def test_a_colleague_is_told_who_has_it(call: PlannedTouch):
    settle_touch(outcome("claimed", staff=LUCIA))
    with pytest.raises(Refused, match="Lucía has taken 'welcome call' today"):
        settle_touch(outcome("made"))
    settle_touch(outcome("made", staff=LUCIA))
    with pytest.raises(Refused, match="Lucía has made 'welcome call' already; nothing was recorded twice"):
        settle_touch(outcome("made"))


def test_what_a_colleague_took_on_an_earlier_day_is_free_again(call: PlannedTouch):
    settle_touch(outcome("claimed", staff=LUCIA, at=now() - DAY))
    assert settle_touch(outcome("made"))


@pytest.mark.parametrize("what", ["claimed", "made"])
def test_of_colleagues_who_tap_at_once_one_has_it(call: PlannedTouch, what: str):
    connection.close()
    said: list[str] = []
    together = threading.Barrier(4)
    people = [MONA, LUCIA, UUID(int=22), UUID(int=23)]
    for staff in people[2:]:
        Staff.objects.create(id=staff, changed_at=MAY, name=f"Colleague {staff.int}", code=str(staff))

    def tap(staff: UUID) -> None:
        together.wait()
        try:
            settle_touch(outcome(what, staff=staff))
            said.append("mine")
        except Refused as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=(staff,)) for staff in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("mine") == 1
    assert all("has taken" in one or "has made" in one for one in said if one != "mine")
    assert TouchEvent.objects.count() == 1


def test_undo_opens_it_again_and_takes_back_what_came_with_it(call: PlannedTouch):
    request = outcome("made", told=(Told("feeling", "-2"),), promised=Promised("Send the bus times", in_days(2)))
    settle_touch(request)
    settle_touch(outcome("", told=(Told("barrier", "travel"),)))
    undo = ReopenRequest(mint(now()), request.id, now(), MONA, "Mona", "web 127.0.0.1")
    assert reopen_touch(undo)
    assert not reopen_touch(undo)
    assert state_of(call) == "reopened"
    assert answers(ALICE) == []
    assert Answer.objects.count() == 4  # corrected by further facts; nothing is deleted
    assert not Promise.objects.exists()
    assert AuditEntry.objects.filter(action="touch reopened", actor="Mona").count() == 1
    assert settle_touch(outcome("made"))


def test_undo_is_for_the_last_step_of_ones_own_and_for_a_few_minutes(call: PlannedTouch):
    first = outcome("tried", due_on=in_days(1))
    settle_touch(first)
    with pytest.raises(Refused, match="A colleague recorded this"):
        reopen_touch(ReopenRequest(uuid4(), first.id, now(), LUCIA))
    settle_touch(outcome("made"))
    with pytest.raises(Refused, match="Something else has become of this touch since"):
        reopen_touch(ReopenRequest(uuid4(), first.id, now(), MONA))
    with pytest.raises(NotFound, match="nothing was undone"):
        reopen_touch(ReopenRequest(uuid4(), uuid4(), now(), MONA))


def test_too_late_to_undo(call: PlannedTouch, monkeypatch: pytest.MonkeyPatch):
    request = outcome("made")
    settle_touch(request)
    monkeypatch.setattr("touchbook.workflows.reopen_touch.now", lambda: now() + dt.timedelta(minutes=11))
    with pytest.raises(Refused, match="too long ago to be undone"):
        reopen_touch(ReopenRequest(uuid4(), request.id, now(), MONA))


def test_a_promise_is_kept_or_let_go_for_a_reason_once(call: PlannedTouch):
    for place, what in enumerate(("Send the bus times", "Ring the caterer")):
        made = PromiseRequest(UUID(int=40 + place), ALICE, what, in_days(1), now(), MONA, by="Mona", origin="web")
        assert make_promise(made)
        assert not make_promise(made)
    kept = SettleRequest(mint(now()), UUID(int=40), True, now(), by="Mona", origin="web")
    assert settle_promise(kept)
    assert not settle_promise(kept)
    with pytest.raises(Refused, match="This promise was kept already on"):
        settle_promise(replace(kept, id=mint(now()), kept=False, reason="too late"))
    let_go = SettleRequest(mint(now()), UUID(int=41), False, now(), by="Mona", origin="web")
    with pytest.raises(Refused, match="let go for a reason"):
        settle_promise(let_go)
    assert settle_promise(replace(let_go, reason="they solved it themselves"))
    assert list(Promise.objects.order_by("id").values_list("kept", flat=True)) == [True, False]
    last = AuditEntry.objects.get(action="promise let go")
    assert (last.actor, last.origin, last.after["reason"]) == ("Mona", "web", "they solved it themselves")


def test_an_answer_by_itself(call: PlannedTouch):
    request = AnswerRequest(mint(now()), ALICE, "barrier", "travel", now(), by="Mona", origin="web")
    assert record_answer(request)
    assert not record_answer(request)
    with pytest.raises(Refused, match="belongs to another answer"):
        record_answer(replace(request, question="feeling"))
    with pytest.raises(Refused, match="'trafel' is no answer to 'barrier'; did you mean 'travel'"):
        record_answer(replace(request, id=mint(now()), value="trafel"))
    with pytest.raises(NotFound, match="There is no customer"):
        record_answer(replace(request, id=mint(now()), customer=UUID(int=99)))
