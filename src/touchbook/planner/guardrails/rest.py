"""Rest: days without a touch after the last one that was really made. What must be done does not wait for it."""

from __future__ import annotations

from touchbook.insight.columns import numbers
from touchbook.plan.model import Touch
from touchbook.planner.guardrails.registry import Facts, guardrail
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Mask


def _sentence(facts: Facts, _touch: Touch, customer: int) -> str:
    days = numbers(facts.population.state, "last_touch_days")[customer]
    return f"the last touch was {days_ago(days)}, and the plan gives {facts.plan.guardrails.rest_days:g} days of rest"


@guardrail("rest", _sentence, binds_must=False)
def rest(facts: Facts, _touch: Touch) -> Mask | None:
    """Who was reached within the days of rest."""
    return numbers(facts.population.state, "last_touch_days") < facts.plan.guardrails.rest_days
