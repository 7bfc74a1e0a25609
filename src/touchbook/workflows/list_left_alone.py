"""List whom a run left alone, and why, from the evidence that it kept."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from touchbook.lake.mirror import lake_folder
from touchbook.planner.explanation import HELD_OUT
from touchbook.planner.left_alone import ELSEWHERE, left_alone
from touchbook.planner.population import Floats

_READ = ("customer", "_owner", "lifetime_value", "_values", "_barred", "_fate")


def list_left_alone(home: Path, database_url: str, run: UUID) -> pa.Table | None:
    """One row for each customer with nothing to be made: ``customer``, ``owner`` (both ids), ``reason``, dearest first.

    Whoever is held out is among those whose touch was open and brought less than others: no list tells of them.
    A reason is a guardrail's name, or one of ``planner.left_alone``. None when the evidence is no longer kept.
    """
    path = lake_folder(home, database_url) / "runs" / f"{run}.parquet"
    try:
        return _listed(path)
    except (pa.ArrowException, OSError, KeyError):
        return None


@lru_cache(maxsize=4)
def _listed(path: Path) -> pa.Table:
    """A run's evidence never changes, so it is read once."""
    kept = pq.read_table(path, columns=list(_READ))
    fate = _matrix(kept, "_fate")
    chosen = fate > 0
    barred = _matrix(kept, "_barred").astype(np.int8)
    rows, reasons = left_alone(np.asarray(chosen, dtype=np.bool_), barred, _matrix(kept, "_values"))
    held_out = np.flatnonzero(chosen.any(axis=1) & (~chosen | (fate == HELD_OUT)).all(axis=1))
    rows, reasons = np.concatenate([rows, held_out]), [*reasons, *[ELSEWHERE] * len(held_out)]
    found = kept.select(["customer", "_owner", "lifetime_value"]).take(rows)
    table = pa.table(
        {
            "customer": found.column("customer").cast(pa.string()),
            "owner": found.column("_owner").cast(pa.string()),
            "lifetime_value": found.column("lifetime_value").cast(pa.float64()),
            "reason": pa.array(reasons, pa.string()).dictionary_encode(),
        }
    )
    return table.sort_by([("lifetime_value", "descending"), ("customer", "ascending")])


def _matrix(kept: pa.Table, name: str) -> Floats:
    """A column that has one number per touch (n × T)."""
    flat = kept.column(name).combine_chunks()
    numbers = pc.list_flatten(flat).to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(numbers.reshape(len(flat), -1) if len(flat) else np.zeros((0, 0)))
