"""Files that were brought in a browser: each in a folder of its own in the home, until it is imported or given up.

A folder holds the file under its own name, ``upload.json`` (whose it is, and what it is), ``map.yaml``, and, once a
process is at work on it, ``job.json``, ``progress.json`` and ``report.json``. The process holds the folder's lock for
as long as it lives, so that anybody can tell one that works from one that was killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import instant_of
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.workflows.form_checks import form_id, is_repeat

State = Literal["draft", "running", "stopped", "done"]
_GIVEN_UP_AFTER = timedelta(days=7)  # a file that nobody imported
_KEPT_FOR = timedelta(days=30)  # rejects, and what was said of an import
_NAME_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True)
class Upload:
    """One folder: ``told`` is its ``upload.json``."""

    id: UUID
    folder: Path
    told: Mapping[str, Any]

    @property
    def file(self) -> Path:
        """The file itself; it is gone once it was imported."""
        return self.folder / "file" / str(self.told.get("name", "rows.csv"))

    @property
    def map_file(self) -> Path:
        """The map, which is there once somebody said what the columns mean."""
        return self.folder / "map.yaml"

    @property
    def rejects_file(self) -> Path:
        """Where rows that are set aside go."""
        return self.folder / f"{self.file.stem}.rejects.csv"

    @property
    def job(self) -> Mapping[str, Any]:
        """What the last process was to do: ``check``, ``import`` or ``undo``; empty where none was begun."""
        return read_json(self.folder / "job.json")

    @property
    def progress(self) -> Mapping[str, Any]:
        """How far it is: ``done`` and ``about``."""
        return read_json(self.folder / "progress.json")

    @property
    def report(self) -> Mapping[str, Any]:
        """What it did, or the ``sentence`` of why it could not."""
        return read_json(self.folder / "report.json")

    @property
    def state(self) -> State:
        """Whether it waits for somebody, is at work, was killed, or has finished."""
        if not self.job:
            return "draft"
        if lock(self.folder, hold=False) is None:
            return "running"
        return "done" if self.report else "stopped"


def receive(upload: UUID, name: str, kind: str, by: str, pieces: Iterable[bytes]) -> Upload:
    """Keep a file that somebody brings, piece by piece; the same upload once more changes nothing.

    Raises ``Refused`` when it does not fit on the disk.
    """
    folder = _place(upload)
    if (folder / "upload.json").exists():
        return find_upload(upload)
    safe = _safe_name(name)
    try:
        (folder / "file").mkdir(parents=True, exist_ok=True)
        with (folder / "file" / safe).open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(
            say("The file could not be kept (%(strerror)s); make room on the server's disk.", strerror=error.strerror)
        ) from error
    write_json(folder / "upload.json", {"name": safe, "kind": kind, "by": by})
    return find_upload(upload)


def bring(upload: Upload, by: str, at: datetime, origin: str) -> None:
    """Keep in the audit trail that a file was brought and can be read; the same one again leaves no other entry."""
    _keep(upload, "bring", by, at, origin)


def give_up(upload: Upload, by: str, at: datetime, origin: str) -> None:
    """Forget a file that is not to be imported after all. Raises ``Refused`` while a process is at work on it."""
    remove(upload)
    _keep(upload, "give up", by, at, origin)


def _keep(upload: Upload, action: str, by: str, at: datetime, origin: str) -> None:
    entry = form_id(upload.id, action)
    with transaction.atomic():
        hold_arrivals()
        if not is_repeat(entry):
            told = {"file": upload.told.get("name"), "kind": upload.told.get("kind")}
            audit([Change(action, "import", upload.id, after=told, id=entry)], by, at, origin)


def prepare_undo(upload: UUID, record: UUID, name: str, by: str) -> Upload:
    """A folder for undoing an import, which has no file."""
    folder = _place(upload)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "upload.json").exists():
        write_json(folder / "upload.json", {"name": name, "kind": "undo", "import": str(record), "by": by})
    return find_upload(upload)


def find_upload(upload: UUID) -> Upload:
    """The folder of an id. Raises ``NotFound``."""
    told = read_json(_place(upload) / "upload.json")
    if not told:
        raise NotFound(say("This file is not there any more; bring it again."))
    return Upload(upload, _place(upload), told)


def uploads() -> Iterator[Upload]:
    """Every folder, the latest first."""
    folder = _root()
    names = sorted((one.name for one in folder.iterdir()), reverse=True) if folder.is_dir() else []
    for name in names:
        try:
            yield find_upload(UUID(name))
        except (ValueError, NotFound):
            continue


def remove(upload: Upload) -> None:
    """Forget a file and all that was said of it. Raises ``Refused`` while a process is at work on it."""
    if upload.state == "running":
        raise Refused(say("This file is being imported; wait until that has finished."))
    shutil.rmtree(upload.folder, ignore_errors=True)


def tidy(at: datetime) -> None:
    """Remove what nobody came back for."""
    for one in list(uploads()):
        age, state = at - instant_of(one.id), one.state
        if state != "running" and age > (_KEPT_FOR if state == "done" else _GIVEN_UP_AFTER):
            shutil.rmtree(one.folder, ignore_errors=True)


def lock(folder: Path, *, hold: bool) -> int | None:
    """Take a folder's lock: a descriptor to hold it by (0 without *hold*: it was free), or None when it is taken."""
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    if hold:
        return descriptor
    os.close(descriptor)
    return 0


def read_json(file: Path) -> dict[str, Any]:
    """What a small file says; nothing where it is missing."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def write_json(file: Path, told: Mapping[str, Any]) -> None:
    """Write a small file, whole or not at all."""
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    draft.write_text(json.dumps(told, ensure_ascii=False, default=str), encoding="utf-8")
    draft.replace(file)


def maps_of(kind: str) -> dict[str, str]:
    """The maps that imports of one kind left behind, as text by the name of their source."""
    folder = Path(settings.TOUCHBOOK_HOME) / "maps" / kind
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    return {file.stem: file.read_text(encoding="utf-8", errors="replace") for file in files}


def keep_map(kind: str, source: str, text: str) -> None:
    """Keep a map for the next file of the same source."""
    folder = Path(settings.TOUCHBOOK_HOME) / "maps" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{_safe_name(source, 'map')}.yaml").write_text(text, encoding="utf-8")


def _root() -> Path:
    return Path(settings.TOUCHBOOK_HOME) / "uploads"


def _place(upload: UUID) -> Path:
    return _root() / str(upload)


def _safe_name(name: str, otherwise: str = "rows.csv") -> str:
    """A name that is nothing but a name: no folder, no leading dot, nothing that cannot be seen."""
    plain = re.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]+", " ", name.encode("utf-8", "ignore").decode()).strip(" .")
    if len(plain.encode()) > 2 * _NAME_CHARACTERS_MAX:
        stem, dot, end = plain.rpartition(".")
        plain = f"{(stem or plain)[: _NAME_CHARACTERS_MAX // 2]}{dot}{end[:8]}" if dot else plain[:40]
    return plain or otherwise
