"""Columns of a state table as NumPy arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def numbers(state: pa.Table, name: str) -> npt.NDArray[np.float64]:
    """A column as floats, NaN where it is unknown; truth values are 1 and 0."""
    column = state.column(name)
    if pa.types.is_boolean(column.type) and column.null_count:  # all others become floats faster than by a cast
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def words(state: pa.Table, name: str) -> npt.NDArray[np.object_]:
    """A column of texts, empty where it is unknown."""
    column = state.column(name)
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    texts = column.to_numpy(zero_copy_only=False)
    return np.where(texts.astype(np.bool_), texts, "")


def replaced(state: pa.Table, name: str, value: float | str | None) -> pa.Table:
    """The state as it would be if every customer had *value* in a column."""
    index = state.schema.get_field_index(name)
    kind = state.schema.field(index).type
    return state.set_column(
        index, name, pa.array([value], type=kind).take(pa.array(np.zeros(state.num_rows, dtype=np.int64)))
    )
