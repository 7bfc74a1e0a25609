"""Recovery: an apology is for something that is still open."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Purpose, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Mask


def _sentence(_facts: Facts, _touch: Touch, _customer: int) -> str:
    return say("there is nothing open to apologise for")


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who has no open withdrawal, for an apology."""
    if touch.purpose is not Purpose.APOLOGISE:
        return None
    return np.asarray(numbers(facts.population.state, "open_withdrawals") == 0)


register(Guardrail(name="recovery", sentence=_sentence, bar=_bar))
