"""Growing the lake: whatever arrived in the database since the last time, as further Parquet files.

A fact table is a folder of parts, each named by the arrival numbers it holds (``000000000001-000000250000.parquet``),
so the folder itself says how far it got: a part is written under another name first and then renamed, and a killed
run leaves nothing behind that counts. Many small parts are merged into one; a part whose numbers lie within
another's no longer counts, and goes with the next growth, so that whoever reads it now can finish. A thing table is
one file, written anew when it changed. One process grows a lake at a time; others wait for it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from touchbook.kernel.errors import Refused
from touchbook.kernel.language import say
from touchbook.lake.lock import Busy, alone
from touchbook.lake.source import ROWS_PER_PART, Source, open_source
from touchbook.lake.tables import TABLES, LakeTable

PARTS_MAX = 32
WAIT_SECONDS = 600.0  # for another process that grows the same lake


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One file of a fact table and the arrival numbers in it, both ends included."""

    first: int
    last: int
    path: Path


def lake_folder(home: Path, database_url: str) -> Path:
    """The lake of one database: a home that is pointed at another database gets another lake."""
    fingerprint = hashlib.blake2b(database_url.encode(), digest_size=6).hexdigest()
    return home / "lake" / fingerprint


def sync(database_url: str, folder: Path) -> dict[str, int]:
    """Bring the lake in *folder* up to date and return the highest arrival number of each fact table.

    Raises ``Unreadable`` when the database cannot be reached, ``Refused`` when another process keeps the lake for long.
    """
    watermarks = {}
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), open_source(database_url) as source, duckdb.connect() as engine:
        for table in TABLES:
            place = folder / table.name
            place.mkdir(exist_ok=True)
            for left_over in place.glob(".*"):  # of a run that was killed while it wrote
                left_over.unlink()
            if table.fact:
                watermarks[table.name] = _grow(source, engine, table, place)
            else:
                _renew(source, engine, table, place)
    return watermarks


def clear(folder: Path) -> None:
    """Let go of all that mirrors the database; the evidence of runs stays."""
    with _alone(folder):
        for table in TABLES:
            shutil.rmtree(folder / table.name, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lake; whoever else would grow it waits."""
    try:
        with alone(folder / "lock", WAIT_SECONDS):
            yield
    except Busy as error:
        raise Refused(
            say("Another process is still reading into %(folder)s; wait until it has ended.", folder=folder)
        ) from error


def parts(place: Path) -> list[Part]:
    """The parts of a fact table in order, without those that lie within another."""
    found = sorted(
        (
            Part(int(name[0]), int(name[1]), path)
            for path in place.glob("*-*.parquet")
            if (name := path.stem.split("-"))
        ),
        key=lambda part: (part.first, -part.last),
    )
    kept: list[Part] = []
    for part in found:
        if not kept or part.last > kept[-1].last:
            kept.append(part)
    return kept


def _grow(source: Source, engine: duckdb.DuckDBPyConnection, table: LakeTable, place: Path) -> int:
    highest = source.highest(table)
    have = parts(place)
    if have and not _continues(source, engine, table, have[-1]):
        # Another database stands at this address now (it was restored or begun afresh): mirror that one.
        for path in place.glob("*.parquet"):
            path.unlink()
        have = []
    done = have[-1].last if have else 0
    while done < highest:
        upto = min(done + ROWS_PER_PART, highest)
        _write(engine, table, source.rows(table, done, upto), _part_path(place, done + 1, upto))
        done = upto
    _merge(engine, place)
    return highest


def _continues(source: Source, engine: duckdb.DuckDBPyConnection, table: LakeTable, last: Part) -> bool:
    """Whether the lake goes on where it stopped.

    It does when its last part can be read, has the columns that the table has now, and ends with the fact that the
    database has under that number.
    """
    query = "SELECT number, id::VARCHAR FROM read_parquet(?) ORDER BY number DESC LIMIT 1"
    try:
        if engine.read_parquet(str(last.path)).columns != [column.name for column in table.columns]:
            return False  # an older program wrote it
        row = engine.execute(query, [str(last.path)]).fetchone()
    except duckdb.Error:
        return False  # a damaged file
    return row is None or source.id_at(table, row[0]) == str(row[1]).replace("-", "")


def _part_path(place: Path, first: int, last: int) -> Path:
    return place / f"{first:012d}-{last:012d}.parquet"


def _merge(engine: duckdb.DuckDBPyConnection, place: Path) -> None:
    have = parts(place)
    wanted = {part.path for part in have}
    for path in place.glob("*.parquet"):
        if path not in wanted:
            path.unlink()
    if len(have) <= PARTS_MAX:
        return
    whole = _small_neighbours(have)
    if len(whole) < 2:
        return
    target = _part_path(place, whole[0].first, whole[-1].last)
    rows = engine.sql(
        "SELECT * FROM read_parquet($files) ORDER BY number", params={"files": [str(p.path) for p in whole]}
    )
    _replace(target, lambda temporary: rows.write_parquet(str(temporary), compression="zstd"))


def _small_neighbours(have: Sequence[Part]) -> list[Part]:
    """The longest unbroken run of small parts: those that become one file."""
    runs: list[list[Part]] = [[]]
    for part in have:
        if part.last - part.first + 1 >= ROWS_PER_PART:
            runs.append([])
        else:
            runs[-1].append(part)
    return max(runs, key=len)


def _renew(source: Source, engine: duckdb.DuckDBPyConnection, table: LakeTable, place: Path) -> None:
    # With its columns: a table that an older program wrote may lack some.
    columns = " ".join(f"{column.name}:{column.kind}" for column in table.columns)
    signature, stamp = f"{source.signature(table)} {columns}", place / "signature"
    target = place / "all.parquet"
    if target.exists() and stamp.exists() and stamp.read_text() == signature:
        return
    _write(engine, table, source.rows(table), target)
    stamp.write_text(signature)


def _write(engine: duckdb.DuckDBPyConnection, table: LakeTable, rows: pa.Table, target: Path) -> None:
    engine.register("incoming", rows)
    typed = engine.sql(f"SELECT {', '.join(column.typed() for column in table.columns)} FROM incoming")  # noqa: S608
    _replace(target, lambda temporary: typed.write_parquet(str(temporary), compression="zstd"))
    engine.unregister("incoming")


def _replace(target: Path, write: Callable[[Path], None]) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    write(temporary)
    os.replace(temporary, target)
