"""Apologised: one apology for one wrong. What it did not mend needs a recovery, and not the same words again."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Purpose, Touch
from touchbook.plan.words import channel_word
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.phrases import days_ago
from touchbook.planner.population import Floats, Mask


def _since(facts: Facts, touch: Touch) -> Floats:
    """Days since the same channel last brought an apology, whatever that touch is called (n)."""
    alike = [
        facts.since[other.name]
        for other in facts.plan.touches.values()
        if other.purpose is Purpose.APOLOGISE and other.channel is touch.channel
    ]
    return np.asarray(np.minimum.reduce(alike))


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    since = _since(facts, touch)[customer]
    return say(
        "the apology by %(channel)s came %(when)s, and nothing has gone wrong since; now it wants mending",
        channel=channel_word(touch.channel), when=days_ago(since),
    )  # fmt: skip


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who had an apology by the same channel since the last withdrawal; another channel may still try."""
    if touch.purpose is not Purpose.APOLOGISE:
        return None
    # A withdrawal of the same day may be what the apology was for.
    return np.asarray(_since(facts, touch) <= numbers(facts.population.state, "last_withdrawal_days"))


register(Guardrail(name="apologised", sentence=_sentence, bar=_bar, lasting=True))
