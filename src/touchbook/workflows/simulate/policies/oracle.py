"""The oracle: knows what is true of everybody, and what each touch would truly do until their next renewal.

It is an upper reference, not an exact optimum: it looks ahead to the next renewals alone, keeps no capacity for later
weeks, and does not foresee that one touch may spoil another. The plan's limits do not bind it; capacities and
consents do.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from touchbook.plan.model import Plan
from touchbook.planner.solver.problem import Problem
from touchbook.planner.solver.solve import solve
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.contacts import contacts_of
from touchbook.workflows.simulate.policies.policy import NO_WISH, Wish
from touchbook.workflows.simulate.referee import Referee
from touchbook.world.foresight import bearable, true_gains
from touchbook.world.life import Life

IMAGINED = 16  # how often each touch is imagined for each person
AHEAD_DAYS = 730.0


class Oracle:
    """Chooses by true gain, at prices found by the solver; at most one touch a member and week."""

    def __init__(self, plan: Plan, book: Book, life: Life) -> None:
        self._book, self._life = book, life
        self._touches = list(plan.touches.values())
        self._contacts = contacts_of(plan)
        self._referee = Referee(plan, [one.owner for one in life.people])

    def wish(self, _monday: date) -> Wish:
        """The touches that gain most by the truth, at the prices of what they take."""
        gains = true_gains(self._life, self._contacts, IMAGINED, AHEAD_DAYS)
        gains -= np.array([touch.cost for touch in self._touches])
        gains[~bearable(self._life, self._contacts)] = 0.0
        for column, touch in enumerate(self._touches):
            if touch.channel in self._book.reachable:
                gains[~self._book.reachable[touch.channel], column] = 0.0
        places = np.flatnonzero((gains > 0).any(axis=1))
        if not len(places):
            return NO_WISH
        values = np.where(gains[places] > 0, gains[places], -np.inf).astype(np.float32)
        everything = np.ones((len(self._touches), 1), dtype=np.bool_)
        one_each = np.ones((len(places), 1), dtype=np.int16)
        chosen = solve(Problem(values, self._referee.use, self._referee.available, everything, one_each)).chosen
        rows, columns = np.nonzero(chosen)
        order = np.argsort(-values[rows, columns], kind="stable")
        return Wish(places[rows[order]], columns[order])
