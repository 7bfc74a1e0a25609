"""Known: nobody is asked what they have answered and what is still fresh."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Purpose, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Mask


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    ages = {name: numbers(facts.population.state, f"{name}_age_days")[customer] for name in touch.asks}
    told = say(" and ").join(f"{name} {days_ago(age)}" for name, age in ages.items())
    return say("the customer has answered what it asks (%(told)s), and that is still fresh", told=told)


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who has a fresh answer to all that an asking touch asks."""
    if touch.purpose is not Purpose.ASK or not touch.asks:
        return None
    fresh = [
        numbers(facts.population.state, f"{name}_age_days") <= facts.plan.questions[name].good_for_days
        for name in touch.asks
    ]
    return np.asarray(np.logical_and.reduce(fresh), dtype=np.bool_)


register(Guardrail(name="known", sentence=_sentence, bar=_bar))
