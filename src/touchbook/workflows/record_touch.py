"""Record what became of a planned touch: approved, claimed, made, answered, skipped, or unknown.

Claim, then send: a touch is claimed by one person or program only, because a repeated send is a withdrawal. One that
was in flight when a program died is unknown, until a person says what became of it. One that is skipped gives back what
it took of its week's capacities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.errors import NotFound, Refused
from touchbook.store.append import append, hold_arrivals
from touchbook.store.counters import give_back
from touchbook.store.models import PlannedTouch, Staff, TouchEvent
from touchbook.workflows.checks import Checks

# What may follow what. A touch that is planned, or held out, is so without any event.
NEXT: Mapping[str, tuple[str, ...]] = {
    "planned": ("approved", "claimed", "made", "skipped"),
    "approved": ("claimed", "made", "skipped"),
    "claimed": ("made", "skipped", "unknown"),
    "unknown": ("made", "skipped"),
    "made": ("answered",),
    "answered": (),
    "skipped": (),
    "held out": (),
    "superseded": (),  # a later plan for the same days decided anew
}


@dataclass(frozen=True, slots=True)
class TouchRequest:
    """One step of a planned touch; ``id`` is minted by its originator. Skipping needs a ``reason``."""

    id: UUID
    touch: UUID
    event: str
    at: datetime
    staff: UUID | None = None
    reason: str = ""


def record_touch(request: TouchRequest) -> bool:
    """Record a step; returns False when the same request was recorded before.

    Raises ``NotFound`` for an unknown touch, ``Refused`` when the step cannot follow what happened to it so far.
    """
    with transaction.atomic():
        hold_arrivals()
        touch = PlannedTouch.objects.filter(id=request.touch).first()
        if touch is None:
            raise NotFound(f"There is no planned touch {request.touch}; see 'touchbook plan'.")
        before = TouchEvent.objects.filter(id=request.id).first()
        if before is not None:
            if (before.touch, before.event) != (request.touch, request.event):
                raise Refused(f"The id {request.id} belongs to another step; mint a fresh one for each.")
            return False
        _check(request, touch, state_of(touch))
        if request.event == "skipped":
            give_back([touch.id])
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
                )
            ],
        )
    return True


def state_of(touch: PlannedTouch) -> str:
    """What became of a touch so far."""
    last = TouchEvent.objects.filter(touch=touch.id).order_by("-number").values_list("event", flat=True).first()
    return last or ("held out" if touch.held_out else "planned")


def _check(request: TouchRequest, touch: PlannedTouch, state: str) -> None:
    checks = Checks()
    checks.instant(request.at, "the touch")
    checks.text(request.reason, "reason")
    if request.staff is not None and not Staff.objects.filter(id=request.staff).exists():
        checks.missing(f"There is no member of staff {request.staff}; add them first.")
    follows = NEXT.get(state, ())
    if request.event not in follows:
        choices = f"it can only become {' or '.join(follows)}" if follows else "nothing more can become of it"
        checks.refuse(f"The touch '{touch.name}' is {state} and cannot become {request.event}; {choices}.")
    if request.event == "skipped" and not request.reason.strip():
        checks.refuse("A touch is skipped for a reason; write it down.")
    checks.settle()
