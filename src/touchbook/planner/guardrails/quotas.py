"""Quotas: a channel carries so many messages in a week: e-mails, letters, whatever the plan counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, Share, register
from touchbook.planner.schedule import in_a_week
from touchbook.planner.touch_words import no_message_left, one_more_message, the_messages


def _sentence(_facts: Facts, touch: Touch, _customer: int) -> str:
    return no_message_left(touch.channel)


def _shares(plan: Plan) -> Sequence[Share]:
    """The messages of every channel that has a capacity: one a touch."""
    touches = plan.touches.values()
    return [
        Share(
            name=channel.name,
            use=np.array([float(touch.channel == channel.name) for touch in touches]),
            available=in_a_week(channel),
            called=the_messages(channel.name),
            one_more=one_more_message(channel.name),
        )
        for channel in plan.capacity.values()
        if channel.kind == "messages"
    ]


register(Guardrail(name="quotas", sentence=_sentence, shares=_shares))
