"""The compiled inner loops: each customer's exact choice at given prices, and sweeps over all customers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from touchbook.planner.solver.problem import Floats, Mask, Small, Values

Places = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def _fits(touch: int, member: Mask, room: Small) -> bool:
    for family in range(member.shape[1]):
        if member[touch, family] and room[family] <= 0:
            return False
    return True


@njit(cache=True, nogil=True)
def _take(touch: int, member: Mask, room: Small, count: int) -> None:
    for family in range(member.shape[1]):
        if member[touch, family]:
            room[family] -= count


@njit(cache=True, nogil=True)
def _ranked(surplus: Floats, order: Small) -> int:
    """Put the touches with a surplus above 0 into *order*, best first, and return how many there are."""
    count = 0
    for touch in range(surplus.shape[0]):
        if surplus[touch] <= 0.0:
            continue
        place = count
        while place > 0 and surplus[order[place - 1]] < surplus[touch]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = touch
        count += 1
    return count


@njit(cache=True, nogil=True)
def _greedy(surplus: Floats, order: Small, count: int, member: Mask, room: Small, chosen: Mask) -> float:
    """Take the best touch that fits, again and again: exact where the families are laminar."""
    gained = 0.0
    for place in range(count):
        touch = order[place]
        chosen[touch] = _fits(touch, member, room)
        if chosen[touch]:
            _take(touch, member, room, 1)
            gained += surplus[touch]
    for touch in range(chosen.shape[0]):
        if chosen[touch]:
            _take(touch, member, room, -1)
    return gained


@njit(cache=True, nogil=True)
def _search(
    surplus: Floats, order: Small, count: int, member: Mask, room: Small, best: Mask, best_gained: float
) -> float:
    """Branch and bound over the ranked touches, for families that cross; begins from the greedy choice in *best*.

    No branch can gain more than all touches still to come, so a branch is left when that does not beat the best.
    """
    rest = np.zeros(count + 1)
    for place in range(count - 1, -1, -1):
        rest[place] = rest[place + 1] + surplus[order[place]]
    tried = np.zeros(count + 1, dtype=np.int8)  # 0 not yet, 1 taken, 2 left out
    gained = 0.0
    place = 0
    while place >= 0:
        if place == count or gained + rest[place] <= best_gained:
            if gained > best_gained:
                best_gained = gained
                best[:] = False
                for done in range(place):
                    best[order[done]] = tried[done] == 1
            tried[place] = 0
            place -= 1
            while place >= 0 and tried[place] == 2:
                tried[place] = 0
                place -= 1
            if place >= 0:
                _take(order[place], member, room, -1)
                gained -= surplus[order[place]]
                tried[place] = 2
                place += 1
        elif _fits(order[place], member, room):
            _take(order[place], member, room, 1)
            gained += surplus[order[place]]
            tried[place] = 1
            place += 1
        else:
            tried[place] = 2
            place += 1
    return best_gained


@njit(cache=True, nogil=True)
def sweep(
    values: Values, charge: Floats, member: Mask, room: Small, is_laminar: bool, chosen: Mask, keep: bool
) -> tuple[float, Floats]:
    """Every customer's best choice when touch t costs ``charge[t]``.

    Returns the sum of surpluses (the customers' part of the dual value) and how often each touch was chosen (T).
    The choices themselves go into *chosen* (n × T) when *keep* is set.
    """
    customers, touches = values.shape
    counts = np.zeros(touches)
    surplus = np.empty(touches)
    order = np.empty(touches, dtype=np.int16)
    picked = np.zeros(touches, dtype=np.bool_)
    total = 0.0
    for customer in range(customers):
        for touch in range(touches):
            surplus[touch] = np.float64(values[customer, touch]) - charge[touch]
        count = _ranked(surplus, order)
        picked[:] = False
        if count > 0:
            gained = _greedy(surplus, order, count, member, room[customer], picked)
            if not is_laminar and count > 1:
                gained = _search(surplus, order, count, member, room[customer], picked, gained)
            total += gained
            for place in range(count):
                if picked[order[place]]:
                    counts[order[place]] += 1.0
        if keep:
            chosen[customer] = picked
    return total, counts


@njit(cache=True, nogil=True)
def drop(
    customers: Places, touches: Places, use: Floats, capacity: int, spent: Floats, limits: Floats, chosen: Mask
) -> None:
    """Take pairs (customer, touch) back in the given order until the capacity is no longer overdrawn."""
    for index in range(customers.shape[0]):
        if spent[capacity] <= limits[capacity]:
            return
        customer, touch = customers[index], touches[index]
        chosen[customer, touch] = False
        for other in range(spent.shape[0]):
            spent[other] -= use[touch, other]


@njit(cache=True, nogil=True)
def _in_room(customer: int, touch: int, without: int, member: Mask, room: Small, chosen: Mask) -> bool:
    """Whether a customer has room for one more touch once the touch *without* (−1: none) is taken back."""
    for family in range(member.shape[1]):
        if member[touch, family]:
            held = 0
            for other in range(chosen.shape[1]):
                if other != without and chosen[customer, other] and member[other, family]:
                    held += 1
            if held >= room[customer, family]:
                return False
    return True


@njit(cache=True, nogil=True)
def fill(
    customers: Places,
    touches: Places,
    use: Floats,
    spent: Floats,
    limits: Floats,
    member: Mask,
    room: Small,
    chosen: Mask,
) -> int:
    """Add pairs in the given order wherever the customer has room and no capacity is overdrawn; returns how many."""
    added = 0
    for index in range(customers.shape[0]):
        customer, touch = customers[index], touches[index]
        if chosen[customer, touch]:
            continue
        fits = True
        for capacity in range(spent.shape[0]):
            if use[touch, capacity] > 0 and spent[capacity] + use[touch, capacity] > limits[capacity]:
                fits = False
                break
        if fits and _in_room(customer, touch, -1, member, room, chosen):
            chosen[customer, touch] = True
            added += 1
            for capacity in range(spent.shape[0]):
                spent[capacity] += use[touch, capacity]
    return added


@njit(cache=True, nogil=True)
def exchange(
    customers: Places,
    touches: Places,
    given_customers: Places,
    given_touches: Places,
    values: Values,
    use: Floats,
    spent: Floats,
    limits: Floats,
    member: Mask,
    room: Small,
    chosen: Mask,
) -> int:
    """Put a pair in the place of a *given* one of less value wherever that stays feasible; returns how many."""
    changed = 0
    for index in range(customers.shape[0]):
        customer, touch = customers[index], touches[index]
        if chosen[customer, touch]:
            continue
        for place in range(given_customers.shape[0]):
            giver, given = given_customers[place], given_touches[place]
            if not chosen[giver, given] or values[giver, given] >= values[customer, touch]:
                continue
            fits = True
            for capacity in range(spent.shape[0]):
                more = use[touch, capacity] - use[given, capacity]
                if more > 0 and spent[capacity] + more > limits[capacity]:
                    fits = False
                    break
            if fits and _in_room(customer, touch, given if giver == customer else -1, member, room, chosen):
                chosen[giver, given] = False
                chosen[customer, touch] = True
                changed += 1
                for capacity in range(spent.shape[0]):
                    spent[capacity] += use[touch, capacity] - use[given, capacity]
                break
    return changed
