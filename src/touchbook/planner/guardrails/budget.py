"""Budget: the money that touches may cost in a week, beside the time that they take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.kernel.language import say
from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, Share, register
from touchbook.planner.phrases import money, one_more_of_money
from touchbook.planner.schedule import in_a_week


def _sentence(facts: Facts, touch: Touch, _customer: int) -> str:
    cost = money(touch.cost, facts.plan.currency)
    return say("what is left of the budget this week is less than the %(cost)s it costs", cost=cost)


def _shares(plan: Plan) -> Sequence[Share]:
    """The money of every budget: each touch takes what it costs."""
    return [
        Share(
            name=budget.name,
            use=np.array([touch.cost for touch in plan.touches.values()], dtype=np.float64),
            available=in_a_week(budget),
            called=budget.name,
            one_more=one_more_of_money(plan.currency, budget.name),
        )
        for budget in plan.capacity.values()
        if budget.kind == "money"
    ]


register(Guardrail(name="budget", sentence=_sentence, shares=_shares))
