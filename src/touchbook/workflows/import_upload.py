"""Check, import or undo in a process of its own, which outlives the request that began it, and the server.

``python -m touchbook.workflows.import_upload FOLDER`` does what the folder's ``job.json`` says. Killed, it goes on
where it stopped when it is begun again: that is how imports and undoing work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from touchbook.kernel.language import ENGLISH, say, speaking, spoken

if TYPE_CHECKING:
    from touchbook.workflows.import_records.running import Report
    from touchbook.workflows.uploads import Upload

_PROBLEMS_SHOWN = 8
_TOLD_EVERY_SECONDS = 0.3


def start(upload: Upload, job: str, form: UUID, by: str, at: datetime, origin: str) -> bool:
    """Begin a process at an upload (``check``, ``import``, ``undo``), or go on with one that was killed.

    Returns False when one is at work already, and when the same *form* began one before. That it was begun, by whom
    and from where, is in the audit trail.
    """
    from django.conf import settings

    from touchbook.store.audit import Change, audit
    from touchbook.workflows.form_checks import form_id, is_repeat
    from touchbook.workflows.uploads import lock, write_json

    entry = form_id(form, job, upload.id)
    if upload.job.get("form") == str(form) or is_repeat(entry):
        return False
    held = lock(upload.folder, hold=True)
    if held is None:
        return False
    try:
        for name in ("report.json", "progress.json"):
            (upload.folder / name).unlink(missing_ok=True)
        write_json(upload.folder / "job.json", {"job": job, "by": by, "form": str(form), "language": spoken()})
        if job != "check":
            told = {"file": upload.told.get("name"), "kind": upload.told.get("kind")}
            subject = UUID(upload.told["import"]) if job == "undo" else upload.id
            audit([Change(f"start {job}", "import", subject, after=told, id=entry)], by, at, origin)
        environment = {
            **os.environ,
            "TOUCHBOOK_HOME": str(settings.TOUCHBOOK_HOME),
            "TOUCHBOOK_DATABASE_URL": str(settings.TOUCHBOOK_DATABASE_URL),
            "DJANGO_SETTINGS_MODULE": "touchbook.site.settings",
        }
        with (upload.folder / "log").open("ab") as log:
            subprocess.Popen(  # noqa: S603  this program's own, and the folder is named by an id
                [sys.executable, "-P", "-m", "touchbook.workflows.import_upload", str(upload.folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                pass_fds=[held], start_new_session=True,
            )  # fmt: skip
    finally:
        os.close(held)  # the process has it now, and lets go of it when it ends, however it ends
    return True


def carry_out(folder: Path) -> None:
    """Do what a folder's ``job.json`` says, in the language of whoever asked, and leave a report."""
    from touchbook.workflows.uploads import find_upload

    upload = find_upload(UUID(folder.name))
    with speaking(str(upload.job.get("language", ENGLISH))):
        _carry_out(upload)


def _carry_out(upload: Upload) -> None:
    from touchbook.kernel.errors import TouchbookError
    from touchbook.workflows.uploads import write_json

    folder = upload.folder
    job, by = str(upload.job.get("job", "")), str(upload.job.get("by", ""))
    progress = _teller(folder)
    try:
        told = _undo(upload, by, progress) if job == "undo" else _import(upload, job == "check", by, progress)
    except TouchbookError as error:
        told = {"sentence": str(error)}
    except Exception:
        write_json(folder / "report.json", {"job": job, "sentence": _broken()})
        raise
    write_json(folder / "report.json", {"job": job, **told})
    if job == "import" and "sentence" not in told:
        upload.file.unlink(missing_ok=True)


def _broken() -> str:
    return say("Something broke on our side, and it was written down. What was imported is safe; go on from there.")


def _teller(folder: Path) -> Callable[[int, int], None]:
    from touchbook.workflows.uploads import write_json

    last = 0.0

    def tell(done: int, about: int) -> None:
        nonlocal last
        if time.monotonic() - last > _TOLD_EVERY_SECONDS:
            last = time.monotonic()
            write_json(folder / "progress.json", {"done": done, "about": max(done, about)})

    return tell


def _import(upload: Upload, is_check: bool, by: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    from touchbook.workflows.import_records.running import import_records
    from touchbook.workflows.uploads import keep_map

    os.chdir(upload.folder)  # so that sentences name the file and not its folder
    report = import_records(
        upload.told["kind"],
        upload.file.relative_to(upload.folder),
        upload.map_file.relative_to(upload.folder),
        rejects_path=upload.rejects_file,
        dry_run=is_check,
        actor=by,
        progress=progress,
    )
    if not is_check:
        text = upload.map_file.read_text(encoding="utf-8")
        keep_map(report.kind, _source_of(text), text)
    return _told(report)


def _source_of(text: str) -> str:
    from touchbook.plan.document import ScalarNode, read

    node = read(text.encode()).at(("source",))
    return node.value if isinstance(node, ScalarNode) else "map"


def _told(report: Report) -> dict[str, Any]:
    """A report as the pages show it."""
    names = ("kind", "form", "guessed_encoding", "import_id", "resumed_from", "rows", "added", "changed", "repeated")
    told = {name: getattr(report, name) for name in (*names, "skipped", "rejected", "customers_made", "dates")}
    told["import_id"] = str(report.import_id) if report.import_id else ""
    told["problems"] = report.problems.most_common(_PROBLEMS_SHOWN)
    told["rejects"] = report.rejects_path.name if report.rejects_path else ""
    return told


def _undo(upload: Upload, by: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    from touchbook.kernel.clock import now
    from touchbook.workflows.import_records.undo import undo_import

    done = undo_import(UUID(upload.told["import"]), by, now(), progress)
    counts = ("corrected", "removed", "staff_removed", "restored", "is_new")
    return {name: getattr(done, name) for name in counts}


if __name__ == "__main__":
    from touchbook.workflows.open_store import open_store

    open_store()
    carry_out(Path(sys.argv[1]))
