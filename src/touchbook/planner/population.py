"""What the planner is told about the customers: their state, what was made of each touch, and their consents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchbook.plan.model import Plan, Touch

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

Judge = Callable[[pa.Table, Mapping[str, str]], Mapping[str, Mask]]
"""Evaluates boolean SQL conditions over a state table: names and SQL in, one truth value a customer out."""


@dataclass(frozen=True)
class Population:
    """n customers, in the order of the state's rows.

    ``state``: one row a customer, with all documented columns. ``made``: customer, name, days (since that touch was
    last made). ``consent``: customer, channel, purpose, allowed. ``starts_on``: the first day of the week to plan.
    """

    state: pa.Table
    made: pa.Table
    consent: pa.Table
    starts_on: date | None = None

    @property
    def size(self) -> int:
        """How many customers there are."""
        return self.state.num_rows

    def distinct(self, name: str) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
        """Each customer's place among the distinct texts of a column, which are in order.

        −1 where nothing is known: a text that is empty, or a column that the state does not have.
        """
        place = self.state.schema.get_field_index(name)
        column = self.state.column(place) if place >= 0 else None
        if column is None or column.null_count == self.size:
            return np.full(self.size, -1, dtype=np.int32), ()
        column = column.cast(pa.string())
        texts = sorted(str(text) for text in column.unique().to_pylist() if text)
        places = pc.index_in(column.combine_chunks(), value_set=pa.array(texts, pa.string()))
        return np.asarray(places.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int32), tuple(texts)

    def positions(self, table: pa.Table) -> npt.NDArray[np.int64]:
        """The row in the state of each row's customer, −1 for one who is not there."""
        found = pc.index_in(table.column("customer"), value_set=self.state.column("customer").combine_chunks())
        return np.asarray(found.fill_null(-1).to_numpy(), dtype=np.int64)

    def days_since_made(self, plan: Plan) -> dict[str, Floats]:
        """Per touch of the plan, days since it was last made to each customer; infinite when never."""
        rows = self.positions(self.made)
        names = np.asarray(self.made.column("name").to_pylist(), dtype=np.object_)
        days = np.asarray(self.made.column("days").to_numpy(zero_copy_only=False), dtype=np.float64)
        since = {}
        for touch in plan.touches:
            column = np.full(self.size, np.inf)
            mine = (names == touch) & (rows >= 0) if len(names) else np.zeros(0, dtype=np.bool_)
            column[rows[mine]] = days[mine]
            since[touch] = column
        return since

    def refused(self, touch: Touch) -> Mask:
        """Customers who do not allow this touch's channel or purpose.

        What was said about channel and purpose together outweighs what was said about one of them; of the latter,
        either refusal is enough. Who said nothing may be reached.
        """
        refused = np.zeros(self.size, dtype=np.bool_)
        if not self.consent.num_rows:
            return refused
        rows, channels, purposes, allowed = self._said
        by_channel, by_purpose = channels == touch.channel, purposes == touch.purpose
        speaks = (by_channel | (channels == "")) & (by_purpose | (purposes == ""))
        both = by_channel & by_purpose
        refused[rows[speaks & ~both & ~allowed]] = True
        refused[rows[both]] = ~allowed[both]
        return refused

    @cached_property
    def _said(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_], npt.NDArray[np.object_], Mask]:
        """The consents of known customers: their rows, channels, purposes, and whether they allow them."""
        rows = self.positions(self.consent)
        channels = np.asarray(self.consent.column("channel").to_pylist(), dtype=np.object_)
        purposes = np.asarray(self.consent.column("purpose").to_pylist(), dtype=np.object_)
        allowed = np.asarray(self.consent.column("allowed").to_numpy(zero_copy_only=False), dtype=np.bool_)
        known = rows >= 0
        return rows[known], channels[known], purposes[known], allowed[known]
