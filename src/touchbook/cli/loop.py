"""``touchbook loop``: from a plan file and a file of moments to next week's touches, in one command."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app
from touchbook.cli.check import read_bytes
from touchbook.cli.dates import day
from touchbook.cli.import_ import Kind, progress_bar, rejected_sentence, report_lines
from touchbook.kernel.errors import PlanInvalid, Refused, RowsRejected

if TYPE_CHECKING:
    from touchbook.plan.model import Plan
    from touchbook.workflows.import_records.running import Report


@app.command()
def loop(
    plan_file: Path = typer.Argument(metavar="PLAN", help="The plan file."),
    moments: Path = typer.Argument(metavar="MOMENTS", help="A CSV or Parquet file of moments."),
    map_file: Path = typer.Option(..., "--map", metavar="FILE", help="The map of the moments.", show_default=False),
    customers: Path | None = typer.Option(
        None, "--customers", metavar="FILE", help="A file of customers, imported first."
    ),
    customers_map: Path | None = typer.Option(
        None, "--customers-map", metavar="FILE", help="The map of the customers."
    ),
    from_: date | None = typer.Option(
        None, "--from", parser=day, metavar="DATE", help="The first of the seven days; tomorrow unless you say."
    ),
    json_file: Path | None = typer.Option(
        None, "--json", metavar="FILE", help="Write the whole plan to this file as JSON."
    ),
    first: int = typer.Option(8, "--first", min=0, help="How many touches of each kind to print."),
    verbose: bool = typer.Option(False, "--verbose", help="Print how long each step took."),
) -> None:
    """Adopt a plan, import moments, and plan the coming week. Doing it again adds nothing that is there already.

    All files are checked against each other before anything is written. Rows with problems are set aside; the week is
    planned without them, and the exit code is 1.
    """
    if (customers is None) != (customers_map is None):
        raise Refused("--customers and --customers-map go together; name both, or neither.")
    files = [(Kind.CUSTOMERS, customers, customers_map)] if customers and customers_map else []
    files.append((Kind.MOMENTS, moments, map_file))
    text = read_bytes(plan_file)
    plan = _sound(text, plan_file)

    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.cli.json_file import check_writable
    from touchbook.cli.week import print_week, write_week
    from touchbook.insight.columns import numbers
    from touchbook.site.home import database_url, home
    from touchbook.workflows.check_import import check_import
    from touchbook.workflows.make_plan import make_plan

    if json_file:
        check_writable(json_file)
    for kind, file, its_map in files:
        check_import(kind.value, file, its_map, plan)
    _adopt(text.decode("utf-8"), plan_file)
    reports = [_import(kind, file, its_map) for kind, file, its_map in files]
    typer.echo("")
    week = make_plan(home(), database_url(), from_)
    if json_file:
        write_week(week, json_file)
    print_week(week, first, verbose)
    if not numbers(week.decision.population.state, "worth").any():
        typer.echo("Nobody's worth is known, so touches could not be told apart by it: bring it with --customers.")
    if rejected := [rejected_sentence(report) for report in reports if report.rejected]:
        raise RowsRejected("\n".join(rejected))


def _sound(text: bytes, file: Path) -> Plan:
    """The plan, without which nothing is begun. Warnings are counted, not in the way."""
    from touchbook.plan.loader import load

    loaded = load(text, str(file))
    if loaded.plan is None:
        raise PlanInvalid(loaded.errors, str(file))
    if count := len(loaded.warnings):
        noun = "1 warning" if count == 1 else f"{count} warnings"
        typer.echo(f"{file}: {noun}; see them with: touchbook check {file}")
    return loaded.plan


def _adopt(text: str, file: Path) -> None:
    from touchbook.kernel.clock import now
    from touchbook.workflows.adopt_plan import adopt_plan
    from touchbook.workflows.import_records.running import who_runs_this

    adopted = adopt_plan(text, "", who_runs_this(), now(), str(file))
    came = f"is in force {'as' if adopted.is_new else 'already, as'} version {adopted.version.number}"
    typer.echo(f"{file}: '{adopted.plan.name}' {came}.")


def _import(kind: Kind, file: Path, map_file: Path) -> Report:
    from touchbook.workflows.import_records.running import import_records, who_runs_this

    with progress_bar(file.name) as progress:
        report = import_records(kind.value, file, map_file, actor=who_runs_this(), progress=progress)
    for line in report_lines(report):
        typer.echo(f"{file}: {line}")
    return report
