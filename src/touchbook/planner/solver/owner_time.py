"""Owners' time in whole touches: for each owner the best choices of those customers whose choice is least firm.

Owners share nothing but the prices, so each is a knapsack of its own: the customers' choices are the things to pack,
minutes are their weight, and what a choice brings after the shared prices is its worth. Dynamic programming over the
minutes that are left packs it exactly, as long as they stay within a window.
"""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt
from numba import njit

from touchbook.planner.solver.problem import Floats, Mask, Places, Problem, Small, Values, spent

TOUCHES_MAX = 62  # a choice is written as the bits of one number
CUSTOMERS_LEAST, CUSTOMERS_MAX = 40, 500  # of an owner's, those whose choice is least firm; fewer of many owners
CUSTOMERS_IN_ALL = 100_000
OPTIONS_MAX = 24  # of a customer: the best choice for each number of minutes
GRAIN = 0.1  # minutes; what is finer is rounded up
WINDOW = 100  # units by which an owner may be overdrawn, or have time left, on the way


def pack_owners(problem: Problem, chosen: Mask, prices: Floats, doubt: npt.NDArray[np.float32]) -> None:
    """Choose anew in *chosen* (n × T), so that no owner is overdrawn where that is possible."""
    owners, shared = problem.owners, len(problem.available)
    if not len(owners.available) or problem.values.shape[1] > TOUCHES_MAX:
        return
    grains = np.ceil(owners.use / GRAIN - 1e-6).astype(np.int64)
    unit = gcd(*grains.tolist()) or 1
    order = np.lexsort((doubt, owners.of))
    starts = np.searchsorted(owners.of[order], np.arange(len(owners.available) + 1))
    left = problem.limits - spent(problem, chosen)
    _pack(
        problem.values, problem.use @ prices[:shared], prices[shared:], problem.member, problem.room,
        grains // unit, GRAIN * unit, left[shared:], order, starts, chosen,
    )  # fmt: skip


def least_firm_of_owners(problem: Problem, doubt: npt.NDArray[np.float32]) -> Places:
    """The rows of those customers of each owner whose choice is least firm, in order."""
    owners = problem.owners
    if not len(owners.available):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((doubt, owners.of))
    order = order[owners.of[order] >= 0]
    starts = np.searchsorted(owners.of[order], np.arange(len(owners.available) + 1))
    rank = np.arange(len(order)) - np.repeat(starts[:-1], np.diff(starts))
    most = min(CUSTOMERS_MAX, max(CUSTOMERS_LEAST, CUSTOMERS_IN_ALL // len(starts)))
    return np.sort(order[rank < most])


@njit(cache=True, nogil=True)
def _pack(
    values: Values,
    charge: Floats,
    owner_price: Floats,
    member: Mask,
    room: Small,
    units: Places,
    unit: float,
    left: Floats,
    order: Places,
    starts: Places,
    chosen: Mask,
) -> None:
    touches, states = values.shape[1], 2 * WINDOW + 1
    worth, weight = np.empty((CUSTOMERS_MAX, OPTIONS_MAX)), np.empty((CUSTOMERS_MAX, OPTIONS_MAX), dtype=np.int64)
    bits = np.empty((CUSTOMERS_MAX, OPTIONS_MAX), dtype=np.int64)
    counts, now = np.empty(CUSTOMERS_MAX, dtype=np.int64), np.empty(CUSTOMERS_MAX, dtype=np.int64)
    best, before = np.empty(states), np.empty(states)
    taken = np.empty((CUSTOMERS_MAX, states), dtype=np.int8)
    for owner in range(left.shape[0]):
        idle = int(min(np.floor(left[owner] / unit + 1e-9), WINDOW))
        if idle < -WINDOW:
            continue  # others of this owner's customers must give way first
        customers = order[starts[owner] : min(starts[owner + 1], starts[owner] + CUSTOMERS_MAX)]
        for place in range(customers.shape[0]):
            now[place] = 0
            for touch in range(touches):
                now[place] += units[touch] * chosen[customers[place], touch]
            counts[place] = _options(
                values[customers[place]], charge, owner_price[owner] * unit, member, room[customers[place]], units,
                worth[place], weight[place], bits[place],
            )  # fmt: skip
        # best[s]: the most that the customers so far can bring so that s - WINDOW units are left.
        best[:] = -np.inf
        best[idle + WINDOW] = 0.0
        for place in range(customers.shape[0]):
            before[:] = best
            best[:] = -np.inf
            for option in range(counts[place]):
                shift = weight[place, option] - now[place]
                for state in range(max(0, -shift), min(states, states - shift)):
                    gained = before[state + shift] + worth[place, option]
                    if gained > best[state]:
                        best[state] = gained
                        taken[place, state] = option
        state = WINDOW + int(np.argmax(best[WINDOW:]))
        if best[state] == -np.inf:
            continue
        for place in range(customers.shape[0] - 1, -1, -1):
            option = taken[place, state]
            state += weight[place, option] - now[place]
            for touch in range(touches):
                chosen[customers[place], touch] = (bits[place, option] >> touch) & 1


@njit(cache=True, nogil=True)
def _options(  # noqa: PLR0912  (a depth-first search without calls, because it is compiled)
    values: Values,
    charge: Floats,
    price: float,
    member: Mask,
    room: Small,
    units: Places,
    worth: Floats,
    weight: Places,
    bits: Places,
) -> int:
    """A customer's best choice for each number of units, nothing first; returns how many there are.

    Choices are searched depth first; one that could not come within reach of the best at the prices is left.
    """
    touches = values.shape[0]
    weight[0], worth[0], bits[0] = 0, 0.0, 0
    count = 1
    ahead = np.zeros(touches + 1)
    widest = 0
    for touch in range(touches - 1, -1, -1):
        surplus = values[touch] - charge[touch] - price * units[touch]
        ahead[touch] = ahead[touch + 1] + max(surplus, 0.0)
        widest = max(widest, units[touch])
    reach = 1.5 * price * widest
    left = room.copy()
    tried = np.zeros(touches + 1, dtype=np.int8)
    gained, used, mine, net, most = 0.0, 0, np.int64(0), 0.0, 0.0
    place = 0
    while place >= 0:
        hopeless = net + ahead[place] < most - reach
        if place < touches and not hopeless:
            fits = values[place] > -np.inf
            for family in range(member.shape[1]):
                fits = fits and (not member[place, family] or left[family] > 0)
            tried[place] = 1 if fits else 2
            if fits:
                for family in range(member.shape[1]):
                    left[family] -= member[place, family]
                gained += values[place] - charge[place]
                net += values[place] - charge[place] - price * units[place]
                used += units[place]
                mine |= np.int64(1) << place
            place += 1
            continue
        if not hopeless:
            most = max(most, net)
            found = -1
            for option in range(count):
                if weight[option] == used:
                    found = option
            if found < 0 and count < weight.shape[0]:
                found = count
                count += 1
                worth[found] = -np.inf
            if found >= 0 and gained > worth[found]:
                weight[found], worth[found], bits[found] = used, gained, mine
        place -= 1
        while place >= 0 and tried[place] == 2:
            place -= 1
        if place >= 0:
            for family in range(member.shape[1]):
                left[family] += member[place, family]
            gained -= values[place] - charge[place]
            net -= values[place] - charge[place] - price * units[place]
            used -= units[place]
            mine ^= np.int64(1) << place
            tried[place] = 2
            place += 1
    return count
