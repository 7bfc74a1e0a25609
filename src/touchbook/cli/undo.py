"""``touchbook undo``: take an import back, or list what was imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app

if TYPE_CHECKING:
    from touchbook.store.models import Import


@app.command()
def undo(
    which: str = typer.Argument(
        "", metavar="[IMPORT]", help="The import's id, its beginning or end, or 'last'; none lists the imports."
    ),
) -> None:
    """Take an import back by corrections, or list what was imported."""
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.kernel.clock import now
    from touchbook.workflows.import_records.running import who_runs_this
    from touchbook.workflows.import_records.undo import find_import, undo_import

    if not which:
        _list()
        return
    found = find_import(which)
    done = undo_import(found.id, who_runs_this(), now())
    if not done.is_new:
        typer.echo(
            f"The import of {found.file_name} was undone before, on {found.undone_at:%Y-%m-%d}; nothing changed."
        )
        return
    typer.echo(
        f"The import of {found.file_name} is undone: {done.corrected:,} corrections posted, "
        f"{done.removed:,} customers and {done.staff_removed:,} staff removed, {done.restored:,} customers given "
        "their former values. "
        "The file can be imported again."
    )


def _state(one: Import) -> str:
    if one.undone_at:
        return "undone"
    if one.undo_begun_at:
        return f"undo unfinished: run 'touchbook undo {str(one.id)[-12:]}' again"
    return "finished" if one.finished_at else "unfinished: import the file again"


def _list() -> None:
    from touchbook.store.models import Import

    rows = list(Import.objects.order_by("started_at"))
    if not rows:
        typer.echo("Nothing was imported yet; begin with: touchbook import moments FILE --map MAP.yaml")
    for one in rows:
        typer.echo(
            f"{str(one.id)[-12:]}  {one.started_at:%Y-%m-%d %H:%M}  {one.kind:<9} {one.added:>9,} added  "
            f"{one.changed:>6,} changed  {one.rejected:>6,} rejected  {one.file_name} ({_state(one)})"
        )
