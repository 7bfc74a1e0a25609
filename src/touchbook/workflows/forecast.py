"""Look some weeks ahead: the plan rolled forward in expectation. Nothing is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from touchbook.kernel.clock import now
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import clear, lake_folder, sync
from touchbook.plan.model import Plan
from touchbook.planner.brought import Brought, brought_by
from touchbook.planner.decide import decide
from touchbook.planner.expected import (
    FIRST_ENTRY_STATEMENT,
    Horizon,
    ahead_statements,
    known_statements,
    left_statements,
    rates_statement,
    response_rates,
)
from touchbook.planner.forecast import Forecast, week_ahead
from touchbook.store.queries import plan_in_force
from touchbook.workflows.make_plan import first_day, last_prices, population_at

Progress = Callable[[int, int], None]


def forecast(
    home: Path, database_url: str, weeks: int, starts_on: date | None = None, progress: Progress | None = None
) -> Forecast:
    """Look *weeks* weeks ahead from *starts_on* (tomorrow, unless it is given) under the plan that is in force.

    The first week is what ``make_plan`` would decide. *progress* is told how many weeks are done, and of how many.
    Raises ``NotFound`` when no plan is in force, ``Refused`` when no customer is known.
    """
    _, plan = plan_in_force()
    starts_on = first_day(plan, starts_on)
    folder = lake_folder(home, database_url)
    sync(database_url, folder)
    try:
        return _forecast(folder, plan, starts_on, weeks, progress)
    except duckdb.Error:
        # A damaged file of the lake: it holds nothing that the database does not, so it is mirrored anew.
        clear(folder)
        sync(database_url, folder)
        return _forecast(folder, plan, starts_on, weeks, progress)


def _forecast(folder: Path, plan: Plan, starts_on: date, weeks: int, progress: Progress | None) -> Forecast:
    found = []
    prices = last_prices(plan)
    with Engine(folder) as engine:
        horizon = _horizon(engine, plan, starts_on, weeks)
        engine.run(known_statements(horizon))
        rates: dict[str, float] = {}
        for week in range(weeks):
            population, stay = population_at(engine, plan, horizon.instant(week))
            decision = decide(plan, population, stay, engine.conditions, prices)
            found.append(week_ahead(decision, horizon.day(week)))
            prices = {**decision.prices, **decision.owner_prices}
            if week == 0 and weeks > 1:
                engine.run(ahead_statements(plan, horizon))
                rates = response_rates(plan, engine.run([rates_statement(horizon)]))
            if week + 1 < weeks:
                _come(engine, horizon, week, brought_by(decision, horizon, week, rates))
            if progress:
                progress(week + 1, weeks)
    return Forecast(plan, tuple(found))


def _horizon(engine: Engine, plan: Plan, starts_on: date, weeks: int) -> Horizon:
    first = engine.run([FIRST_ENTRY_STATEMENT]).column("first")[0].as_py()
    return Horizon(starts_on, weeks, ZoneInfo(plan.timezone), now(), first.replace(tzinfo=UTC) if first else None)


def _come(engine: Engine, horizon: Horizon, week: int, brought: Brought) -> None:
    """Let what a week brings be known to the weeks after it."""
    engine.add("touch_event_ahead", brought.touches)
    engine.add("answer_ahead", brought.answers)
    engine.add("outcome_ahead", brought.outcomes)
    engine.run(left_statements(horizon.instant(week + 1)))
