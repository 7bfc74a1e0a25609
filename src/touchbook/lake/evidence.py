"""What a run's decision rests on, kept customer by customer: once for analysis, once for a request in the moment.

``<run>.parquet`` is for whoever reads all of it. ``<run>.arrow`` has the same rows in small compressed batches and, in
its schema, the first customer of each batch: one customer is found by halving that list and unpacking one batch, in
well under a millisecond, however many there are. Either file appears complete or not at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

BATCH_ROWS = 256
_FIRST = b"touchbook_first_customers"
_ID_LETTERS = 36  # of a UUID as text


def keep(folder: Path, run: UUID, rows: pa.Table) -> None:
    """Write a run's evidence, one row a customer, in the order of the column ``customer``."""
    place = folder / "runs"
    place.mkdir(exist_ok=True)
    _appear(
        place / f"{run}.parquet", lambda path: pq.write_table(rows, path, compression="zstd", row_group_size=50_000)
    )
    _appear(place / f"{run}.arrow", lambda path: _write_batches(path, rows))


def let_go(folder: Path, kept: int) -> None:
    """Remove the evidence of all but the last *kept* runs."""
    place = folder / "runs"
    run_of = {path: path.stem.removeprefix(".") for path in place.iterdir()}  # with a dot: killed while it wrote
    lasting = sorted(set(run_of.values()))[-kept:]
    for path, run in run_of.items():
        if run not in lasting:
            path.unlink(missing_ok=True)


class Evidence:
    """A run's evidence, open for reading one customer at a time; threads may share it.

    Raises ``FileNotFoundError`` when there is none, ``pyarrow.ArrowException`` when it cannot be read.
    """

    def __init__(self, folder: Path, run: UUID) -> None:
        self._reader = ipc.open_file(
            pa.memory_map(str(folder / "runs" / f"{run}.arrow")), options=ipc.IpcReadOptions(use_threads=False)
        )
        listed = (self._reader.schema.metadata or {})[_FIRST].decode()
        self._first = [listed[place : place + _ID_LETTERS] for place in range(0, len(listed), _ID_LETTERS)]
        self._turn = Lock()

    def row(self, customer: UUID) -> pa.RecordBatch | None:
        """One customer's row; None when the run did not know them."""
        wanted = str(customer)
        place = bisect_right(self._first, wanted) - 1
        if place < 0:
            return None
        with self._turn:
            batch = self._reader.get_batch(place)
        found = batch.column("customer").index(wanted).as_py()
        return None if found < 0 else batch.slice(found, 1)


def _write_batches(path: Path, rows: pa.Table) -> None:
    customers = rows.column("customer")
    first = customers.take(pa.array(range(0, len(customers), BATCH_ROWS), pa.int64())).to_pylist()
    schema = rows.schema.with_metadata({_FIRST: "".join(map(str, first)).encode()})
    options = ipc.IpcWriteOptions(compression="lz4")
    with ipc.new_file(str(path), schema, options=options) as writer:
        writer.write_table(rows.combine_chunks(), max_chunksize=BATCH_ROWS)


def _appear(target: Path, write: Callable[[Path], None]) -> None:
    temporary = target.with_name(f".{target.name}")
    write(temporary)
    temporary.rename(target)
