"""What no policy can break: people who refused a channel, and the hours, messages and money that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from touchbook.plan.model import EACH_OWNER, OWNER, Capacity, Plan, Touch
from touchbook.world.crowd import Ints, Mask
from touchbook.world.luck import Floats

MEMBERS_OF_THE_PLAN = 2000  # the club that the starter plan's capacities are for


def scaled(plan: Plan, members: int, share: float = 1.0) -> Plan:
    """The plan with a *share* of the capacities of a club of another size.

    A larger club has more people, so that its teams have more hours; each owner has the same. Nothing is kept for the
    moment, because nobody turns up in it here.
    """
    size = members / MEMBERS_OF_THE_PLAN
    capacity = {
        name: replace(one, amount=one.amount * share * (1.0 if name == EACH_OWNER else size))
        for name, one in plan.capacity.items()
    }
    return replace(plan, capacity=capacity, guardrails=replace(plan.guardrails, in_the_moment=0.0))


class Referee:
    """Lets touches through, in the order in which a policy wants them, while they are allowed and there is room.

    It counts for itself, so that a fault in the planner's counting would show.
    """

    def __init__(self, plan: Plan, owners: Sequence[str]) -> None:
        """*owners*: who owns each person's relationship, empty for nobody."""
        self._channels = [str(touch.channel) for touch in plan.touches.values()]
        self._owners = owners
        self.by_owner = [touch.minutes if touch.team == OWNER else 0.0 for touch in plan.touches.values()]
        each = plan.capacity.get(EACH_OWNER)
        self.each_owner = each.amount * 7 / each.days if each else float("inf")
        self.use: Floats = np.array(
            [[_use(one, touch) for one in plan.capacity.values()] for touch in plan.touches.values()]
        )
        self.available: Floats = np.array([one.amount * 7 / one.days for one in plan.capacity.values()])

    def allow(self, places: Ints, columns: Ints, reachable: Mapping[str, Mask]) -> Mask:
        """Which of the wanted pairs of person and touch (m each, the most wanted first) can be made in a week."""
        allowed = np.zeros(len(places), dtype=np.bool_)
        left = self.available * (1 + 1e-9)
        left_of = dict.fromkeys(self._owners, self.each_owner) | {"": 0.0}
        for index, (place, column) in enumerate(zip(places.tolist(), columns.tolist(), strict=True)):
            channel = self._channels[column]
            if channel in reachable and not reachable[channel][place]:
                continue
            owner, minutes = self._owners[place], self.by_owner[column]
            if (self.use[column] <= left).all() and minutes <= left_of[owner]:
                left -= self.use[column]
                left_of[owner] -= minutes
                allowed[index] = True
        return allowed


def _use(capacity: Capacity, touch: Touch) -> float:
    match capacity.kind:
        case "minutes":
            return touch.minutes if touch.team == capacity.name else 0.0
        case "money":
            return touch.cost
        case _:
            return float(touch.channel == capacity.name)
