"""``touchbook doctor``: is everything in order?"""

from __future__ import annotations

import typer

from touchbook.cli.app import app


@app.command()
def doctor(
    repair: bool = typer.Option(False, "--repair", help="Count all sums anew, and put missing triggers back."),
) -> None:
    """Check that the database is sound, and that all sums add up."""
    from touchbook.workflows.open_store import open_store

    open_store()
    from touchbook.workflows.examine import examine

    findings = examine(repair)
    for finding in findings:
        remedy = f"; remedy: {finding.remedy}" if finding.remedy else ""
        typer.echo(f"{'✓' if finding.well else '✗'} {finding.found}{remedy}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)
