"""Customers for the planner's tests: a usual one, changed where a test says so, and a judge of conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow as pa

from touchbook.insight.stay import Stay, with_estimates
from touchbook.lake.engine import Engine
from touchbook.plan.columns import catalogue
from touchbook.plan.loader import read_plan
from touchbook.plan.model import Plan, ValueKind
from touchbook.planner.candidates import Candidates, find_candidates
from touchbook.planner.decide import Decision, decide
from touchbook.planner.population import Population

TYPES = {
    ValueKind.NUMBER: pa.float64(), ValueKind.TEXT: pa.string(), ValueKind.YES_NO: pa.bool_(),
    ValueKind.DATE: pa.date32(),
}  # fmt: skip
MONDAY = date(2026, 4, 6)
USUAL: dict[str, object] = {
    "tenure_days": 800.0, "hardship": False, "balance": 2.0, "deposits": 2.0, "withdrawals": 0.0,
    "open_withdrawals": 0.0, "open_weight": 0.0, "standing": "neutral", "moments_90": 2.0, "deposits_30": 1.0,
    "withdrawals_30": 0.0, "last_moment_days": 20.0, "last_kind": "deposit", "touches_30": 0.0, "touches_90": 0.0,
    "asks_90": 0.0, "known": 0.0, "stale": 0.0, "referrals": 0.0, "has_left": False, "type": "regular", "worth": 200.0,
}  # fmt: skip

CLUB = """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number, renewal: date}
types: {newcomer: tenure_days < 365, regular: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
  barrier: {ask: What could keep you away?, choices: [price, travel], good_for: 180 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 3}}
touches:
"""
JUDGE = Engine(Path("/nonexistent")).conditions


def club(touches: str, guardrails: str = "{rest: 1 day, at_most: {}}", capacity: str = "{}") -> Plan:
    """The club's plan with other touches (one a line), guardrails and capacities."""
    lines = "".join(f"  {line.strip()}\n" for line in touches.strip().splitlines())
    return read_plan(f"{CLUB}{lines}guardrails: {guardrails}\ncapacity: {capacity}\n", "club.yaml")


def identity(number: int) -> str:
    return str(UUID(int=(0x7 << 76) | (number * 0x9E3779B97F4A7C15 % 2**62) | (0b10 << 62)))


@dataclass(frozen=True)
class People:
    """A population and what is estimated of it."""

    plan: Plan
    population: Population
    stay: Stay

    def candidates(self) -> Candidates:
        return find_candidates(self.plan, self.population, JUDGE)

    def decide(self) -> Decision:
        return decide(self.plan, self.population, self.stay, JUDGE)

    def allowed(self, touch: str) -> list[bool]:
        """For each customer, whether the touch is a candidate."""
        return [bool(one) for one in self.candidates().allowed[:, list(self.plan.touches).index(touch)]]

    def why_not(self, customer: int, touch: str) -> str:
        found = self.candidates()
        column = list(self.plan.touches).index(touch)
        return found.why_not(customer, self.plan.touches[touch], int(found.barred[customer, column]))


def people(
    plan: Plan,
    *changes: Mapping[str, object],
    made: Iterable[tuple[int, str, float]] = (),
    consent: Iterable[tuple[int, str, str, bool]] = (),
    first: int = 0,
    starts_on: date | None = MONDAY,
) -> People:
    """One customer for each mapping of columns that differ from the usual; *made* and *consent* name them by place."""
    rows = [USUAL | change for change in changes]
    ids = [identity(first + number) for number in range(len(rows))]
    columns: dict[str, pa.Array] = {"customer": pa.array(ids, pa.string())}
    columns["customer_name"] = pa.array([str(row.get("name", f"Customer {n}")) for n, row in enumerate(rows)])
    columns["timezone"] = pa.array([row.get("timezone", "") for row in rows], pa.string())
    for name, column in catalogue(plan.attributes, plan.questions).items():
        columns[name] = pa.array([row.get(name) for row in rows], TYPES[column.kind])
    columns["worst_open_days"] = pa.array([row.get("worst_open_days") for row in rows], pa.float64())
    columns["_owner"] = pa.array([row.get("_owner") for row in rows], pa.string())
    columns["_put_off"] = pa.array([row.get("_put_off") for row in rows], pa.string())
    columns["_put_off_days"] = pa.array([row.get("_put_off_days") for row in rows], pa.int64())
    columns["_contacts"] = pa.array([int(row.get("_contacts", 0)) for row in rows], pa.int64())
    for index in range(len(plan.guardrails.at_most)):
        columns[f"_window_{index}"] = pa.array([int(row.get(f"_window_{index}", 0)) for row in rows], pa.int64())
    state, stay = with_estimates(pa.table(columns), plan)
    done = list(made)
    said = list(consent)
    history = pa.table(
        {
            "customer": pa.array([ids[place] for place, _, _ in done], pa.string()),
            "name": pa.array([name for _, name, _ in done], pa.string()),
            "days": pa.array([days for _, _, days in done], pa.float64()),
        }
    )
    consents = pa.table(
        {
            "customer": pa.array([ids[place] for place, _, _, _ in said], pa.string()),
            "channel": pa.array([channel for _, channel, _, _ in said], pa.string()),
            "purpose": pa.array([purpose for _, _, purpose, _ in said], pa.string()),
            "allowed": pa.array([allowed for _, _, _, allowed in said], pa.bool_()),
        }
    )
    return People(plan, Population(state, history, consents, starts_on), stay)


def chosen(decision: Decision) -> list[list[str]]:
    """The names of the touches of each customer."""
    names = np.array(list(decision.plan.touches), dtype=object)
    return [list(names[row]) for row in decision.chosen]
