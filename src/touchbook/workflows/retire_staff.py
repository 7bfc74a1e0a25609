"""Retire a member of staff who leaves, with the customers they look after; and take one back who returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Customer, Staff
from touchbook.store.staff_list import is_last_administrator
from touchbook.workflows.change_owner import ACTION as OWNER_CHANGE
from touchbook.workflows.form_checks import FormChecks, form_id, is_repeat


@dataclass(frozen=True, slots=True)
class Retirement:
    """Somebody leaves. ``heir`` takes over their customers: a member of staff, or None for nobody.

    ``is_heir_chosen`` says that it was asked: without it, somebody who looks after customers stays.
    """

    id: UUID
    staff: UUID
    at: datetime
    heir: UUID | None = None
    is_heir_chosen: bool = False
    by: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Retired:
    """What a retirement did; nothing, where it was done before."""

    is_new: bool
    customers: int = 0
    managed: int = 0


def retire_staff(request: Retirement) -> Retired:
    """Retire them: they sign in no more, their customers go to the heir, and whom they managed to their own manager.

    Raises ``NotFound`` for somebody who is not there, ``FormRefused`` with every problem by field.
    """
    with transaction.atomic():
        hold_arrivals()
        row = _found(request.staff)
        entry = form_id(request.id, "retire")
        if row.retired_at is not None or is_repeat(entry):
            return Retired(is_new=False)
        heir = _checked_heir(request, row)
        customers = _hand_over(row, heir, request)
        managed = _release(row, request)
        row.retired_at, row.changed_at = request.at, now()
        row.save(update_fields=["retired_at", "changed_at"])
        after = {"name": row.name, "customers given away": customers, "customers to": heir.name if heir else None}
        change = Change("retire", "staff", row.id, {"name": row.name}, after, entry)
        audit([change], request.by, request.at, request.origin)
    return Retired(is_new=True, customers=customers, managed=managed)


def take_back(form: UUID, staff: UUID, at: datetime, by: str = "", origin: str = "") -> bool:
    """Take somebody back who had left; returns False when they are here. Raises ``NotFound``."""
    entry = form_id(form, "take back")
    with transaction.atomic():
        hold_arrivals()
        row = _found(staff)
        if row.retired_at is None or is_repeat(entry):
            return False
        before = {"name": row.name, "left": row.retired_at.isoformat()}
        row.retired_at, row.changed_at = None, now()
        row.save(update_fields=["retired_at", "changed_at"])
        audit([Change("take back", "staff", row.id, before, {"name": row.name}, entry)], by, at, origin)
    return True


def _found(staff: UUID) -> Staff:
    row = Staff.objects.select_for_update().filter(id=staff).first()
    if row is None:
        raise NotFound(say("There is no such person; they may have been removed with the import that brought them."))
    return row


def _checked_heir(request: Retirement, row: Staff) -> Staff | None:
    checks = FormChecks()
    heir = Staff.objects.filter(id=request.heir).first() if request.heir else None
    if is_last_administrator(row):
        checks.refuse("", say("%(name)s is the only administrator; make somebody else one first.", name=row.name))
    if Customer.objects.filter(owner=row).exists() and not request.is_heir_chosen:
        checks.refuse(
            "heir",
            say("%(name)s looks after customers; say who does so from now on, or that nobody does.", name=row.name),
        )
    if request.heir and heir is None:
        checks.refuse("heir", say("This person is not there any more; choose another."))
    elif heir is not None and (heir.retired_at or heir.id == row.id):
        checks.refuse("heir", say("%(name)s cannot take over customers; choose somebody who is here.", name=heir.name))
    checks.settle()
    return heir


def _hand_over(row: Staff, heir: Staff | None, request: Retirement) -> int:
    """Give all customers of one person to another, each with its audit entry."""
    owned = list(Customer.objects.filter(owner=row).values_list("id", flat=True))
    if not owned:
        return 0
    Customer.objects.filter(owner=row).update(owner=heir, changed_at=now())
    before = {"owner": str(row.id), "name": row.name}
    after = {"owner": str(heir.id) if heir else "", "name": heir.name if heir else ""}
    changes = [Change(OWNER_CHANGE, "customer", one, before, after) for one in owned]
    audit(changes, request.by, request.at, request.origin)
    return len(owned)


def _release(row: Staff, request: Retirement) -> int:
    """Give those whom somebody manages to the manager above, if there is one who is here."""
    above = row.manager if row.manager is not None and row.manager.retired_at is None else None
    managed = list(Staff.objects.filter(manager=row, retired_at=None))
    changes = []
    for one in managed:
        one.manager, one.changed_at = above, now()
        one.save(update_fields=["manager", "changed_at"])
        told = {"name": one.name, "manager": above.name if above else None}
        changes.append(Change("change", "staff", one.id, {"name": one.name, "manager": row.name}, told))
    audit(changes, request.by, request.at, request.origin)
    return len(managed)
