"""The ``touchbook`` command: all its sub-commands, and how errors reach a person."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import typer

from touchbook.cli import (  # noqa: F401  importing a command registers it
    adopt,
    check,
    demo,
    doctor,
    explain,
    history,
    import_,
    init,
    invite,
    log,
    loop,
    next_,
    plan,
    record,
    refresh,
    serve,
    simulate,
    undo,
)
from touchbook.cli.app import app
from touchbook.kernel.errors import TouchbookError

_STORAGE = ("django", "duckdb", "_duckdb", "psycopg", "pyarrow", "sqlite3")


def main() -> None:
    """Run the command line. What is for people is printed as a sentence, with exit code 1 or 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a “?” where a terminal knows no quotation marks is no reason to stop
    try:
        app()
    except TouchbookError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)  # whoever was reading, such as head, has seen enough
    except UnicodeEncodeError as error:
        if not any("\ud800" <= character <= "\udfff" for character in "".join(sys.argv)):
            raise
        typer.echo(f"What was typed is no UTF-8 text ({error.reason}); write it again.", err=True)
        sys.exit(2)
    except Exception as error:
        if not _is_of_storage(error) or os.environ.get("TOUCHBOOK_DEBUG"):
            raise
        typer.echo(_storage_sentence(error), err=True)
        sys.exit(2)


def _is_of_storage(error: Exception) -> bool:
    """Whether a disk, a database or a data file failed; told by name, so that their libraries need not be imported."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in _STORAGE


def _storage_sentence(error: Exception) -> str:
    words = " ".join(str(error).split())
    if "full" in words or "No space left" in words:
        return "The disk is full; make room and run the command again: nothing is half done, and it goes on from there."
    return f"A file or the database could not be used ({words[:200]}); 'touchbook doctor' may say more."
