"""Help takes away what stands between a customer and coming back, when it answers what they have named. Help with what
they never spoke of is little more than news, and keeps a fifth of the lift."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import words
from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.population import Floats, Population
from touchbook.planner.values.belief import Belief, believe

UNASKED = 0.2


def _share(plan: Plan, population: Population, touch: Touch) -> Floats:
    """The whole for whoever has named what a touch answers, and for all when it says of nothing that it does."""
    if not touch.answers:
        return np.ones(population.size)
    named = np.zeros(population.size, dtype=np.bool_)
    for question in plan.questions.values():
        if set(touch.answers) & set(question.choices):
            named |= np.isin(words(population.state, question.name), touch.answers)
    return np.where(named, 1.0, UNASKED)


believe(Belief(Purpose.HELP, 0.25, str(__doc__), _share, {"share of it left when nobody asked for that help": UNASKED}))
