"""From prices to a plan: at given prices a capacity may be overdrawn; drop, then fill what is free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touchbook.planner.solver.dual import Dual, Survey
from touchbook.planner.solver.moves import drop, fill
from touchbook.planner.solver.owner_time import in_whole_touches
from touchbook.planner.solver.problem import Floats, Mask, Places, Problem, spent, total

WAVERING_SHARE, WAVERING_LEAST = 0.05, 20_000  # of the customers: those whose choice is least firm
LOST_MAX = 2e-3  # of the dual value: when a plan loses more than that, more customers are looked at
FILL_PAIRS_MAX = 500_000


@dataclass(frozen=True, slots=True)
class Repaired:
    """A plan (n × T), and what no plan exceeds."""

    chosen: Mask
    bound: float


def repair(dual: Dual, seen: Survey) -> Repaired:
    """A feasible plan near everybody's choice at the prices: whose choice is least firm gives way to the limits."""
    problem, whole, widen = dual.problem, in_whole_touches(dual.problem, seen), 1
    bound, asked = whole.value, whole.asked if whole.asked is not None else np.zeros(0, dtype=np.int64)
    while True:
        rows = np.union1d(least_firm(seen, widen), asked)
        chosen = whole.chosen.copy()
        chosen[rows] = repaired(problem.beside(chosen, rows), chosen[rows], seen.prices)
        fits = (spent(problem, chosen) <= problem.limits * (1 + 1e-9) + 1e-9).all()
        # With many customers alike, more of them must give way, or may come in, than are least firm.
        is_near = fits and bound - total(problem, chosen) <= LOST_MAX * abs(bound)
        if is_near or len(rows) == len(seen.doubt):
            return Repaired(chosen, bound)
        widen *= 4


def least_firm(seen: Survey, widen: int = 1) -> Places:
    """The rows of the customers whose choice is least firm, in order; *widen* times as many as usual."""
    count = widen * max(WAVERING_LEAST, int(WAVERING_SHARE * len(seen.doubt)))
    if count >= len(seen.doubt):
        return np.arange(len(seen.doubt))
    return np.flatnonzero(
        seen.doubt <= np.partition(seen.doubt, count)[count]
    )  # all who are as little firm as the last


def repaired(problem: Problem, chosen: Mask, prices: Floats) -> Mask:
    """A feasible choice near *chosen* (which is changed): drop what gains least, then add what gains most.

    Gains are at the prices, so that what is dropped first is what the capacity is worth least for.
    """
    state = _State(problem, chosen, prices)
    state.drop()
    state.fill()
    return chosen


class _State:
    """A plan under repair, and what it leaves of everything."""

    def __init__(self, problem: Problem, chosen: Mask, prices: Floats) -> None:
        self.problem, self.chosen = problem, chosen
        self.shared = len(problem.available)
        self.prices = prices
        # Sums of fractions, such as those of the sales share, may miss what they stand for by a rounding.
        self.limits = problem.limits * (1 + 1e-10) + 1e-10
        self.count()

    def count(self) -> None:
        """Add up anew what is left."""
        left = self.limits - spent(self.problem, self.chosen)
        self.left, self.owner_left = left[: self.shared].copy(), left[self.shared :].copy()

    def drop(self) -> None:
        """Drop until nothing is overdrawn. Dropping for one capacity may take from a row that a touch gives to.

        Such rows (the sales share) therefore come last.
        """
        problem = self.problem
        if (self.owner_left < 0).any():
            customers, touches = np.nonzero(self.chosen & (problem.owner_use > 0))
            over = (problem.owners.of[customers] >= 0) & (self.owner_left[problem.owners.of[customers]] < 0)
            self._drop(customers[over], touches[over], -1, problem.owner_use)
        order = np.argsort(problem.use.min(axis=0, initial=0.0) < 0, kind="stable")
        while overdrawn := [int(place) for place in order if self.left[place] < 0]:
            capacity = overdrawn[0]
            customers, touches = np.nonzero(self.chosen & (problem.use[:, capacity] > 0))
            if not len(customers):
                break  # it was overdrawn before anybody chose
            self._drop(customers, touches, capacity, problem.use[:, capacity])
            self.count()

    def _drop(self, customers: Places, touches: Places, capacity: int, use: Floats) -> None:
        worst = np.argsort(self._surplus(customers, touches) / use[touches], kind="stable")
        problem = self.problem
        drop(
            customers[worst], touches[worst], capacity, problem.use, self.left,
            problem.owners.of, problem.owner_use, self.owner_left, self.chosen,
        )  # fmt: skip

    def fill(self) -> None:
        """Add what gains most wherever it fits."""
        problem = self.problem
        for _ in range(2):  # a sale may fit only after others made room for it
            customers, touches = self._worth_adding()
            if not fill(
                customers, touches, problem.use, self.left, problem.owners.of, problem.owner_use, self.owner_left,
                problem.member, problem.room, self.chosen,
            ):  # fmt: skip
                break

    def _worth_adding(self) -> tuple[Places, Places]:
        """Pairs of value above 0 that are not chosen and that fit as things are, best at the prices first."""
        problem, chosen = self.problem, self.chosen
        fitting = np.flatnonzero(((problem.use <= 0) | (problem.use <= self.left)).all(axis=1))
        held = chosen.astype(np.int16) @ problem.member.astype(np.int16)
        full = (held >= problem.room) @ problem.member[fitting].T
        customers, places = np.nonzero((problem.values[:, fitting] > 0) & ~chosen[:, fitting] & ~full)
        touches = fitting[places]
        if len(problem.owners.available):
            of, use = problem.owners.of[customers], problem.owners.use[touches]
            has_time = (of < 0) | (use <= 0) | (use <= self.owner_left[of])
            customers, touches = customers[has_time], touches[has_time]
        surplus = self._surplus(customers, touches)
        if len(surplus) > FILL_PAIRS_MAX:
            best = np.sort(np.argpartition(-surplus, FILL_PAIRS_MAX)[:FILL_PAIRS_MAX])
            customers, touches, surplus = customers[best], touches[best], surplus[best]
        order = np.argsort(-surplus, kind="stable")
        return customers[order], touches[order]

    def _surplus(self, customers: Places, touches: Places) -> Floats:
        return np.asarray(
            self.problem.values[customers, touches] - self.problem.charges(self.prices, customers, touches)
        )
