"""Approve a week: all of its touches that nobody has begun, or those of one team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.store.append import append, hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import AuditEntry, PlanRun, TouchEvent
from touchbook.store.people import person_of
from touchbook.store.queries import touches_whose_last_event_is
from touchbook.store.weeks import Scope, scope_of, within
from touchbook.workflows.checks import Checks


@dataclass(frozen=True, slots=True)
class Approval:
    """What *staff* approves of a run: the touches of a ``team`` as the plan names it ("" are those that no team makes),
    or, with None, all that are theirs to decide."""

    id: UUID
    run: UUID
    staff: UUID
    at: datetime
    team: str | None = None
    by: str = ""
    origin: str = ""


def approve_week(request: Approval) -> int:
    """Approve what is planned and neither begun nor held out; returns how many touches that were.

    The same request again changes nothing and says the same. Raises ``NotFound`` for an unknown run, ``Refused`` for
    what is not theirs to decide, and when there is nothing left to approve.
    """
    with transaction.atomic():
        hold_arrivals()
        before = AuditEntry.objects.filter(id=request.id).first()
        if before is not None:
            return int((before.after or {})["touches"])
        run = _check(request)
        found = touches_whose_last_event_is(("planned",)).filter(_asked(request), run=run, held_out=False)
        touches = list(found.order_by("due_on", "id").values_list("id", "customer", "name", "channel", "purpose"))
        if not touches:
            raise Refused(say("There is nothing left to approve: all of it is approved, begun or withdrawn already."))
        append(
            TouchEvent,
            ("id", "at", "offset_minutes", "touch", "customer", "name", "channel", "purpose", "event", "staff"),
            [
                (
                    derive(request.at, request.id, touch[0]),
                    request.at,
                    offset_minutes(request.at),
                    *touch,
                    "approved",
                    request.staff,
                )
                for touch in touches
            ],
        )
        after = {"team": request.team, "touches": len(touches)}
        audit(
            [Change("approve", "plan run", run.id, after=after, id=request.id)], request.by, request.at, request.origin
        )
    return len(touches)


def decided_by(staff: UUID) -> Scope:
    """What a member of staff may decide. Raises ``Refused`` when that is nothing."""
    person = person_of(staff)
    scope = scope_of(person) if person else Scope(False)
    if scope.nothing:
        raise Refused(say("This is for those who decide the week; ask your manager."))
    return scope


def _asked(request: Approval) -> Q:
    mine = within(decided_by(request.staff))
    return mine if request.team is None else mine & Q(team=request.team)


def _check(request: Approval) -> PlanRun:
    run = PlanRun.objects.filter(id=request.run).first()
    if run is None:
        raise NotFound(say("There is no plan run %(run)s; see the history of weeks.", run=request.run))
    checks = Checks()
    checks.instant(request.at, say("the approval"))
    checks.settle()
    return run
