"""Record what became of a week's touches, for one customer or for everybody, all in one go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.store.append import append, hold_arrivals
from touchbook.store.counters import give_back
from touchbook.store.models import PlanRun, TouchEvent
from touchbook.store.queries import runs_covering, touches_whose_last_event_is
from touchbook.workflows.checks import Checks
from touchbook.workflows.record_touch import NEXT, PUT_OFF


def record_week(event: str, at: datetime, customer: UUID | None = None, reason: str = "") -> list[str]:
    """Record *event* for the touches of a week that can become it, and return their names, one a touch.

    They are those of every run whose week covers *at*, because what was begun under one is not replaced by the next;
    where none does, of the last run of all. A week is often recorded while the next one is planned already.
    *customer* narrows it to one of them. What cannot become *event* (held out, or settled before) is left as it is, so
    the same call again changes nothing. Raises ``NotFound`` without a run, ``Refused`` for an event that nothing can
    become, an instant in the future or a skip without a reason.
    """
    checks = Checks()
    checks.instant(at, say("the touch"))
    checks.text(reason, say("reason"))
    alone = (*PUT_OFF, "reopened")  # each of these has a day or a reason of its own
    before = [state for state, following in NEXT.items() if event in following and event not in alone]
    if not before:
        known = sorted({name for following in NEXT.values() for name in following if name not in alone})
        checks.refuse(
            say("A touch cannot become '%(event)s'; choose one of %(choices)s.", event=event, choices=", ".join(known))
        )
    if event == "skipped" and not reason.strip():
        checks.refuse(say("A touch is skipped for a reason; write it down."))
    checks.settle()
    with transaction.atomic():
        hold_arrivals()
        runs = runs_covering(at) or list(PlanRun.objects.order_by("-number")[:1])
        if not runs:
            raise NotFound(say("There is no plan run yet; make one with 'touchbook plan'."))
        touches = touches_whose_last_event_is(before).filter(run__in=runs)
        if customer is not None:
            touches = touches.filter(customer=customer)
        found = list(touches.order_by("due_on", "id").values_list("id", "customer", "name", "channel", "purpose"))
        if event == "skipped":
            give_back(touch[0] for touch in found)
        append(
            TouchEvent,
            ("id", "at", "offset_minutes", "touch", "customer", "name", "channel", "purpose", "event", "reason"),
            [(derive(at, touch[0], event), at, offset_minutes(at), *touch, event, reason) for touch in found],
        )
    return [name for _, _, name, _, _ in found]
