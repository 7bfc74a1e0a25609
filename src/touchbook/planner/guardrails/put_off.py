"""Put off: a touch that met no answer, or was deferred, waits for its day; until then it is not planned once more.

In the week in which it is due it is the touch that the customer gets, beside those that must be made.
"""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say
from touchbook.plan.model import Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.phrases import days_ahead
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.schedule import HORIZON_DAYS


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    places, texts = facts.population.distinct("_put_off")
    names = texts[places[customer]].split("\n")
    waits = touch.name if touch.name in names else names[0]
    when = days_ahead(_days(facts.population)[customer])
    return say("“%(touch)s” was put off, and is due %(when)s", touch=waits, when=when)


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Whom the same touch waits for; in the week in which one is due, everybody for whom any does."""
    places, texts = facts.population.distinct("_put_off")
    if not texts:
        return None
    mine = [place for place, text in enumerate(texts) if touch.name in text.split("\n")]
    waits = np.isin(places, mine)
    return waits if touch.must else waits | (_days(facts.population) < HORIZON_DAYS)


def _days(population: Population) -> Floats:
    """In how many days the first of them is due; not a number where none waits (n)."""
    return numbers(population.state, "_put_off_days")


register(Guardrail(name="put off", sentence=_sentence, bar=_bar))
