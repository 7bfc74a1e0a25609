"""Try a plan: what the coming week would look like under a text, beside the plan in force. Nothing is written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from touchbook.lake.engine import Engine
from touchbook.lake.mirror import lake_folder, sync
from touchbook.plan.loader import read_plan
from touchbook.plan.model import EACH_OWNER, Plan, Purpose
from touchbook.planner.decide import Decision, decide
from touchbook.planner.guardrails.owner_minutes import owner_ids, owner_names
from touchbook.planner.guardrails.sales_share import SALES_SHARE
from touchbook.planner.left_alone import left_alone
from touchbook.planner.takes import taken
from touchbook.planner.week_words import (
    amount,
    owners_sentence,
    percent,
    price_sentences,
    short_sentences,
    unmet_sentence,
)
from touchbook.store.queries import plan_said_by, version_in_force
from touchbook.workflows.make_plan import first_day, last_prices, population_at

NAMES_SHOWN = 12
Sketch = dict[str, Any]
"""A week as JSON: see ``_sketch``."""


def try_plan(
    home: Path, database_url: str, text: str, starts_on: date | None, told: Callable[[str], None]
) -> dict[str, Any]:
    """Plan a week with the plan in *text*, and with the one in force.

    ``tried`` and ``in_force`` (None when none is) say what each week comes to; ``dropped`` and ``gained`` name some
    who would be reached under one alone. *told* hears of each step before it begins. Raises ``PlanInvalid``, and
    ``Refused`` when no customer is known.
    """
    plan = read_plan(text, "the text")
    starts_on = first_day(plan, starts_on)
    told("reading")
    folder = lake_folder(home, database_url)
    sync(database_url, folder)
    version = version_in_force()
    told("planning")
    tried, reached = _week(folder, plan, starts_on)
    before, reached_before = None, None
    if version is not None:
        told("comparing")
        before, reached_before = _week(folder, plan_said_by(version), starts_on)
    found: dict[str, Any] = {"starts_on": str(starts_on), "tried": tried, "in_force": before}
    if reached_before is not None:
        found["dropped"] = _some(reached_before, reached)
        found["gained"] = _some(reached, reached_before)
    return found


def _week(folder: Path, plan: Plan, starts_on: date) -> tuple[Sketch, Mapping[str, float]]:
    """What a week comes to, and who is reached, with their lifetime value."""
    instant = datetime.combine(starts_on, datetime.min.time(), ZoneInfo(plan.timezone)).astimezone(UTC)
    with Engine(folder) as engine:
        population, stay = population_at(engine, plan, instant)
        decision = decide(plan, population, stay, engine.conditions, last_prices(plan))
    state = population.state
    rows = np.flatnonzero(decision.chosen.any(axis=1))
    picked = state.select(["customer", "lifetime_value"]).take(rows)
    reached = dict(
        zip(
            map(str, picked.column("customer").to_pylist()),
            (float(value or 0) for value in picked.column("lifetime_value").to_pylist()),
            strict=True,
        )
    )
    return _sketch(plan, decision), reached


def _sketch(plan: Plan, decision: Decision) -> Sketch:
    touches = list(plan.touches.values())
    counts = decision.chosen.sum(axis=0)
    values = np.where(decision.chosen, decision.values, 0.0).sum(axis=0)
    by_team = [
        {
            "team": touch.team or "",
            "channel": str(touch.channel),
            "purpose": str(touch.purpose),
            "touch": touch.name,
            "count": int(count),
            "value": float(value),
        }
        for touch, count, value in zip(touches, counts, values, strict=True)
        if count
    ]
    sales = sum(int(count) for touch, count in zip(touches, counts, strict=True) if touch.purpose is Purpose.SELL)
    population = decision.population
    owners = dict(zip(owner_ids(population), owner_names(population), strict=True))
    prices = [
        *price_sentences(plan, decision.prices),
        owners_sentence(plan, decision.owner_prices, owners),
        *short_sentences(plan, decision.must.short),
    ]
    _, reasons = left_alone(decision.chosen, decision.candidates.barred, decision.values)
    return {
        "currency": plan.currency,
        "customers": population.size,
        "reached": int(decision.chosen.any(axis=1).sum()),
        "touches": int(counts.sum()),
        "must": int(decision.must.made.sum()),
        "held_out": int(decision.held_out.sum()),
        "value": decision.certificate.value,
        "gap": percent(decision.certificate.gap),
        "sales": sales,
        "sales_limit": plan.guardrails.sales_share,
        "by_team": by_team,
        "capacities": _capacities(plan, decision),
        "prices": [sentence for sentence in prices if sentence],
        "unmet": unmet_sentence(plan, decision.must.unmet, decision.must.short),
        "left_alone": dict(Counter(reasons).most_common()),
    }


def _capacities(plan: Plan, decision: Decision) -> list[dict[str, Any]]:
    """What there is of each capacity and what is used of it, owners' minutes added up."""
    rows: dict[str, list[float]] = {}
    for one in taken(plan, decision.population, decision.chosen):
        if one.capacity != SALES_SHARE:
            used, available = rows.setdefault(one.capacity, [0.0, 0.0])
            rows[one.capacity] = [used + one.used, available + one.available]
    return [
        {
            "name": name,
            "owners": name == EACH_OWNER,
            "used": used,
            "available": available,
            "used_words": amount(plan, name, used),
            "available_words": amount(plan, name, available),
        }
        for name, (used, available) in rows.items()
    ]


def _some(of: Mapping[str, float], without: Mapping[str, float]) -> dict[str, Any]:
    """How many are in one and not in the other, and the ids of those who are worth most."""
    found = sorted((one for one in of if one not in without), key=lambda one: (-of[one], one))
    return {"count": len(found), "customers": found[:NAMES_SHOWN]}
