"""How many of those who are asked answer: half of those who are spoken to, one in seven of those who are written to.

A question that nobody answers tells nothing, so what an answer is worth counts by this much.
"""

from __future__ import annotations

from touchbook.plan.model import Channel, Touch

SPOKEN, WRITTEN = 0.50, 0.15


def answer_rate(touch: Touch) -> float:
    """The share of those whom a touch asks who answer, before a company knows better."""
    return SPOKEN if touch.channel in (Channel.PHONE, Channel.VISIT) else WRITTEN
