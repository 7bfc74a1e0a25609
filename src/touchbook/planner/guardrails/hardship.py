"""Hardship: who has little to give just now is looked after, and not sold to."""

from __future__ import annotations

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Purpose, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Mask


def _sentence(_facts: Facts, _touch: Touch, _customer: int) -> str:
    return say("the customer is in hardship, and nobody sells to them now")


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who is in hardship, for a sale."""
    return numbers(facts.population.state, "hardship") > 0 if touch.purpose is Purpose.SELL else None


register(Guardrail(name="hardship", sentence=_sentence, bar=_bar, lasting=True))
