"""``touchbook demo``: the whole loop on a simulated club, in a home of its own."""

from __future__ import annotations

import os
import shlex
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

import typer

from touchbook.cli.app import app
from touchbook.cli.lines import wrapped

if TYPE_CHECKING:
    from touchbook.workflows.make_demo import Demo


_SENTENCES_SHOWN = 8
_FRIDAY = 4


@app.command()
def demo(
    members: int = typer.Option(2000, "--members", min=1, max=200_000, help="How many members the club has."),
    seed: int = typer.Option(1, "--seed", min=0, help="Another seed makes another club."),
    folder: Path | None = typer.Option(
        None,
        "--folder",
        metavar="DIR",
        help="Where the demo lives; the folder 'demo' in your data folder unless named.",
    ),
    first: int = typer.Option(2, "--first", min=0, help="How many touches of each kind to print."),
    serve: bool = typer.Option(True, "--serve/--no-serve", help="Whether to open the pages when all is made."),
    port: int | None = typer.Option(None, "--port", min=1, max=65535, help="Where; a free port unless named."),
) -> None:
    """Play the whole loop on a simulated club, and open its pages.

    An earlier demo in the same folder is replaced.
    """
    from touchbook.cli.serve import WEB_SETTINGS
    from touchbook.site.home import database_url, home
    from touchbook.workflows.demo_folder import clear_demo, is_demo

    place = (folder.expanduser() if folder else home() if is_demo(home()) else home() / "demo").absolute()
    if clear_demo(place):
        typer.echo(f"Replacing the earlier demo in {place}")
    # From here on everything happens in the demo's own home: nobody's records are read or written.
    os.environ["TOUCHBOOK_HOME"] = str(place)
    os.environ.pop("TOUCHBOOK_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = WEB_SETTINGS  # logins are made
    with _Steps() as steps:
        steps.begin("Starting, with an empty database")
        from touchbook.workflows.open_store import open_store

        open_store()  # the tables can be imported only after it
        from datetime import datetime
        from zoneinfo import ZoneInfo

        from touchbook.workflows.make_demo import make_demo

        today = datetime.now(ZoneInfo("Europe/London")).date()
        begins = today - timedelta(days=max(0, today.weekday() - _FRIDAY))
        until = begins - timedelta(days=1)  # so that there is something to do today, which on a weekend is Friday's
        made = make_demo(place, database_url(), members, until, seed, steps.begin)
    _report(made, database_url(), first)
    if serve:
        _open(port)


def _open(port: int | None) -> None:
    """Serve the demo's pages until interrupted, at an address that signs in."""
    from touchbook.cli.serve import free_port, run_server
    from touchbook.signin.demo import demo_key
    from touchbook.signin.models import Login

    chosen = port or free_port()
    address = f"http://127.0.0.1:{chosen}/account/demo/{demo_key()}/"
    typer.echo("")
    typer.echo(f"Open  {address}")
    typer.echo("  to sign in as a manager, or with one of these names behind it as somebody else:")
    for one in Login.objects.select_related("staff__department").order_by("staff__role", "staff__name"):
        place = f", {one.staff.department.name}" if one.staff.department else ""
        typer.echo(f"  {address}{one.username}/  # {one.staff.role}{place}")
    typer.echo("Ctrl-C stops it.")
    run_server("127.0.0.1", chosen, workers=2)


class _Steps:
    """A line per step, with the seconds that it took; the line is ended even when the step fails."""

    def __init__(self) -> None:
        self._began: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            self._end()
        else:
            typer.echo("")

    def begin(self, step: str) -> None:
        self._end()
        typer.echo(f"{step} …", nl=False)
        self._began = time.perf_counter()

    def _end(self) -> None:
        if self._began is not None:
            typer.echo(f" {time.perf_counter() - self._began:.1f} s")


def _report(made: Demo, database_url: str, first: int) -> None:
    from touchbook.cli.week import print_week

    club = made.club
    wrong = sum(moment.felt < 0 for moment in club.moments)
    good = sum(bool(moment.recovers) for moment in club.moments)
    typer.echo("")
    typer.echo(
        f"{len(club.members):,} members; {len(club.moments):,} moments in 400 days: {wrong:,} that went wrong, "
        f"{good:,} of them made good since; {len(club.answers):,} answers; {len(club.outcomes):,} outcomes."
    )
    typer.echo("Nobody here is real. All of it came in as CSV files, through the same imports as yours would.")
    typer.echo("")
    print_week(made.week, first)
    typer.echo("")
    for who in filter(None, (made.touched, made.left_alone)):
        _explain(made, database_url, who)
    _next(made)


def _explain(made: Demo, database_url: str, who: str) -> None:
    from touchbook.workflows.explain_customer import explain_customer

    told = explain_customer(made.folder, database_url, who)
    typer.echo(f"$ touchbook explain {shlex.quote(told.explanation.name)}")
    for sentence in told.explanation.sentences[:_SENTENCES_SHOWN]:
        typer.echo("\n".join(wrapped("  ", sentence)))
    if len(told.explanation.sentences) > _SENTENCES_SHOWN:
        typer.echo("  …")
    typer.echo("")


def _next(made: Demo) -> None:
    files, plan = made.folder / "files", made.folder / "plan" / "plan.yaml"
    typer.echo("Look around, in a terminal where")
    typer.echo(f"  export TOUCHBOOK_HOME={shlex.quote(str(made.folder))}")
    typer.echo("is set, so that these commands use the demo and not your own records:")
    commands = (
        ("touchbook record made everybody", "say that the week was done …"),
        (f"touchbook plan --from {made.week.starts_on + timedelta(7)}", "… and plan the one after it"),
        (f"touchbook check {shlex.quote(str(plan))}", "the plan of this club: change it, adopt it, plan again"),
        (f"touchbook adopt {shlex.quote(str(plan))}", "put your change in force"),
        ("touchbook doctor", "the books agree with the entries"),
        (f"ls {shlex.quote(str(files))}", "the files that were imported, with their maps"),
    )
    longest = max(len(command) for command, _ in commands)
    for command, what in commands:
        typer.echo(f"  {command:<{longest}}  # {what}")
