"""Solving a problem: prices, choice, repair, certificate."""

from __future__ import annotations

from touchbook.planner.solver.prices import find_prices
from touchbook.planner.solver.problem import Floats, Problem, Solution, total
from touchbook.planner.solver.repair import repair


def solve(problem: Problem, start: Floats | None = None) -> Solution:
    """A feasible plan in whole touches with its certificate. Deterministic; *start* may be yesterday's prices."""
    dual = find_prices(problem, start)
    chosen = repair(problem, dual.choice(dual.prices), dual.prices)
    return Solution(chosen, dual.prices, total(problem, chosen), dual.bound, dual.passes)
