"""The compiled moves between plans in whole touches: take back, add; each keeps what is left current."""

from __future__ import annotations

from numba import njit

from touchbook.planner.solver.problem import Floats, Mask, Places, Places32, Small


@njit(cache=True, nogil=True)
def _affordable(touch: int, mine: int, use: Floats, left: Floats, owner_use: Floats, owner_left: Floats) -> bool:
    for capacity in range(left.shape[0]):
        if use[touch, capacity] > 0.0 and use[touch, capacity] > left[capacity]:
            return False
    return mine < 0 or owner_use[touch] <= 0.0 or owner_use[touch] <= owner_left[mine]


@njit(cache=True, nogil=True)
def _in_room(customer: int, touch: int, member: Mask, room: Small, chosen: Mask) -> bool:
    """Whether a customer has room for one more touch."""
    for family in range(member.shape[1]):
        if member[touch, family]:
            held = 0
            for other in range(chosen.shape[1]):
                if chosen[customer, other] and member[other, family]:
                    held += 1
            if held >= room[customer, family]:
                return False
    return True


@njit(cache=True, nogil=True)
def _pay(touch: int, times: float, mine: int, use: Floats, left: Floats, owner_use: Floats, owner_left: Floats) -> None:
    for capacity in range(left.shape[0]):
        left[capacity] -= times * use[touch, capacity]
    if mine >= 0:
        owner_left[mine] -= times * owner_use[touch]


@njit(cache=True, nogil=True)
def drop(
    customers: Places,
    touches: Places,
    capacity: int,
    use: Floats,
    left: Floats,
    owner: Places32,
    owner_use: Floats,
    owner_left: Floats,
    chosen: Mask,
) -> None:
    """Take pairs (customer, touch) back in the given order while what they use is overdrawn.

    *capacity*: the shared one in question; −1: each customer's owner.
    """
    for index in range(customers.shape[0]):
        customer, touch = customers[index], touches[index]
        mine = owner[customer] if owner.shape[0] > 0 else -1
        if capacity >= 0:
            if left[capacity] >= 0.0:
                return
        elif mine < 0 or owner_left[mine] >= 0.0:
            continue
        chosen[customer, touch] = False
        _pay(touch, -1.0, mine, use, left, owner_use, owner_left)


@njit(cache=True, nogil=True)
def fill(
    customers: Places,
    touches: Places,
    use: Floats,
    left: Floats,
    owner: Places32,
    owner_use: Floats,
    owner_left: Floats,
    member: Mask,
    room: Small,
    chosen: Mask,
) -> int:
    """Add pairs in the given order wherever the customer has room and nothing is overdrawn; returns how many."""
    added = 0
    for index in range(customers.shape[0]):
        customer, touch = customers[index], touches[index]
        mine = owner[customer] if owner.shape[0] > 0 else -1
        if (
            not chosen[customer, touch]
            and _affordable(touch, mine, use, left, owner_use, owner_left)
            and _in_room(customer, touch, member, room, chosen)
        ):
            chosen[customer, touch] = True
            _pay(touch, 1.0, mine, use, left, owner_use, owner_left)
            added += 1
    return added
