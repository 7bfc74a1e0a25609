"""Consent: a customer who does not allow a channel or a purpose is not reached by it."""

from __future__ import annotations

from touchbook.kernel.language import say
from touchbook.plan.model import Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Mask
from touchbook.planner.touch_words import purpose_by_channel


def _sentence(_facts: Facts, touch: Touch, _customer: int) -> str:
    return say("the customer does not allow %(what)s", what=purpose_by_channel(touch))


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who refuses the touch's channel or purpose."""
    return facts.population.refused(touch)


register(Guardrail(name="consent", sentence=_sentence, bar=_bar, lasting=True))
