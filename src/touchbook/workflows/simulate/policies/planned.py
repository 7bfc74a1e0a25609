"""Touchbook itself: the state, the decision and the guardrails as in a real week, hold-outs and all."""

from __future__ import annotations

from datetime import date

import numpy as np

from touchbook.plan.model import Plan
from touchbook.planner.decide import Decision, decide
from touchbook.workflows.simulate.book import Book, Seen
from touchbook.workflows.simulate.policies.policy import Wish


class Planned:
    """Makes what the planner plans; what it holds out to measure effects is not made."""

    def __init__(self, plan: Plan, book: Book) -> None:
        self._plan, self._book = plan, book
        self._prices: dict[str, float] | None = None

    def wish(self, monday: date) -> Wish:
        """The touches of the week's plan, what must be made first, then by value."""
        seen = self._book.read(monday)
        decision = self._decide(seen)
        rows, columns = np.nonzero(decision.chosen & ~decision.held_out)
        order = np.lexsort((-decision.values[rows, columns], ~decision.must.made[rows, columns]))
        return Wish(seen.places[rows[order]], columns[order])

    def _decide(self, seen: Seen) -> Decision:
        decision = decide(self._plan, seen.population, seen.stay, self._book.engine.conditions, self._prices)
        self._prices = {**decision.prices, **decision.owner_prices}
        return decision
