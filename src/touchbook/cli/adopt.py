"""``touchbook adopt``: put a plan in force."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app
from touchbook.cli.lines import wrapped
from touchbook.kernel.errors import Unreadable

if TYPE_CHECKING:
    from touchbook.workflows.adopt_plan import Adopted

_SHOWN_MAX = 20


@app.command()
def adopt(
    plan: Path = typer.Argument(metavar="PLAN", help="The plan file."),
    note: str = typer.Option("", help="Why, for those who read the history."),
    by: str = typer.Option("", help="Who adopts it; you, if nobody is named."),
) -> None:
    """Check a plan file and put it in force from now on."""
    try:
        text = plan.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"The plan {plan} cannot be read ({error.strerror}); check its name.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"The plan {plan} is not UTF-8 text; save it as UTF-8.") from error
    from touchbook.workflows.open_store import open_store

    open_store()
    from touchbook.kernel.clock import now
    from touchbook.workflows.adopt_plan import adopt_plan

    adopted = adopt_plan(text, note, by or _user(), now(), str(plan))
    if not adopted.is_new:
        typer.echo(f"This plan is in force already, as version {adopted.version.number}.")
        return
    typer.echo(f"'{adopted.plan.name}' is in force as version {adopted.version.number}.")
    for line in _told(adopted):
        typer.echo("\n".join(wrapped("  ", line)))
    if adopted.recounted:
        typer.echo(f"The half-lives changed: {adopted.recounted} accounts were counted anew.")


def _told(adopted: Adopted) -> list[str]:
    """What the plan holds, and what it does differently from the one before, in words."""
    from touchbook.plan.difference import difference
    from touchbook.planner.phrases import count, listed

    plan = adopted.plan
    practices = sum(len(point.deposits) + len(point.withdrawals) for point in plan.touchpoints.values())
    holds = (count(len(plan.types), "type"), count(len(plan.touchpoints), "touchpoint"),
             count(practices, "practice"), count(len(plan.touches), "touch", "touches"))  # fmt: skip
    changes = difference(adopted.before, plan) if adopted.before else ()
    more = [f"… and {count(len(changes) - _SHOWN_MAX, 'more change')}."] if len(changes) > _SHOWN_MAX else []
    return [*changes[:_SHOWN_MAX], *more, f"It has {listed(holds)}."]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a container without a user database
