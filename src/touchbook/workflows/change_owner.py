"""Change who looks after the relationship with a customer."""

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
from touchbook.store.models import AuditEntry, Customer, Staff
from touchbook.workflows.checks import Checks

ACTION = "change owner"


@dataclass(frozen=True, slots=True)
class OwnerRequest:
    """Who shall look after a customer from now on (None: nobody in particular); ``id`` is minted by its originator.

    ``instead_of`` is who did when the question was put: of two who decide at once, the second is told.
    """

    id: UUID
    customer: UUID
    owner: UUID | None
    instead_of: UUID | None
    at: datetime
    by: str = ""
    origin: str = ""


def change_owner(request: OwnerRequest) -> bool:
    """Change it, and keep who did; returns False when the same request was done before, or nothing changes.

    Raises ``NotFound`` for an unknown customer or member of staff; ``Refused`` for one who has left, and when somebody
    else was put in charge in between.
    """
    with transaction.atomic():
        hold_arrivals()
        done = AuditEntry.objects.filter(id=request.id).first()
        if done is not None:
            if (done.action, done.subject) != (ACTION, request.customer):
                raise Refused(say("The id %(id)s belongs to another change; mint a fresh one for each.", id=request.id))
            return False
        customer = Customer.objects.select_for_update().filter(id=request.customer).first()
        if customer is None:
            raise NotFound(say("There is no customer %(customer)s; add them first.", customer=request.customer))
        _check(request, customer)
        if customer.owner_id == request.owner:
            return False
        before, after = _values(customer.owner_id), _values(request.owner)
        customer.owner_id, customer.changed_at = request.owner, now()
        customer.save(update_fields=["owner", "changed_at"])
        change = Change(ACTION, "customer", request.customer, before, after, request.id)
        audit([change], request.by, request.at, request.origin)
    return True


def _check(request: OwnerRequest, customer: Customer) -> None:
    checks = Checks()
    checks.instant(request.at, say("the change"))
    checks.text(request.by, say("name of who changes it"), 200)
    checks.text(request.origin, say("origin"), 200)
    if request.owner is not None:
        owner = Staff.objects.filter(id=request.owner).first()
        if owner is None:
            checks.missing(say("There is no member of staff %(owner)s; choose one from the list.", owner=request.owner))
        elif owner.retired_at is not None:
            checks.refuse(
                say(
                    "%(name)s left on %(day)s; choose somebody who works here.",
                    name=owner.name,
                    day=say_day(owner.retired_at),
                )
            )
    if customer.owner_id not in (request.instead_of, request.owner):
        who = _name(customer.owner_id) or say("nobody in particular")
        checks.refuse(
            say("Meanwhile it is %(who)s who looks after them; look at the page again before you change it.", who=who)
        )
    checks.settle()


def _values(owner: UUID | None) -> dict[str, str]:
    return {"owner": str(owner or ""), "name": _name(owner)}


def _name(staff: UUID | None) -> str:
    return Staff.objects.filter(id=staff).values_list("name", flat=True).first() or "" if staff else ""
