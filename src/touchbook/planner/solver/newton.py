"""Steps towards the lowest dual: Newton's method, whose curvature comes from the customers who are about to change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from touchbook.planner.solver.dual import Curvature, Dual, Survey
from touchbook.planner.solver.problem import Floats

NEAR, NEAR_LEAST = 0.05, 0.002  # within how many units of price a change of choice counts into the curvature
TRUST = 0.5  # by about how many units a price may move in the first step
ASTRAY_MAX = 3e-5  # share of the value that may be overdrawn or idle, at its price, when the search ends
CALM_MAX = 2  # rounds that promised next to nothing, before it ends whatever is astray
DAMPING = 1e-12  # keeps a price finite where no customer is about to change
ACTIVE_SETS_MAX = 10
PRICE_UNIT_LEAST = 0.1  # of the mean price of its kind: the unit of a price near 0
PROXIMAL = 1e-6  # share of the dual value that it costs to move all prices by their unit, away from the anchor


def descend(
    dual: Dual,
    start: Floats,
    sizes: Floats,
    rounds_max: int,
    enough: float,
    anchor: Floats | None = None,
    whole: Callable[[Survey], Survey] | None = None,
    whole_below: float = 0.0,
) -> tuple[Survey, bool]:
    """The lowest survey on the way down from *start*, and whether a step promised less than *enough* in the end.

    *sizes* (K + O): what 1 stands for in everything that is shared. *anchor*: prices that near-ties go back to.
    *whole*: makes owners' time whole (see ``owner_time``), once no more than *whole_below*, a share, is promised.
    """
    shared = len(dual.problem.available)
    prices, near = start, NEAR
    trust = np.full(len(start), TRUST)
    units = price_units(start, sizes, shared, np.inf)
    best: Survey | None = None
    calm, is_whole = 0, False

    def step_from(seen: Survey) -> tuple[Floats, float, float]:
        """The next step, and which shares of the value it promises and are astray."""
        held = 0.0 if anchor is None else PROXIMAL * seen.value / max(len(start), 1)
        pull = held / units**2
        toward = pull * (seen.prices - (start if anchor is None else anchor))
        step = newton_step(seen.prices, seen.left + toward, seen.curvature, pull, trust * units)
        # What is overdrawn, or lies idle, at its price costs a plan more than a step this small still promises.
        astray = float(seen.prices[:shared] @ np.abs(seen.left[:shared]))
        money = max(abs(seen.value), 1e-300)
        return step, _promised(seen, step) / money, astray / money

    for _ in range(rounds_max):
        seen = dual.survey(prices, units, near)
        if whole and is_whole:
            seen = whole(seen)
        is_better = best is None or seen.value < best.value
        if best is not None:
            trust = _trust(trust, best.left, seen.left, is_better)
        if best is None or is_better:
            best = seen
        units = price_units(best.prices, sizes, shared, best.value)
        step, promised, astray = step_from(best)
        if whole and not is_whole and promised <= whole_below:
            is_whole, best = True, whole(best)
            step, promised, astray = step_from(best)
        calm += promised <= enough
        if calm and (astray <= ASTRAY_MAX or calm > CALM_MAX):
            return best, True
        if is_better:
            near = float(np.clip(np.quantile(np.abs(step / units), 0.9), NEAR_LEAST, NEAR))
        prices = np.maximum(best.prices + step, 0.0)
    assert best is not None  # noqa: S101  (there is at least one round)
    return best, False


def price_units(prices: Floats, sizes: Floats, shared: int, value: float) -> Floats:
    """By how much each price is thought to move: by as much as it is, and not less than a tenth of the others' mean.

    Prices are compared as money: what all of a capacity costs. Where none has a price, *value* gives the measure.
    """
    money = prices * sizes
    least = np.empty(len(prices))
    for kind in (slice(0, shared), slice(shared, None)):
        priced = money[kind][money[kind] > 0]
        fallback = abs(value) / max(len(money[kind]), 1) if np.isfinite(value) else 1.0
        least[kind] = PRICE_UNIT_LEAST * (priced.mean() if len(priced) else fallback)
    return np.asarray(np.maximum(np.maximum(money, least), 1e-12) / sizes)


def newton_step(prices: Floats, left: Floats, curvature: Curvature, pull: Floats, reach: Floats) -> Floats:
    """The step to the lowest point of the quadratic model, with no price below 0 and none far beyond its *reach*.

    *left* is the gradient and *pull* is added to the curvature (K + O). The arrow is solved by eliminating the owners;
    prices that would fall below 0 are held at 0 and the rest is solved again.
    """
    shared = len(curvature.shared)
    damping = np.abs(left) / (2 * reach) + pull + DAMPING
    head = curvature.shared + np.diag(damping[:shared])
    across, tail = curvature.across.T, curvature.owners + damping[shared:]
    held = (prices <= 0) & (left > 0)
    step = np.zeros(len(prices))
    for _ in range(ACTIVE_SETS_MAX):
        free, free_owners = ~held[:shared], ~held[shared:]
        wanted = -left
        wanted_shared = wanted[:shared] - head[:, ~free] @ step[:shared][~free]
        wanted_shared -= across[:, ~free_owners] @ step[shared:][~free_owners]
        wanted_owners = wanted[shared:] - across[~free].T @ step[:shared][~free]
        border = across[np.ix_(free, free_owners)]
        through = border / tail[free_owners]
        schur = head[np.ix_(free, free)] - through @ border.T
        moved = np.linalg.lstsq(schur, wanted_shared[free] - through @ wanted_owners[free_owners], rcond=1e-12)[0]
        step[:shared][free] = moved
        step[shared:][free_owners] = (wanted_owners[free_owners] - border.T @ moved) / tail[free_owners]
        below = (step < -prices * (1 + 1e-12)) & ~held
        step[below] = -prices[below]
        held |= below
        if not below.any():
            break
    return np.asarray(np.maximum(np.clip(step, -3 * reach, 3 * reach), -prices))


def _trust(trust: Floats, before: Floats, after: Floats, is_better: bool) -> Floats:
    """How far each price may move next: less where what is left changed its sign, so that the price went too far."""
    turned = before * after < 0
    if not is_better:
        return np.where(turned, trust * 0.25, trust)
    overshoot = np.clip(np.abs(after) / np.maximum(np.abs(before), 1e-300), 0.3, 1.5)
    return np.where(turned, trust * overshoot, np.minimum(trust * 1.5, 1.0))


def _promised(seen: Survey, step: Floats) -> float:
    """By how much the quadratic model says that a step lowers the dual."""
    shared, curvature = len(seen.curvature.shared), seen.curvature
    head, tail = step[:shared], step[shared:]
    bend = head @ curvature.shared @ head + 2 * head @ (curvature.across.T @ tail) + curvature.owners @ tail**2
    return float(-(seen.left @ step + bend / 2))
