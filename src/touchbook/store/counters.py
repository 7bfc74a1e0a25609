"""Hard counters: what a run's touches take of each capacity, kept right by conditional updates and row counts.

What a touch takes is reserved with its row and given back when it is skipped or superseded, in the same transaction;
one that was skipped by mistake takes it again.
Counters are always changed in the order of their numbers, so that no two writers ever wait for each other in a circle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isclose
from typing import Any
from uuid import UUID

from django.db import connection

from touchbook.plan.model import EACH_OWNER
from touchbook.planner.takes import takes
from touchbook.store.append import select_by_ids
from touchbook.store.models import CapacityCounter, PlannedTouch, PlanRun, TouchEvent
from touchbook.store.plain import change, change_all, select_all
from touchbook.store.queries import plan_version
from touchbook.store.values import digits_of, uuid_of

TOLERANCE = 1e-9  # sums of fractions, such as those of the sales share, may miss what they stand for by a rounding
RUNS_EXAMINED = 8  # as many as keep their evidence: of older ones nothing can be asked
_AGREE = 1e-6  # sums that were added up in another order differ by less, in units of the capacity or as a share
GIVEN_BACK = ("skipped", "superseded")
_COUNTER, _TOUCH, _EVENT = (model._meta.db_table for model in (CapacityCounter, PlannedTouch, TouchEvent))

Whose = tuple[str, UUID | None]
"""A capacity by its name, and the member of staff whose own it is."""


@dataclass(frozen=True, slots=True)
class Room:
    """One counter: its number, what there is, what is used, and the run's price."""

    number: int
    available: float
    used: float
    price: float


NO_ROOM = Room(0, 0.0, 0.0, 0.0)
"""For a capacity that the run has no counter of, such as that of an owner who came after it."""


@dataclass(frozen=True, slots=True)
class Take:
    """So much of one counter; below 0 where a touch gives."""

    capacity: str
    room: Room
    amount: float


def rooms(run: int, owner: UUID | None) -> dict[Whose, Room]:
    """The counters of a run (by its number) that one customer's touches can draw on; *owner* is the customer's."""
    query = f"SELECT capacity, owner, id, available, used, price FROM {_COUNTER} WHERE run_id = %s"  # noqa: S608
    asked: list[tuple[str, list[Any]]] = [(f"{query} AND owner IS NULL", [run])]
    if owner is not None:
        asked.append((f"{query} AND capacity = %s AND owner = %s", [run, EACH_OWNER, digits_of(owner)]))
    found = [row for rows in select_all(asked) for row in rows]
    return {(row[0], row[1] and uuid_of(row[1])): Room(*row[2:]) for row in found}


def lacking(wanted: Iterable[Take]) -> str:
    """The first capacity that has not enough left, as its counter was read; empty when all have."""
    return next((take.capacity for take in wanted if not _has(take)), "")


def reserve(wanted: Iterable[Take]) -> str:
    """Take amounts of several counters, all of them or none: the capacity that had not enough, or empty.

    Call it within a transaction.
    """
    raised = (
        f"UPDATE {_COUNTER} SET used = used + %s "  # noqa: S608
        f"WHERE id = %s AND (%s <= 0 OR used + %s <= available + {TOLERANCE!r} * (1 + available))"
    )
    takes = sorted(wanted, key=lambda one: one.room.number)
    changed = change_all([(raised, [one.amount, one.room.number, one.amount, one.amount]) for one in takes])
    full = [take.capacity for take, count in zip(takes, changed, strict=True) if not count]
    if full:
        _add({take.room.number: -take.amount for take, count in zip(takes, changed, strict=True) if count})
    return full[0] if full else ""


def give_back(touches: Iterable[UUID]) -> None:
    """Give back what planned touches took; call it once for each, in the transaction that ends it."""
    _count(touches, -1)


