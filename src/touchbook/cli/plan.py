"""``touchbook plan``: next week's touches, each with its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from touchbook.cli.app import app
from touchbook.cli.dates import day


@app.command()
def plan(
    from_: date | None = typer.Option(
        None, "--from", parser=day, metavar="DATE", help="The first of the seven days; tomorrow unless you say."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show the plan and write nothing down."),
    json_file: Path | None = typer.Option(
        None, "--json", metavar="FILE", help="Write the whole plan to this file as JSON; - prints it instead."
    ),
    first: int = typer.Option(3, "--first", min=0, help="How many touches of each kind to print."),
    verbose: bool = typer.Option(False, "--verbose", help="Print how long each step took."),
) -> None:
    """Decide who should hear from us in the coming week, and why."""
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.cli.json_file import check_writable
    from touchbook.cli.week import print_week, write_week
    from touchbook.site.home import database_url, home
    from touchbook.workflows.make_plan import make_plan

    if json_file:
        check_writable(json_file)
    week = make_plan(home(), database_url(), from_, dry_run=dry_run)
    if str(json_file) != "-":
        print_week(week, first, verbose)
    if json_file:
        write_week(week, json_file)
