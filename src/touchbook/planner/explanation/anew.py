"""Deciding anew for one customer at the prices of the run, as they are or as they would be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from touchbook.insight.stay import with_estimates
from touchbook.plan.model import Plan
from touchbook.planner.assembly import choosable, duty, rooms
from touchbook.planner.candidates import Candidates, find_candidates
from touchbook.planner.explanation.choice import Choice
from touchbook.planner.explanation.data import CHOSEN, HELD_OUT, MUST, Terms
from touchbook.planner.explanation.evidence import per_touch
from touchbook.planner.explanation.scarcity import Scarcity, short_of
from touchbook.planner.phrases import Row
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.questions import asking_values
from touchbook.planner.values import act_values

CLOSE = 1e-4  # share of a value that ties, and the rounding of prices, may move a decision by


@dataclass(frozen=True, slots=True)
class Present:
    """One customer as the run found them: what was chosen and what must be made (T), the values and charges (T), what
    they may choose from, and whether the run's choice is the one that the prices alone would make.

    It need not be: touches are whole, so the last hour of a week may go to whom it fits.
    """

    chosen: Mask
    must: Mask
    values: Floats
    charges: Floats
    choice: Choice
    by_prices: bool

    @property
    def surplus(self) -> Floats:
        """What each touch is worth beyond its charges (T)."""
        return self.values - self.charges

    @property
    def made(self) -> Mask:
        """All that the customer is to get (T)."""
        return self.chosen | self.must


def present(plan: Plan, row: Row, candidates: Candidates, scarcity: Scarcity) -> Present:
    """One customer at present; *candidates* are theirs alone."""
    fate = np.array(per_touch(row, "_fate"))
    must, chosen = fate == MUST, np.isin(fate, (CHOSEN, HELD_OUT))
    values = np.array(per_touch(row, "_values"), dtype=np.float64)
    room, member = rooms(plan, candidates.facts.population, must[None, :])
    choice = Choice(choosable(plan, candidates, values[None, :])[0], member, room[0])
    charges = scarcity.charges(len(values))
    surplus = values - charges
    tolerance = CLOSE * float(np.abs(values[chosen | choice.free]).max(initial=0.0))
    gained = float(surplus[chosen].sum())
    by_prices = choice.most(surplus) <= gained + tolerance and bool((surplus[chosen] >= -tolerance).all())
    return Present(chosen, must, values, charges, choice, by_prices)


def decide_anew(terms: Terms, supposed: Population, scarcity: Scarcity, made: Mask) -> Mask:
    """What would be done at the prices for one customer supposed in several ways: musts and choices together (n × T).

    What must be made is made, but for what takes a capacity that musts are short of, unless it was *made* (T) in the
    run.
    """
    plan = terms.plan
    state, stay = with_estimates(supposed.state, plan)
    population = replace(supposed, state=state)
    candidates = find_candidates(plan, population, terms.judge)
    values = act_values(plan, population, stay)
    values = values + asking_values(plan, population, candidates, terms.judge, terms.given)
    short = [share.use > 0 for share in short_of(terms, scarcity)]
    fits = made | ~np.logical_or.reduce(short, initial=False, axis=0)
    must = np.array(
        [_due(plan, allowed & fits, worth) for allowed, worth in zip(candidates.allowed, values, strict=True)]
    )
    room, member = rooms(plan, population, must)
    free = choosable(plan, candidates, values)
    surplus = values - scarcity.charges(values.shape[1])
    best = [Choice(free[one], member, room[one]).best(surplus[one]) for one in range(population.size)]
    return np.asarray(must | np.array(best), dtype=np.bool_)


def _due(plan: Plan, allowed: Mask, values: Floats) -> Mask:
    """What must be made: the most valuable touch for every duty."""
    made = np.zeros_like(allowed)
    touches = list(plan.touches.values())
    served: set[str] = set()
    for place in np.argsort(-values, kind="stable").tolist():
        touch = touches[place]
        if touch.must and allowed[place] and duty(touch) not in served:
            served.add(duty(touch))
            made[place] = True
    return made
