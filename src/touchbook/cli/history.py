"""``touchbook history``: which plans were in force, and how they differ."""

from __future__ import annotations

import typer

from touchbook.cli.app import app


@app.command()
def history(
    difference: tuple[int, int] = typer.Option(None, help="Two versions to compare, in words.", metavar="OLD NEW"),
) -> None:
    """List the plan versions, or say how two of them differ."""
    from touchbook.workflows.open_store import open_store

    open_store()
    if difference:
        _differences(*difference)
        return
    from touchbook.store.models import PlanVersion

    versions = PlanVersion.objects.order_by("-number")
    if not versions:
        typer.echo("No plan is in force yet; adopt one with: touchbook adopt plan.yaml")
    for version in versions:
        words = (
            f"{version.number:4d}",
            f"{version.in_force_from:%Y-%m-%d %H:%M} UTC",
            version.adopted_by,
            version.note,
        )
        typer.echo("  ".join(word for word in words if word))


def _differences(old: int, new: int) -> None:
    from touchbook.plan import difference
    from touchbook.store.queries import plan_version

    words = difference.difference(plan_version(old)[1], plan_version(new)[1])
    for line in words or ("The two versions mean the same.",):
        typer.echo(line)
