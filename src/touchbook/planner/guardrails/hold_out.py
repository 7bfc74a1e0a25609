"""Hold-out: of what was chosen a share is kept back at random, so that the effect of a touch can be measured.

It is drawn by the customer and the touch alone: who is held out stays so from week to week, whoever else there is.
"""

from __future__ import annotations

import numpy as np

from touchbook.kernel.language import say, say_share
from touchbook.plan.model import Plan, Touch
from touchbook.planner.draws import draw, identities
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Mask, Population


def _sentence(facts: Facts, _touch: Touch, _customer: int) -> str:
    share = say_share(f"{100 * facts.plan.guardrails.hold_out:g}")
    return say("%(share)s are kept from it at random, to measure what it does", share=share)


def _draw(plan: Plan, population: Population, chosen: Mask) -> Mask:
    """The chosen touches that are kept back (n × T)."""
    held = np.zeros_like(chosen)
    if plan.guardrails.hold_out > 0:
        ids = identities(population.state)
        for column, touch in enumerate(plan.touches.values()):
            held[:, column] = chosen[:, column] & (draw(ids, f"hold out {touch.name}") < plan.guardrails.hold_out)
    return held


register(Guardrail(name="hold_out", sentence=_sentence, draw=_draw))
