"""What a touch is believed to do, before a company has measured its own: one belief for each purpose.

No published experiment says how many touches make a renewal, so these are modest. A touch's ``effect`` in the plan
replaces its purpose's, and hold-outs will replace both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.population import Floats, Population


def _whole(_plan: Plan, population: Population, _touch: Touch) -> Floats:
    return np.ones(population.size)


@dataclass(frozen=True, slots=True)
class Belief:
    """What touches of one purpose are believed to do, and why.

    ``lift``: what they add to the log-odds of staying. ``share``: how much of it reaches each customer (n).
    ``why``: the reasons, in sentences. ``beside``: further numbers of the belief, each under what it says.
    """

    purpose: Purpose
    lift: float
    why: str
    share: Callable[[Plan, Population, Touch], Floats] = _whole
    beside: Mapping[str, float] = field(default_factory=dict)


BELIEFS: dict[Purpose, Belief] = {}


def believe(belief: Belief) -> None:
    """Put a belief on the list, under its purpose."""
    BELIEFS[belief.purpose] = belief


def lift(plan: Plan, population: Population, touch: Touch) -> Floats:
    """The lift of one touch for every customer, in log-odds (n)."""
    belief = BELIEFS[touch.purpose]
    return (belief.lift if touch.effect is None else touch.effect) * belief.share(plan, population, touch)
