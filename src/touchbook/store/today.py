"""What a person's list of today is made of: their team's touches, those of customers who are theirs, and promises due.

A touch is due from its day on while its run's week lasts. One that was put off is due again from the day it was put off
to; what was due before the week of the run that covers today has lapsed, because that run has decided anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min

from touchbook.plan.model import OWNER, Plan
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.store.models import PlanRun, Promise
from touchbook.store.people import Person
from touchbook.store.plain import select
from touchbook.store.queries import plan_said_by, runs_covering
from touchbook.store.values import digits_of, instant_of, uuid_of

OPEN = ("planned", "approved", "reopened")
PUT_OFF = ("tried", "deferred")
PROMISES_SHOWN = 20
_COLUMNS = (
    "touch.id, touch.customer, customer.name, touch.name, touch.purpose, touch.channel, touch.team, touch.due_on, "
    "touch.reason, touch.must, touch.value, touch.run_id, "
    "step.event, step.staff, step.at, step.due_on, staff.name, step.id"
)
_LAST = "(SELECT MAX(number) FROM store_touchevent WHERE touch = touch.id)"
_TABLES = (
    "JOIN store_customer AS customer ON customer.id = touch.customer "
    "LEFT JOIN store_staff AS staff ON staff.id = step.staff"
)
_IN_RUNS = (
    f"SELECT {_COLUMNS} FROM store_plannedtouch AS touch "  # noqa: S608
    f"LEFT JOIN store_touchevent AS step ON step.number = {_LAST} {_TABLES} "
    "WHERE touch.run_id IN ([runs]) AND touch.team = %s AND touch.due_on <= %s AND NOT touch.held_out "
    "AND (step.event IS NULL OR step.event IN ('planned', 'approved', 'claimed', 'tried', 'deferred', 'reopened'))"
)
_PUT_OFF = (
    f"SELECT {_COLUMNS} FROM store_touchevent AS step JOIN store_plannedtouch AS touch ON touch.id = step.touch "  # noqa: S608
    f"{_TABLES} WHERE step.due_on >= %s AND step.due_on <= %s AND step.event IN ('tried', 'deferred', 'reopened') "
    f"AND step.number = {_LAST} AND NOT touch.held_out AND touch.team = %s"
)
_MINE = " AND customer.owner_id = %s"


@dataclass(frozen=True, slots=True)
class Due:
    """One touch that is due, with what became of it so far. ``plan`` is that of the run that decided it.

    ``state``: what its last ``step`` was; ``by`` and ``by_name``: who took it, and ``at`` when. ``due_on``: the day on
    which it is due, which is the day that it was put off to, where it ``was_put_off``.
    """

    id: UUID
    customer: UUID
    customer_name: str
    name: str
    purpose: str
    channel: str
    team: str
    due_on: date
    reason: str
    must: bool
    value: float
    plan: Plan
    state: str
    by: UUID | None = None
    by_name: str = ""
    at: datetime | None = None
    step: UUID | None = None
    was_put_off: bool = False

    @property
    def minutes(self) -> float:
        """How long it is expected to take."""
        touch = self.plan.touches.get(self.name)
        return touch.minutes if touch else 0.0

    def is_taken(self, today: date, zone: Any) -> bool:
        """Whether somebody has taken it today; what was taken on an earlier day is free again."""
        return self.state == "claimed" and self.at is not None and self.at.astimezone(zone).date() == today


def runs_now(at: datetime) -> list[PlanRun]:
    """The runs whose week covers an instant."""
    return runs_covering(at)


def next_week_starts(today: date) -> date | None:
    """The first day of the next week that is planned already, or None."""
    found: date | None = PlanRun.objects.filter(starts_on__gt=today).aggregate(day=Min("starts_on"))["day"]
    return found


def due_touches(person: Person, runs: Sequence[PlanRun], today: date, only_mine: bool) -> list[Due]:
    """What a person may do by *today*: what they have taken, what must be, what waited for its day, the most valuable.

    Their team's touches, and those that whoever owns a relationship makes, of customers whom they look after. With
    *only_mine* the team's are those of such customers too. Held-out touches are never among them.
    """
    plans = {run.number: plan_said_by(run.plan_version) for run in runs}
    since = min((run.starts_on for run in runs), default=today - timedelta(HORIZON_DAYS))
    wanted = [(OWNER, True)]
    wanted += [(person.team, only_mine)] if person.team and person.team != OWNER else []
    found: dict[UUID, Due] = {}
    for team, mine in wanted:
        also, own = (_MINE, [digits_of(person.id)]) if mine else ("", [])
        if runs:
            listed = ", ".join(str(run.number) for run in runs)
            for row in select(_IN_RUNS.replace("[runs]", listed) + also, [team, _said(today), *own]):
                _keep(found, row, plans, today)
        for row in select(_PUT_OFF + also, [_said(since), _said(today), team, *own]):
            _keep(found, row, plans, today)
    return sorted(found.values(), key=lambda due: _order(due, person))


def touch_of(person: Person, touch: UUID) -> Due | None:
    """One touch that is, or was, on a person's list, whatever became of it; None for another's, or one held out."""
    query = (
        f"SELECT {_COLUMNS} FROM store_plannedtouch AS touch "  # noqa: S608
        f"LEFT JOIN store_touchevent AS step ON step.number = {_LAST} {_TABLES} "
        "WHERE touch.id = %s AND NOT touch.held_out "
        "AND ((touch.team = %s AND customer.owner_id = %s) OR touch.team = %s)"
    )
    rows = select(query, [digits_of(touch), OWNER, digits_of(person.id), person.team or "\n"])
    return _due(rows[0], {}) if rows else None


def next_day(person: Person, runs: Sequence[PlanRun], today: date) -> date | None:
    """The next day on which the runs have a touch for the person's team, or for a customer who is theirs."""
    if not runs:
        return None
    rows = select(
        "SELECT MIN(touch.due_on) FROM store_plannedtouch AS touch "
        "WHERE touch.run_id IN ([runs]) AND touch.due_on > %s AND NOT touch.held_out "
        "AND (touch.team = %s OR (touch.team = %s AND touch.customer IN "
        "(SELECT id FROM store_customer WHERE owner_id = %s)))".replace(
            "[runs]", ", ".join(str(run.number) for run in runs)
        ),
        [_said(today), person.team or "\n", OWNER, digits_of(person.id)],
    )
    return _day(rows[0][0]) if rows[0][0] else None


