"""The weeks that were planned: their runs, what became of the touches, and what is whose to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from touchbook.plan.model import OWNER
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.store.models import CapacityCounter, Customer, PlannedTouch, PlanRun, Role, Staff, TouchEvent
from touchbook.store.people import Person, customers_seen_by, owners_seen_by
from touchbook.store.queries import touches_whose_last_event_is

_DECIDE_ALL = (Role.STRATEGIST, Role.ADMINISTRATOR)
_TOUCH, _EVENT = PlannedTouch._meta.db_table, TouchEvent._meta.db_table


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may decide of a week: all of it, or the touches of some teams and owners."""

    everything: bool
    teams: frozenset[str] = frozenset()
    owners: frozenset[UUID] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing for them to decide."""
        return not (self.everything or self.teams or self.owners)

    def holds(self, touch: PlannedTouch) -> bool:
        """Whether a touch is theirs to decide."""
        return self.everything or touch.team in self.teams or touch.owner in self.owners


def scope_of(person: Person) -> Scope:
    """Those who answer for the plan decide everything; a manager what their own teams and departments make."""
    if person.role in _DECIDE_ALL:
        return Scope(True)
    if person.role is not Role.MANAGER:
        return Scope(False)
    colleagues = owners_seen_by(person)
    teams = set(Staff.objects.filter(id__in=colleagues, retired_at=None).values_list("team__name", flat=True))
    return Scope(False, frozenset(team for team in teams if team), frozenset(colleagues))


def within(scope: Scope) -> Q:
    """The touches of a scope."""
    return Q() if scope.everything else Q(team__in=scope.teams) | Q(owner__in=scope.owners)


def runs() -> QuerySet[PlanRun]:
    """Every run, the last first."""
    return PlanRun.objects.select_related("plan_version").order_by("-number")


def run_of(today: date) -> PlanRun | None:
    """The last run whose week covers a day; else the last run of all."""
    about = runs().filter(starts_on__lte=today, starts_on__gt=today - timedelta(HORIZON_DAYS)).first()
    return about or runs().first()


def last_run_for(run: PlanRun) -> PlanRun:
    """The last run for the same week: itself, unless it was planned again."""
    return runs().filter(starts_on=run.starts_on).first() or run


def weeks_about(run: PlanRun) -> tuple[PlanRun | None, PlanRun | None]:
    """The last runs of the nearest week before and the nearest after."""
    before = runs().filter(starts_on__lt=run.starts_on).order_by("-starts_on", "-number").first()
    after = runs().filter(starts_on__gt=run.starts_on).order_by("starts_on", "-number").first()
    return before, after


@dataclass(frozen=True, slots=True)
class Counted:
    """So many touches of a run that are alike, and what they are worth; ``state`` is what became of them last."""

    team: str
    channel: str
    purpose: str
    name: str
    must: bool
    held_out: bool
    state: str
    count: int
    value: float


def counted(run: PlanRun) -> Sequence[Counted]:
    """The touches of a run, counted by team, kind and state."""
    # What became of them changes with the last event of all, and with nothing else.
    return _counted(run.number, _last_event(), str(connection.settings_dict["NAME"]))


def _last_event() -> int:
    return int(TouchEvent.objects.aggregate(last=Max("number"))["last"] or 0)


@lru_cache(maxsize=16)
def _counted(run: int, _event: int, _database: str) -> tuple[Counted, ...]:
    query = (
        f"SELECT p.team, p.channel, p.purpose, p.name, p.must, p.held_out, e.event, COUNT(*), SUM(p.value) "  # noqa: S608
        f"FROM {_TOUCH} AS p LEFT JOIN {_EVENT} AS e ON e.number = "
        f"(SELECT MAX(number) FROM {_EVENT} AS last WHERE last.touch = p.id) "
        "WHERE p.run_id = %s GROUP BY p.team, p.channel, p.purpose, p.name, p.must, p.held_out, e.event "
        "ORDER BY COUNT(*) DESC, p.name"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [run])
        return tuple(
            Counted(
                team=row[0], channel=row[1], purpose=row[2], name=row[3], must=bool(row[4]), held_out=bool(row[5]),
                state=row[6] or ("held out" if row[5] else "planned"), count=int(row[7]), value=float(row[8] or 0),
            )
            for row in cursor.fetchall()
        )  # fmt: skip


def waiting_for(run: PlanRun, scope: Scope) -> Mapping[str, int]:
    """How many touches of a run wait for the approval of whoever has a scope, by team."""
    if scope.nothing:
        return {}
    if scope.everything:
        waiting = [row for row in counted(run) if row.state == "planned" and not row.held_out]
        return {team: sum(row.count for row in waiting if row.team == team) for team in {row.team for row in waiting}}
    mine = touches_whose_last_event_is(("planned",)).filter(within(scope), run=run, held_out=False)
    return dict(mine.values_list("team").annotate(count=Count("id")).values_list("team", "count"))


def touches_of(run: PlanRun, person: Person) -> QuerySet[PlannedTouch]:
    """A run's touches to customers whom a person may see, with their ``state``; never one that is held out."""
    last = TouchEvent.objects.filter(touch=OuterRef("id")).order_by("-number").values("event")[:1]
    found = PlannedTouch.objects.filter(run=run, held_out=False)
    if not person.sees_everybody:
        found = found.filter(Exists(customers_seen_by(person).filter(id=OuterRef("customer"))))
    return found.annotate(state=Coalesce(Subquery(last), Value("planned")))


def in_states(touches: QuerySet[PlannedTouch], states: Sequence[str]) -> QuerySet[PlannedTouch]:
    """Those of ``touches_of`` that are in one of some states."""
    return touches.filter(Q(state__in=states))


def in_order(touches: QuerySet[PlannedTouch]) -> QuerySet[PlannedTouch]:
    """What must be made first, then by day and worth."""
    first = Case(When(must=True, then=Value("0")), default=Value("1"), output_field=CharField())
    return touches.order_by(first, "due_on", F("value").desc(), "id")


def names_of(customers: Sequence[UUID]) -> Mapping[UUID, str]:
    """What customers are called; one without a name by nothing."""
    return dict(Customer.objects.filter(id__in=customers).values_list("id", "name"))


def staff_names(staff: Sequence[UUID]) -> Mapping[UUID, str]:
    """What members of staff are called."""
    return dict(Staff.objects.filter(id__in=staff).values_list("id", "name"))


def counters_of(run: PlanRun) -> list[CapacityCounter]:
    """What there is of each capacity that all have in common, and what is used of it now."""
    return list(CapacityCounter.objects.filter(run=run, owner=None).order_by("id"))


def owners_time(run: PlanRun) -> tuple[int, float, float]:
    """How many owners have minutes of their own, how many they use, and how many there are."""
    rows = CapacityCounter.objects.filter(run=run).exclude(owner=None).values_list("used", "available")
    used, available = [row[0] for row in rows], [row[1] for row in rows]
    return len(used), sum(used), sum(available)


def is_team_of_owners(team: str) -> bool:
    """Whether a touch's team says that whoever owns the relationship makes it."""
    return team == OWNER


def customers_reached(run: PlanRun) -> int:
    """How many customers a run has touches to make for."""
    return _customers_reached(run.number, _last_event(), str(connection.settings_dict["NAME"]))


@lru_cache(maxsize=16)
def _customers_reached(run: int, _event: int, _database: str) -> int:
    return PlannedTouch.objects.filter(run=run, held_out=False).values("customer").distinct().count()
