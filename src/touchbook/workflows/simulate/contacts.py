"""The touches of a plan as the simulated world knows them: what reaches a person, not what is believed of it."""

from __future__ import annotations

from touchbook.plan.model import Plan
from touchbook.world.contacts import Contact


def contacts_of(plan: Plan) -> list[Contact]:
    """One contact a touch, in the plan's order."""
    return [
        Contact(touch.name, str(touch.purpose), str(touch.channel), touch.answers, touch.asks, touch.revenue)
        for touch in plan.touches.values()
    ]
