"""What the page needs to know before anything is typed: touchpoints with their practices, and whom one met lately."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count

from touchbook.kernel.clock import now
from touchbook.store.models import Department, Moment, Touchpoint
from touchbook.store.people import Person
from touchbook.store.queries import plan_said_by, version_in_force

_LATELY = timedelta(days=30)


def touchpoints_for(person: Person) -> list[dict[str, Any]]:
    """The plan's touchpoints, a person's usual first: those of their departments, and where they logged most lately."""
    version = version_in_force()
    if version is None:
        return []
    places = _places(version.id)
    mine = set(Department.objects.filter(id__in=person.departments).values_list("name", flat=True))
    logged = Moment.objects.filter(staff=person.id, at__gte=now() - _LATELY).values_list("touchpoint")
    counts = dict(logged.annotate(count=Count("number")).order_by())
    ids = dict(Touchpoint.objects.filter(id__in=counts).values_list("name", "id")) if counts else {}
    often = {name: counts[one] for name, one in ids.items()}
    return sorted(places, key=lambda one: (one["department"] not in mine, -often.get(one["name"], 0)))


@lru_cache(maxsize=4)
def _places(version_id: UUID) -> tuple[dict[str, Any], ...]:
    """The touchpoints of a plan version as the page takes them."""
    version = version_in_force()
    if version is None or version.id != version_id:
        return ()
    return tuple(
        {
            "name": one.name,
            "stage": one.stage,
            "department": one.department,
            "deposits": list(one.deposits),
            "withdrawals": list(one.withdrawals),
        }
        for one in plan_said_by(version).touchpoints.values()
    )
