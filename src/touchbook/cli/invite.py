"""``touchbook invite``: let somebody in, or reset how they sign in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app

if TYPE_CHECKING:
    from touchbook.store.models import Staff


@app.command()
def invite(
    name: str = typer.Argument(help="The person's name, or the code of one who is recorded."),
    role: str | None = typer.Option(
        None, "--role", help="Of somebody new: front line, manager, strategist, analyst or administrator."
    ),
    username: str = typer.Option("", "--username", help="The name to propose for signing in."),
    address: str = typer.Option("", "--address", help="Where your pages are, to print the whole link: https://…"),
) -> None:
    """Invite somebody to sign in, by a link that works once.

    Whoever is not recorded among the staff yet is added.
    """
    from touchbook.cli.serve import WEB_SETTINGS

    os.environ["DJANGO_SETTINGS_MODULE"] = WEB_SETTINGS  # the link is signed with the key of the pages
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    import getpass

    from touchbook.kernel.clock import now
    from touchbook.kernel.errors import Refused
    from touchbook.kernel.ids import mint
    from touchbook.store.models import Role
    from touchbook.workflows.invite import InviteRequest
    from touchbook.workflows.invite import invite as make

    known = _staff_named(name)
    if known and role and role != known.role:
        raise Refused(
            f"{known.name} is recorded with the role '{known.role}'; leave out --role, or change it in the settings."
        )
    made = make(
        InviteRequest(
            id=mint(now()),
            at=now(),
            staff=known.id if known else None,
            name="" if known else name,
            role=role or Role.FRONT_LINE,
            username=username,
            by=getpass.getuser(),
            origin="command line",
        )
    )
    if known is None:
        typer.echo(f"{made.name} is added, with the role '{role or Role.FRONT_LINE}'.")
    else:
        typer.echo(f"{made.name} is among the staff already, with the role '{known.role}'.")
    if made.resets:
        typer.echo("What they sign in with now counts until they use the link, and is forgotten then.")
    behind = "" if address else ", behind the address of your pages,"
    typer.echo(f"This link{behind} lets them in once, until {made.expires_at:%d %B %Y}:")
    typer.echo(f"  {address.rstrip('/')}{made.path}")


def _staff_named(name: str) -> Staff | None:
    """The one member of staff with that code or full name; None where there is nobody."""
    from touchbook.kernel.errors import NotFound
    from touchbook.store.models import Staff

    by_code = Staff.objects.filter(code=name).first()
    if by_code is not None:
        return by_code
    found = list(Staff.objects.filter(name__iexact=name.strip(), retired_at=None).order_by("code"))
    if len(found) > 1:
        codes = ", ".join(one.code for one in found)
        raise NotFound(f"{len(found)} members of staff are called {name!r}; write one of their codes: {codes}.")
    return found[0] if found else None
