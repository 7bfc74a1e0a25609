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
    weeks: int | None = typer.Option(
        None, "--weeks", min=1, max=52, metavar="N", help="Look so many weeks ahead instead, and write nothing down."
    ),
    verbose: bool = typer.Option(False, "--verbose", help="Print how long each step took."),
) -> None:
    """Decide who should hear from us in the coming week, and why.

    With --weeks: what every team needs in each of the weeks ahead, what is there, and the price of one more hour.
    """
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.cli.json_file import check_writable
    from touchbook.cli.week import print_week, write_week
    from touchbook.site.home import database_url, home
    from touchbook.workflows.make_plan import make_plan

    if json_file:
        check_writable(json_file)
    if weeks:
        _look_ahead(weeks, from_, json_file)
        return
    week = make_plan(home(), database_url(), from_, dry_run=dry_run)
    if str(json_file) != "-":
        print_week(week, first, verbose)
    if json_file:
        write_week(week, json_file)


def _look_ahead(weeks: int, from_: date | None, json_file: Path | None) -> None:
    from touchbook.cli.forecast import as_json, print_forecast
    from touchbook.cli.import_ import progress_bar
    from touchbook.cli.json_file import write_json
    from touchbook.site.home import database_url, home
    from touchbook.workflows.forecast import forecast

    with progress_bar("weeks ahead") as progress:
        found = forecast(home(), database_url(), weeks, from_, progress)
    if str(json_file) != "-":
        print_forecast(found)
    if json_file:
        write_json(as_json(found), json_file)
