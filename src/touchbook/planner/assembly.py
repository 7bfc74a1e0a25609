"""From a plan's capacities and limits to the solver's problem; what must be made comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from touchbook.plan.model import Capacity, Plan, Purpose, Touch
from touchbook.planner.candidates import Candidates
from touchbook.planner.draws import draw, identities
from touchbook.planner.guardrails.at_most import concerns, left
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.schedule import HORIZON_DAYS, touches_in_week
from touchbook.planner.solver.kernels import fill
from touchbook.planner.solver.problem import Problem

SALES_SHARE = "sales share"
ROUNDING = 1e-7  # share by which a value kept in 32 bits may be off
NOISE = 1e-5  # share by which values are lowered at random, so that identical customers do not flip together


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared capacities of a plan for its horizon: names, what each touch uses (T × K), what there is (K)."""

    names: tuple[str, ...]
    use: Floats
    available: Floats


@dataclass(frozen=True, slots=True)
class Must:
    """Touches that must be made: those that fit (n × T), how many did not, and what is missing of each capacity."""

    made: Mask
    unmet: int
    short: Mapping[str, float]


def shared_capacities(plan: Plan) -> Shared:
    """The capacities as columns of use; the sales share is one more: Σ sales − share · Σ all ≤ 0."""
    touches = list(plan.touches.values())
    names = [capacity.name for capacity in plan.capacity.values()]
    columns = [[_use(capacity, touch) for touch in touches] for capacity in plan.capacity.values()]
    available = [capacity.amount * HORIZON_DAYS / capacity.days for capacity in plan.capacity.values()]
    share = plan.guardrails.sales_share
    if share is not None:
        names.append(SALES_SHARE)
        columns.append([(touch.purpose is Purpose.SELL) - share for touch in touches])
        available.append(0.0)
    use = np.array(columns, dtype=np.float64).T if columns else np.zeros((len(touches), 0))
    return Shared(tuple(names), np.ascontiguousarray(use), np.array(available, dtype=np.float64))


def _use(capacity: Capacity, touch: Touch) -> float:
    if capacity.kind == "minutes":
        return touch.minutes if touch.team == capacity.name else 0.0
    if capacity.kind == "money":
        return touch.cost
    return 1.0 if touch.channel == capacity.name else 0.0


def make_musts(plan: Plan, candidates: Candidates, values: Floats, shared: Shared) -> Must:
    """Serve what must be made, the most valuable first; of several apologies to one customer, one is enough.

    Limits and rest do not hold them back; capacities do, and what does not fit is reported as short.
    """
    touches = list(plan.touches.values())
    wanted = candidates.allowed & np.array([touch.must for touch in touches], dtype=np.bool_)[None, :]
    made = np.zeros_like(wanted)
    customers, columns = np.nonzero(wanted)
    if not len(customers):
        return Must(made, 0, {})
    order = np.argsort(-values[customers, columns], kind="stable")
    customers, columns = customers[order], columns[order]
    duties = sorted({duty(touch) for touch in touches if touch.must})
    member = np.array([[touch.must and duty(touch) == one for one in duties] for touch in touches])
    room = np.ones((len(values), len(duties)), dtype=np.int16)
    use = np.maximum(shared.use, 0.0)  # the sales share never holds back what must be made
    limits = np.where([name == SALES_SHARE for name in shared.names], np.inf, shared.available * (1 + 1e-10))
    fill(customers, columns, use, np.zeros(len(limits)), limits, member, room, made)
    served = made.astype(np.int16) @ member.astype(np.int16)
    unmet = (wanted.astype(np.int16) @ member.astype(np.int16) > 0) & (served == 0)
    left = limits - made.sum(axis=0).astype(np.float64) @ use
    return Must(made, int(unmet.sum()), _short(unmet, wanted, values, member, use, left, shared.names))


def duty(touch: Touch) -> str:
    """What is done once one of several musts is made: any apology will do, everything else is a duty of its own."""
    return touch.purpose if touch.purpose is Purpose.APOLOGISE else touch.name


def _short(
    unmet: Mask, wanted: Mask, values: Floats, member: Mask, use: Floats, left: Floats, names: Sequence[str]
) -> dict[str, float]:
    """How much more than what is left of each capacity the best touch for every unmet duty would take."""
    missing = np.zeros(len(names))
    for place in range(member.shape[1]):
        rows = np.flatnonzero(unmet[:, place])
        if len(rows):
            mine = np.where(wanted[rows] & member[:, place], values[rows], -np.inf)
            missing += use[mine.argmax(axis=1)].sum(axis=0)
    return {name: float(amount) for name, amount in zip(names, missing - left, strict=True) if amount > 1e-9}


def build_problem(
    plan: Plan, population: Population, candidates: Candidates, values: Floats, shared: Shared, must: Must
) -> Problem:
    """What is left to decide after the musts: the solver's problem over all touches that need not be made.

    A touch that would bring nothing is never among them, not even to make room for a sale in the sales share.
    """
    touches = list(plan.touches.values())
    free = candidates.allowed & ~np.array([touch.must for touch in touches], dtype=np.bool_)[None, :] & (values > 0)
    ids = identities(population.state)
    noisy = np.full(values.shape, -np.inf, dtype=np.float32)
    for column, touch in enumerate(touches):
        lowered = values[:, column] * (1 - NOISE * draw(ids, f"tie {touch.name}"))
        noisy[free[:, column], column] = lowered[free[:, column]]
    spent = must.made.sum(axis=0).astype(np.float64) @ shared.use
    room, member = rooms(plan, population, must.made)
    return Problem(noisy, shared.use, np.maximum(shared.available - spent, 0.0), member, room)


def rooms(
    plan: Plan, population: Population, made: Mask
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int16]], Mask]:
    """Families (T × F) and the room in each for every customer: rest, each limit of the plan, and one content once."""
    touches = list(plan.touches.values())
    contents = sorted({touch.content for touch in touches if touch.content})
    columns = [[True] * len(touches)]
    columns += [[concerns(limit, touch) for touch in touches] for limit in plan.guardrails.at_most]
    columns += [[touch.content == content for touch in touches] for content in contents]
    member = np.array(columns, dtype=np.bool_).T
    in_all = np.full(population.size, touches_in_week(plan.guardrails.rest_days, len(touches)))
    once = np.ones((population.size, len(contents)))
    rooms = np.column_stack([in_all, left(plan, population), once])
    rooms -= made.astype(np.float64) @ member.astype(np.float64)
    return np.clip(rooms, 0, np.iinfo(np.int16).max).astype(np.int16), np.ascontiguousarray(member)
