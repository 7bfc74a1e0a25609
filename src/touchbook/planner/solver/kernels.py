"""The compiled inner loops: each customer's exact choice at given prices, and passes over many customers."""

from __future__ import annotations

import numpy as np
from numba import njit

from touchbook.planner.solver.problem import Floats, Mask, Places32, Singles, Small, Values


@njit(cache=True, nogil=True)
def fits(touch: int, member: Mask, left: Small) -> bool:
    """Whether all families of a touch have room *left*."""
    for family in range(member.shape[1]):
        if member[touch, family] and left[family] <= 0:
            return False
    return True


@njit(cache=True, nogil=True)
def would_fit(touch: int, without: int, member: Mask, left: Small) -> bool:
    """Whether a touch fits once the chosen touch *without* is taken back."""
    for family in range(member.shape[1]):
        if member[touch, family] and left[family] + member[without, family] <= 0:
            return False
    return True


@njit(cache=True, nogil=True)
def take(touch: int, member: Mask, left: Small, count: int) -> None:
    """Take so much of the room that is *left* in a touch's families; below 0 to give back."""
    for family in range(member.shape[1]):
        if member[touch, family]:
            left[family] -= count


@njit(cache=True, nogil=True)
def _shut(family: int, member: Mask, still_open: Floats) -> None:
    for touch in range(still_open.shape[0]):
        if member[touch, family]:
            still_open[touch] = 0.0


@njit(cache=True, nogil=True)
def _greedy(still_open: Floats, member: Mask, left: Small, chosen: Mask) -> float:
    """Take the best touch that fits, again and again: exact where the families are laminar.

    *still_open*: surpluses; those of touches that were taken or are shut out become 0. *left* is used up.
    """
    gained = 0.0
    for family in range(member.shape[1]):
        if left[family] <= 0:
            _shut(family, member, still_open)
    while True:
        best, most = -1, 0.0
        for touch in range(still_open.shape[0]):
            if still_open[touch] > most:
                best, most = touch, still_open[touch]
        if best < 0:
            return gained
        chosen[best] = True
        gained += most
        still_open[best] = 0.0
        for family in range(member.shape[1]):
            if member[best, family]:
                left[family] -= 1
                if left[family] <= 0:
                    _shut(family, member, still_open)


@njit(cache=True, nogil=True)
def _search(surplus: Floats, member: Mask, left: Small, best: Mask, best_gained: float) -> float:
    """Branch and bound over the touches, best first, for families that cross; begins from the choice in *best*.

    No branch can gain more than the next touches to come, as many as the smallest family of all still has room for, so
    a branch is left when that does not beat the best.
    """
    order = np.argsort(-surplus)
    count = 0
    while count < order.shape[0] and surplus[order[count]] > 0.0:
        count += 1
    rest = np.zeros(count + 1)
    for place in range(count - 1, -1, -1):
        rest[place] = rest[place + 1] + surplus[order[place]]
    most = count  # how many touches a customer may have in all
    for family in range(member.shape[1]):
        if member[:, family].all():
            most = min(most, left[family])
    tried = np.zeros(count + 1, dtype=np.int8)  # 0 not yet, 1 taken, 2 left out
    gained = 0.0
    place = taken = 0
    while place >= 0:
        if place == count or gained + rest[place] - rest[min(count, place + most - taken)] <= best_gained:
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
                take(order[place], member, left, -1)
                gained -= surplus[order[place]]
                taken -= 1
                tried[place] = 2
                place += 1
        elif fits(order[place], member, left):
            take(order[place], member, left, 1)
            gained += surplus[order[place]]
            taken += 1
            tried[place] = 1
            place += 1
        else:
            tried[place] = 2
            place += 1
    return best_gained


@njit(cache=True, nogil=True)
def _choose(
    surplus: Floats, member: Mask, room: Small, is_laminar: bool, still_open: Floats, left: Small, chosen: Mask
) -> float:
    """One customer's best choice into *chosen*; returns what it gains. *still_open* and *left* are space to work in."""
    chosen[:] = False
    left[:] = room
    still_open[:] = surplus
    gained = _greedy(still_open, member, left, chosen)
    if not is_laminar and gained > 0.0:
        left[:] = room
        gained = _search(surplus, member, left, chosen, gained)
    return gained


@njit(cache=True, nogil=True)
def sweep(
    values: Values,
    member: Mask,
    room: Small,
    is_laminar: bool,
    charge: Floats,
    owner: Places32,
    owner_use: Floats,
    owner_price: Floats,
) -> tuple[float, Floats, Floats]:
    """Every customer's best choice when touch t costs ``charge[t] + owner_price · owner_use[t]``.

    Returns the sum of surpluses (the customers' part of the dual value), how often each touch was chosen (T), and
    what was taken of each owner (O).
    """
    customers, touches = values.shape
    counts, spent = np.zeros(touches), np.zeros(owner_price.shape[0])
    surplus, still_open = np.empty(touches), np.empty(touches)
    left = np.empty(room.shape[1], dtype=np.int16)
    chosen = np.empty(touches, dtype=np.bool_)
    total = 0.0
    for customer in range(customers):
        mine = owner[customer] if owner_price.shape[0] > 0 else -1
        price = owner_price[mine] if mine >= 0 else 0.0
        any_above = False
        for touch in range(touches):
            surplus[touch] = values[customer, touch] - charge[touch] - price * owner_use[touch]
            any_above |= surplus[touch] > 0.0
        if not any_above:
            continue
        total += _choose(surplus, member, room[customer], is_laminar, still_open, left, chosen)
        for touch in range(touches):
            if chosen[touch]:
                counts[touch] += 1.0
                if mine >= 0:
                    spent[mine] += owner_use[touch]
    return total, counts, spent


