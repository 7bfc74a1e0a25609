"""Make a promise to a customer: what, and by when. It is due until somebody keeps it or lets it go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.kernel.language import say, say_day
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Customer, Promise, Staff
from touchbook.workflows.checks import Checks

WHAT_LENGTH_MAX = 500
AHEAD_DAYS_MAX = 731


@dataclass(frozen=True, slots=True)
class PromiseRequest:
    """What ``staff`` promised a customer, by when; ``id`` is minted by its originator.

    ``touch``: the planned touch in which it was promised. ``by`` and ``origin``: who writes it down, from where.
    """

    id: UUID
    customer: UUID
    what: str
    due_on: date
    at: datetime
    staff: UUID | None = None
    touch: UUID | None = None
    by: str = ""
    origin: str = ""


def make_promise(request: PromiseRequest) -> bool:
    """Write a promise down; returns False when the same request was recorded before.

    Raises ``NotFound`` for an unknown customer or member of staff, ``Refused`` for a promise without words, or for a
    day that has passed or lies more than two years ahead.
    """
    with transaction.atomic():
        hold_arrivals()
        before = Promise.objects.filter(id=request.id).first()
        if before is not None:
            if before.customer_id != request.customer:
                raise Refused(
                    say("The id %(id)s belongs to another promise; mint a fresh one for each.", id=request.id)
                )
            return False
        checks = Checks()
        check_promise(checks, request)
        checks.settle()
        what = " ".join(request.what.split())
        Promise.objects.create(
            id=request.id, changed_at=now(), customer_id=request.customer, what=what, due_on=request.due_on,
            made_by_id=request.staff, made_at=request.at, touch=request.touch,
        )  # fmt: skip
        after = {"what": what, "due_on": str(request.due_on), "customer": str(request.customer)}
        audit([Change("promise", "promise", request.id, after=after)], request.by, request.at, request.origin)
    return True


def check_promise(checks: Checks, request: PromiseRequest) -> None:
    """Note everything that is wrong with a promise."""
    checks.instant(request.at, say("the promise"))
    checks.text(request.what, say("promise"), WHAT_LENGTH_MAX)
    checks.text(request.by, say("name of who records it"), 200)
    checks.text(request.origin, say("origin"), 200)
    if not request.what.strip():
        checks.refuse(say("The promise has no words; write what was promised."))
    ahead = request.due_on - request.at.date()
    if ahead < timedelta(-1):  # where it is said, it may still be yesterday
        checks.refuse(
            say("The day of the promise, %(day)s, has passed; choose one that is to come.", day=say_day(request.due_on))
        )
    elif ahead > timedelta(AHEAD_DAYS_MAX):
        checks.refuse(
            say("The day of the promise, %(day)s, lies more than two years ahead.", day=say_day(request.due_on))
        )
    if not Customer.objects.filter(id=request.customer).exists():
        checks.missing(say("There is no customer %(customer)s; add them first.", customer=request.customer))
    if request.staff is not None and not Staff.objects.filter(id=request.staff).exists():
        checks.missing(say("There is no member of staff %(staff)s; add them first.", staff=request.staff))
