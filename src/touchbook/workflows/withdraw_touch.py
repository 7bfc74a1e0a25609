"""Withdraw one planned touch: it is skipped for a reason, and what it would have taken is free for others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import PlannedTouch
from touchbook.workflows.approve_week import decided_by
from touchbook.workflows.record_touch import TouchRequest, record_touch, state_of
from touchbook.workflows.state_words import in_words

WITHDRAWABLE = ("planned", "approved")
"""What somebody has begun is theirs to settle."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Which touch *staff* withdraws, and why; ``id`` is minted by its originator."""

    id: UUID
    touch: UUID
    reason: str
    staff: UUID
    at: datetime
    by: str = ""
    origin: str = ""


def withdraw_touch(request: Withdrawal) -> bool:
    """Withdraw it; returns False when the same request did so before.

    Raises ``NotFound`` for an unknown touch, ``Refused`` without a reason, for what is not theirs to decide, and for
    what was begun or settled already.
    """
    with transaction.atomic():
        hold_arrivals()
        touch = PlannedTouch.objects.filter(id=request.touch).first()
        if touch is None or touch.held_out:
            raise NotFound(say("There is no such touch among those that can be withdrawn."))
        if not decided_by(request.staff).holds(touch):
            raise Refused(
                say("The touch '%(name)s' is made by others; ask those who decide for them.", name=touch.name)
            )
        state = state_of(touch)
        step = TouchRequest(request.id, touch.id, "skipped", request.at, request.staff, request.reason)
        if state not in (*WITHDRAWABLE, "skipped"):
            raise Refused(
                say(
                    "The touch '%(name)s' is %(state)s already; settle it on the page of today's touches.",
                    name=touch.name,
                    state=in_words(state),
                )
            )
        if not record_touch(step):
            return False
        change = Change("withdraw", "touch", touch.id, {"state": state}, {"state": "skipped", "reason": request.reason})
        audit([change], request.by, request.at, request.origin)
    return True
