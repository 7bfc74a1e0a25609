"""Solving a problem: prices, choice, repair, finish, certificate."""

from __future__ import annotations

from touchbook.planner.solver.finish import finish as finished
from touchbook.planner.solver.finish import is_small, polish
from touchbook.planner.solver.prices import Dual, find_prices
from touchbook.planner.solver.problem import Floats, Mask, Problem, Solution, total
from touchbook.planner.solver.repair import repair

TRIES_BELOW = 50_000  # customers; above, a single repair is within a few parts in a million
GAP_AT_LEAST = 1e-5  # a smaller gap needs no finishing
REFINE_FROM = 1e-4  # a larger gap may be the dual's: it is then lowered plane by plane
REFINE_SWEEPS = 60
RAISED = (1.0, 1.02, 0.98, 1.06)  # prices a little higher leave room to fill, a little lower use all of it


def solve(problem: Problem, start: Floats | None = None, finish: bool = True) -> Solution:
    """A feasible plan in whole touches with its certificate. Deterministic; *start* may be yesterday's prices.

    Small problems are finished by branch and bound, larger ones polished by it, unless *finish* is off.
    """
    dual = find_prices(problem, start)
    chosen, bound = _best_repair(problem, dual), dual.bound
    if bound - total(problem, chosen) > REFINE_FROM * bound and problem.available.size:
        dual.refine(REFINE_SWEEPS)
        dual.settle()
        chosen = max(chosen, _best_repair(problem, dual), key=lambda plan: total(problem, plan))
        bound = dual.bound
    if finish and bound - total(problem, chosen) > GAP_AT_LEAST * bound:
        if is_small(problem):
            better = finished(problem, chosen, bound)
            chosen, bound = better.chosen, better.bound
        else:
            chosen = polish(problem, chosen, dual.prices)
    value = total(problem, chosen)
    # Where the two meet, sums in another order may leave the bound below the value by a last digit.
    return Solution(chosen, dual.prices, value, max(bound, value), dual.passes)


def _best_repair(problem: Problem, dual: Dual) -> Mask:
    """The best of the plans repaired from a few sets of prices close to each other."""
    several = RAISED if problem.values.shape[0] < TRIES_BELOW else RAISED[:1]
    plans = [repair(problem, dual.choice(dual.prices * factor), dual.prices) for factor in several]
    return max(plans, key=lambda chosen: total(problem, chosen))
