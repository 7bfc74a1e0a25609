"""Make the plan for the coming week: lake, state, decision, and the touches written down with their reasons."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
from django.db import transaction

from touchbook.insight.state import CONSENT_STATEMENT, RECENT_STATEMENT, state_statements
from touchbook.insight.stay import Stay, with_estimates
from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.kernel.ids import mint
from touchbook.kernel.language import say, say_day, speaking
from touchbook.lake import evidence as kept_evidence
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import clear, lake_folder, sync
from touchbook.plan.model import EACH_OWNER, Plan, Touch
from touchbook.planner.decide import Decision, decide
from touchbook.planner.explanation import apology_owed, evidence, reason
from touchbook.planner.guardrails.quiet_hours import when_to_reach
from touchbook.planner.population import Population
from touchbook.planner.schedule import HORIZON_DAYS, due_dates
from touchbook.planner.shares import shares
from touchbook.planner.takes import taken, takes
from touchbook.store.append import append, hold_arrivals
from touchbook.store.counters import give_back
from touchbook.store.models import CapacityCounter, Customer, PlannedTouch, PlanRun, TouchEvent
from touchbook.store.queries import plan_in_force, touches_whose_last_event_is
from touchbook.workflows.record_touch import PUT_OFF

AHEAD_DAYS_MAX = 731
RUNS_KEPT = 8  # runs whose evidence stays in the lake


@dataclass(frozen=True, slots=True)
class TouchDecided:
    """One touch of a week's plan, ready to be read. ``owner``: the member of staff whose own minutes it takes."""

    id: UUID
    customer: UUID
    customer_name: str
    touch: Touch
    due_on: date
    value: float
    reason: str
    must: bool
    held_out: bool
    owner: UUID | None = None


@dataclass(frozen=True, slots=True)
class WeekPlanned:
    """What a run decided. ``seconds`` tells how long each step took; ``run`` is None when nothing was written."""

    run: UUID | None
    plan: Plan
    starts_on: date
    decision: Decision
    touches: Sequence[TouchDecided]
    seconds: Mapping[str, float] = field(default_factory=dict)


def make_plan(home: Path, database_url: str, starts_on: date | None = None, *, dry_run: bool = False) -> WeekPlanned:
    """Plan seven days from *starts_on* (tomorrow, unless it is given) under the plan that is in force.

    What happened until midnight of that day, in the plan's time zone, counts. All that a run writes appears in one
    transaction. Raises ``NotFound`` when no plan is in force, ``Refused`` when no customer is known.
    """
    stopwatch = _Stopwatch()
    version, plan = plan_in_force()
    starts_on = first_day(plan, starts_on)
    instant = datetime.combine(starts_on, datetime.min.time(), ZoneInfo(plan.timezone)).astimezone(UTC)
    folder = lake_folder(home, database_url)
    sync(database_url, folder)
    stopwatch.lap("mirror")
    try:
        decision = _decide(folder, plan, instant, stopwatch)
    except duckdb.Error:
        # A damaged file of the lake: it holds nothing that the database does not, so it is mirrored anew.
        clear(folder)
        sync(database_url, folder)
        decision = _decide(folder, plan, instant, stopwatch)
    with speaking(plan.language):  # what is written down is read by all of the house
        touches = _touches(decision, starts_on)
    stopwatch.lap("reasons")
    run = None
    if not dry_run:
        run = mint(now())
        kept_evidence.keep(folder, run, evidence(decision))
        _write(run, version.number, decision, touches, starts_on)
        kept_evidence.let_go(folder, RUNS_KEPT)
        stopwatch.lap("write")
    return WeekPlanned(run, plan, starts_on, decision, touches, stopwatch.seconds)


def first_day(plan: Plan, wanted: date | None) -> date:
    """The first day of a week to plan: the one wanted, or tomorrow where the plan's people are."""
    starts_on = wanted or now().astimezone(ZoneInfo(plan.timezone)).date() + timedelta(days=1)
    if starts_on > now().date() + timedelta(days=AHEAD_DAYS_MAX):
        raise Refused(say("%(day)s lies more than two years ahead; plan a week that is near.", day=starts_on))
    return starts_on


def _decide(folder: Path, plan: Plan, instant: datetime, stopwatch: _Stopwatch) -> Decision:
    with Engine(folder) as engine:
        population, stay = population_at(engine, plan, instant)
        stopwatch.lap("state")
        decision = decide(plan, population, stay, engine.conditions, last_prices(plan))
    stopwatch.lap("decide")
    return decision


def last_prices(plan: Plan) -> Mapping[str, float] | None:
    """The last run's prices, to begin the search from: of capacities, and of owners; None when it had other ones."""
    run = PlanRun.objects.order_by("-number").values("prices", "parameters").first()
    if run is None or run["prices"].keys() != {share.name for share in shares(plan)}:
        return None
    return {**run["prices"], **run["parameters"].get("owner_prices", {})}


def population_at(engine: Engine, plan: Plan, instant: datetime) -> tuple[Population, Stay]:
    """Everybody as they are at an instant, and how likely they are to stay.

    Raises ``Refused`` when nobody is known, or was a customer by then.
    """
    state, stay = with_estimates(engine.run(state_statements(plan, instant)), plan)
    if not state.num_rows and Customer.objects.exists():
        raise Refused(say("Nobody was a customer before %(day)s; plan a later week.", day=say_day(instant)))
    if not state.num_rows:
        raise Refused(
            say("No customer is known yet; bring some with 'touchbook import customers' or 'touchbook import moments'.")
        )
    starts_on = instant.astimezone(ZoneInfo(plan.timezone)).date()
    return Population(state, engine.run([RECENT_STATEMENT]), engine.run([CONSENT_STATEMENT]), starts_on), stay


