"""Why a touch is planned, in a sentence or two: the facts that speak for it, and what it is expected to bring."""

from __future__ import annotations

from touchbook.plan.model import Plan, Touch
from touchbook.planner.phrases import Row, facts_for, likely, listed, money
from touchbook.planner.values import expected_sales


def reason(
    plan: Plan, touch: Touch, row: Row, value: float, gain: float, asking: float = 0.0, owed: bool = False
) -> str:
    """Why a touch is planned: the facts for it, what it is expected to bring, and an apology that is still *owed*."""
    facts = "; ".join(facts_for(plan, touch, row))
    expected = _expected(plan, touch, row, value, gain, asking)
    end = " They are still owed an apology, which does not fit this week." if owed else ""
    return f"{facts[:1].upper()}{facts[1:]}. Expected: {expected}.{end}" if facts else f"Expected: {expected}.{end}"


def _expected(plan: Plan, touch: Touch, row: Row, value: float, gain: float, asking: float) -> str:
    sales = expected_sales(touch)
    bring = [f"{money(sales, plan.currency)} of sales"] if sales else []
    bring += [likely(row, gain)] if likely(row, gain) else []
    if asking > 0.005:
        answers = f"what they may answer, worth {money(asking, plan.currency)}"
        if not bring and value >= 0.005:
            return answers
        bring.append(answers)
    brings = listed(bring) if bring else "goodwill"
    if value < -0.005:
        return f"{brings}, at a cost of {money(-value, plan.currency)} more than it brings"
    if value < 0.005:
        return f"{brings}, worth next to nothing in money"
    return f"{brings}, {'in all ' if len(bring) > 1 else ''}worth {money(value, plan.currency)}"
