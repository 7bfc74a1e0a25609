"""Settle a promise: it was kept, or it is let go for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say, say_day
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import AuditEntry, Promise
from touchbook.workflows.checks import Checks

KEPT, LET_GO = "promise kept", "promise let go"


@dataclass(frozen=True, slots=True)
class SettleRequest:
    """What became of a promise; ``id`` is minted by its originator. Letting go needs a ``reason``."""

    id: UUID
    promise: UUID
    kept: bool
    at: datetime
    reason: str = ""
    by: str = ""
    origin: str = ""


def settle_promise(request: SettleRequest) -> bool:
    """Settle a promise; returns False when the same request was recorded before.

    The reason stays with the audit entry. Raises ``NotFound`` for an unknown promise, ``Refused`` for one that is
    settled already, and when it is let go without a reason.
    """
    with transaction.atomic():
        hold_arrivals()
        promise = Promise.objects.select_for_update().filter(id=request.promise).first()
        if promise is None:
            raise NotFound(say("There is no promise %(promise)s; nothing was settled.", promise=request.promise))
        before = AuditEntry.objects.filter(id=request.id).first()
        if before is not None:
            if (before.action, before.subject) != (_action(request), request.promise):
                raise Refused(say("The id %(id)s belongs to another change; mint a fresh one for each.", id=request.id))
            return False
        _check(request, promise)
        promise.settled_at, promise.kept, promise.changed_at = request.at, request.kept, now()
        promise.save(update_fields=["settled_at", "kept", "changed_at"])
        after = {"what": promise.what, "reason": request.reason, "customer": str(promise.customer_id)}
        change = Change(_action(request), "promise", promise.id, {"settled_at": None}, after, request.id)
        audit([change], request.by, request.at, request.origin)
    return True


def _action(request: SettleRequest) -> str:
    return KEPT if request.kept else LET_GO


def _check(request: SettleRequest, promise: Promise) -> None:
    checks = Checks()
    checks.instant(request.at, say("the promise"))
    checks.text(request.reason, say("reason"))
    checks.text(request.by, say("name of who settles it"), 200)
    checks.text(request.origin, say("origin"), 200)
    if promise.settled_at is not None:
        day = say_day(promise.settled_at)
        checks.refuse(
            say("This promise was kept already on %(day)s; nothing was changed.", day=day)
            if promise.kept
            else say("This promise was let go already on %(day)s; nothing was changed.", day=day)
        )
    elif not request.kept and not request.reason.strip():
        checks.refuse(say("A promise is let go for a reason; write it down."))
    checks.settle()
