"""``touchbook explain``: why this touch, why nothing, and what would change that."""

from __future__ import annotations

import json as json_text
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

import typer

from touchbook.cli.app import app
from touchbook.cli.lines import wrapped

if TYPE_CHECKING:
    from touchbook.planner.explanation import Option
    from touchbook.workflows.explain_customer import CustomerExplained

LAST = "last"
CLOSED_SHOWN = 6


@app.command()
def explain(
    customer: str = typer.Argument(metavar="NAME", help="A full name, an outside identifier, or an id."),
    run: str | None = typer.Option(
        None, "--run", metavar="ID", help="The id of a plan run, or 'last', which it is unless you say."
    ),
    every: bool = typer.Option(False, "--all", help="Show everything that was not open, not only the first."),
    json: bool = typer.Option(False, "--json", help="Print all of it as JSON."),
) -> None:
    """Say why this touch, or why nothing, and what would change it."""
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
        typer.echo(json_text.dumps(_as_json(told), indent=2, ensure_ascii=False, default=str))
        return
    typer.echo("\n".join(_lines(told, every)))


def _lines(told: CustomerExplained, every: bool) -> list[str]:
    found = told.explanation
    lines = [f"{found.name}, week of {told.starts_on:%-d %B %Y}", *_block("", (*found.why, *found.beside))]
    lines += _block("What would change this", [change.sentence for change in found.changes])
    shown = found.closed if every else found.closed[:CLOSED_SHOWN]
    lines += _block("What was not open, and why", shown)
    if more := len(found.closed) - len(shown):
        lines.append(f"  And {more} more; --all shows {'it' if more == 1 else 'them'}.")
    return lines


def _block(heading: str, sentences: Sequence[str]) -> list[str]:
    """Sentences under a heading, after an empty line; nothing where there are none."""
    if not sentences:
        return []
    return ["", *([heading] if heading else []), *(line for text in sentences for line in wrapped("  ", text))]


def _as_json(told: CustomerExplained) -> dict[str, object]:
    found = told.explanation
    changes = [
        {"from" if name == "from_" else name: value for name, value in asdict(change).items()}
        for change in found.changes
    ]
    return {
        "run": str(told.run),
        "starts_on": str(told.starts_on),
        **asdict(found),
        "made": [_option(option) for option in found.made],
        "others": [_option(option) for option in found.others],
        "changes": changes,
        "sentences": list(found.sentences),
    }


def _option(option: Option) -> dict[str, object]:
    from touchbook.planner.explanation import FATES

    return {**asdict(option), "charge": option.charge, "surplus": option.surplus, "fate": FATES[option.fate]}
