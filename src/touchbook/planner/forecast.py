"""What the weeks ahead need of every capacity, what there is of it, and what one more of it would be worth.

*Needed* is what a week's plan would take of a capacity if that one capacity were not scarce, all others being as they
are: nothing worth making is left undone for the lack of it, and with so much of it, its price is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from touchbook.plan.model import EACH_OWNER, Plan
from touchbook.planner.assembly import build_problem, make_musts, planned, shared_capacities
from touchbook.planner.decide import Decision
from touchbook.planner.musts import owners_of
from touchbook.planner.phrases import count, money, one_of_money
from touchbook.planner.population import Mask
from touchbook.planner.schedule import in_a_week
from touchbook.planner.solver.solve import solve
from touchbook.planner.touch_words import message_by

SHORT_FROM = 1.001  # times what there is: less is not to be seen in what is printed


@dataclass(frozen=True, slots=True)
class Need:
    """One capacity in one week: minutes, messages or money needed and there, and the price of one more of them.

    Of ``each owner``: the minutes of all of them, without a price, and how many of how many owners are short.
    """

    name: str
    needed: float
    there: float
    price: float
    owners_short: int = 0
    owners: int = 0

    @property
    def is_short(self) -> bool:
        """Whether more is needed than there is."""
        return self.owners_short > 0 if self.owners else self.needed > self.there * SHORT_FROM

    @property
    def lacks(self) -> float:
        """How much more is needed than there is; below 0 where there is more."""
        return self.needed - self.there


@dataclass(frozen=True, slots=True)
class WeekAhead:
    """One week: how many customers there are, how many touches are planned, and how many musts do not fit."""

    starts_on: date
    customers: int
    touches: int
    must_unmet: int
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Some weeks ahead under one plan."""

    plan: Plan
    weeks: tuple[WeekAhead, ...]

    def of(self, name: str) -> list[Need]:
        """One capacity, week by week."""
        return [need for week in self.weeks for need in week.needs if need.name == name]


def week_ahead(decision: Decision, starts_on: date) -> WeekAhead:
    """What a week's decision needs."""
    return WeekAhead(
        starts_on,
        decision.population.size,
        int(decision.chosen.sum()),
        decision.must.unmet,
        tuple(
            _need_of_owners(decision) if name == EACH_OWNER else _need(decision, name)
            for name in decision.plan.capacity
        ),
    )


def _need(decision: Decision, name: str) -> Need:
    price = decision.prices[name]
    is_scarce = price > 0 or name in decision.must.short
    made, chosen = _without(decision, name) if is_scarce else (decision.must.made, decision.chosen)
    use = decision.shared.use[:, decision.shared.names.index(name)]
    needed = _capacity_for(decision.plan, float(made.sum(axis=0) @ use), float(chosen.sum(axis=0) @ use))
    there = in_a_week(decision.plan.capacity[name])
    # Where just what is needed is there, one more is worth nothing, though one less would cost something.
    return Need(name, needed, there, price if needed > there * SHORT_FROM else 0.0)


def _need_of_owners(decision: Decision) -> Need:
    """What all owners need together, and how many of them have too little; their hours cannot be lent."""
    owners = owners_of(decision.plan, decision.population)
    musts, used = owners.spent(decision.must.made), owners.spent(decision.chosen)
    left = planned(decision.plan, owners.available) - used
    if (left < owners.use.max(initial=0.0)).any():
        made, chosen = _without(decision, EACH_OWNER)
        musts, used = owners.spent(made), owners.spent(chosen)
    needed = np.array([_capacity_for(decision.plan, *pair) for pair in zip(musts, used, strict=True)])
    short = int((needed > owners.available * SHORT_FROM).sum())
    return Need(EACH_OWNER, float(needed.sum()), float(owners.available.sum()), 0.0, short, len(needed))


def _capacity_for(plan: Plan, musts: float, used: float) -> float:
    """How much there must be for *used* to fit, *musts* among it, beside what is kept for the moment."""
    return used / float(planned(plan, np.ones(1))[0]) if used > musts else musts


