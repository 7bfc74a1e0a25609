"""The application that every command registers with: ``@app.command()``."""

from __future__ import annotations

import typer

from touchbook import __version__

app = typer.Typer(
    name="touchbook",
    help="A relationship ledger and touch point planner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"touchbook {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """A relationship ledger and touch point planner."""
