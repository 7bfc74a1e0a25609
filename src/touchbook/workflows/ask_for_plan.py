"""Ask for another plan of a week: what an earlier one planned for the same days, and nobody has begun, gives way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import AuditEntry, PlanRun
from touchbook.workflows.approve_week import decided_by
from touchbook.workflows.make_plan import make_plan


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """Who asks for which week; ``starts_on`` None is tomorrow. ``id`` is minted by its originator."""

    id: UUID
    staff: UUID
    starts_on: date | None = None
    by: str = ""
    origin: str = ""


def ask_for_plan(home: Path, database_url: str, request: PlanAsked, told: Callable[[str], None]) -> int:
    """Make the plan and return the number of its run; the same request again returns the same one.

    *told* hears of each step before it begins. Raises ``Refused`` for whom it is not theirs to decide, and what
    ``make_plan`` raises.
    """
    if not decided_by(request.staff).everything:
        raise Refused(say("A plan is made for all teams at once; ask those who answer for the plan."))
    before = AuditEntry.objects.filter(id=request.id).first()
    if before is not None:
        return int((before.after or {})["run"])
    told("planning")
    week = make_plan(home, database_url, request.starts_on)
    told("writing")
    with transaction.atomic():
        hold_arrivals()
        run = PlanRun.objects.order_by("-number").get(id=str(week.run))
        after = {"run": run.number, "starts_on": str(week.starts_on), "touches": len(week.touches)}
        change = Change("plan the week", "plan run", run.id, after=after, id=request.id)
        audit([change], request.by, now(), request.origin)
    return int(run.number)
