"""Settle a touch from a person's list: what became of it, what was learnt, and what was promised, all in one go.

Colleagues share a team's list. Whoever takes a touch has it for that day; another is told so, and cannot settle it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import derive, instant_of
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import PlannedTouch, Staff, TouchEvent
from touchbook.store.queries import plan_in_force
from touchbook.workflows.checks import Checks
from touchbook.workflows.make_promise import PromiseRequest, check_promise, make_promise
from touchbook.workflows.record_answer import AnswerRequest, check_answer, record_answer
from touchbook.workflows.record_touch import TouchRequest, record_touch

OUTCOMES = ("claimed", "made", "tried", "deferred", "skipped")
REASON_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer said to one of the plan's questions; see ``AnswerRequest``."""

    question: str
    value: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised, and by when."""

    what: str
    due_on: date


@dataclass(frozen=True, slots=True)
class OutcomeRequest:
    """What became of a touch; ``id`` is minted by its originator.

    ``outcome``: one of ``OUTCOMES``; empty, to add what was learnt to a touch that is made. ``due_on``: the day to try
    again of one that was tried or deferred. ``told`` and ``promised``: what was learnt and promised in it.
    """

    id: UUID
    touch: UUID
    outcome: str
    at: datetime
    staff: UUID
    reason: str = ""
    due_on: date | None = None
    told: Sequence[Told] = ()
    promised: Promised | None = None
    by: str = ""
    origin: str = ""


def settle_touch(request: OutcomeRequest) -> bool:
    """Record an outcome with what came with it; returns False when the same request was recorded before.

    Raises ``NotFound`` for an unknown touch, ``Refused`` for an outcome that cannot follow, for a touch that a
    colleague has, and for answers and promises that cannot be meant; nothing is recorded then.
    """
    with transaction.atomic():
        hold_arrivals()
        touch = PlannedTouch.objects.filter(id=request.touch).first()
        if touch is None:
            raise NotFound(say("There is no planned touch %(touch)s; see 'touchbook plan'.", touch=request.touch))
        _check(request, touch)
        is_new = _step(request, touch) if request.outcome else False
        for answer in _answers(request, touch):
            is_new = record_answer(answer) or is_new
        promise = _promise(request, touch)
        if promise is not None:
            is_new = make_promise(promise) or is_new
    return is_new


def answer_id(outcome: UUID, question: str) -> UUID:
    """The id of an answer that came with an outcome: the same whenever the same request arrives."""
    return derive(instant_of(outcome), "answer of outcome", outcome, question)


def promise_id(outcome: UUID) -> UUID:
    """The id of the promise that came with an outcome."""
    return derive(instant_of(outcome), "promise of outcome", outcome)


def _step(request: OutcomeRequest, touch: PlannedTouch) -> bool:
    """The touch's own step."""
    step = TouchRequest(
        request.id, touch.id, request.outcome, request.at, request.staff, request.reason, request.due_on
    )
    is_new = record_touch(step)
    if is_new:
        after = {"touch": touch.name, "reason": request.reason, "due_on": str(request.due_on or "")}
        change = Change(f"touch {request.outcome}", "touch", touch.id, after=after)
        audit([change], request.by, request.at, request.origin)
    return is_new


def _answers(request: OutcomeRequest, touch: PlannedTouch) -> list[AnswerRequest]:
    return [
        AnswerRequest(
            answer_id(request.id, told.question), touch.customer, told.question, told.value, request.at,
            told.words, touch.id, request.by, request.origin,
        )
        for told in request.told
    ]  # fmt: skip


def _promise(request: OutcomeRequest, touch: PlannedTouch) -> PromiseRequest | None:
    if request.promised is None:
        return None
    return PromiseRequest(
        promise_id(request.id), touch.customer, request.promised.what, request.promised.due_on, request.at,
        request.staff, touch.id, request.by, request.origin,
    )  # fmt: skip


def _check(request: OutcomeRequest, touch: PlannedTouch) -> None:
    """Everything that is wrong, at once; whether the step may follow is for ``record_touch`` to say."""
    checks = Checks()
    checks.text(request.reason, say("reason"), REASON_LENGTH_MAX)
    if request.outcome and request.outcome not in OUTCOMES:
        checks.refuse(
            say(
                "'%(outcome)s' is no outcome; choose one of %(choices)s.",
                outcome=request.outcome,
                choices=", ".join(OUTCOMES),
            )
        )
    if (request.told or request.promised) and request.outcome not in ("", "made"):
        checks.refuse(
            say("What was learnt or promised belongs to a touch that was made; leave it out, or say it was made.")
        )
    _, plan = plan_in_force()
    for answer in _answers(request, touch):
        check_answer(checks, plan, answer)
    promise = _promise(request, touch)
    if promise is not None:
        check_promise(checks, promise)
    checks.settle()
    last = TouchEvent.objects.filter(touch=touch.id).order_by("-number").first()
    if last is not None and last.id != request.id:
        _must_be_free(request, touch, last, ZoneInfo(plan.timezone))


def _must_be_free(request: OutcomeRequest, touch: PlannedTouch, last: TouchEvent, zone: ZoneInfo) -> None:
    """A touch that a colleague took today, or settled, is theirs."""
    who = Staff.objects.filter(id=last.staff).values_list("name", flat=True).first() if last.staff else None
    if who is None or last.staff == request.staff:
        return
    if last.event == "claimed" and last.at.astimezone(zone).date() == request.at.astimezone(zone).date():
        raise Refused(say("%(who)s has taken '%(name)s' today; ask them, or choose another.", who=who, name=touch.name))
    if last.event in ("made", "answered") and request.outcome:
        raise Refused(say("%(who)s has made '%(name)s' already; nothing was recorded twice.", who=who, name=touch.name))
    if last.event == "skipped":
        raise Refused(
            say("%(who)s has set '%(name)s' aside as not appropriate; nothing was recorded.", who=who, name=touch.name)
        )
