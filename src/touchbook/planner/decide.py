"""The decision for a horizon of seven days: who gets which touch, at which prices, with which certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from touchbook.insight.stay import Stay
from touchbook.plan.model import Plan
from touchbook.planner.assembly import NOISE, ROUNDING, Must, Shared, build_problem, make_musts, shared_capacities
from touchbook.planner.candidates import Candidates, find_candidates
from touchbook.planner.draws import draw, identities
from touchbook.planner.population import Floats, Judge, Mask, Population
from touchbook.planner.questions import asking_values
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
    what is to be made, musts included; ``held_out``: of those, what is kept back to measure its effect.
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
    prices: Mapping[str, float]
    certificate: Certificate

    @property
    def charges(self) -> Floats:
        """What each touch costs at the prices of the shared capacities (T)."""
        return (
            np.asarray(self.shared.use @ np.array(list(self.prices.values())))
            if self.prices
            else np.zeros(len(self.plan.touches))
        )


def decide(
    plan: Plan, population: Population, stay: Stay, judge: Judge, yesterday: Mapping[str, float] | None = None
) -> Decision:
    """Plan the touches of the coming seven days. *yesterday* are earlier prices to begin the search from."""
    candidates = find_candidates(plan, population, judge)
    asking = asking_values(plan, population, candidates, judge)
    values = act_values(plan, population, stay) + asking
    shared = shared_capacities(plan)
    must = make_musts(plan, candidates, values, shared)
    problem = build_problem(plan, population, candidates, values, shared, must)
    start = np.array([yesterday.get(name, 0.0) for name in shared.names]) if yesterday else None
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
        held_out=_held_out(plan, population, solution.chosen),
        must=must,
        shared=shared,
        prices=dict(zip(shared.names, map(float, solution.prices), strict=True)),
        certificate=Certificate(value, bound, gap, solution.passes),
    )


def _held_out(plan: Plan, population: Population, chosen: Mask) -> Mask:
    """Of the chosen touches, those kept back by a keyed draw; what must be made is never among them."""
    held = np.zeros_like(chosen)
    if plan.guardrails.hold_out > 0:
        ids = identities(population.state)
        for column, touch in enumerate(plan.touches.values()):
            held[:, column] = chosen[:, column] & (draw(ids, f"hold out {touch.name}") < plan.guardrails.hold_out)
    return held
