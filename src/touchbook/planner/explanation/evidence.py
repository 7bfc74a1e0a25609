"""What a decision keeps of each customer, so that it can be explained by the numbers of that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchbook.plan.model import Purpose
from touchbook.planner.explanation.data import CHOSEN, HELD_OUT, MUST, NOT_CHOSEN, Terms
from touchbook.planner.phrases import Row
from touchbook.planner.population import Floats, Mask, Population

if TYPE_CHECKING:  # deciding needs what compiles and solves; reading what was decided does not
    from touchbook.planner.decide import Decision

PER_TOUCH = ("_values", "_gains", "_asking", "_since", "_barred", "_refused", "_fate")
"""Columns of the evidence that hold one number per touch of the plan; all others are the customer's state."""


def evidence(decision: Decision) -> pa.Table:
    """One row a customer: the state, and per touch its value and gain, what an answer to it is worth, the days since
    it was made, what barred it, whether the customer refuses its like, and its fate."""
    touches = decision.plan.touches.values()
    size = (decision.population.size, len(touches))
    since = np.column_stack([*decision.candidates.facts.since.values(), np.zeros(size[0])])[:, :-1]
    refused = np.column_stack([*(decision.population.refused(touch) for touch in touches), np.zeros(size[0])])[:, :-1]
    fate = np.where(decision.chosen, CHOSEN, NOT_CHOSEN)
    fate[decision.must.made] = MUST
    fate[decision.held_out] = HELD_OUT
    matrices: tuple[npt.NDArray[np.generic], ...] = (
        decision.values.astype(np.float32),
        decision.gains.astype(np.float32),
        decision.asking.astype(np.float32),
        since.astype(np.float32),
        decision.candidates.barred,
        refused.astype(np.int8),
        fate.astype(np.int8),
    )
    table = decision.population.state
    for name, matrix in zip(PER_TOUCH, matrices, strict=True):
        flat = pa.array(np.ascontiguousarray(matrix).reshape(-1))
        table = table.append_column(name, pa.FixedSizeListArray.from_arrays(flat, max(1, size[1])))
    return table


def apology_owed(decision: Decision) -> Mask:
    """Who must have an apology and gets none, because none of those that must be made fits (n)."""
    touches = decision.plan.touches.values()
    apologies = np.array([touch.purpose is Purpose.APOLOGISE for touch in touches], dtype=np.bool_)
    musts = np.array([touch.must for touch in touches], dtype=np.bool_) & apologies
    wanted = decision.candidates.allowed[:, musts].any(axis=1)
    return np.asarray(wanted & ~decision.chosen[:, apologies].any(axis=1))


def row_of(kept: pa.Table) -> Row:
    """One customer's evidence by column."""
    row: dict[str, object] = kept.slice(0, 1).to_pylist()[0]
    return row


def per_touch(row: Row, name: str) -> Sequence[float]:
    """A column of the evidence that has one number per touch."""
    value = row[name]
    return value if isinstance(value, list) else []


def supposed(
    terms: Terms, kept: pa.Table, days_later: Floats, columns: Mapping[str, npt.NDArray[np.generic]]
) -> Population:
    """A customer several times over, as they would be: some columns otherwise, and some days after the last touches.

    *kept*: their row of the evidence; *days_later* and each of *columns* have one value for each time.
    """
    plan, row, times = terms.plan, row_of(kept), len(days_later)
    state = kept.slice(0, 1).drop_columns(list(PER_TOUCH)).take(np.zeros(times, dtype=np.int64))
    for name, values in {"customer": np.arange(times), **columns}.items():
        place = state.schema.get_field_index(name)
        state = state.set_column(place, name, pa.array(values).cast(state.schema.field(place).type))
    since = {name: days for name, days in zip(plan.touches, per_touch(row, "_since"), strict=True) if np.isfinite(days)}
    refused = {
        (str(touch.channel), str(touch.purpose))
        for touch, kept_from in zip(plan.touches.values(), per_touch(row, "_refused"), strict=True)
        if kept_from
    }
    made = [(str(number), name, days + later)
            for number, later in enumerate(days_later.tolist()) for name, days in since.items()]  # fmt: skip
    said = [(str(number), *pair, False) for number in range(times) for pair in sorted(refused)]
    return Population(
        state,
        _table(made, customer=pa.string(), name=pa.string(), days=pa.float64()),
        _table(said, customer=pa.string(), channel=pa.string(), purpose=pa.string(), allowed=pa.bool_()),
        terms.starts_on,
    )


def _table(rows: Sequence[tuple[object, ...]], **kinds: pa.DataType) -> pa.Table:
    return pa.table({name: pa.array([row[place] for row in rows], kind)
                     for place, (name, kind) in enumerate(kinds.items())})  # fmt: skip
