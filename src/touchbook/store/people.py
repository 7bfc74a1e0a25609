"""Who is asking, and which customers they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from touchbook.store.models import Customer, PlannedTouch, Role, Staff
from touchbook.store.plain import select
from touchbook.store.values import digits_of, uuid_of

# With a row for each department that they answer for.
PERSON_COLUMNS = "staff.id, staff.name, staff.role, team.name, staff.department_id, answers.department_id"
PERSON_JOINS = (
    "LEFT JOIN store_team AS team ON team.id = staff.team_id "
    "LEFT JOIN store_staff_departments AS answers ON answers.staff_id = staff.id"
)
_PERSON = (
    f"SELECT {PERSON_COLUMNS} FROM store_staff AS staff {PERSON_JOINS} "  # noqa: S608
    "WHERE staff.id = %s AND staff.retired_at IS NULL"
)
_SEE_EVERYBODY = (Role.STRATEGIST, Role.ANALYST, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who is signed in. ``departments``: the one they work in and those they answer for."""

    id: UUID
    name: str
    role: Role
    team: str
    departments: frozenset[UUID]

    @property
    def sees_everybody(self) -> bool:
        """Whether every customer is theirs to see."""
        return self.role in _SEE_EVERYBODY


def person_of(staff: UUID) -> Person | None:
    """The member of staff of an id, unless they have left."""
    return person_in(select(_PERSON, [digits_of(staff)]))


def person_in(rows: Sequence[tuple[Any, ...]]) -> Person | None:
    """Whom rows of ``PERSON_COLUMNS`` are about; nobody where there is no row, or nothing in it."""
    if not rows or rows[0][0] is None:
        return None
    staff, name, role, team = rows[0][:4]
    departments = frozenset(uuid_of(one) for row in rows for one in row[4:] if one is not None)
    return Person(uuid_of(staff), name, Role(role), team or "", departments)


def owners_seen_by(person: Person) -> list[UUID]:
    """Whose customers a person may see who may not see everybody: their own, and their departments' colleagues'."""
    colleagues = Staff.objects.filter(department__in=person.departments).values_list("id", flat=True)
    return [person.id, *(one for one in colleagues if one != person.id)]


def customers_seen_by(person: Person) -> QuerySet[Customer]:
    """The customers that a person may see.

    Those who belong to nobody; those whom somebody of their departments looks after; and, whoever looks after them,
    those to whom their team, or they themselves, have a touch to make.
    """
    if person.sees_everybody:
        return Customer.objects.all()
    given = PlannedTouch.objects.filter(customer=OuterRef("id"), held_out=False).filter(
        Q(team=person.team) & ~Q(team="") | Q(owner=person.id)
    )
    open_to_all = Q(owner=None) | Q(owner__in=owners_seen_by(person))
    return Customer.objects.filter(open_to_all | Exists(given))


def may_see(person: Person, customer: UUID) -> bool:
    """Whether a person may see a customer."""
    return customers_seen_by(person).filter(id=customer).exists()


def staff_seen_by(person: Person) -> QuerySet[Staff]:
    """Whose own accounts a person may see: theirs, and those of whom they manage. No role sees any other."""
    return Staff.objects.filter(Q(id=person.id) | Q(manager=person.id))
