"""Add a member of staff, or change who they are, where they work and what they may do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Department, Role, Staff, Team
from touchbook.store.staff_list import is_last_administrator, leads_back_to
from touchbook.workflows.form_checks import FormChecks, form_id, is_repeat

MINUTES_MAX = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class StaffValues:
    """What is said of a member of staff. ``minutes_per_week`` is what was typed, where it is no number."""

    name: str
    code: str
    department: UUID | None = None
    team: UUID | None = None
    role: str = Role.FRONT_LINE
    manager: UUID | None = None
    departments: frozenset[UUID] = frozenset()
    minutes_per_week: int | str | None = None


@dataclass(frozen=True, slots=True)
class StaffChange:
    """A form about a member of staff, whose id is *staff*; of one who is new, ``is_new``, it is the form's own.

    ``only`` names the values that may change, where not all may. ``seen_at`` is when the person that the form was
    filled from was last changed.
    """

    id: UUID
    staff: UUID
    values: StaffValues
    at: datetime
    is_new: bool = False
    only: Collection[str] = ()
    seen_at: datetime | None = None
    by: str = ""
    origin: str = ""


def values_of(staff: Staff) -> StaffValues:
    """What is said of a member of staff now."""
    return StaffValues(
        staff.name,
        staff.code,
        staff.department_id,
        staff.team_id,
        staff.role,
        staff.manager_id,
        frozenset(staff.departments.values_list("id", flat=True)),
        staff.minutes_per_week,
    )


def change_staff(request: StaffChange) -> bool:
    """Make the change, and keep who did and how it was before; returns False when nothing had to change.

    Raises ``NotFound`` for somebody who is not there, ``FormRefused`` with every problem by field.
    """
    entry = form_id(request.id, *(getattr(request.values, field.name) for field in fields(StaffValues)))
    with transaction.atomic():
        hold_arrivals()
        row = Staff.objects.select_for_update().filter(id=request.staff).first()
        if is_repeat(entry) or (request.is_new and row is not None):
            return False
        if row is None and not request.is_new:
            raise NotFound(
                say("There is no such person; they may have been removed with the import that brought them.")
            )
        before = values_of(row) if row else None
        after = _allowed(request, before)
        _check(request, row, before, after)
        row = row or Staff(id=request.staff)
        if before == after:
            return False
        _write(row, after, is_new=request.is_new)
        told_after, told_before = _in_words(after), _in_words(before) if before else None
        if told_before is not None:
            differing = [key for key in told_after if told_after[key] != told_before[key]]
            told_before = {"name": row.name} | {key: told_before[key] for key in differing}
            told_after = {"name": row.name} | {key: told_after[key] for key in differing}
        action = "add" if request.is_new else "change"
        audit([Change(action, "staff", row.id, told_before, told_after, entry)], request.by, request.at, request.origin)
    return True


def _allowed(request: StaffChange, before: StaffValues | None) -> StaffValues:
    """What is asked, as far as it may change; the rest as it is."""
    if not request.only or before is None:
        return request.values
    values = {
        field.name: getattr(request.values if field.name in request.only else before, field.name)
        for field in fields(StaffValues)
    }
    return StaffValues(**values)


def _check(request: StaffChange, row: Staff | None, before: StaffValues | None, after: StaffValues) -> None:
    checks = FormChecks()
    if row is not None and request.seen_at is not None and row.changed_at != request.seen_at:
        checks.refuse(
            "",
            say("Somebody changed %(name)s since you opened this page; load it again, then change it.", name=row.name),
        )
    checks.name("name", after.name, say("name"), 200)
    checks.name("code", after.code, say("code"), 100)
    if checks.is_right("code"):
        same = Staff.objects.filter(code=after.code).exclude(id=request.staff).first()
        if same is not None:
            checks.refuse(
                "code",
                say("%(name)s, who has left, has the code “%(code)s”; choose another.", name=same.name, code=after.code)
                if same.retired_at
                else say("%(name)s has the code “%(code)s”; choose another.", name=same.name, code=after.code),
            )
    if after.department and not Department.objects.filter(id=after.department).exists():
        checks.refuse("department", say("This department is not there any more; choose another."))
    if after.team and not Team.objects.filter(id=after.team).exists():
        checks.refuse("team", say("This team is not there any more; choose another."))
    if after.departments and Department.objects.filter(id__in=after.departments).count() < len(after.departments):
        checks.refuse("departments", say("One of these departments is not there any more; load the page again."))
    minutes = after.minutes_per_week
    if isinstance(minutes, str) or (minutes is not None and not 0 <= minutes <= MINUTES_MAX):
        checks.refuse(
            "minutes_per_week",
            say("“%(minutes)s” is no number of minutes; write one such as 360, or nothing.", minutes=minutes),
        )
    if after.role not in Role.values:
        checks.refuse("role", say("“%(role)s” is no role; choose one of the list.", role=after.role))
    elif row is not None and after.role != Role.ADMINISTRATOR and is_last_administrator(row):
        checks.refuse("role", say("%(name)s is the only administrator; make somebody else one first.", name=row.name))
    if after.departments and after.role not in (Role.MANAGER, Role.ADMINISTRATOR):
        checks.refuse(
            "departments", say("Only a manager answers for further departments; choose that role, or none here.")
        )
    _check_manager(checks, request.staff, before, after)
    checks.settle()


def _check_manager(checks: FormChecks, staff: UUID, before: StaffValues | None, after: StaffValues) -> None:
    if after.manager is None:
        return
    manager = Staff.objects.filter(id=after.manager).first()
    if manager is None:
        checks.refuse("manager", say("This manager is not there any more; choose another."))
    elif manager.retired_at and (before is None or before.manager != after.manager):
        checks.refuse("manager", say("%(name)s has left; choose another manager.", name=manager.name))
    elif manager.id == staff:
        checks.refuse("manager", say("Nobody manages themselves; choose somebody else, or nobody."))
    elif leads_back_to(manager.id, staff):
        checks.refuse(
            "manager", say("%(name)s is managed by them, directly or not; choose somebody else.", name=manager.name)
        )


def _write(row: Staff, values: StaffValues, *, is_new: bool) -> None:
    assert not isinstance(values.minutes_per_week, str)  # noqa: S101  it was checked
    row.name, row.code, row.role = values.name, values.code, values.role
    row.department_id, row.team_id, row.manager_id = values.department, values.team, values.manager
    row.minutes_per_week = values.minutes_per_week
    row.changed_at = now()
    row.save(force_insert=is_new)
    row.departments.set(Department.objects.filter(id__in=values.departments))


def _in_words(values: StaffValues) -> dict[str, object]:
    """The values with names in the place of ids, as the audit trail keeps them."""
    departments = dict(Department.objects.values_list("id", "name"))
    team = Team.objects.filter(id=values.team).first() if values.team else None
    manager = Staff.objects.filter(id=values.manager).first() if values.manager else None
    return {
        "name": values.name,
        "code": values.code,
        "department": departments.get(values.department) if values.department else None,
        "team": team.name if team else None,
        "role": str(values.role),
        "manager": manager.name if manager else None,
        "answers for": sorted(departments[one] for one in values.departments if one in departments),
        "minutes per week": values.minutes_per_week,
    }
