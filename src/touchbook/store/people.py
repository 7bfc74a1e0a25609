"""Who is asking, and which customers they may see."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from touchbook.store.models import Customer, PlannedTouch, Role, Staff

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
    row = Staff.objects.select_related("team").filter(id=staff, retired_at=None).first()
    if row is None:
        return None
    answers_for = Staff.departments.through.objects.filter(staff=row).values_list("department", flat=True)
    departments = frozenset(answers_for) | ({row.department_id} if row.department_id else set())
    return Person(row.id, row.name, Role(row.role), row.team.name if row.team else "", departments)


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
