"""What a cooldown is counted in; both the cooldown and the variety of content go by it."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.plan.model import Purpose, Touch
from touchbook.planner.guardrails.registry import Facts
from touchbook.planner.population import Floats, Mask


def waiting(facts: Facts, touch: Touch, since: Floats) -> Mask:
    """Who waits for a touch's cooldown, when something came *since* so many days (n).

    Nobody who was let down again since then waits for an apology.
    """
    early = since < touch.cooldown_days
    if touch.purpose is Purpose.APOLOGISE:
        early &= ~(numbers(facts.population.state, "last_withdrawal_days") < since)
    return np.asarray(early)
