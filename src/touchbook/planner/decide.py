"""The decision for a horizon of seven days: who gets which touch, at which prices, with which certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from touchbook.insight.stay import Stay
from touchbook.plan.model import Plan
from touchbook.planner.assembly import (
    NOISE,
    ROUNDING,
    Must,
    Shared,
    build_problem,
    held_out,
    make_musts,
    shared_capacities,
)
from touchbook.planner.candidates import Candidates, find_candidates
from touchbook.planner.guardrails.owner_minutes import owner_ids
from touchbook.planner.population import Floats, Judge, Mask, Population
from touchbook.planner.questions import asking_values
from touchbook.planner.solver.problem import Owners, Places
from touchbook.planner.solver.solve import solve
from touchbook.planner.values import act_values, gains


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good a decision is at least: its value, a bound that no plan exceeds, and the share between them."""

    value: float
    bound: float
    gap: float
    passes: int


@dataclass(frozen=True, slots=True)
class Decision:
    """All that was decided for n customers and T touches, and all that it rests on.

    ``gains``: rise in the stay probability; ``asking``: the part of ``values`` that answers are worth; ``chosen``:
    what is to be made, musts included; ``held_out``: of those, what is kept back to measure its effect. ``prices``: of
    the shared capacities, by name; ``owner_prices``: of a minute of each owner's time, by the id of the staff.
    """

    plan: Plan
    population: Population
    stay: Stay
    candidates: Candidates
    gains: Floats
    asking: Floats
    values: Floats
    chosen: Mask
    held_out: Mask
    must: Must
    shared: Shared
    owners: Owners
    prices: Mapping[str, float]
    owner_prices: Mapping[str, float]
    certificate: Certificate

    @property
    def charges(self) -> Floats:
        """What each touch costs at the prices of the shared capacities (T)."""
        return np.asarray(self.shared.use @ np.array(list(self.prices.values()), dtype=np.float64))

    def surplus(self, rows: Places, columns: Places) -> Floats:
        """What is left of the value of some pairs of customer and touch after all that they take, at its price."""
        left = self.values[rows, columns] - self.charges[columns]
        if not self.owner_prices:
            return np.asarray(left)
        prices, of = np.array(list(self.owner_prices.values())), self.owners.of[rows]
        return np.asarray(left - np.where(of >= 0, prices[of], 0.0) * self.owners.use[columns])


def decide(
    plan: Plan, population: Population, stay: Stay, judge: Judge, yesterday: Mapping[str, float] | None = None
) -> Decision:
    """Plan the touches of the coming seven days.

    *yesterday* are earlier prices, of capacities by name and of owners by id, to begin the search from; where several
    prices are as good, those nearest to them are found.
    """
    candidates = find_candidates(plan, population, judge)
    asking = asking_values(plan, population, candidates, judge)
    values = act_values(plan, population, stay) + asking
    shared = shared_capacities(plan)
    must = make_musts(plan, candidates, values, shared)
    problem = build_problem(plan, population, candidates, values, shared, must)
    owners = owner_ids(population) if len(problem.owners.available) else ()
    start = np.array([yesterday.get(name, 0.0) for name in (*shared.names, *owners)]) if yesterday else None
    solution = solve(problem, start)
    value = float(values[solution.chosen].sum())
    # The noise, and rounding to 32 bits, lowered every value by at most that share.
    bound = max(solution.bound / (1 - NOISE - ROUNDING), value)
    gap = (bound - value) / bound if bound > 0 else 0.0
    chosen = must.made | solution.chosen
    return Decision(
        plan=plan,
        population=population,
        stay=stay,
        candidates=candidates,
        gains=gains(plan, population, stay),
        asking=asking,
        values=values,
        chosen=chosen,
        held_out=held_out(plan, population, solution.chosen),
        must=must,
        shared=shared,
        owners=problem.owners,
        prices=dict(zip(shared.names, map(float, solution.prices), strict=True)),
        owner_prices=dict(zip(owners, map(float, solution.owner_prices), strict=True)),
        certificate=Certificate(value, bound, gap, solution.passes),
    )
