"""Undo an outcome within a few minutes: the touch is open again, and what came with it counts no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Answer, Promise, TouchEvent
from touchbook.workflows.record_answer import TakeBackRequest, take_answer_back
from touchbook.workflows.record_touch import TouchRequest, record_touch

UNDO_WITHIN = timedelta(minutes=10)  # the page offers it for one; phones are slow, and people look again


@dataclass(frozen=True, slots=True)
class ReopenRequest:
    """An outcome (by its touch event ``step``) that ``staff`` recorded by mistake; ``id`` is minted by its originator.

    One who has taken a touch gives it back by the same request.
    """

    id: UUID
    step: UUID
    at: datetime
    staff: UUID
    by: str = ""
    origin: str = ""


def reopen_touch(request: ReopenRequest) -> bool:
    """Open a touch again; returns False when the same request was recorded before.

    Answers that came since the step are taken back by further facts; a promise that came with it was none.
    Raises ``NotFound`` for an unknown step, ``Refused`` for another's, for one that is no longer the last, and when it
    was recorded too long ago.
    """
    with transaction.atomic():
        hold_arrivals()
        step = TouchEvent.objects.filter(id=request.step).first()
        if step is None:
            raise NotFound(say("There is no step %(step)s; nothing was undone.", step=request.step))
        if TouchEvent.objects.filter(id=request.id, touch=step.touch).exists():
            return False
        _check(request, step)
        record_touch(TouchRequest(request.id, step.touch, "reopened", request.at, request.staff))
        _take_back(request, step)
        before = {"event": step.event, "reason": step.reason}
        change = Change("touch reopened", "touch", step.touch, before=before)
        audit([change], request.by, request.at, request.origin)
    return True


def _check(request: ReopenRequest, step: TouchEvent) -> None:
    last = TouchEvent.objects.filter(touch=step.touch).order_by("-number").first()
    if last is None or last.id != step.id:
        raise Refused(say("Something else has become of this touch since; nothing was undone."))
    if step.staff != request.staff:
        raise Refused(say("A colleague recorded this; only they can undo it."))
    if step.event != "claimed" and now() - step.recorded_at > UNDO_WITHIN:
        raise Refused(say("This was recorded too long ago to be undone; correct what is wrong on the customer's page."))


def _take_back(request: ReopenRequest, step: TouchEvent) -> None:
    corrected = Answer.objects.filter(touch=step.touch, corrects__isnull=False).values_list("corrects", flat=True)
    answers = Answer.objects.filter(
        customer=step.customer, touch=step.touch, corrects=None, recorded_at__gte=step.recorded_at
    )
    for answer in answers.exclude(id__in=list(corrected)).values_list("id", flat=True):
        identifier = derive(request.at, "answer reopened", request.id, answer)
        take_answer_back(TakeBackRequest(identifier, answer, request.at, request.by, request.origin))
    promises = Promise.objects.filter(customer=step.customer, touch=step.touch, made_by=request.staff, settled_at=None)
    for promise in promises.filter(changed_at__gte=step.recorded_at):
        before = {"what": promise.what, "due_on": str(promise.due_on), "customer": str(promise.customer_id)}
        change = Change("promise taken back", "promise", promise.id, before=before)
        audit([change], request.by, request.at, request.origin)
        promise.delete()
