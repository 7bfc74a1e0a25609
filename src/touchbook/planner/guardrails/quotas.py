"""Quotas: a channel carries so many messages in a week: e-mails, letters, whatever the plan counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, Share, register
from touchbook.planner.phrases import message_by
from touchbook.planner.schedule import in_a_week


def _sentence(_facts: Facts, touch: Touch, _customer: int) -> str:
    return f"no {message_by(touch.channel)} is left for it this week"


def _shares(plan: Plan) -> Sequence[Share]:
    """The messages of every channel that has a capacity: one a touch."""
    touches = plan.touches.values()
    return [
        Share(
            name=channel.name,
            use=np.array([float(touch.channel == channel.name) for touch in touches]),
            available=in_a_week(channel),
            called=f"the {message_by(channel.name)}s",
            one_more=f"one more {message_by(channel.name)}",
        )
        for channel in plan.capacity.values()
        if channel.kind == "messages"
    ]


register(Guardrail(name="quotas", sentence=_sentence, shares=_shares))
