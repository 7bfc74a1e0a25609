"""What a customer's touches take of the capacities, their owner's time among them, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touchbook.kernel.language import say
from touchbook.plan.model import EACH_OWNER, OWNER, Plan
from touchbook.planner.assembly import planned
from touchbook.planner.explanation.data import Charge, Terms
from touchbook.planner.guardrails import Share
from touchbook.planner.guardrails.owner_minutes import owner_use
from touchbook.planner.guardrails.sales_share import SALES_SHARE
from touchbook.planner.guardrails.team_minutes import MINUTES_IN_AN_HOUR
from touchbook.planner.phrases import Row
from touchbook.planner.population import Floats
from touchbook.planner.schedule import in_a_week
from touchbook.planner.shares import shares


@dataclass(frozen=True, slots=True)
class Scarcity:
    """The capacities of one customer, and their prices (K): the shared ones, and their owner's minutes, if any."""

    shares: tuple[Share, ...]
    prices: Floats

    @property
    def use(self) -> Floats:
        """What each touch takes of each capacity (T × K)."""
        return np.column_stack([share.use for share in self.shares])

    def charges(self, touches: int) -> Floats:
        """What each of so many touches costs at the prices (T)."""
        return np.asarray(self.use @ self.prices) if self.shares else np.zeros(touches)

    def takes(self, touch: int, place: int) -> float:
        """What a touch takes of the capacity at a place."""
        return float(self.shares[place].use[touch])

    def dearest(self, touch: int) -> int | None:
        """The capacity of which a touch takes most: in money, or else of what there is; None when it takes nothing."""
        used = [place for place in range(len(self.shares)) if self.takes(touch, place) > 0]
        return max(used, key=lambda place: self._dear(touch, place), default=None)

    def _dear(self, touch: int, place: int) -> tuple[float, float]:
        taken = self.takes(touch, place)
        return taken * float(self.prices[place]), taken / max(self.shares[place].available, 1e-9)


def scarcity_of(terms: Terms, row: Row) -> Scarcity:
    """The capacities of one customer at the prices of the run, with what a week's plan may take of each."""
    plan = terms.plan
    found = shares(plan)
    # Prices come back from storage in any order; beside the capacities' use they must stand in the plan's.
    prices = [float(terms.prices.get(share.name, 0.0)) for share in found]
    each = plan.capacity.get(EACH_OWNER)
    if each is not None and row.get("_owner") is not None:
        who = str(row.get("owner") or say("their owner"))
        found.append(
            Share(
                name=OWNER,
                use=owner_use(plan),
                available=in_a_week(each),
                called=say("%(name)s's time", name=who),
                one_more=say("one more hour of %(name)s", name=who),
                size=MINUTES_IN_AN_HOUR,
                whose=who,
            )
        )
        prices.append(terms.owner_price)
    return Scarcity(tuple(found), np.array(prices, dtype=np.float64))


def may_take(plan: Plan, share: Share) -> float:
    """How much of a capacity a week's plan may take."""
    return float(planned(plan, np.array([share.available]))[0])


def charges_of(plan: Plan, scarcity: Scarcity, touch: int) -> tuple[Charge, ...]:
    """What one touch takes, capacity by capacity."""
    return tuple(
        Charge(
            capacity=share.name,
            kind=kind_of(plan, share.name),
            amount=float(share.use[touch]),
            price=float(price),
            money=float(share.use[touch] * price),
        )
        for share, price in zip(scarcity.shares, scarcity.prices, strict=True)
        if share.use[touch]
    )


def kind_of(plan: Plan, name: str) -> str:
    """The unit that a capacity is counted in: minutes, messages, money, or share."""
    if name == SALES_SHARE:
        return "share"
    return "minutes" if name == OWNER else plan.capacity[name].kind


def price_phrase(plan: Plan, name: str, price: float) -> str:
    """A shared capacity's price as a manager understands it: “one more hour of member services is worth £138”."""
    share = next(share for share in shares(plan) if share.name == name)
    return share.price_phrase(price, plan.currency)


def short_of(terms: Terms, scarcity: Scarcity) -> list[Share]:
    """The capacities that what must be made takes all of."""
    return [share for share in scarcity.shares if shortage(terms, share) > 0]


def shortage(terms: Terms, share: Share) -> float:
    """How much more of a capacity what must be made would take."""
    return terms.short.get(f"owner {share.whose}" if share.name == OWNER else share.name, 0.0)
