"""``touchbook explain``: why this touch, and why nothing."""

from __future__ import annotations

import json as json_text
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

import typer

from touchbook.cli.app import app
from touchbook.cli.lines import wrapped

if TYPE_CHECKING:
    from touchbook.workflows.explain_customer import CustomerExplained

LAST = "last"


@app.command()
def explain(
    customer: str = typer.Argument(metavar="NAME", help="A full name, an outside identifier, or an id."),
    run: str | None = typer.Option(
        None, "--run", metavar="ID", help="The id of a plan run, or 'last', which it is unless you say."
    ),
    json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Say why a customer gets this touch, or why nothing."""
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.kernel.errors import NotFound
    from touchbook.site.home import database_url, home
    from touchbook.workflows.explain_customer import explain_customer

    try:
        wanted = UUID(run) if run and run != LAST else None
    except ValueError as error:
        raise NotFound(f"{run!r} is not the id of a plan run; 'touchbook plan' prints it.") from error
    told = explain_customer(home(), database_url(), customer, wanted)
    if json:
        typer.echo(json_text.dumps(_as_json(told), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{told.explanation.name}, week of {told.starts_on:%-d %B %Y}")
    typer.echo("")
    for sentence in told.explanation.sentences:
        typer.echo("\n".join(wrapped("  ", sentence)))


def _as_json(told: CustomerExplained) -> dict[str, object]:
    from touchbook.planner.explanation import FATES

    document = asdict(told.explanation)
    for option in (*document["made"], *document["others"]):
        option["fate"] = FATES[option["fate"]]
    return {"run": str(told.run), "starts_on": str(told.starts_on), **document}
