"""The problems that benchmarks/planner.py measures: random, made in blocks so that making them takes little memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from touchbook.planner.solver.problem import Floats, Mask, Owners, Problem, Values

BLOCK = 1 << 17  # customers
ALLOWED = 0.8  # of all pairs of customer and touch
VALUE_CHANGE, CAPACITY_CHANGE = 0.05, 0.05

TOUCHES, CAPACITIES, CHANNELS = 8, 12, 4

TEAM_TOUCHES = 24
QUOTAS = {"phone": 0.2, "visit": 0.05, "e-mail": 0.3, "SMS": 0.2, "letter": 0.1, "webhook": 0.2}  # touches a customer
PHONE, VISIT = 0, 1
CALL_MINUTES, VISIT_MINUTES = (5.0, 8.0, 10.0, 12.0, 15.0), (20.0, 25.0, 30.0, 45.0)
SALES, SALES_SHARE = (2, 8, 15, 21), 0.1
CROWDED = 1.3  # some owners have many more customers than others
OWNER_MINUTES = (0.6, 2.5)  # for each of an owner's customers


def shared_by_all(customers: int, seed: int = 1) -> Problem:
    """At most 2 of 8 touches and one a channel; 12 capacities are a tenth to a half of what could be used."""
    chance = np.random.default_rng(seed)
    use = np.zeros((TOUCHES, CAPACITIES))
    for touch in range(TOUCHES):
        use[touch, chance.choice(CAPACITIES, 3, replace=False)] = chance.integers(1, 13, 3)
    use[:, use.sum(axis=0) == 0] = 1.0
    available = np.ceil(use.mean(axis=0) * customers * 2 * chance.uniform(0.1, 0.5, CAPACITIES))
    scale = chance.uniform(0.5, 1.5, TOUCHES).astype(np.float32)
    values = np.empty((customers, TOUCHES), dtype=np.float32)
    for block in _blocks(values):
        block[:] = chance.gamma(2.0, 5.0, block.shape).astype(np.float32) * scale
        block[chance.random(block.shape) > ALLOWED] = -np.inf
    channel = np.arange(TOUCHES) % CHANNELS
    return Problem(values, use, available, *_two_and_one_a_channel(customers, channel))


def shared_by_teams(customers: int, owners: int, seed: int = 2) -> Problem:
    """At most 2 of 24 touches and one a channel: a quota for each channel, sales at most a tenth of all touches, and
    calls and visits by the customer's owner, in that owner's own minutes.
    """
    chance = np.random.default_rng(seed)
    channel = np.arange(TEAM_TOUCHES) % len(QUOTAS)
    minutes = np.zeros(TEAM_TOUCHES)
    minutes[channel == PHONE] = chance.choice(CALL_MINUTES, np.count_nonzero(channel == PHONE))
    minutes[channel == VISIT] = chance.choice(VISIT_MINUTES, np.count_nonzero(channel == VISIT))
    sells = np.isin(np.arange(TEAM_TOUCHES), SALES)
    personal = np.where(minutes > 0, 3.0, 1.0)
    scale = (chance.uniform(2.5, 7.5, TEAM_TOUCHES) * personal * np.where(sells, 2.0, 1.0)).astype(np.float32)
    values = np.empty((customers, TEAM_TOUCHES), dtype=np.float32)
    for block in _blocks(values):
        block[:] = chance.standard_gamma(2.0, block.shape, dtype=np.float32) * scale
        block[chance.random(block.shape, dtype=np.float32) > ALLOWED] = -np.inf
    quotas = (channel[:, None] == np.arange(len(QUOTAS))).astype(np.float64)
    of = np.minimum((owners * chance.random(customers) ** CROWDED).astype(np.int32), owners - 1)
    available = np.round(np.bincount(of, minlength=owners) * chance.uniform(*OWNER_MINUTES, owners))
    return Problem(
        values,
        np.column_stack([quotas, sells - SALES_SHARE]),
        np.append(np.ceil(customers * np.array(list(QUOTAS.values()))), 0.0),
        *_two_and_one_a_channel(customers, channel),
        Owners(of, minutes, available),
    )


def next_day(problem: Problem, seed: int = 9) -> Problem:
    """The same problem a day later: every value has changed by some 5 %, and every capacity by up to 5 %."""
    chance = np.random.default_rng(seed)
    values = problem.values.copy()
    for block in _blocks(values):
        block[:] *= np.exp(VALUE_CHANGE * chance.standard_normal(block.shape, dtype=np.float32))
    return replace(
        problem,
        values=values,
        available=_changed(problem.available, chance),
        owners=replace(problem.owners, available=_changed(problem.owners.available, chance)),
    )


def _changed(available: Floats, chance: np.random.Generator) -> Floats:
    return np.asarray(available * chance.uniform(1 - CAPACITY_CHANGE, 1 + CAPACITY_CHANGE, len(available)))


def _blocks(values: Values) -> Iterator[Values]:
    for first in range(0, len(values), BLOCK):
        yield values[first : first + BLOCK]


def _two_and_one_a_channel(customers: int, channel: npt.NDArray[np.int64]) -> tuple[Mask, npt.NDArray[np.int16]]:
    member = np.column_stack([np.ones(len(channel), dtype=bool), channel[:, None] == np.unique(channel)])
    room = np.ones((customers, member.shape[1]), dtype=np.int16)
    room[:, 0] = 2
    return np.ascontiguousarray(member), room
