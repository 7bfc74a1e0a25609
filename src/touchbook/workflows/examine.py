"""Examine the store: whether it is up to date, protected, and adds up. With ``repair``, build the sums anew."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from pyarrow import ipc

from touchbook.kernel.errors import TouchbookError
from touchbook.store import append_only, change_stamps
from touchbook.store.counters import miscounts, recount
from touchbook.store.models import Import
from touchbook.store.queries import terms_in_force
from touchbook.store.recount import disagreements, rebuild
from touchbook.workflows.open_store import migrations_applied, migrations_known


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether all is well, what was found, and what to do if not."""

    well: bool
    found: str
    remedy: str = ""


def examine(repair: bool = False) -> list[Finding]:
    """Every check, in the order in which to mend what they find; *repair* mends what can be mended."""
    return [_migrations(), _triggers(repair), _sums(repair), *_counters(repair), *_undos(), _lake()]


def _migrations() -> Finding:
    outstanding = sorted(migrations_known() - migrations_applied())
    if outstanding:
        return Finding(False, f"the database lacks {', '.join(outstanding)}", "open it once with any command")
    return Finding(True, "the database is up to date")


def _triggers(repair: bool) -> Finding:
    missing = [*append_only.missing(connection), *change_stamps.missing(connection)]
    if missing and repair:
        append_only.install(connection)
        change_stamps.install(connection)
        return Finding(True, f"{len(missing)} triggers were missing or altered, and were put back")
    if missing:
        return Finding(False, f"triggers are missing or altered: {', '.join(missing)}", "touchbook doctor --repair")
    return Finding(True, f"{len(append_only.APPEND_ONLY)} tables are append-only")


def _sums(repair: bool) -> Finding:
    try:
        terms = terms_in_force()
    except TouchbookError as error:
        return Finding(False, f"the plan in force cannot be read ({error})", "adopt a plan that this version reads")
    number, differing = disagreements(terms)
    if differing and repair:
        rebuild(terms)
        return Finding(True, f"the sums of {len(differing)} of {number} accounts were wrong, and were counted anew")
    if differing:
        named = ", ".join(str(one.account) for one in differing[:3]) + (", …" if len(differing) > 3 else "")
        found = f"the sums of {len(differing)} of {number} accounts are not what their entries add up to ({named})"
        return Finding(False, found, "touchbook doctor --repair")
    return Finding(True, f"the sums of {number} accounts agree with their entries to 1e-9")


def _counters(repair: bool) -> list[Finding]:
    """What the last runs' touches take: nothing is said before there is a run."""
    number, wrong = miscounts()
    if not number:
        return []
    if wrong and repair:
        recount(wrong)
        return [Finding(True, f"{len(wrong)} of {number} counters of capacities were wrong, and were counted anew")]
    if wrong:
        named = ", ".join(f"{one.capacity}: {one.used:g} instead of {one.counted:g}" for one in wrong[:3])
        found = f"{len(wrong)} of {number} counters do not say what the planned touches take ({named})"
        return [Finding(False, found, "touchbook doctor --repair")]
    return [Finding(True, f"{number} counters of capacities agree with the touches that were planned")]


def _undos() -> list[Finding]:
    """Undone halfway: said only where it is so, because it is so rare."""
    halves = Import.objects.filter(undo_begun_at__isnull=False, undone_at__isnull=True).order_by("started_at")
    return [
        Finding(
            False,
            f"the undo of the import of {one.file_name} has not finished: a part of it is still here",
            f"touchbook undo {str(one.id)[-12:]}",
        )
        for one in halves
    ]


def _lake() -> Finding:
    folder = Path(settings.TOUCHBOOK_HOME) / "lake"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            False, f"the lake folder {folder} cannot be written ({error.strerror})", "make it yours to write"
        )
    files = (path for kind in ("parquet", "arrow") for path in folder.glob(f"*/*/*.{kind}"))
    damaged = [path for path in files if not _is_readable(path)]
    if damaged:
        what = f"{len(damaged)} of the lake's files cannot be read, {damaged[0]} among them"
        return Finding(False, what, "run 'touchbook plan', which mirrors the database anew")
    return Finding(True, f"the lake folder {folder} can be written, and its files can be read")


def _is_readable(path: Path) -> bool:
    try:
        if path.suffix == ".arrow":
            with pa.memory_map(str(path)) as file:
                ipc.open_file(file)
        else:
            pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return False
    return True
