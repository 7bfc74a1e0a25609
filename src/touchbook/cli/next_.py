"""``touchbook next``: the best touch for one customer now."""

from __future__ import annotations

import json as json_text
from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app
from touchbook.cli.lines import wrapped

if TYPE_CHECKING:
    from touchbook.workflows.next_touch import NextTouch


@app.command(name="next")
def next_(
    customer: str = typer.Argument(metavar="NAME", help="A full name, an outside identifier, or an id."),
    channel: str = typer.Option("", "--channel", help="Only touches by this channel, such as phone."),
    team: str = typer.Option("", "--team", help="Only touches that this team makes."),
    here: bool = typer.Option(False, "--here", help="They are being spoken to now: quiet hours do not matter."),
    claim: bool = typer.Option(False, "--claim", help="Take it: nobody else will be offered it, nor what it needs."),
    json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Say what to do for a customer now, at this week's prices.

    What is planned for them comes first; without --claim, nothing is written down.
    """
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.kernel.clock import now
    from touchbook.kernel.ids import mint
    from touchbook.site.home import database_url, home
    from touchbook.store.queries import find_customer
    from touchbook.workflows.next_touch import NextRequest, next_touch

    at = now()
    request = NextRequest(mint(at), find_customer(customer), at, claim, channel, team, here)
    answer = next_touch(home(), database_url(), request)
    if json:
        typer.echo(json_text.dumps(_as_json(answer), indent=2, ensure_ascii=False))
        return
    typer.echo(answer.name)
    typer.echo("")
    for sentence in answer.sentences:
        typer.echo("\n".join(wrapped("  ", sentence)))
    if claim and answer.offer:
        typer.echo("")
        typer.echo(f"Say what became of it: touchbook record made '{customer}'")


def _as_json(answer: NextTouch) -> dict[str, object]:
    offer = answer.offer
    return {
        "customer": str(answer.customer),
        "name": answer.name,
        "run": str(answer.run),
        "touch": offer.touch.name if offer else None,
        "id": str(offer.id) if offer and offer.id else None,
        "purpose": str(offer.touch.purpose) if offer else None,
        "channel": str(offer.touch.channel) if offer else None,
        "team": offer.touch.team if offer else None,
        "value": round(offer.value, 4) if offer else None,
        "charge": round(offer.charge, 4) if offer else None,
        "planned": bool(offer and offer.planned),
        "claimed": bool(offer and offer.claimed),
        "closed": {option.touch: option.closed for option in answer.closed},
        "sentences": list(answer.sentences),
    }
