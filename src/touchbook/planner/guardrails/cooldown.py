"""Cooldown and variety: the same touch, or another with the same content, not again so soon.

An apology for something new does not wait for that: who was let down again since the last one may hear from us again.
"""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.plan.model import Purpose, Touch
from touchbook.planner.guardrails.registry import Facts, guardrail
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Floats, Mask


def _since(facts: Facts, touch: Touch) -> Floats:
    alike = [
        facts.since[other.name]
        for other in facts.plan.touches.values()
        if other.name == touch.name or (touch.content and other.content == touch.content)
    ]
    return np.asarray(np.minimum.reduce(alike))


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    days = _since(facts, touch)[customer]
    what = "it" if facts.since[touch.name][customer] == days else "the same content"
    return f"{what} came {days_ago(days)}, and may come again after {touch.cooldown_days:g} days"


@guardrail("cooldown", _sentence)
def cooldown(facts: Facts, touch: Touch) -> Mask | None:
    """Who had it within its cooldown."""
    since = _since(facts, touch)
    waiting = since < touch.cooldown_days
    if touch.purpose is Purpose.APOLOGISE:
        waiting &= ~(numbers(facts.population.state, "last_withdrawal_days") < since)
    return waiting
