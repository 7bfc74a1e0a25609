"""Never sell when: the plan's own condition under which nobody is sold to."""

from __future__ import annotations

from touchbook.kernel.language import say
from touchbook.plan.model import Purpose, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Mask


def _sentence(facts: Facts, _touch: Touch, _customer: int) -> str:
    condition = facts.plan.guardrails.never_sell_when
    return say("the plan never sells when %(condition)s", condition=condition.text if condition else "")


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Whom the plan's condition protects from a sale."""
    return facts.never_sell if touch.purpose is Purpose.SELL else None


register(Guardrail(name="never_sell_when", sentence=_sentence, bar=_bar))
