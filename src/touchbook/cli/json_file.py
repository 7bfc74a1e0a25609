"""JSON for a file that somebody named: complete or not at all, and refused before a long run rather than after it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path

import typer

from touchbook.kernel.errors import Unreadable


def write_json(document: Mapping[str, object], file: Path) -> None:
    """Write a document; a file appears complete or not at all. ``-`` is the standard output."""
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if str(file) == "-":
        typer.echo(text, nl=False)
        return
    with _written(file) as temporary:
        if temporary is None:
            file.write_text(text)
        else:
            temporary.write_text(text)
            os.replace(temporary, file.resolve())


def check_writable(file: Path) -> None:
    """Raise ``Unreadable`` when a file could not be written; called before a long run, not after it."""
    if str(file) == "-":
        return
    with _written(file) as temporary:
        if file.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if temporary is not None:
            temporary.touch()


@contextmanager
def _written(file: Path) -> Iterator[Path | None]:
    """A place to write beside what a file or a link leads to; None for what is no file, such as a device."""
    real = file.resolve()
    temporary = None if real.exists() and not real.is_file() else real.with_name(f".{real.name}.{os.getpid()}")
    try:
        yield temporary
    except OSError as error:
        raise Unreadable(
            f"{file} cannot be written ({error.strerror}); name a file in a folder that is yours."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
