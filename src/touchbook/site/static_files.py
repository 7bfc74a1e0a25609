"""Static files are gathered from the program into the home: compressed, and named by what is in them."""

from __future__ import annotations

import hashlib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from touchbook.lake.lock import alone

_WAIT_SECONDS = 120  # for another server that gathers


def gather() -> None:
    """Bring the folder that is served up to date.

    Nothing is touched when nothing changed: another server may be reading there. Of two that start at once, one waits.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with alone(root.with_name("static.lock"), _WAIT_SECONDS):
        note, made_of = root.with_name("static.txt"), _made_of()
        if note.is_file() and note.read_text(encoding="ascii") == made_of and (root / "staticfiles.json").is_file():
            return
        with redirect_stdout(StringIO()):
            call_command("collectstatic", interactive=False, verbosity=0)
        note.write_text(made_of, encoding="ascii")


def _made_of() -> str:
    """A digest that is another when a file of the program is."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            there = Path(storage.path(name)).stat()
            digest.update(f"{storage.path(name)} {there.st_size} {there.st_mtime_ns}\n".encode())
    return digest.hexdigest()
