"""Once: some touches, a welcome for one, are made a single time."""

from __future__ import annotations

import numpy as np

from touchbook.kernel.language import say
from touchbook.plan.model import Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Mask


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    when = days_ago(facts.since[touch.name][customer])
    return say("it is made once only, and was made %(when)s", when=when)


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who had it already."""
    return np.isfinite(facts.since[touch.name]) if touch.once else None


register(Guardrail(name="once", sentence=_sentence, bar=_bar, lasting=True))
