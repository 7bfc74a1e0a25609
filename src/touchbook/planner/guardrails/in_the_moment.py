"""In the moment: a week's plan leaves a share of every capacity for those who turn up before anybody planned for it.

What must be made may take all the same what is left so; and of the sales share, which begins at nothing, it is nothing.
"""

from __future__ import annotations

from touchbook.kernel.language import say, say_share
from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register


def _sentence(facts: Facts, _touch: Touch, _customer: int) -> str:
    share = say_share(f"{100 * _reserve(facts.plan):g}")
    return say("the plan leaves %(share)s of every capacity for what comes up in the moment", share=share)


def _reserve(plan: Plan) -> float:
    """The share that is left."""
    return plan.guardrails.in_the_moment


register(Guardrail(name="in_the_moment", sentence=_sentence, reserve=_reserve))
