"""What a touch is believed to do: its lift in the log-odds of staying, before a company has measured its own.

No published experiment says how many touches make a renewal, so these are modest beliefs, stated in one place. A
touch's ``effect`` in the plan replaces its purpose's, and hold-outs will replace both.
"""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers, words
from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.population import Floats, Population

LIFTS: dict[Purpose, float] = {
    Purpose.INFORM: 0.04,
    Purpose.ASK: 0.06,  # being asked is itself a deposit
    Purpose.HELP: 0.25,  # when it answers what stands in the way
    Purpose.HEADS_UP: 0.15,
    Purpose.THANK: 0.08,
    Purpose.CELEBRATE: 0.08,
    Purpose.APOLOGISE: 0.60,  # of a wrong that weighs as much as makes a customer engaged, and more
    Purpose.INVITE: 0.08,
    Purpose.SELL: -0.06,  # a sale costs goodwill
}
UNASKED_HELP = 0.2  # share of the lift left when help answers nothing the customer has named
ACCEPT = 0.03  # chance that an offer is taken


def lift(plan: Plan, population: Population, touch: Touch) -> Floats:
    """The lift of one touch for every customer, in log-odds."""
    believed = LIFTS[touch.purpose] if touch.effect is None else touch.effect
    if touch.purpose is Purpose.APOLOGISE:
        return believed * np.tanh(numbers(population.state, "open_weight") / plan.ledger.engaged_at)
    if touch.purpose is Purpose.HELP and touch.answers:
        named = np.zeros(population.size, dtype=np.bool_)
        for question in plan.questions.values():
            if question.choices and set(touch.answers) & set(question.choices):
                named |= np.isin(words(population.state, question.name), touch.answers)
        return believed * np.where(named, 1.0, UNASKED_HELP)
    return np.full(population.size, believed)
