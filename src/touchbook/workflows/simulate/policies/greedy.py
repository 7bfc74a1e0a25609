"""Greedy by value: the planner's own values and guardrails, but no prices; the highest value comes first."""

from __future__ import annotations

from datetime import date

import numpy as np

from touchbook.plan.model import Plan, Purpose
from touchbook.planner.decide import Decision, decide
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.policies.policy import Wish
from touchbook.workflows.simulate.referee import Referee
from touchbook.world.crowd import Ints
from touchbook.world.luck import Floats


class Greedy:
    """Takes pairs of member and touch from the top while there is room: what must be made, then one a member."""

    def __init__(self, plan: Plan, book: Book) -> None:
        self._plan, self._book = plan, book
        self._referee = Referee(plan, ())

    def wish(self, monday: date) -> Wish:
        """What must be made, then by falling value; a sale only while the share of sales allows it."""
        seen = self._book.read(monday)
        decision = decide(self._plan, seen.population, seen.stay, self._book.engine.conditions)
        rows, columns = self._ordered(decision)
        kept = self._take(rows, columns, decision)
        return Wish(seen.places[rows[kept]], columns[kept])

    def _take(self, rows: Ints, columns: Ints, decision: Decision) -> Ints:
        """Which pairs are taken, from the first on."""
        sales = [touch.purpose is Purpose.SELL for touch in self._plan.touches.values()]
        share = self._plan.guardrails.sales_share
        left: Floats = self._referee.available * (1 + 1e-9)
        owner, owners = decision.population.distinct("_owner")
        left_of = np.full(len(owners) + 1, self._referee.each_owner)  # the last, for nobody, is used by no touch
        must = decision.must.made
        taken: list[int] = []
        reached: set[int] = set()
        sold = 0
        for index, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
            is_must, use = bool(must[row, column]), self._referee.use[column]
            minutes = self._referee.by_owner[column]
            too_many_sales = sales[column] and share is not None and sold + 1 > share * (len(taken) + 1)
            if (
                (row in reached and not is_must)
                or too_many_sales
                or not (use <= left).all()
                or minutes > left_of[owner[row]]
            ):
                continue
            left -= use
            left_of[owner[row]] -= minutes
            taken.append(index)
            reached.add(row)
            sold += sales[column]
        return np.array(taken, dtype=np.int64)

    def _ordered(self, decision: Decision) -> tuple[Ints, Ints]:
        """Each customer's musts and, of those who have none, the most valuable touch that is allowed."""
        made = decision.must.made
        must_rows, must_columns = np.nonzero(made)
        allowed = decision.candidates.allowed & ~np.asarray(made.any(axis=1))[:, None]
        worth = np.where(allowed & (decision.values > 0), decision.values, -np.inf)
        rows, columns = np.nonzero(np.isfinite(worth))
        order = np.argsort(-worth[rows, columns], kind="stable")
        return np.concatenate([must_rows, rows[order]]), np.concatenate([must_columns, columns[order]])
