"""Heavy work that a page asks for, done by a process of its own: begun, looked at, stopped; its result is kept.

A job is a folder ``cache/jobs/<id>/`` in the home: what was asked (``asked.json``), how far it got (``step``), and what
came of it (``result.json`` or ``refusal``). Its process holds a lock on ``alive`` as long as it lives, which ends with
it however it ends; so nobody has to believe a number of a process. Two jobs run at a time, and one of each person.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say, spoken

AT_A_TIME = 2
KEPT_SECONDS = 24 * 60 * 60.0
LIMIT_SECONDS = 15 * 60.0
RUNNING, DONE, REFUSED, STOPPED = "running", "done", "refused", "stopped"


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it is now. ``step`` is the last that was begun; ``result`` is there once it is done."""

    id: UUID
    kind: str
    staff: UUID
    state: str
    step: str
    seconds: float
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None = None
    refusal: str = ""


def begin(home: Path, database_url: str, kind: str, job: UUID, staff: UUID, asked: Mapping[str, Any]) -> Job:
    """Begin a job; the same id again is the same job.

    Raises ``Refused`` when this person has one running, when as many run as may, and for one of a *kind* that only one
    person can do at a time (``make``).
    """
    place = _place(home)
    with _alone(place):
        folder = place / str(job)
        if folder.is_dir():
            return look(home, job)
        _tidy(place)
        _make_room(home, kind, staff)
        folder.mkdir()
        (folder / "step").write_text("waiting", encoding="utf-8")
        told = {"kind": kind, "staff": str(staff), "at": time.time(), "language": spoken(), "asked": dict(asked)}
        _write(folder / "asked.json", json.dumps(told))
        _run(folder, home, database_url)
    return look(home, job)


def look(home: Path, job: UUID) -> Job:
    """A job as it is now. Raises ``NotFound`` when there is none, or none any more."""
    folder = _place(home) / str(job)
    try:
        told = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(say("This is no longer kept; begin it again.")) from None
    lives = _lives(folder)  # before the result is looked for, which appears while it lives
    result = folder / "result.json"
    refusal = folder / "refusal"
    state = RUNNING if lives else DONE if result.exists() else REFUSED if refusal.exists() else STOPPED
    return Job(
        id=job,
        kind=told["kind"],
        staff=UUID(told["staff"]),
        state=state,
        step=(folder / "step").read_text(encoding="utf-8"),
        seconds=time.time() - told["at"],
        asked=told["asked"],
        result=json.loads(result.read_text(encoding="utf-8")) if state == DONE else None,
        refusal=refusal.read_text(encoding="utf-8") if state == REFUSED else "",
    )


def stop(home: Path, job: UUID) -> Job:
    """Stop a job that runs. What it writes appears in one go at its end, so nothing is half done."""
    folder = _place(home) / str(job)
    if _lives(folder):
        with suppress(OSError, ValueError):
            os.killpg(int((folder / "process").read_text()), signal.SIGTERM)
        for _ in range(40):
            if not _lives(folder):
                break
            time.sleep(0.05)
    return look(home, job)


def running(home: Path) -> list[Job]:
    """The jobs that run now."""
    folders = [path for path in _place(home).iterdir() if (path / "asked.json").exists() and _lives(path)]
    return [look(home, UUID(path.name)) for path in folders]


def step(folder: Path, name: str) -> None:
    """Say, from within a job, what is done next."""
    _write(folder / "step", name)


def finish(folder: Path, *, result: Mapping[str, Any] | None = None, refusal: str = "") -> None:
    """Say, from within a job, what came of it."""
    if result is not None:
        _write(folder / "result.json", json.dumps(result))
    else:
        _write(folder / "refusal", refusal)


def _place(home: Path) -> Path:
    place = home / "cache" / "jobs"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _make_room(home: Path, kind: str, staff: UUID) -> None:
    now_running = running(home)
    if kind == "make" and any(one.kind == "make" for one in now_running):
        raise Refused(say("Another plan is being made right now; wait until it is there."))
    if any(one.staff == staff for one in now_running):
        raise Refused(say("Something that you began is still running; wait until it ends, or stop it."))
    if len(now_running) >= AT_A_TIME:
        raise Refused(say("Others are trying plans right now; wait a minute, and begin again."))


def _run(folder: Path, home: Path, database_url: str) -> None:
    """Start the process; the lock on ``alive`` goes over to it with the open file."""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment = {**kept, "TOUCHBOOK_HOME": str(home), "TOUCHBOOK_DATABASE_URL": database_url}
    with (folder / "alive").open("w") as alive, (folder / "log").open("w") as log:
        fcntl.flock(alive, fcntl.LOCK_EX)
        process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "touchbook.workflows.run_job", str(folder)],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, pass_fds=(alive.fileno(),),
        )  # fmt: skip
        (folder / "process").write_text(str(process.pid))
    threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it when it has ended


def _lives(folder: Path) -> bool:
    try:
        with (folder / "alive").open() as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One begins at a time, so that no more run than may."""
    lock: IO[str]
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tidy(place: Path) -> None:
    """Remove what was asked long ago."""
    for folder in place.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS and not _lives(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _write(target: Path, text: str) -> None:
    temporary = target.with_name(f".{target.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)
