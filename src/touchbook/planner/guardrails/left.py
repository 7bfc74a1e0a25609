"""Left: who has left is left in peace, but for touches whose condition speaks of them."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Mask

COLUMN = "has_left"


def _sentence(_facts: Facts, _touch: Touch, _customer: int) -> str:
    return say("the customer has left, and the touch's condition does not speak of %(column)s", column=COLUMN)


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who has left, for a touch whose condition does not look at it."""
    if touch.when and COLUMN in touch.when.columns:
        return None
    return np.asarray(numbers(facts.population.state, COLUMN) > 0)


register(Guardrail(name="left", sentence=_sentence, bar=_bar, lasting=True))
