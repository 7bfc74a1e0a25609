"""An apology does as much as there is to make good: nothing where nothing is open, and more the more is, levelling off
at what weighs as much as makes a customer engaged. The lift is what an open wrong takes from the odds of staying
(`insight/stay.py`), so that making it good gives back what it took."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.population import Floats, Population
from touchbook.planner.values.belief import Belief, believe


def _share(plan: Plan, population: Population, _touch: Touch) -> Floats:
    """How much there is to make good: tanh(weight of what is open / balance that makes a customer engaged)."""
    return np.asarray(np.tanh(numbers(population.state, "open_weight") / plan.ledger.engaged_at))


believe(Belief(Purpose.APOLOGISE, 0.60, str(__doc__), _share))
