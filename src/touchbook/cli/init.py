"""``touchbook init``: a starter plan to make one's own."""

from __future__ import annotations

from pathlib import Path

import typer

from touchbook.cli.app import app
from touchbook.kernel.errors import Refused


@app.command()
def init(
    folder: str = typer.Argument(metavar="DIR", help="The folder to write to; it is made if need be."),
    kind: str = typer.Option("club", "--for", metavar="KIND", help="club, hotel, airline or city."),
) -> None:
    """Write a starter plan, with the content that it names."""
    from touchbook.workflows.start_plan import start_plan

    if not folder.strip():
        raise Refused("The name of the folder is empty; write one such as my-plan, or . for this folder.")
    paths = start_plan(Path(folder), kind)
    for path in paths:
        typer.echo(f"wrote {path}")
    typer.echo(f"Make it yours, then run: touchbook check {paths[0]}")
