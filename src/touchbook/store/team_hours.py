"""The time that people have for touches, beside the time that the plan counts on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from touchbook.plan.model import EACH_OWNER, Plan
from touchbook.store.models import Customer, Staff, Team
from touchbook.store.plan_names import teams_of

_WEEK_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class TeamHours:
    """A team: minutes a week that the plan counts on (None: it sets none) and that its people have.

    ``unsaid`` is how many of its people nobody has said minutes of.
    """

    id: UUID
    name: str
    is_in_plan: bool
    planned: float | None
    people: tuple[Staff, ...]

    @property
    def minutes(self) -> int:
        """What its people have together."""
        return sum(one.minutes_per_week or 0 for one in self.people)

    @property
    def unsaid(self) -> int:
        """How many of its people nobody has said minutes of."""
        return sum(one.minutes_per_week is None for one in self.people)

    @property
    def short_by(self) -> float:
        """How many minutes the plan counts on beyond what its people have; 0 where it does not."""
        return max(0.0, (self.planned or 0.0) - self.minutes)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who looks after customers, and how many."""

    staff: Staff
    customers: int


def minutes_planned(plan: Plan, name: str) -> float | None:
    """The minutes a week that a plan counts on under a name; None where it sets none."""
    capacity = plan.capacity.get(name)
    return None if capacity is None else capacity.amount * _WEEK_DAYS / capacity.days


def teams_with_hours(plan: Plan | None) -> list[TeamHours]:
    """Every team, with those whom a plan names first."""
    people: dict[UUID, list[Staff]] = {}
    for one in Staff.objects.filter(retired_at=None).exclude(team=None).order_by("name"):
        if one.team_id is not None:
            people.setdefault(one.team_id, []).append(one)
    named = teams_of(plan) if plan else frozenset()
    teams = [
        TeamHours(
            row.id,
            row.name,
            row.name in named,
            minutes_planned(plan, row.name) if plan else None,
            tuple(people.get(row.id, ())),
        )
        for row in Team.objects.order_by("name")
    ]
    return sorted(teams, key=lambda team: (not team.is_in_plan, team.name))


def owners_with_hours(plan: Plan | None) -> tuple[float | None, list[Owner]]:
    """The minutes a week that a plan counts on of each owner, and everybody who looks after customers."""
    owned = dict(Customer.objects.exclude(owner=None).values_list("owner").annotate(Count("id")).order_by())
    staff = Staff.objects.filter(id__in=owned).order_by("name")
    return minutes_planned(plan, EACH_OWNER) if plan else None, [Owner(one, owned[one.id]) for one in staff]
