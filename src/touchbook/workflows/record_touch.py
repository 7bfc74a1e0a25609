"""Record what became of a planned touch: approved, claimed, made, answered, tried, deferred, skipped, or unknown.

Claim, then send: a touch is claimed by one person or program only, because a repeated send is a withdrawal. One that
was in flight when a program died is unknown, until a person says what became of it. One that is skipped gives back what
it took of its week's capacities. One that was tried without an answer, or deferred, keeps them, and is due again on a
day. What was settled by mistake is reopened: it is as open as it was before that step, and nobody was reached by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say, say_day
from touchbook.store.append import append, hold_arrivals
from touchbook.store.counters import give_back, take_again
from touchbook.store.models import PlannedTouch, Staff, TouchEvent
from touchbook.workflows.checks import Checks
from touchbook.workflows.state_words import in_words

# What may follow what. A touch that is planned, or held out, is so without any event.
NEXT: Mapping[str, tuple[str, ...]] = {
    "planned": ("approved", "claimed", "made", "tried", "deferred", "skipped"),
    "approved": ("claimed", "made", "tried", "deferred", "skipped"),
    "claimed": ("made", "tried", "deferred", "skipped", "unknown", "reopened"),
    "unknown": ("made", "skipped"),
    "tried": ("claimed", "made", "tried", "deferred", "skipped", "reopened"),  # nobody answered
    "deferred": ("claimed", "made", "tried", "deferred", "skipped", "reopened"),
    "reopened": ("claimed", "made", "tried", "deferred", "skipped"),  # the step before was a mistake
    "made": ("answered", "reopened"),
    "answered": ("reopened",),
    "skipped": ("reopened",),
    "held out": (),
    "superseded": (),  # a later plan for the same days decided anew
}
PUT_OFF = ("tried", "deferred")
"""What leaves a touch open until another day: the day is the step's ``due_on``."""
AHEAD_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class TouchRequest:
    """One step of a planned touch; ``id`` is minted by its originator. Skipping needs a ``reason``.

    ``due_on``: on which day to try again; needed by what puts a touch off, and by nothing else.
    """

    id: UUID
    touch: UUID
    event: str
    at: datetime
    staff: UUID | None = None
    reason: str = ""
    due_on: date | None = None


def record_touch(request: TouchRequest) -> bool:
    """Record a step; returns False when the same request was recorded before.

    Raises ``NotFound`` for an unknown touch, ``Refused`` when the step cannot follow what happened to it so far.
    """
    with transaction.atomic():
        hold_arrivals()
        touch = PlannedTouch.objects.filter(id=request.touch).first()
        if touch is None:
            raise NotFound(say("There is no planned touch %(touch)s; see 'touchbook plan'.", touch=request.touch))
        before = TouchEvent.objects.filter(id=request.id).first()
        if before is not None:
            if (before.touch, before.event) != (request.touch, request.event):
                raise Refused(say("The id %(id)s belongs to another step; mint a fresh one for each.", id=request.id))
            return False
        state = state_of(touch)
        _check(request, touch, state)
        if request.event == "skipped":
            give_back([touch.id])
        elif request.event == "reopened" and state == "skipped":
            take_again([touch.id])
        append(
            TouchEvent,
            (
                "id",
                "at",
                "offset_minutes",
                "touch",
                "customer",
                "name",
                "channel",
                "purpose",
                "event",
                "reason",
                "staff",
                "due_on",
            ),
            [
                (
                    request.id,
                    request.at,
                    offset_minutes(request.at),
                    touch.id,
                    touch.customer,
                    touch.name,
                    touch.channel,
                    touch.purpose,
                    request.event,
                    request.reason,
                    request.staff,
                    _due_before(touch) if request.event == "reopened" else request.due_on,
                )
            ],
        )
    return True


def state_of(touch: PlannedTouch) -> str:
    """What became of a touch so far."""
    last = TouchEvent.objects.filter(touch=touch.id).order_by("-number").values_list("event", flat=True).first()
    return last or ("held out" if touch.held_out else "planned")


def _due_before(touch: PlannedTouch) -> date | None:
    """The day that a touch was put off to, before the step that is a mistake; None when it had not been."""
    steps = TouchEvent.objects.filter(touch=touch.id).order_by("-number").values_list("event", "due_on")
    open_before = (due_on for event, due_on in steps[1:] if event in (*PUT_OFF, "reopened"))
    return next(open_before, None)


def _check(request: TouchRequest, touch: PlannedTouch, state: str) -> None:
    checks = Checks()
    checks.instant(request.at, say("the touch"))
    checks.text(request.reason, say("reason"))
    if request.staff is not None and not Staff.objects.filter(id=request.staff).exists():
        checks.missing(say("There is no member of staff %(staff)s; add them first.", staff=request.staff))
    follows = NEXT.get(state, ())
    if request.event not in follows:
        choices = (
            say("it can only become %(choices)s", choices=say(" or ").join(map(in_words, follows)))
            if follows
            else say("nothing more can become of it")
        )
        checks.refuse(
            say(
                "The touch '%(name)s' is %(state)s and cannot become %(event)s; %(choices)s.",
                name=touch.name,
                state=in_words(state),
                event=in_words(request.event),
                choices=choices,
            )
        )
    if request.event == "skipped" and not request.reason.strip():
        checks.refuse(say("A touch is skipped for a reason; write it down."))
    _check_day(request, checks)
    checks.settle()


def _check_day(request: TouchRequest, checks: Checks) -> None:
    """A day to try again comes with what puts a touch off, and lies ahead of it."""
    day = request.due_on
    if request.event not in PUT_OFF:
        if day is not None:
            checks.refuse(
                say("A touch that is %(event)s is not due again; leave the day out.", event=in_words(request.event))
            )
    elif day is None:
        checks.refuse(
            say("A touch that is %(event)s is due again on a day; give the day.", event=in_words(request.event))
        )
    elif not timedelta(0) <= day - request.at.date() <= timedelta(AHEAD_DAYS_MAX):
        checks.refuse(
            say("The day to try again, %(day)s, must lie within a year from now; choose another.", day=say_day(day))
        )
