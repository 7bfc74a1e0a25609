"""What each touch is worth in money:

value = (stay probability with the touch − without) · (worth + lifetime value) + accept · revenue − cost

and for a touch that asks, what its answers are expected to change (``planner.questions``) on top.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from touchbook.insight.columns import numbers
from touchbook.insight.stay import Stay
from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.effects import ACCEPT, lift
from touchbook.planner.population import Floats, Population


def gains(plan: Plan, population: Population, stay: Stay) -> Floats:
    """The rise in the stay probability that each touch is expected to bring (n × T)."""
    lifts = [lift(plan, population, touch) for touch in plan.touches.values()]
    raised = expit(stay.logit[:, None] + np.column_stack(lifts)) if lifts else np.zeros((population.size, 0))
    return np.asarray(raised - stay.probability[:, None])


def at_stake(population: Population) -> Floats:
    """The money that is at stake with each customer: what a kept period brings, and the periods after it."""
    return numbers(population.state, "worth") + numbers(population.state, "lifetime_value")


def act_values(plan: Plan, population: Population, stay: Stay) -> Floats:
    """The value of every touch as an act, without what its questions may tell (n × T)."""
    money = gains(plan, population, stay) * at_stake(population)[:, None]
    extra = [expected_sales(touch) - touch.cost for touch in plan.touches.values()]
    return np.asarray(money + np.array(extra))


def expected_sales(touch: Touch) -> float:
    """The money that a sale is expected to bring at once; 0 for what is no sale."""
    if touch.purpose is not Purpose.SELL:
        return 0.0
    return (ACCEPT if touch.accept is None else touch.accept) * touch.revenue
