"""``touchbook record``: what became of a week's touches."""

from __future__ import annotations

from datetime import datetime

import typer

from touchbook.cli.app import app

EVERYBODY = "everybody"


@app.command()
def record(
    event: str = typer.Argument(help="What became of it: approved, claimed, made, answered, skipped or unknown."),
    who: str = typer.Argument(help="A full name, an outside identifier or an id; or 'everybody'."),
    reason: str = typer.Option("", "--reason", help="Why; a skipped touch needs one."),
    at: datetime | None = typer.Option(None, "--at", help="When, in the plan's time zone; now unless you say."),
) -> None:
    """Say what became of a week's touches.

    They are those of every plan whose week covers the day; where none does, of the last plan. The next plan knows it.
    """
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from zoneinfo import ZoneInfo

    from touchbook.kernel.clock import now
    from touchbook.store.queries import find_customer, plan_in_force
    from touchbook.workflows.record_week import record_week

    instant = at.replace(tzinfo=ZoneInfo(plan_in_force()[1].timezone)) if at else now()
    customer = None if who == EVERYBODY else find_customer(who)
    names = record_week(event, instant, customer, reason)
    if not names:
        typer.echo(f"Nothing changed: no open touch of {who} in that plan can become {event}.")
        return
    counts = ", ".join(f"{name} {names.count(name):,}" for name in dict.fromkeys(names))
    typer.echo(f"{len(names):,} {'touch is' if len(names) == 1 else 'touches are'} {event}: {counts}.")
