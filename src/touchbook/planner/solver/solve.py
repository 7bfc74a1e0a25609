"""Solving a problem: prices, choice, repair, whole touches, certificate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from touchbook.planner.solver.counts import by_counts
from touchbook.planner.solver.dual import Dual, Survey
from touchbook.planner.solver.finish import finish as finished
from touchbook.planner.solver.prices import by_planes, find_prices, settle
from touchbook.planner.solver.problem import Floats, Problem, Solution, total
from touchbook.planner.solver.repair import Repaired, repair, repaired

ENOUGH = 5e-6  # a smaller gap needs no finishing
ENOUGH_OWNERS, MANY = 5e-5, 50_000  # with owners and so many customers finishing takes longer than all the rest
FINISH_BELOW = 200_000  # customers; above, single pairs matter less than the time that they take
AFRESH_BELOW = 50_000  # customers; above, a second search costs more than it brings
TRIES_BELOW = 50_000  # customers; above, a single repair is within a few parts in a million
REFINE_FROM = 1e-4  # a larger gap may be the dual's: it is then lowered plane by plane
REFINE_SWEEPS, REFINE_PRICES_MAX = 60, 200
RAISED = (1.02, 0.98, 1.06)  # prices a little higher leave room to fill, a little lower use all of it


def solve(problem: Problem, start: Floats | None = None, finish: bool = True) -> Solution:
    """A feasible plan in whole touches with its certificate. Deterministic; *start* (K + O) may be yesterday's prices.

    Problems whose gap is not small by then are finished, unless *finish* is off: over the numbers of touches, and then
    over single pairs, as many as can be. Raises ``ValueError`` for a problem that makes no sense.
    """
    problem.check()
    problem = problem.trimmed()
    if not (problem.values > 0).any():  # nothing brings anything: nothing is done, and nothing is scarce
        shared, owners = len(problem.available), len(problem.owners.available)
        return Solution(np.zeros_like(problem.values, dtype=np.bool_), np.zeros(shared), np.zeros(owners), 0.0, 0.0, 0)
    found = find_prices(problem, start)
    dual, seen = found.dual, found.survey
    made = _best_repair(dual, seen)
    few = len(problem.limits) <= REFINE_PRICES_MAX
    if not found.is_settled and few and made.bound - total(problem, made.chosen) > REFINE_FROM * made.bound:
        seen = settle(dual, by_planes(dual, seen, REFINE_SWEEPS))
        anew = _best_repair(dual, seen)
        best = max(made.chosen, anew.chosen, key=lambda plan: total(problem, plan))
        made = Repaired(best, min(made.bound, anew.bound))
    chosen, bound = made.chosen, made.bound
    passes = dual.passes
    has_owners = len(problem.owners.available) > 0
    enough = ENOUGH_OWNERS if has_owners and len(problem.values) > MANY else ENOUGH
    if finish and len(problem.limits):
        # Counts of touches say nothing of whose time they take.
        if bound - total(problem, chosen) > enough * bound and not has_owners:
            counted = by_counts(problem, seen, chosen, bound, enough)
            chosen, bound, passes = counted.chosen, counted.bound, passes + counted.passes
        if bound - total(problem, chosen) > enough * bound and len(problem.values) <= FINISH_BELOW:
            better = finished(problem, chosen, bound, seen.prices)
            chosen, bound = better.chosen, better.bound
    value = total(problem, chosen)
    if start is not None and len(problem.values) <= AFRESH_BELOW and bound - value > REFINE_FROM * bound:
        # With many customers alike a search may end beside the best: begin again elsewhere, and keep the better end.
        afresh = solve(problem, None, finish)
        if afresh.gap < (bound - value) / bound:
            return replace(afresh, passes=passes + afresh.passes)
    shared = len(problem.available)
    # Where the two meet, sums in another order may leave the bound below the value by a last digit.
    return Solution(chosen, seen.prices[:shared], seen.prices[shared:], value, max(bound, value), passes)


def _best_repair(dual: Dual, seen: Survey) -> Repaired:
    """The best of the plans repaired from a few sets of prices close to each other, and the bound of the given ones."""
    problem, first = dual.problem, repair(dual, seen)
    plans = [first.chosen]
    if len(problem.values) < TRIES_BELOW:
        for factor in RAISED:
            other = dual.survey(seen.prices * factor, np.ones(len(seen.prices)), 0.0)
            plans.append(repaired(problem, other.chosen, seen.prices))
    return Repaired(max(plans, key=lambda chosen: total(problem, chosen)), first.bound)
