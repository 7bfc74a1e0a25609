"""What each touch is worth in money:

    value = (stay probability with the touch − without) · (worth + lifetime value) + accept · revenue − cost

and for a touch that asks, what its answers are expected to change (``planner.questions``) on top.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from touchbook.insight.columns import numbers
from touchbook.insight.stay import Stay
from touchbook.plan.model import Plan
from touchbook.planner.population import Floats, Population
from touchbook.planner.values.belief import lift
from touchbook.planner.values.sell import expected_sales


def gains(plan: Plan, population: Population, stay: Stay) -> Floats:
    """The rise in the stay probability that each touch is expected to bring (n × T)."""
    without = stay.probability
    rise = np.empty((population.size, len(plan.touches)))
    by_lift: dict[float, Floats] = {}  # many touches lift everybody by the same, and this is what takes longest
    for column, touch in enumerate(plan.touches.values()):
        lifted = lift(plan, population, touch)
        if not lifted.size or (lifted != lifted[0]).any():
            rise[:, column] = expit(stay.logit + lifted) - without
            continue
        if (known := float(lifted[0])) not in by_lift:
            by_lift[known] = expit(stay.logit + known) - without
        rise[:, column] = by_lift[known]
    return rise


def at_stake(population: Population) -> Floats:
    """The money that is at stake with each customer: what a kept period brings, and the periods after it (n)."""
    return numbers(population.state, "worth") + numbers(population.state, "lifetime_value")


def act_values(plan: Plan, population: Population, stay: Stay) -> Floats:
    """The value of every touch as an act, without what its questions may tell (n × T)."""
    return worth_of(plan, population, gains(plan, population, stay))


def worth_of(plan: Plan, population: Population, rise: Floats) -> Floats:
    """What ``act_values`` gives, where the gains (n × T) are known already."""
    earned = np.array([expected_sales(touch) - touch.cost for touch in plan.touches.values()])
    return np.asarray(rise * at_stake(population)[:, None] + earned)


def goodwill_cost(gain: Floats, stake: Floats) -> Floats:
    """The money that touches cost in goodwill: what their *gain* takes from the *stake* where it is below 0.

    Of the shape of both together; 0 for what makes nobody less likely to stay.
    """
    return np.maximum(-gain * stake, 0.0)
