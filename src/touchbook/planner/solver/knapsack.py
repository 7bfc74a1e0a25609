"""The compiled search for the plan of one owner's time that loses least: a knapsack, searched by deepening.

As long as no more than ℓ may be lost, only those customers matter whose next choice loses no more; dynamic programming
over the time that is left then finds the least loss, or proves that it is more than ℓ, which is raised.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from touchbook.planner.solver.kernels import fits, take, would_fit
from touchbook.planner.solver.problem import Floats, Mask, Places, Places32, Small, Values

CUSTOMERS_FIRST, CUSTOMERS_MAX = 16, 600  # of an owner's, those whose next choice loses least
OPTIONS_MAX = 32  # of a customer: the best choice for each number of units
WINDOW = 1_000  # units by which an owner may be overdrawn, or have time left, on the way
DEEPER, DEEPEST = 1.5, 64  # by how many times ℓ grows, and how often
LOSS_LEAST = 1e-9
ROUNDING = 1e-9  # share of a loss by which sums in another order may differ


@njit(cache=True, nogil=True)
def exchanges(
    values: Values,
    member: Mask,
    room: Small,
    is_laminar: bool,
    charge: Floats,
    owner: Places32,
    units: Places,
    price: Floats,
    chosen: Mask,
    losses: Floats,
) -> None:
    """The least that each customer (n) loses by a choice that takes another time than the *chosen* one.

    Where families are nested, none loses less than the least of its exchanges, which put one touch, or nothing, in the
    place of another, or of nothing. Where they cross, the choices that lose no more than that are gone through.
    """
    customers, touches = values.shape
    surplus = np.empty(touches)
    left = np.empty(room.shape[1], dtype=np.int16)
    loss, shift, bits = np.empty(OPTIONS_MAX), np.empty(OPTIONS_MAX, np.int64), np.empty(OPTIONS_MAX, np.int64)
    for customer in range(customers):
        losses[customer] = np.inf
        if owner[customer] < 0:
            continue
        each = price[owner[customer]]
        left[:] = room[customer]
        for touch in range(touches):
            surplus[touch] = values[customer, touch] - charge[touch] - each * units[touch]
            if chosen[customer, touch]:
                take(touch, member, left, 1)
        least = np.inf
        for touch in range(touches):
            if chosen[customer, touch]:
                if units[touch] > 0:
                    least = min(least, surplus[touch])
            elif surplus[touch] > -least:  # nothing that it could take the place of has less than nothing
                if fits(touch, member, left):
                    if units[touch] > 0:
                        least = min(least, -surplus[touch])
                    continue
                for other in range(touches):
                    less = surplus[other] - surplus[touch]
                    if (
                        chosen[customer, other]
                        and less < least
                        and units[other] != units[touch]
                        and would_fit(touch, other, member, left)
                    ):
                        least = less
        if not is_laminar:
            count = 0 if least == np.inf else _options(
                values[customer], charge, each, member, room[customer], units, least, chosen[customer],
                loss, shift, bits,
            )  # fmt: skip
            for option in range(count):
                least = min(least, loss[option])
            if count == OPTIONS_MAX or least == np.inf:
                least = 0.0  # whoever might choose otherwise at any loss is always asked
        losses[customer] = max(least, 0.0)


@njit(cache=True, nogil=True)
def pack(
    first: int,
    last: int,
    values: Values,
    charge: Floats,
    price: Floats,
    member: Mask,
    room: Small,
    units: Places,
    left: Places,
    order: Places,
    starts: Places,
    next_loss: Floats,
    chosen: Mask,
    least: Floats,
    asked: Places,
    is_best: Mask,
) -> None:
    """The plan of least loss for the owners from *first* to before *last*, who have *left* (below 0: overdrawn by) so
    many units at a *price* each.

    *order* and *starts*: each owner's customers, those who lose least first. Changes *chosen* (n × T), and fills, for
    each owner, *least*, below which no plan's loss lies, *asked*, how many customers were asked, and *is_best*, whether
    no plan loses less than the one that was found.
    """
    states = 2 * WINDOW + 1
    loss, shift = np.empty((CUSTOMERS_MAX, OPTIONS_MAX)), np.empty((CUSTOMERS_MAX, OPTIONS_MAX), dtype=np.int64)
    bits = np.empty((CUSTOMERS_MAX, OPTIONS_MAX), dtype=np.int64)
    counts = np.empty(CUSTOMERS_MAX, dtype=np.int64)
    taken = np.empty((CUSTOMERS_MAX, states), dtype=np.int8)
    best, before = np.empty(states), np.empty(states)
    for owner in range(first, last):
        idle = price[owner] * left[owner] if left[owner] >= 0 else np.inf  # what is lost where nothing is done
        customers = order[starts[owner] : starts[owner + 1]]
        losses = next_loss[customers]
        choosing = int(np.searchsorted(losses, np.inf))
        if idle <= 0.0 or (choosing == 0 and idle < np.inf):  # none of it is worth anything, or nobody could use it
            least[owner], is_best[owner] = idle, True
            continue
        if choosing == 0 or abs(left[owner]) > WINDOW:
            continue
        most = max(losses[min(CUSTOMERS_FIRST, choosing) - 1], price[owner], LOSS_LEAST)
        is_sure = True
        for _ in range(DEEPEST):
            most = min(most, idle)
            near = int(np.searchsorted(losses[:choosing], most, side="right"))
            is_all = near <= CUSTOMERS_MAX
            count = min(near, CUSTOMERS_MAX)
            asked[owner] = count
            for place in range(count):
                customer = customers[place]
                counts[place] = _options(
                    values[customer], charge, price[owner], member, room[customer], units, most, chosen[customer],
                    loss[place], shift[place], bits[place],
                )  # fmt: skip
                is_all = is_all and counts[place] < OPTIONS_MAX
            # Where not all can be asked, the last attempt is for a plan at whatever loss.
            reach = most if is_all else np.inf
            state, is_inside = _least(count, counts, loss, shift, left[owner], price[owner], reach, best, before, taken)
            is_sure = is_sure and is_all and is_inside
            if is_sure:
                least[owner] = most if state < 0 else best[state] + price[owner] * (state - WINDOW)
                is_best[owner] = state >= 0
            if state >= 0:
                _choose_anew(customers[:count], state, taken, shift, bits, chosen)
            if state >= 0 or not is_all:
                break
            most *= DEEPER
            if count < choosing:
                most = max(most, losses[count])


@njit(cache=True, nogil=True)
def _choose_anew(
    customers: Places, state: int, taken: npt.NDArray[np.int8], shift: Places, bits: Places, chosen: Mask
) -> None:
    """Give everybody the option that led to a state, from the last to the first."""
    for place in range(customers.shape[0] - 1, -1, -1):
        option = taken[place, state]
        if option >= 0:
            state += shift[place, option]
            for touch in range(chosen.shape[1]):
                chosen[customers[place], touch] = (bits[place, option] >> touch) & 1


@njit(cache=True, nogil=True)
def _least(
    customers: int,
    counts: Places,
    loss: Floats,
    shift: Places,
    left: int,
    price: float,
    reach: float,
    best: Floats,
    before: Floats,
    taken: npt.NDArray[np.int8],
) -> tuple[int, bool]:
    """The state at which least is lost, −1 if that is more than *reach*; and whether none on the way left the window.

    A state is what is left, counted from ``-WINDOW``. Fills *best* with the least loss that leads to each state, and
    *taken* with the option by which each customer comes there (−1: their best choice).
    """
    is_inside = True
    best[:] = np.inf
    low = high = left + WINDOW
    best[low] = 0.0
    for place in range(customers):
        before[low : high + 1] = best[low : high + 1]
        taken[place, low : high + 1] = -1
        first, last = low, high
        for option in range(counts[place]):
            move = -shift[place, option]
            for state in range(first, last + 1):
                lost = before[state] + loss[place, option]
                if lost > reach:
                    continue
                then = state + move
                if then < 0 or then >= best.shape[0]:
                    is_inside = False
                elif lost < best[then]:
                    best[then], taken[place, then] = lost, option
                    low, high = min(low, then), max(high, then)
    found, lost = -1, reach * (1 + ROUNDING)
    for state in range(WINDOW, high + 1):
        in_all = best[state] + price * (state - WINDOW)
        if in_all <= lost and in_all < np.inf:
            found, lost = state, in_all
    return found, is_inside


@njit(cache=True, nogil=True)
def _options(
    values: Values,
    charge: Floats,
    price: float,
    member: Mask,
    room: Small,
    units: Places,
    most: float,
    chosen: Mask,
    loss: Floats,
    shift: Places,
    bits: Places,
) -> int:
    """A customer's best choices that take more or fewer units than the *chosen* one, which is the best of all.

    Fills, for each such number of units, what is lost, by how many units more, and the choice; returns how many lose no
    more than *most*, or as many as there is room for. Choices are searched depth first.
    """
    touches = values.shape[0]
    surplus, ahead = np.empty(touches), np.zeros(touches + 1)
    highest, now = 0.0, 0
    for touch in range(touches - 1, -1, -1):
        surplus[touch] = values[touch] - charge[touch] - price * units[touch]
        ahead[touch] = ahead[touch + 1] + max(surplus[touch], 0.0)
        if chosen[touch]:
            highest += surplus[touch]
            now += units[touch]
    left = room.copy()
    tried = np.zeros(touches + 1, dtype=np.int8)  # 1 taken, 2 left out
    gained, used, mine = 0.0, 0, np.int64(0)
    count = place = 0
    while place >= 0:
        is_near = gained + ahead[place] >= highest - most
        if place < touches and is_near:
            tried[place] = 2
            if values[place] > -np.inf and fits(place, member, left):
                take(place, member, left, 1)
                gained += surplus[place]
                used += units[place]
                mine |= np.int64(1) << place
                tried[place] = 1
            place += 1
            continue
        if is_near and used != now:
            found = 0
            while found < count and shift[found] != used - now:
                found += 1
            if found == count < loss.shape[0]:
                count += 1
                shift[found], loss[found] = used - now, np.inf
            if found < count and highest - gained < loss[found]:
                loss[found], bits[found] = max(highest - gained, 0.0), mine
        place -= 1
        while place >= 0 and tried[place] == 2:
            place -= 1
        if place >= 0:
            take(place, member, left, -1)
            gained -= surplus[place]
            used -= units[place]
            mine ^= np.int64(1) << place
            tried[place] = 2
            place += 1
    return count
