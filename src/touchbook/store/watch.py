"""Where a department lost most lately, and what to do there instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from touchbook.store.models import Practice, Touchpoint
from touchbook.store.plain import select
from touchbook.store.values import digits_of, said, uuid_of

LOOKED_BACK = timedelta(28)


@dataclass(frozen=True, slots=True)
class Leak:
    """The touchpoint where most points were lost, the practice that lost most of them, and the best deposit there.

    ``withdrawal`` and ``deposit`` are empty where there is none. No person is named.
    """

    touchpoint: str
    withdrawal: str
    points: float
    deposit: str


def worst_leak(departments: Collection[UUID], at: datetime) -> Leak | None:
    """Where the departments lost most in the four weeks until an instant; None when they lost nothing."""
    if not departments:
        return None
    names = dict(Touchpoint.objects.filter(department__in=departments, retired_at=None).values_list("id", "name"))
    lost = {touchpoint: found for touchpoint in names if (found := _lost_at(touchpoint, at))}
    worst = max(lost, key=lambda one: (sum(lost[one].values()), names[one]), default=None)
    if worst is None:
        return None
    practices = {one.id: one for one in Practice.objects.filter(touchpoint=worst)}
    most = max(lost[worst], key=lambda one: (lost[worst][one], str(one)))
    best = max(
        (one for one in practices.values() if one.kind == "deposit" and one.retired_at is None),
        key=lambda one: (one.impact, one.name),
        default=None,
    )
    named = practices.get(most) if most else None
    return Leak(names[worst], named.name if named else "", sum(lost[worst].values()), best.name if best else "")


# What stands in the index's condition must stand here as it does there, or SQLite would not see that the index serves.
_LOST = (
    "SELECT practice, SUM(points) FROM store_entry AS lost WHERE kind = 'withdrawal' AND corrects IS NULL "
    "AND touchpoint = %s AND at >= %s AND at <= %s AND account_kind <> 'staff' "
    "AND NOT EXISTS (SELECT 1 FROM store_entry AS taken WHERE taken.corrects = lost.id) GROUP BY practice"
)


def _lost_at(touchpoint: UUID, at: datetime) -> dict[UUID | None, float]:
    """The points that each practice lost at a touchpoint lately."""
    rows = select(_LOST, [digits_of(touchpoint), said(at - LOOKED_BACK), said(at)])
    return {practice and uuid_of(practice): points for practice, points in rows if points}
