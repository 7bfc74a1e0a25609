"""Everybody as they are at present, in a folder of the lake: what pages ask, which cannot wait for all of it.

``present/<instant>/`` holds ``customers.parquet`` (a row a customer: the state with all documented columns, and what
lists need beside them), ``called.parquet`` and ``known_as.parquet`` (the words of names, and outside identifiers, in
their order), ``reached_by.parquet`` (how customers are reached, apart, for few may see it), ``journey.parquet`` (a row
a day, touchpoint and practice) and ``about.json``. A folder appears complete or not at all, and is never changed:
whoever began to page through one may go on while the next ones appear.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa

FORMAT = 2  # of the files; another one is as good as none
KEPT = 3
MEMORY_MB = 512
THREADS = 2
_INSTANT = "%Y%m%dT%H%M%S%fZ"
_own = local()


@dataclass(frozen=True)
class PresentState:
    """One such folder, and what its ``about.json`` says: as of when, under which plan, and of what it was made."""

    folder: Path
    about: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called in an address."""
        return self.folder.name

    @property
    def taken_at(self) -> datetime:
        """As of when everybody is described."""
        return datetime.strptime(self.name, _INSTANT).replace(tzinfo=UTC)

    @property
    def customers(self) -> str:
        """The customers' file as SQL names it."""
        return self._file("customers")

    @property
    def called(self) -> str:
        """The file of the words of names as SQL names it."""
        return self._file("called")

    @property
    def known_as(self) -> str:
        """The file of member numbers and the like as SQL names it."""
        return self._file("known_as")

    @property
    def reached_by(self) -> str:
        """The file of e-mail addresses and phone numbers as SQL names it."""
        return self._file("reached_by")

    @property
    def journey(self) -> str:
        """The file of what happened where as SQL names it."""
        return self._file("journey")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query over these files, on this thread's own connection; it can reach nothing else.

        Raises ``duckdb.Error``, also when the folder has gone meanwhile.
        """
        return _connection(self.folder.parent).execute(query).fetchall()

    def _file(self, name: str) -> str:
        return f"read_parquet({literal(str(self.folder / f'{name}.parquet'))})"


def literal(text: str) -> str:
    """A text as SQL writes it; what no statement can hold is left out."""
    return "'" + text.replace("\0", "").replace("'", "''") + "'"


def latest(lake: Path) -> PresentState | None:
    """The last one that can be read by this program; None before there is any."""
    for name in sorted(_names(lake), reverse=True):
        if (found := state_named(lake, name)) is not None:
            return found
    return None


def state_named(lake: Path, name: str) -> PresentState | None:
    """The one of that name, if it is still there."""
    return _read(lake / "present" / name) if name in _names(lake) else None


def _names(lake: Path) -> list[str]:
    try:
        return [path.name for path in (lake / "present").iterdir() if path.name[0].isdigit()]
    except FileNotFoundError:
        return []


def _read(folder: Path) -> PresentState | None:
    about = _about(folder)
    return PresentState(folder, about) if about and about.get("format") == FORMAT else None


@lru_cache(maxsize=8)
def _about(folder: Path) -> Mapping[str, Any]:
    """It never changes, so it is read once."""
    found: Mapping[str, Any] = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return found


def keep(lake: Path, taken_at: datetime, about: Mapping[str, Any], write: Callable[[Path], None]) -> PresentState:
    """Let *write* fill a folder, let it appear, and remove all but the last few. One process at a time calls this."""
    place = lake / "present"
    place.mkdir(parents=True, exist_ok=True)
    for left_over in place.glob(".*"):  # of a process that was killed while it wrote
        shutil.rmtree(left_over, ignore_errors=True)
    folder = place / f"{taken_at.astimezone(UTC):{_INSTANT}}"
    temporary = place / f".{folder.name}"
    temporary.mkdir()
    write(temporary)
    (temporary / "about.json").write_text(json.dumps({"format": FORMAT, **about}), encoding="utf-8")
    temporary.rename(folder)
    for name in sorted(_names(lake))[:-KEPT]:
        shutil.rmtree(place / name, ignore_errors=True)
    found = _read(folder)
    assert found is not None  # noqa: S101  it was written just now
    return found


def write_customers(
    engine: duckdb.DuckDBPyConnection, folder: Path, tables: Mapping[str, pa.Table], names: Mapping[str, str]
) -> None:
    """Write ``customers.parquet``, and those by which customers are found, from *tables*: see ``sql``.

    *names* are what the columns are called that the state itself does not have.
    """
    with _registered(engine, tables):
        for file in ("customers", "called", "known_as", "reached_by"):
            engine.execute(_statement(file, {**names, "file": literal(str(folder / f"{file}.parquet"))}))


def write_journey(engine: duckdb.DuckDBPyConnection, folder: Path, rows: pa.Table) -> None:
    """Write ``journey.parquet``."""
    with _registered(engine, {"journey_rows": rows}):
        target = literal(str(folder / "journey.parquet"))
        engine.execute(f"COPY (FROM journey_rows ORDER BY day, touchpoint) TO {target} (FORMAT parquet)")


@contextmanager
def _registered(engine: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    for name, table in tables.items():
        engine.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            engine.unregister(name)


def _statement(name: str, values: Mapping[str, str]) -> str:
    from string import Template

    return Template(files("touchbook.lake").joinpath(f"sql/{name}.sql").read_text()).substitute(values)


def columns_of(state: PresentState) -> Sequence[str]:
    """The names of the customers' columns."""
    found: Sequence[str] = state.about["columns"]
    return found


def _connection(place: Path) -> duckdb.DuckDBPyConnection:
    """This thread's own, to one database a process and place."""
    mine: dict[Path, duckdb.DuckDBPyConnection] = _own.__dict__.setdefault("connections", {})
    if place not in mine:
        mine[place] = _database(place).cursor()
    return mine[place]


@lru_cache(maxsize=4)
def _database(place: Path) -> duckdb.DuckDBPyConnection:
    """Shut off from everything but *place*, and bounded in memory: it lives in a process that answers people."""
    import duckdb  # a tenth of a second, which whoever opens another page need not wait for

    database = duckdb.connect()
    for setting in (
        "TimeZone = 'UTC'",
        f"threads = {THREADS}",
        f"memory_limit = '{MEMORY_MB}MB'",
        "parquet_metadata_cache = true",
        f"allowed_directories = [{literal(f'{place}/')}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        database.execute(f"SET {setting}")
    return database
