"""The folder of a demo: told from any other by its marker, so that nothing else is ever removed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from touchbook.kernel.errors import Refused, Unreadable

MARKER = "demo.json"
_OURS = ("plan", "files", "lake", "backups")


def is_demo(folder: Path) -> bool:
    """Whether a folder is a demo's."""
    return (folder / MARKER).is_file()


def clear_demo(folder: Path) -> bool:
    """Make room for a demo; returns whether an earlier one was removed.

    Raises ``Refused`` for a folder that holds anything but an earlier demo, ``Unreadable`` for one that cannot be
    written.
    """
    try:
        there = is_demo(folder)
        if not there and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Refused(f"{folder} holds something that is not a demo; name an empty folder with --folder.")
        for name in _OURS:
            shutil.rmtree(folder / name, ignore_errors=True)
        for file in folder.glob("touchbook.sqlite3*"):
            file.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        mark(folder, {})
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unreadable(f"{folder} cannot be written ({reason}); name another folder with --folder.") from error
    return there


def mark(folder: Path, made_from: dict[str, object]) -> None:
    """Mark a folder as a demo's, with what the demo is made from."""
    (folder / MARKER).write_text(json.dumps(made_from) + "\n", encoding="utf-8")