@njit(cache=True, nogil=True)
def survey(
    values: Values,
    member: Mask,
    room: Small,
    is_laminar: bool,
    charge: Floats,
    owner: Places32,
    owner_use: Floats,
    owner_price: Floats,
    use: Floats,
    apart: Floats,
    owner_units: Floats,
    near: float,
    owner_near: Floats,
    chosen: Mask,
    doubt: Singles,
) -> tuple[float, Floats, Floats, Floats, Floats]:
    """A sweep that also keeps every customer's choice, how firm it is, and how choices will move with the prices.

    *apart* (T + 1 × T + 1): by how much the surpluses of two touches (T: nothing) part when every shared price moves
    by its unit; *owner_units* (O) the unit of each owner's price; *near*, *owner_near* (O): within how many units a
    change counts into the curvature. Fills *chosen* (n × T) and *doubt* (n), and returns, after what a sweep returns,
    the density of changes between any two touches (T + 1 × T + 1), and per owner the curvature along their price with
    each shared price and with itself (O × K + 1).
    """
    customers, touches = values.shape
    owners = owner_price.shape[0]
    counts, spent = np.zeros(touches), np.zeros(owners)
    density, along = np.zeros((touches + 1, touches + 1)), np.zeros((owners + 1, use.shape[1] + 1))
    surplus, still_open = np.empty(touches), np.empty(touches)
    left = np.empty(room.shape[1], dtype=np.int16)
    total = 0.0
    for customer in range(customers):
        mine = owner[customer] if owners > 0 else -1
        price = owner_price[mine] if mine >= 0 else 0.0
        for touch in range(touches):
            surplus[touch] = values[customer, touch] - charge[touch] - price * owner_use[touch]
        picked = chosen[customer]
        total += _choose(surplus, member, room[customer], is_laminar, still_open, left, picked)
        left[:] = room[customer]
        for touch in range(touches):
            if picked[touch]:
                counts[touch] += 1.0
                take(touch, member, left, 1)
                if mine >= 0:
                    spent[mine] += owner_use[touch]
        doubt[customer] = _waver(
            surplus,
            picked,
            member,
            left,
            apart,
            owner_use,
            owner_units[mine] if mine >= 0 else 0.0,
            max(near, owner_near[mine]) if mine >= 0 else near,
            use,
            density,
            along[mine],
        )
    return total, counts, spent, density, along[:owners]


@njit(cache=True, nogil=True)
def _waver(
    surplus: Floats,
    chosen: Mask,
    member: Mask,
    left: Small,
    apart: Floats,
    owner_use: Floats,
    owner_unit: float,
    near: float,
    use: Floats,
    density: Floats,
    along: Floats,
) -> float:
    """By how many units prices must move before this customer could choose otherwise; notes the changes that are near.

    A change puts one touch, or nothing, in the place of another, or of nothing; *left* is the room beside the choice.
    """
    nothing = surplus.shape[0]
    doubt = np.inf
    for touch in range(nothing):
        if surplus[touch] == -np.inf:
            continue
        alone = apart[touch, nothing] + owner_unit * owner_use[touch]
        if not chosen[touch]:
            away = -surplus[touch] / alone if alone > 0.0 else np.inf
            if away <= max(near, doubt) and fits(touch, member, left):
                doubt = min(doubt, away)
                _note(nothing, touch, -surplus[touch], alone * near, owner_use, use, density, along)
            continue
        best, margin = nothing, surplus[touch]
        if alone > 0.0:
            doubt = min(doubt, margin / alone)
        for other in range(nothing):
            other_alone = apart[other, nothing] + owner_unit * owner_use[other]
            if chosen[other] or surplus[other] == -np.inf or -surplus[other] >= doubt * other_alone:
                continue
            if fits(other, member, left) or not would_fit(other, touch, member, left):
                continue
            less = surplus[touch] - surplus[other]
            both = apart[touch, other] + owner_unit * abs(owner_use[touch] - owner_use[other])
            rises = -surplus[other] / other_alone if other_alone > 0.0 else 0.0
            if both > 0.0:
                doubt = min(doubt, max(less / both, rises))
            if less < margin:
                best, margin = other, less
        reach = apart[touch, best] + owner_unit * abs(owner_use[touch] - (owner_use[best] if best < nothing else 0.0))
        _note(touch, best, margin, reach * near, owner_use, use, density, along)
    return max(doubt, 0.0)


@njit(cache=True, nogil=True)
def _note(
    one: int, other: int, margin: float, reach: float, owner_use: Floats, use: Floats, density: Floats, along: Floats
) -> None:
    """Count a change that is within reach: half of it, because those on the other side of the point count as well."""
    if reach <= 0.0 or margin > reach:
        return
    weight = 0.5 / reach
    density[one, other] += weight
    nothing = owner_use.shape[0]
    own = (owner_use[one] if one < nothing else 0.0) - (owner_use[other] if other < nothing else 0.0)
    if own != 0.0:
        capacities = use.shape[1]
        for capacity in range(capacities):
            along[capacity] += weight * own * (use[one, capacity] - use[other, capacity])
        along[capacities] += weight * own * own
