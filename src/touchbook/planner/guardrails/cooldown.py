"""Cooldown: the same touch not again so soon.

An apology for something new does not wait for that: who was let down again since the last one may hear from us again.
"""

from __future__ import annotations

from touchbook.kernel.language import say
from touchbook.plan.model import Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.guardrails.waiting import waiting
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Mask


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    since = facts.since[touch.name][customer]
    days = f"{touch.cooldown_days:g}"
    return say("it came %(when)s, and may come again after %(days)s days", when=days_ago(since), days=days)


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who had it within its cooldown."""
    return waiting(facts, touch, facts.since[touch.name])


register(Guardrail(name="cooldown", sentence=_sentence, bar=_bar))
