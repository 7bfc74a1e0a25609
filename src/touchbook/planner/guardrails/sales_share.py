"""Sales share: of all touches in a week, no more than a share are sales. Every touch that is none makes room for some:

Σ sales − share · Σ all  ≤  0
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.kernel.language import say, say_share
from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, Share, register

SALES_SHARE = "sales share"


def _sentence(facts: Facts, _touch: Touch, _customer: int) -> str:
    share = say_share(f"{100 * (facts.plan.guardrails.sales_share or 0):g}")
    return say("one more sale would make sales more than %(share)s of all touches", share=share)


def _shares(plan: Plan) -> Sequence[Share]:
    """The room for sales, which begins at 0."""
    share = plan.guardrails.sales_share
    if share is None:
        return []
    use = np.array([(touch.purpose is Purpose.SELL) - share for touch in plan.touches.values()], dtype=np.float64)
    return [Share(SALES_SHARE, use, 0.0, say("sales share"), say("one more sale than the sales share allows"))]


register(Guardrail(name="sales_share", sentence=_sentence, shares=_shares))
