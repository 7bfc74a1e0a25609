"""Who works here, who may see and change whom, and what hangs on somebody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from touchbook.store.models import Customer, Role, Staff
from touchbook.store.people import Person

_SEE_ALL = (Role.STRATEGIST, Role.ADMINISTRATOR)
OWN_CHANGES = ("team", "minutes_per_week")
"""What a manager may change of somebody they manage."""


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """Which people a list shows; what is empty filters nothing. ``retired`` adds those who have left."""

    text: str = ""
    department: UUID | None = None
    team: UUID | None = None
    role: str = ""
    retired: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether anybody may be left out."""
        return bool(self.text or self.department or self.team or self.role)


def listed_for(person: Person) -> QuerySet[Staff]:
    """Those whom a person finds in the list of people: a manager their own and their departments', others everybody."""
    if person.role in _SEE_ALL:
        return Staff.objects.all()
    return Staff.objects.filter(Q(department__in=person.departments) | Q(manager=person.id) | Q(id=person.id))


def found(person: Person, wanted: StaffFilter) -> QuerySet[Staff]:
    """The people whom a filter leaves, by name."""
    rows = listed_for(person).select_related("department", "team", "manager")
    if wanted.text:
        rows = rows.filter(Q(name__icontains=wanted.text) | Q(code__icontains=wanted.text))
    if wanted.department:
        rows = rows.filter(department=wanted.department)
    if wanted.team:
        rows = rows.filter(team=wanted.team)
    if wanted.role:
        rows = rows.filter(role=wanted.role)
    if not wanted.retired:
        rows = rows.filter(retired_at=None)
    return rows.order_by("name", "id")


def changeable(person: Person, staff: Staff) -> tuple[str, ...] | None:
    """What a person may change of a member of staff: () for everything, some values, or None for nothing."""
    if person.role == Role.ADMINISTRATOR:
        return ()
    if person.role == Role.MANAGER and staff.manager_id == person.id and staff.retired_at is None:
        return OWN_CHANGES
    return None


def is_last_administrator(staff: Staff) -> bool:
    """Whether nobody else who is still here is an administrator."""
    here = Staff.objects.filter(role=Role.ADMINISTRATOR, retired_at=None)
    return staff.role == Role.ADMINISTRATOR and staff.retired_at is None and not here.exclude(id=staff.id).exists()


def leads_back_to(manager: UUID, staff: UUID) -> bool:
    """Whether the managers of a manager, one above the other, lead to a member of staff."""
    above = dict(Staff.objects.exclude(manager=None).values_list("id", "manager_id"))
    seen: set[UUID] = set()
    one: UUID | None = manager
    while one is not None and one not in seen:
        if one == staff:
            return True
        seen.add(one)
        one = above.get(one)
    return False


def customers_owned(staff: UUID) -> int:
    """How many customers somebody looks after."""
    return Customer.objects.filter(owner=staff).count()


def people_by(column: str) -> dict[UUID, int]:
    """How many people are here by department or by team (``department_id``, ``team_id``)."""
    here = Staff.objects.filter(retired_at=None).exclude(**{column: None})
    return dict(here.values_list(column).annotate(Count("id")).order_by())
