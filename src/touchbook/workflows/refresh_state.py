"""Work out how everybody is at present, and lay it down where pages find it; see ``lake.present_state``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from touchbook.insight.journey import journey_statement
from touchbook.insight.state import state_statements
from touchbook.insight.stay import with_estimates
from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.kernel.language import say
from touchbook.lake import present_state
from touchbook.lake.engine import Engine
from touchbook.lake.lock import Busy, alone
from touchbook.lake.mirror import clear, lake_folder, sync
from touchbook.lake.present_marks import GIVEN, PROMISE, marks
from touchbook.lake.present_state import PresentState
from touchbook.lake.source import open_source
from touchbook.plan.model import Plan
from touchbook.plan.present_columns import present_columns
from touchbook.store.name_words import folded, kept_of
from touchbook.store.people_search import reaches
from touchbook.store.queries import plan_in_force

WAIT_SECONDS = 600.0  # for another process that does the same


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was laid down, of how many customers, and the seconds that it took."""

    state: PresentState
    customers: int
    seconds: float


def refresh_state(home: Path, database_url: str) -> Refreshed:
    """Describe everybody as of now; it appears complete or not at all, whenever this is killed.

    Raises ``NotFound`` when no plan is in force, ``Refused`` when another process does the same for long.
    """
    folder = lake_folder(home, database_url)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with alone(folder / "present.lock", WAIT_SECONDS):
            return _refresh(folder, database_url)
    except Busy as error:
        raise Refused(
            say("Another process is still describing everybody in %(folder)s; wait until it has ended.", folder=folder)
        ) from error


def _refresh(folder: Path, database_url: str) -> Refreshed:
    start = time.perf_counter()
    version, plan = plan_in_force()
    with open_source(database_url) as source:
        seen = marks(source)  # before all else is read: what arrives meanwhile is news the next time
        beside = {"promise_rows": source.rows(PROMISE), "given_rows": source.rows(GIVEN)}
    taken_at = now()
    sync(database_url, folder)
    try:
        state, count = _write(folder, plan, taken_at, beside, {"plan": version.number, "marks": seen})
    except duckdb.Error:
        clear(folder)  # a damaged file of the lake: it holds nothing that the database does not
        sync(database_url, folder)
        state, count = _write(folder, plan, taken_at, beside, {"plan": version.number, "marks": seen})
    return Refreshed(state, count, time.perf_counter() - start)


def _write(
    folder: Path, plan: Plan, taken_at: datetime, beside: Mapping[str, pa.Table], about: Mapping[str, object]
) -> tuple[PresentState, int]:
    with Engine(folder) as engine:
        rows, _ = with_estimates(engine.run(state_statements(plan, taken_at)), plan)
        journey = engine.run([journey_statement(plan, taken_at)])
        tables = {
            **beside,
            "state_rows": rows,
            "called_rows": _called(rows),
            "reaching_kinds": _reaching(engine),
        }
        today = taken_at.astimezone(ZoneInfo(plan.timezone)).date()
        names = {role: f'"{name}"' for role, name in present_columns(plan).items()}

        def write(place: Path) -> None:
            present_state.write_customers(engine.connection, place, tables, {**names, "today": f"'{today}'"})
            present_state.write_journey(engine.connection, place, journey)

        return present_state.keep(
            folder, taken_at, {**about, "customers": rows.num_rows, "columns": rows.column_names}, write
        ), rows.num_rows


def _called(rows: pa.Table) -> pa.Table:
    """The words by which customers are found, as the quick search keeps them."""
    names = [str(name or "") for name in rows.column("customer_name").to_pylist()]
    return pa.table(
        [
            rows.column("customer"),
            pa.array([folded(name) for name in names], pa.string()),
            pa.array([sorted(kept_of(name)) for name in names], pa.list_(pa.string())),
        ],
        names=["customer", "name", "words"],
    )


def _reaching(engine: Engine) -> pa.Table:
    """The kinds of identifiers that reach somebody."""
    kinds = [row[0] for row in engine.connection.execute("SELECT DISTINCT kind FROM identifier").fetchall()]
    return pa.table({"kind": pa.array([kind for kind in kinds if reaches(kind)], pa.string())})


def is_stale(home: Path, database_url: str, at_most: timedelta) -> bool:
    """Whether anything arrived since everybody was last described, or that is longer ago than *at_most*."""
    state = present_state.latest(lake_folder(home, database_url))
    if state is None or now() - state.taken_at > at_most:
        return True
    with open_source(database_url) as source:
        return bool(marks(source) != state.about["marks"])
