"""What must be made, in the order of its value, as long as it fits: a compiled loop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from touchbook.planner.solver.problem import Floats, Mask, Places

ROUNDING = 1e-10  # share by which sums of minutes may be off in their last digits


@njit(cache=True, nogil=True)
def serve(
    customers: Places,
    columns: Places,
    duties: Places,
    use: Floats,
    left: Floats,
    of: npt.NDArray[np.int32],
    owner_use: Floats,
    owner_left: Floats,
    served: Mask,
    made: Mask,
) -> None:
    """Make pairs in the given order where the duty is not served yet and neither a capacity nor the owner is short."""
    slack = left * ROUNDING
    owner_slack = owner_left * ROUNDING
    for index in range(customers.shape[0]):
        customer, touch = customers[index], columns[index]
        if served[customer, duties[touch]]:
            continue
        owner = of[customer] if of.shape[0] > 0 else -1
        fits = owner < 0 or owner_use[touch] <= owner_left[owner] + owner_slack[owner]
        for capacity in range(left.shape[0]):
            fits = fits and use[touch, capacity] <= left[capacity] + slack[capacity]
        if fits:
            served[customer, duties[touch]] = True
            made[customer, touch] = True
            left -= use[touch]
            if owner >= 0:
                owner_left[owner] -= owner_use[touch]
