"""Where deposits and withdrawals happened in the last four weeks and the four before, by touchpoint and practice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from touchbook.lake.present_state import PresentState, literal
from touchbook.plan.model import Plan
from touchbook.store.models import Practice, Touchpoint
from touchbook.store.people import Person

DAYS = 28
WEEKS = 12


@dataclass(slots=True)
class Tally:
    """Points and moments of a window of days, and of the one before it. ``open_minus`` is what is not made good."""

    plus: float = 0.0
    minus: float = 0.0
    plus_before: float = 0.0
    minus_before: float = 0.0
    open_minus: float = 0.0
    moments: int = 0
    moments_before: int = 0

    @property
    def net(self) -> float:
        """Deposits less withdrawals."""
        return self.plus - self.minus

    @property
    def open_share(self) -> float:
        """What part of the points lost is not made good."""
        return self.open_minus / self.minus if self.minus else 0.0


@dataclass(frozen=True, slots=True)
class Habit:
    """One practice at one touchpoint. ``share`` is that of the moments there in which it happened."""

    id: UUID | None
    name: str
    kind: str
    place: str
    tally: Tally
    share: float

    @property
    def points(self) -> float:
        """What it brought or cost."""
        return self.tally.plus or self.tally.minus

    @property
    def before(self) -> float:
        """The same in the window before."""
        return self.tally.plus_before or self.tally.minus_before


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint with its tally and practices, those that weigh most first."""

    touchpoint: Touchpoint
    tally: Tally
    habits: Sequence[Habit]

    @property
    def name(self) -> str:
        """As the plan calls it."""
        return self.touchpoint.name

    def of(self, kind: str) -> list[Habit]:
        """Its deposits, or its withdrawals."""
        return [one for one in self.habits if one.kind == kind]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the journey with its touchpoints, in the plan's order."""

    name: str
    places: list[Place] = field(default_factory=list)


def touchpoints_seen_by(person: Person) -> QuerySet[Touchpoint]:
    """Those of a person's departments, and those that belong to none; for who sees everybody, all."""
    every = Touchpoint.objects.select_related("department").order_by("name")
    if person.sees_everybody:
        return every
    return every.filter(Q(department=None) | Q(department__in=person.departments))


def last_day(state: PresentState) -> date:
    """The day as of which everything is described, where the organisation is at home."""
    return timezone.localtime(state.taken_at).date()


def places_of(state: PresentState, touchpoints: Iterable[Touchpoint]) -> list[Place]:
    """Touchpoints with what happened there, in the order given."""
    listed = list(touchpoints)
    practices: dict[str, list[Practice]] = {}
    for practice in Practice.objects.filter(touchpoint__in=listed).order_by("kind", "-impact", "name"):
        practices.setdefault(str(practice.touchpoint_id), []).append(practice)
    tallies = _tallies(state, listed)
    return [_place(one, practices.get(str(one.id), []), tallies) for one in listed]


def _place(
    touchpoint: Touchpoint, practices: Sequence[Practice], tallies: Mapping[tuple[str, str | None, str | None], Tally]
) -> Place:
    whole = tallies.get((str(touchpoint.id), None, None), Tally())
    habits = []
    for practice in practices:
        tally = tallies.get((str(touchpoint.id), str(practice.id), practice.kind))
        if tally is not None or practice.retired_at is None:
            share = tally.moments / whole.moments if tally and whole.moments else 0.0
            habits.append(Habit(practice.id, practice.name, practice.kind, touchpoint.name, tally or Tally(), share))
    parts = [tally for key, tally in tallies.items() if key[0] == str(touchpoint.id) and key[2] is not None]
    total = Tally(
        sum(one.plus for one in parts),
        sum(one.minus for one in parts),
        sum(one.plus_before for one in parts),
        sum(one.minus_before for one in parts),
        sum(one.open_minus for one in parts),
        whole.moments,
        whole.moments_before,
    )
    return Place(touchpoint, total, sorted(habits, key=lambda one: -one.points))


def _tallies(state: PresentState, touchpoints: Sequence[Touchpoint]) -> dict[tuple[str, str | None, str | None], Tally]:
    """By touchpoint, practice and kind; without the last two, all moments there."""
    if not touchpoints:
        return {}
    day = last_day(state)
    now, before = f"day > DATE '{day - timedelta(DAYS)}'", f"day <= DATE '{day - timedelta(DAYS)}'"
    listed = ", ".join(literal(str(one.id)) for one in touchpoints)
    query = (
        f"SELECT touchpoint, practice, kind, "  # noqa: S608
        f"COALESCE(SUM(points) FILTER ({now}), 0), COALESCE(SUM(points) FILTER ({before}), 0), "
        f"COALESCE(SUM(open_points) FILTER ({now}), 0), "
        f"COALESCE(SUM(moments) FILTER ({now}), 0), COALESCE(SUM(moments) FILTER ({before}), 0) "
        f"FROM {state.journey} WHERE touchpoint IN ({listed}) AND day > DATE '{day - timedelta(2 * DAYS)}' "
        f"GROUP BY ALL"
    )
    found = {}
    for touchpoint, practice, kind, points, points_before, open_points, moments, moments_before in state.ask(query):
        tally = Tally(open_minus=open_points, moments=int(moments), moments_before=int(moments_before))
        if kind == "deposit":
            tally.plus, tally.plus_before = points, points_before
        elif kind == "withdrawal":
            tally.minus, tally.minus_before = points, points_before
        found[touchpoint, practice, kind] = tally
    return found


def stages_of(plan: Plan, places: Iterable[Place]) -> list[Stage]:
    """Places by stage, both in the order in which the plan names them."""
    order = {name: place for place, name in enumerate(plan.touchpoints)}
    found: dict[str, Stage] = {}
    for place in sorted(places, key=lambda one: (order.get(one.name, len(order)), one.name)):
        found.setdefault(place.touchpoint.stage, Stage(place.touchpoint.stage)).places.append(place)
    return list(found.values())


def worst_leak(places: Iterable[Place]) -> Habit | None:
    """The practice that cost most."""
    found = [habit for place in places for habit in place.of("withdrawal") if habit.tally.minus > 0]
    return max(found, key=lambda one: one.tally.minus, default=None)


def best_habit(places: Iterable[Place]) -> Habit | None:
    """The practice that brought most."""
    found = [habit for place in places for habit in place.of("deposit") if habit.tally.plus > 0]
    return max(found, key=lambda one: one.tally.plus, default=None)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days at a touchpoint, the first of them, and the points of either kind."""

    begins: date
    plus: float
    minus: float


def weeks_of(state: PresentState, touchpoint: Touchpoint) -> list[Week]:
    """The last weeks at a touchpoint, the latest last."""
    first = last_day(state) - timedelta(7 * WEEKS - 1)
    query = (
        f"SELECT (day - DATE '{first}') // 7, COALESCE(SUM(points) FILTER (kind = 'deposit'), 0), "  # noqa: S608
        f"COALESCE(SUM(points) FILTER (kind = 'withdrawal'), 0) FROM {state.journey} "
        f"WHERE touchpoint = {literal(str(touchpoint.id))} AND day >= DATE '{first}' GROUP BY 1"
    )
    found = {int(week): (plus, minus) for week, plus, minus in state.ask(query)}
    return [Week(first + timedelta(7 * week), *found.get(week, (0.0, 0.0))) for week in range(WEEKS)]
