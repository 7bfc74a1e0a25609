"""``touchbook log``, ``recover`` and ``correct``: one moment at a time, from the keyboard."""

from __future__ import annotations

import getpass
from datetime import datetime

import typer

from touchbook.cli.app import app

_ORIGIN = "command line"
_WHEN = "When, in the plan's time zone; now unless you say."
_WHO = "A full name, an outside identifier or an id."


@app.command()
def log(
    touchpoint: str = typer.Argument(help="Where it happened, as the plan calls it."),
    practices: list[str] = typer.Argument(help="What was done well or badly there, as the plan calls it; one or more."),
    customer: str = typer.Option("", "--customer", help=f"{_WHO} An unknown guest unless you say."),
    at: datetime | None = typer.Option(None, "--at", help=_WHEN),
    note: str = typer.Option("", "--note", help="What was said or seen, in a few words."),
    witness: list[str] = typer.Option([], "--witness", help="A customer who saw it; as often as needed."),
    unnamed: int = typer.Option(0, "--unnamed", min=0, help="How many others saw it."),
) -> None:
    """Log a moment with its deposits and withdrawals."""
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.cli.passbook import instant, passbook
    from touchbook.kernel.clock import now
    from touchbook.kernel.ids import mint
    from touchbook.store.queries import find_customer
    from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment

    who = find_customer(customer) if customer else None
    logged = log_moment(
        MomentRequest(
            id=mint(now()),
            at=instant(at),
            touchpoint=touchpoint,
            happened=tuple(Happened(practice) for practice in practices),
            customer=who,
            note=note,
            witnesses=tuple(find_customer(one) for one in witness),
            unnamed_witnesses=unnamed,
            by=getpass.getuser(),
            origin=_ORIGIN,
        )
    )
    typer.echo(f"Logged as {logged.moment}; take it back with: touchbook correct {logged.moment}")
    if who:
        typer.echo("\n".join(passbook(who)))


@app.command()
def recover(
    customer: str = typer.Argument(help=_WHO),
    points: float | None = typer.Option(None, "--points", min=0, help="How much was given back; all that may be."),
    failed: bool = typer.Option(False, "--failed", help="It was tried and went wrong: a new withdrawal."),
    at: datetime | None = typer.Option(None, "--at", help=_WHEN),
    note: str = typer.Option("", "--note", help="What was done, in a few words."),
) -> None:
    """Make good the withdrawal that weighs most with a customer."""
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.cli.passbook import heaviest_open, instant, passbook
    from touchbook.kernel.clock import now
    from touchbook.kernel.errors import NotFound
    from touchbook.kernel.ids import mint
    from touchbook.store.queries import find_customer
    from touchbook.workflows.recover import RecoveryRequest, recover

    who, when = find_customer(customer), instant(at)
    withdrawal = heaviest_open(who, when)
    if withdrawal is None:
        raise NotFound(f"{customer} has no open withdrawal; there is nothing to make good.")
    done = recover(
        RecoveryRequest(mint(now()), withdrawal, when, points, failed, note=note, by=getpass.getuser(), origin=_ORIGIN)
    )
    repeat = ", half because the same touchpoint failed before" if done.is_repeat else ""
    gave = "It failed, which is a new withdrawal" if failed else f"{done.points:.1f} points given back{repeat}"
    typer.echo(f"{gave}; take it back with: touchbook correct {done.moment}")
    typer.echo("\n".join(passbook(who)))


@app.command()
def correct(
    moment: str = typer.Argument(help="The id that 'touchbook log' or 'touchbook recover' printed."),
    note: str = typer.Option("", "--note", help="Why."),
) -> None:
    """Take a logged moment or a recovery back, by further entries."""
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from uuid import UUID

    from touchbook.kernel.clock import now
    from touchbook.kernel.errors import NotFound
    from touchbook.kernel.ids import mint
    from touchbook.workflows.correct import CorrectionRequest, correct

    try:
        identifier = UUID(moment)
    except ValueError as error:
        raise NotFound(f"{moment!r} is not the id of a moment; 'touchbook log' prints it.") from error
    done = correct(
        CorrectionRequest(mint(now()), now(), moment=identifier, by=getpass.getuser(), origin=_ORIGIN, note=note)
    )
    count = len(done.entries)
    typer.echo(f"Taken back: {count} {'entry' if count == 1 else 'entries'}.")
