"""Rest: days without a touch after the last one that was really made. What must be done does not wait for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Family, Guardrail, register
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Mask, Population
from touchbook.planner.schedule import touches_in_week


def _sentence(facts: Facts, _touch: Touch, customer: int) -> str:
    days = numbers(facts.population.state, "last_touch_days")[customer]
    rest = f"{facts.plan.guardrails.rest_days:g}"
    return say("the last touch was %(when)s, and the plan gives %(days)s days of rest", when=days_ago(days), days=rest)


def _bar(facts: Facts, _touch: Touch) -> Mask | None:
    """Who was reached within the days of rest."""
    return numbers(facts.population.state, "last_touch_days") < facts.plan.guardrails.rest_days


def _families(plan: Plan, population: Population) -> Sequence[Family]:
    """All touches: as many as fit into a week with rest between."""
    count = len(plan.touches)
    room = touches_in_week(plan.guardrails.rest_days, count)
    return [Family(np.ones(count, dtype=np.bool_), np.full(population.size, room))]


register(Guardrail(name="rest", sentence=_sentence, bar=_bar, families=_families, binds_must=False))