def _without(decision: Decision, name: str) -> tuple[Mask, Mask]:
    """Musts, and all that would be made, if a capacity were not scarce: the decision under a plan without it."""
    capacity = {other: kept for other, kept in decision.plan.capacity.items() if other != name}
    plan = replace(decision.plan, capacity=capacity)
    shared = shared_capacities(plan)
    must = make_musts(plan, decision.candidates, decision.values, shared)
    problem = build_problem(plan, decision.population, decision.candidates, decision.values, shared, must)
    prices = [decision.prices[other] for other in shared.names]
    prices += decision.owner_prices.values() if len(problem.owners.available) else ()
    return must.made, np.asarray(must.made | solve(problem, np.array(prices, dtype=np.float64), finish=False).chosen)


def amount(plan: Plan, name: str, of: float) -> str:
    """So much of a capacity, without its unit."""
    kind = plan.capacity[name].kind
    if kind == "minutes":
        return f"{of / 60:,.1f}"
    return money(of, plan.currency) if kind == "money" else f"{of:,.0f}"


def price_of_one(plan: Plan, name: str, price: float) -> str:
    """The price of one more hour, message or unit of money."""
    return money(price * (60 if plan.capacity[name].kind == "minutes" else 1), plan.currency)


def called(name: str) -> str:
    """A capacity as people call it."""
    return "owners" if name == EACH_OWNER else name


def in_words(forecast: Forecast, name: str) -> str:
    """What the weeks ahead say of one capacity, for whoever decides on it."""
    plan, needs = forecast.plan, forecast.of(name)
    unit, one = _units(plan, name)
    short = sum(need.is_short for need in needs)
    most = max(range(len(needs)), key=lambda place: (needs[place].owners_short, needs[place].lacks))
    worst = needs[most]
    of = f"{amount(plan, name, worst.needed)} of {amount(plan, name, worst.there)}"
    of += "" if unit == "money" else f" {unit}"
    week = f"the week of {forecast.weeks[most].starts_on:%-d %B}"
    if not any(need.needed for need in needs):
        return f"nothing of {called(name)} is needed"
    are, have = ("are", "have") if name == EACH_OWNER else ("is", "has")
    if not short:
        every = "in that week" if len(needs) == 1 else "in every week"
        return f"{called(name)} {have} {unit} to spare {every}; {week} needs the most ({of})"
    where = f"in {week}" if len(needs) == 1 else f"in {short} of {len(needs)} weeks, most in {week}"
    said = f"{called(name)} {are} short of {unit} {where} ({of})"
    if worst.owners:
        return f"{said}: {worst.owners_short} of {count(worst.owners, 'owner')} would need more"
    if worst.price > 0:
        said += f"; one more {one} would be worth {price_of_one(plan, name, worst.price)} then"
        if plan.capacity[name].kind == "minutes":
            said += ": a person more would pay if an hour costs less"
    return said


def musts_in_words(forecast: Forecast) -> str:
    """In how many weeks something that must be made does not fit; empty when all of it does."""
    weeks = [week for week in forecast.weeks if week.must_unmet]
    if not weeks:
        return ""
    worst = max(weeks, key=lambda week: week.must_unmet)
    touches = count(worst.must_unmet, "touch", "touches")
    where = "" if len(forecast.weeks) == 1 else f" in {len(weeks)} of {len(forecast.weeks)} weeks"
    most = "left out" if len(forecast.weeks) == 1 else f"left out in the week of {worst.starts_on:%-d %B}"
    return f"not all that must be made fits{where}: {touches} {'is' if worst.must_unmet == 1 else 'are'} {most}"


def _units(plan: Plan, name: str) -> tuple[str, str]:
    """What a capacity is counted in, in the plural and in the singular."""
    kind = plan.capacity[name].kind
    if kind == "minutes":
        return "hours", "hour"
    if kind == "money":
        return "money", one_of_money(plan.currency)
    return f"{message_by(name)}s", message_by(name)
