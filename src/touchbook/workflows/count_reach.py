"""Count whom each touch of a plan would reach now: for whom its type and condition hold, and who is then allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from touchbook.insight.columns import numbers
from touchbook.insight.state import CONSENT_STATEMENT, RECENT_STATEMENT, state_statements
from touchbook.lake import present_state
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import lake_folder
from touchbook.plan.model import AtMost, Plan, Touch, ValueKind
from touchbook.plan.vocabulary import vocabulary
from touchbook.planner.candidates import CONDITION, OTHER_TYPE, find_candidates
from touchbook.planner.guardrails.left import COLUMN as HAS_LEFT
from touchbook.planner.population import Mask, Population
from touchbook.store.models import PlanRun

NAMED = 3
_KINDS = {ValueKind.NUMBER: "DOUBLE", ValueKind.TEXT: "VARCHAR", ValueKind.YES_NO: "BOOLEAN", ValueKind.DATE: "DATE"}
_INNER = {
    "customer": "VARCHAR",
    "customer_name": "VARCHAR",
    "timezone": "VARCHAR",
    "_owner": "VARCHAR",
    "_contacts": "DOUBLE",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """One touch: how many it is meant for, how many of them are allowed it now, and the ids of those worth most."""

    touch: Touch
    meant: int
    allowed: int
    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """All touches of a plan. ``as_of`` is when the customers were as they are taken to be; ``unknown`` are the columns
    that nothing is known of yet, because the plan in force does not have them."""

    as_of: datetime
    customers: int
    touches: tuple[Reached, ...]
    unknown: tuple[str, ...]


def count_reach(home: Path, database_url: str, plan: Plan, at: datetime) -> Reach | None:
    """Count by what is known of the customers already; None when nothing was worked out of them yet.

    Balances, feelings and estimates are as the plan in force has them; types, conditions, consents and limits are
    *plan*'s own.
    """
    folder = lake_folder(home, database_url)
    source = _source(folder)
    if source is None:
        return None
    file, as_of = source
    with Engine(folder) as engine:
        try:
            population, unknown = _population(engine, file, plan, at)
        except (duckdb.IOException, duckdb.BinderException):
            return None  # it went while it was read, or an older program wrote it
        candidates = find_candidates(plan, population, engine.conditions)
    worth = np.nan_to_num(numbers(population.state, "lifetime_value"))
    ids = population.state.column("customer")
    here = _here(population)
    rows = []
    for column, touch in enumerate(plan.touches.values()):
        barred = candidates.barred[:, column]
        allowed = np.flatnonzero(barred == 0)
        first = allowed[np.argsort(-worth[allowed], kind="stable")[:NAMED]]
        meant = int((here & (barred != OTHER_TYPE) & (barred != CONDITION)).sum())
        rows.append(Reached(touch, meant, len(allowed), tuple(str(ids[int(row)].as_py()) for row in first)))
    return Reach(as_of, int(here.sum()), tuple(rows), unknown)


def _here(population: Population) -> Mask:
    """Those who have not left."""
    return np.asarray(~(numbers(population.state, HAS_LEFT) > 0))


def _source(folder: Path) -> tuple[Path, datetime] | None:
    """The newest file that says how everybody is: the present state's, or the last run's evidence."""
    state = present_state.latest(folder)
    run = PlanRun.objects.order_by("-number").values("id", "made_at").first()
    kept = folder / "runs" / f"{run['id']}.parquet" if run else None
    if kept is not None and run is not None and kept.exists() and (state is None or run["made_at"] > state.taken_at):
        return kept, run["made_at"]
    return (state.folder / "customers.parquet", state.taken_at) if state else None


def _population(engine: Engine, file: Path, plan: Plan, at: datetime) -> tuple[Population, tuple[str, ...]]:
    """Everybody as the file has them, with the types and the windows of *plan*; and the columns that it lacks."""
    place = "read_parquet('" + str(file.resolve()).replace("'", "''") + "')"
    have = {str(row[0]) for row in engine.connection.execute(f"DESCRIBE FROM {place}").fetchall()}
    words = vocabulary(plan.attributes, plan.questions, tuple(plan.types), tuple(plan.touchpoints))
    columns = {name: _KINDS[column.kind] for name, column in words.columns.items() if name != "type"}
    unknown = tuple(name for name in columns if name not in have)
    picked = [f'"{name}"::{kind} AS "{name}"' if name in have else f'NULL::{kind} AS "{name}"'
              for name, kind in columns.items()]  # fmt: skip
    picked += [f'"{name}"::{kind} AS "{name}"' for name, kind in _INNER.items() if name in have]
    reached = next(one for one in state_statements(plan, at) if "TEMP TABLE reached_now" in one)
    cases = " ".join(f"WHEN {one.sql} THEN '{_escaped(name)}'" for name, one in plan.types.items())
    typed = f"CASE {cases} ELSE 'other' END" if cases else "'other'"
    limits = plan.guardrails.at_most
    counts = "".join(f", {_within(limit)} AS _window_{place}" for place, limit in enumerate(limits))
    known = "".join(f", COALESCE(_window_{place}, 0)::DOUBLE AS _window_{place}" for place in range(len(limits)))
    state = engine.run(
        [
            reached,
            f"CREATE TEMP TABLE as_known AS SELECT {', '.join(picked)} FROM {place}",  # noqa: S608
            f"CREATE TEMP TABLE windows_now AS SELECT customer::VARCHAR AS windows_of{counts} "  # noqa: S608
            "FROM reached_now GROUP BY 1",
            f"SELECT as_known.*, {typed} AS type{known} "  # noqa: S608
            "FROM as_known LEFT JOIN windows_now ON windows_of = customer ORDER BY customer",
        ]
    )
    made, consent = engine.run([RECENT_STATEMENT]), engine.run([CONSENT_STATEMENT])
    return Population(state, made, consent, at.astimezone(ZoneInfo(plan.timezone)).date()), unknown


def _within(limit: AtMost) -> str:
    """How many touches count against a limit."""
    key = "" if limit.key == "any" else f" AND '{_escaped(limit.key)}' IN (channel, purpose)"
    return f"COUNT(*) FILTER (age < {limit.days!r}{key})"


def _escaped(text: str) -> str:
    return text.replace("'", "''")
