"""Variety: the same content not again within a touch's cooldown, by whatever other touch, and once in a week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from touchbook.kernel.language import say
from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Family, Guardrail, register
from touchbook.planner.guardrails.waiting import waiting
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Floats, Mask, Population


def _since(facts: Facts, touch: Touch) -> Floats | None:
    """The days since another touch with the same content; None when there is none."""
    alike = [
        facts.since[other.name]
        for other in facts.plan.touches.values()
        if touch.content and other.content == touch.content and other.name != touch.name
    ]
    return np.asarray(np.minimum.reduce(alike)) if alike else None


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    since = _since(facts, touch)
    if since is None or since[customer] >= touch.cooldown_days:
        return say("the same content comes once in a week, and another touch brings it")
    return say(
        "the same content came %(when)s, and may come again after %(days)s days",
        when=days_ago(since[customer]), days=f"{touch.cooldown_days:g}",
    )  # fmt: skip


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who had the same content within the cooldown."""
    since = _since(facts, touch)
    return None if since is None else waiting(facts, touch, since)


def _families(plan: Plan, population: Population) -> Sequence[Family]:
    """One of the touches that share a content, for every customer."""
    touches = plan.touches.values()
    shared = [
        content for content, count in Counter(touch.content for touch in touches).items() if content and count > 1
    ]
    return [
        Family(np.array([touch.content == content for touch in touches]), np.ones(population.size))
        for content in shared
    ]


register(Guardrail(name="variety", sentence=_sentence, bar=_bar, families=_families))