def promises_due(person: Person, today: date) -> list[Promise]:
    """The promises that a person made and that are due, or overdue; the oldest first."""
    open_ones = Promise.objects.filter(settled_at=None, due_on__lte=today, made_by=person.id)
    return list(open_ones.select_related("customer").order_by("due_on", "id")[:PROMISES_SHOWN])


def _keep(found: dict[UUID, Due], row: tuple[Any, ...], plans: dict[int, Plan], today: date) -> None:
    due = _due(row, plans)
    if due.due_on <= today:
        found[due.id] = due


def _due(row: tuple[Any, ...], plans: dict[int, Plan]) -> Due:
    identifier, customer, customer_name, name, purpose, channel, team, due_on, reason, must, value, run = row[:12]
    event, staff, at, again_on, staff_name, step = row[12:]
    if run not in plans:
        plans[run] = plan_said_by(PlanRun.objects.select_related("plan_version").get(number=run).plan_version)
    state = event or "planned"
    was_put_off = bool(again_on) and state in (*PUT_OFF, "reopened")
    day = _day(again_on) if was_put_off else _day(due_on)
    return Due(
        uuid_of(identifier), uuid_of(customer), customer_name, name, purpose, channel, team, day, reason, bool(must),
        value, plans[run], state, staff and uuid_of(staff), staff_name or "", at and instant_of(at),
        step and uuid_of(step), was_put_off,
    )  # fmt: skip


def _order(due: Due, person: Person) -> tuple[bool, bool, bool, float, UUID]:
    mine = due.state == "claimed" and due.by == person.id
    return not mine, not due.must, due.state not in PUT_OFF, -due.value, due.id


def _said(day: date) -> str:
    return day.isoformat()


def _day(raw: str | date) -> date:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw
