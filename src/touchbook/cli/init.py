"""``touchbook init``: a starter plan to make one's own."""

from __future__ import annotations

from pathlib import Path

import typer

from touchbook.cli.app import app


@app.command()
def init(
    folder: Path = typer.Argument(metavar="DIR", help="The folder to write to; it is made if need be."),
    kind: str = typer.Option("club", "--for", metavar="KIND", help="club, hotel, airline or city."),
) -> None:
    """Write a starter plan, with the content that it names."""
    from touchbook.workflows.start_plan import start_plan

    paths = start_plan(folder, kind)
    for path in paths:
        typer.echo(f"wrote {path}")
    typer.echo(f"Make it yours, then run: touchbook check {paths[0]}")
