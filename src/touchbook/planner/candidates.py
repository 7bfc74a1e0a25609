"""Which touches each customer may get: those meant for them that no guardrail forbids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchbook.insight.columns import words
from touchbook.kernel.language import say
from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails import GUARDRAILS, Facts
from touchbook.planner.phrases import listed, said_of
from touchbook.planner.population import Judge, Mask, Population

ALLOWED, OTHER_TYPE, CONDITION = 0, 1, 2
GUARDRAIL_FROM = 3
NAMES = tuple(GUARDRAILS)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What stands in the way of each pair of customer and touch.

    ``barred`` (n × T): 0 allowed; 1 meant for other types; 2 the touch's condition does not hold; from 3 on, the
    first guardrail that forbids it (``GUARDRAIL_FROM`` + its place in the registry). ``closed`` (n × T): what neither
    time nor an answer will open.
    """

    facts: Facts
    barred: npt.NDArray[np.int8]
    closed: Mask

    @property
    def allowed(self) -> Mask:
        """Pairs that may be planned (n × T)."""
        return np.asarray(self.barred == ALLOWED)

    def why_not(self, customer: int, touch: Touch, code: int) -> str:
        """The sentence for one pair that is not allowed."""
        if code == OTHER_TYPE:
            mine = words(self.facts.population.state, "type")[customer]
            return say(
                "it is meant for the type %(types)s, and this customer's is %(type)s",
                types=listed(touch.to, "or"), type=mine,
            )  # fmt: skip
        if code == CONDITION:
            text, here = touch.when.text if touch.when else "", self._here(customer, touch)
            if not here:
                return say("it is meant for customers of whom “%(condition)s” holds", condition=text)
            return say(
                "it is meant for customers of whom “%(condition)s” holds; here %(here)s", condition=text, here=here
            )
        return GUARDRAILS[NAMES[code - GUARDRAIL_FROM]].sentence(self.facts, touch, customer)

    def _here(self, customer: int, touch: Touch) -> str:
        """What a touch's condition looks at, as it is with one customer, in the order of the condition."""
        state, text = self.facts.population.state, touch.when.text if touch.when else ""
        columns = sorted(touch.when.columns if touch.when else (), key=lambda name: (text.find(name), name))
        said = [said_of(name, state.column(name)[customer].as_py()) for name in columns]
        return listed(said) if said else ""


def find_candidates(plan: Plan, population: Population, judge: Judge) -> Candidates:
    """Judge every touch for every customer."""
    conditions = {f"touch {touch.name}": touch.when.sql for touch in plan.touches.values() if touch.when}
    never = plan.guardrails.never_sell_when
    if never:
        conditions["never sell"] = never.sql
    truths = judge(population.state, conditions)
    nobody = np.zeros(population.size, dtype=np.bool_)
    facts = Facts(plan, population, population.days_since_made(plan), truths.get("never sell", nobody))
    types = words(population.state, "type")
    barred = np.zeros((population.size, len(plan.touches)), dtype=np.int8)
    closed = np.zeros_like(barred, dtype=np.bool_)
    for column, touch in enumerate(plan.touches.values()):
        mine = barred[:, column]
        for place, guardrail in reversed(list(enumerate(GUARDRAILS.values()))):
            if touch.must and not guardrail.binds_must:
                continue
            kept = guardrail.bar(facts, touch)
            if kept is not None:
                mine[kept] = GUARDRAIL_FROM + place
                closed[:, column] |= kept & guardrail.lasting
        if touch.when:
            mine[~truths[f"touch {touch.name}"]] = CONDITION
        if touch.to:
            mine[~np.isin(types, touch.to)] = OTHER_TYPE
    return Candidates(facts, barred, closed)