def take_again(touches: Iterable[UUID]) -> None:
    """Take again what planned touches had given back, whatever there is left: the plan had room for them."""
    _count(touches, 1)


def _count(touches: Iterable[UUID], times: int) -> None:
    """Add what planned touches take to their runs' counters, so many times."""
    counted: defaultdict[int, Counter[tuple[str, UUID | None]]] = defaultdict(Counter)
    query = f"SELECT run_id, name, owner FROM {_TOUCH} WHERE id"  # noqa: S608
    for run, name, owner in select_by_ids(query, touches):
        counted[run][name, owner and uuid_of(owner)] += 1
    for run in sorted(counted):
        kept = CapacityCounter.objects.filter(run=run).values_list("capacity", "owner", "id")
        numbers = {(capacity, owner): number for capacity, owner, number in kept}
        totals = _totals(run, counted[run]) if numbers else {}
        _add({numbers[whose]: times * amount for whose, amount in totals.items() if whose in numbers})


@dataclass(frozen=True, slots=True)
class Miscount:
    """A counter that does not say what the touches of its run take."""

    number: int
    capacity: str
    used: float
    counted: float


def miscounts() -> tuple[int, list[Miscount]]:
    """How many counters the last runs have, and those that do not say what the runs' touches take."""
    kept = CapacityCounter.objects.values_list("run", flat=True).distinct().order_by("-run")[:RUNS_EXAMINED]
    number, wrong = 0, []
    for run in kept:
        totals = _totals(run, _counted(run))
        for counter in CapacityCounter.objects.filter(run=run).order_by("id"):
            number += 1
            counted = totals.get((counter.capacity, counter.owner), 0.0)
            if not isclose(counter.used, counted, rel_tol=_AGREE, abs_tol=_AGREE):
                wrong.append(Miscount(counter.pk, counter.capacity, counter.used, counted))
    return number, wrong


def recount(wrong: Iterable[Miscount]) -> None:
    """Set counters to what was counted."""
    for one in wrong:
        CapacityCounter.objects.filter(id=one.number).update(used=one.counted)


def _counted(run: int) -> dict[tuple[str, UUID | None], int]:
    """How many of each touch, and of whose owner's, a run has that were neither skipped nor superseded."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, owner, COUNT(*) FROM {_TOUCH} AS planned WHERE run_id = %s AND NOT EXISTS ("  # noqa: S608
            f"SELECT 1 FROM {_EVENT} AS ended WHERE ended.touch = planned.id AND ended.event IN (%s, %s) "
            f"AND NOT EXISTS (SELECT 1 FROM {_EVENT} AS anew WHERE anew.touch = planned.id "
            "AND anew.event = 'reopened' AND anew.number > ended.number)) "
            "GROUP BY name, owner",
            [run, *GIVEN_BACK],
        )
        return {(name, owner and uuid_of(owner)): int(count) for name, owner, count in cursor.fetchall()}


def _totals(run: int, counted: Mapping[tuple[str, UUID | None], int]) -> dict[Whose, float]:
    """What so many of each touch take in all. A touch has an owner where it takes of that owner's own minutes."""
    version = PlanRun.objects.values_list("plan_version_id", flat=True).get(number=run)
    of_touch = takes(plan_version(version)[1])
    totals: defaultdict[Whose, float] = defaultdict(float)
    for (name, owner), count in counted.items():
        for capacity, amount in of_touch.get(name, {}).items():
            totals[capacity, owner if capacity == EACH_OWNER else None] += amount * count
    return dict(totals)


def _has(take: Take) -> bool:
    room = take.room
    return take.amount <= 0 or room.used + take.amount <= room.available + TOLERANCE * (1 + room.available)


def _add(amounts: Mapping[int, float]) -> None:
    """Add to counters by their numbers, in that order."""
    for number in sorted(amounts):
        change(f"UPDATE {_COUNTER} SET used = used + %s WHERE id = %s", [amounts[number], number])  # noqa: S608