class _Stopwatch:
    """Seconds per step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """End a step."""
        present = time.perf_counter()
        self.seconds[step], self._last = present - self._last, present


def _touches(decision: Decision, starts_on: date) -> list[TouchDecided]:
    """The chosen touches, what must be made first, then by what they gain after what they take."""
    rows, columns = np.nonzero(decision.chosen)
    surplus = decision.surplus(rows, columns)
    order = np.lexsort((rows, -surplus, ~decision.must.made[rows, columns]))
    rows, columns = rows[order], columns[order]
    known = decision.population.state.take(rows).to_pylist()
    names = list(decision.plan.touches.values())
    chosen = [names[column] for column in columns.tolist()]
    due = due_dates(chosen, rows.tolist(), starts_on, decision.plan.guardrails.rest_days)
    minted = now()
    owed = apology_owed(decision)
    amounts = takes(decision.plan)
    return [
        TouchDecided(
            id=mint(minted),
            customer=UUID(str(state["customer"])),
            customer_name=str(state["customer_name"] or state["customer"]),
            touch=names[column],
            due_on=day,
            value=float(decision.values[row, column]),
            reason=reason(
                decision.plan, names[column], state, float(decision.values[row, column]),
                float(decision.gains[row, column]), float(decision.asking[row, column]),
                bool(owed[row]),
            )
            + _when(decision.plan, names[column], state, day),
            must=bool(decision.must.made[row, column]),
            held_out=bool(decision.held_out[row, column]),
            owner=UUID(str(state["_owner"])) if EACH_OWNER in amounts[names[column].name] else None,
        )
        for row, column, state, day in zip(rows.tolist(), columns.tolist(), known, due, strict=True)
    ]  # fmt: skip


def _when(plan: Plan, touch: Touch, state: Mapping[str, object], day: date) -> str:
    phrase = when_to_reach(plan, touch, str(state["timezone"] or ""), day)
    return f" {phrase}" if phrase else ""


def _write(run: UUID, version: int, decision: Decision, touches: Sequence[TouchDecided], starts_on: date) -> None:
    """Write the run down; what earlier runs planned for the same days, and nobody has begun, gives way to it."""
    made_at = now()
    with transaction.atomic():
        hold_arrivals()
        replaced = _open_in_the_same_days(starts_on)
        row = PlanRun.objects.create(
            id=run,
            plan_version_id=version,
            starts_on=starts_on,
            made_at=made_at,
            prices=dict(decision.prices),
            certificate=asdict(decision.certificate),
            parameters={
                "must_unmet": decision.must.unmet,
                "short": dict(decision.must.short),
                "owner_prices": dict(decision.owner_prices),
            },
        )
        PlannedTouch.objects.bulk_create(
            (
                PlannedTouch(
                    id=touch.id, run=row, customer=touch.customer, name=touch.touch.name,
                    purpose=touch.touch.purpose, channel=touch.touch.channel, team=touch.touch.team or "",
                    due_on=touch.due_on, value=touch.value, reason=touch.reason,
                    held_out=touch.held_out, must=touch.must, owner=touch.owner,
                )
                for touch in touches
            ),
            batch_size=2_000,
        )  # fmt: skip
        CapacityCounter.objects.bulk_create(_counters(row, decision), batch_size=2_000)
        give_back(touch[0] for touch in replaced)
        events = [(*touch, "superseded") for touch in replaced]
        events += [
            (
                touch.id, touch.customer, touch.touch.name, str(touch.touch.channel), str(touch.touch.purpose),
                "held out" if touch.held_out else "planned",
            )
            for touch in touches
        ]  # fmt: skip
        append(
            TouchEvent,
            ("id", "at", "touch", "customer", "name", "channel", "purpose", "event"),
            [(mint(made_at), made_at, *event) for event in events],
        )


def _counters(run: PlanRun, decision: Decision) -> list[CapacityCounter]:
    """What there is of each capacity, all of it, what the touches of the week take, and the price of one unit more."""
    return [
        CapacityCounter(
            run=run,
            capacity=one.capacity,
            owner=UUID(one.owner) if one.owner else None,
            available=one.available,
            used=one.used,
            price=decision.owner_prices[one.owner] if one.owner else decision.prices[one.capacity],
        )
        for one in taken(decision.plan, decision.population, decision.chosen)
    ]


def _open_in_the_same_days(starts_on: date) -> list[tuple[UUID, UUID, str, str, str]]:
    """Touches of earlier runs whose days overlap with the week, as long as nobody has claimed or settled them.

    One that was put off until a day of the week, or a later one, waits for that day.
    """
    week = timedelta(HORIZON_DAYS)
    not_claimed = touches_whose_last_event_is(("planned", "approved", "held out", "reopened", *PUT_OFF), starts_on)
    return list(
        not_claimed.filter(run__starts_on__gt=starts_on - week, run__starts_on__lt=starts_on + week).values_list(
            "id", "customer", "name", "channel", "purpose"
        )
    )
