"""Why a touch is planned, in a sentence or two: the facts that speak for it, and what it is expected to bring."""

from __future__ import annotations

from touchbook.kernel.language import say
from touchbook.plan.model import Plan, Touch
from touchbook.planner.facts import facts_for
from touchbook.planner.phrases import Row, likely, listed, money
from touchbook.planner.values import expected_sales


def reason(
    plan: Plan, touch: Touch, row: Row, value: float, gain: float, asking: float = 0.0, owed: bool = False
) -> str:
    """Why a touch is planned: the facts for it, what it is expected to bring, and an apology that is still *owed*."""
    facts = "; ".join(facts_for(plan, touch, row))
    expected = _expected(plan, touch, row, value, gain, asking)
    parts = [f"{facts[:1].upper()}{facts[1:]}."] if facts else []
    parts.append(say("Expected: %(what)s.", what=expected))
    if owed:
        parts.append(say("They are still owed an apology, which does not fit this week."))
    return " ".join(parts)


def _expected(plan: Plan, touch: Touch, row: Row, value: float, gain: float, asking: float) -> str:
    sales = expected_sales(touch)
    bring = [say("%(money)s of sales", money=money(sales, plan.currency))] if sales else []
    bring += [likely(row, gain)] if likely(row, gain) else []
    if asking > 0.005:
        answers = say("what they may answer, worth %(money)s", money=money(asking, plan.currency))
        if not bring and value >= 0.005:
            return answers
        bring.append(answers)
    brings = listed(bring) if bring else say("goodwill")
    worth = money(abs(value), plan.currency)
    if value < -0.005:
        return say("%(what)s, at a cost of %(money)s more than it brings", what=brings, money=worth)
    if value < 0.005:
        return say("%(what)s, worth next to nothing in money", what=brings)
    if len(bring) > 1:
        return say("%(what)s, in all worth %(money)s", what=brings, money=worth)
    return say("%(what)s, worth %(money)s", what=brings, money=worth)
