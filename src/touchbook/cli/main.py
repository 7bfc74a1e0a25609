"""The ``touchbook`` command: all its sub-commands, and how errors reach a person."""

from __future__ import annotations

import sys

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
    loop,
    plan,
    record,
    undo,
)
from touchbook.cli.app import app
from touchbook.kernel.errors import TouchbookError


def main() -> None:
    """Run the command line. What is for people is printed as a sentence, with exit code 1 or 2."""
    try:
        app()
    except TouchbookError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
