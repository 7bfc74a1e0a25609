"""``touchbook import``: bring moments, customers, outcomes or answers from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app
from touchbook.kernel.errors import RowsRejected

if TYPE_CHECKING:
    from touchbook.workflows.import_records.running import Report


REASONS_SHOWN = 3


class Kind(StrEnum):
    """What the rows of a file are."""

    MOMENTS = "moments"
    CUSTOMERS = "customers"
    OUTCOMES = "outcomes"
    ANSWERS = "answers"


@app.command("import")
def import_(
    kind: Kind = typer.Argument(help="What the rows are."),
    file: Path = typer.Argument(help="A CSV or Parquet file.", show_default=False),
    map_file: Path = typer.Option(..., "--map", help="The map file: which column means what.", show_default=False),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would be recorded, and write nothing."),
    rejects: Path = typer.Option(
        None, "--rejects", help="Where rows with problems go; beside the file unless named.", show_default=False
    ),
) -> None:
    """Import records from a CSV or Parquet file.

    Importing it again adds nothing.
    """
    from touchbook.workflows.open_store import open_store

    open_store()  # the tables can be imported only after it
    from touchbook.workflows.import_records.running import import_records, who_runs_this

    with progress_bar(file.name) as progress:
        report = import_records(
            kind.value,
            file,
            map_file,
            rejects_path=rejects,
            dry_run=dry_run,
            actor=who_runs_this(),
            progress=progress,
        )
    for line in report_lines(report):
        typer.echo(line)
    if report.rejected:
        raise RowsRejected(rejected_sentence(report))


@contextmanager
def progress_bar(name: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on the error stream, where a person is watching."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name)
        yield lambda done, estimate: bar.update(task, completed=done, total=max(done, estimate))


def report_lines(report: Report) -> Iterator[str]:
    """What an import did, line by line."""
    if report.dry_run:
        yield f"Read as {report.form}."
        for key, told in report.dates.items():
            yield f"Dates of '{key}': {told}."
        if report.preview:
            here = not report.added and not report.changed
            yield "The first rows, which are here already:" if here else "The first rows as they would be recorded:"
            yield from (f"  {line}" for line in report.preview)
    if report.guessed_encoding:
        yield (
            f"Read as {report.guessed_encoding}, a guess: the file is not UTF-8. "
            "Where names look wrong, take the import back and write 'encoding: NAME' in the map."
        )
    if report.resumed_from:
        yield f"Went on behind row {report.resumed_from:,}, where an earlier run stopped."
    nothing = not report.added and not report.changed
    if nothing and report.repeated:
        yield f"Nothing new: all {report.repeated:,} {report.kind} are here already."
    would = "would be " if report.dry_run else ""
    parts = [f"{report.rows:,} rows read", f"{report.added:,} {report.kind} {would}added"]
    if report.kind == "customers":
        parts.append(f"{report.changed:,} {would}changed")
    parts += [f"{report.repeated:,} repeated", f"{report.skipped:,} skipped", f"{report.rejected:,} rejected"]
    yield "; ".join(parts) + "."
    if report.customers_made and report.kind != "customers":
        yield f"{report.customers_made:,} new customers {'would be ' if report.dry_run else ''}made."
    if report.changed and not report.dry_run:
        one = report.changed == 1
        who = (
            "1 customer was here already and now holds"
            if one
            else f"{report.changed:,} customers were here already and now hold"
        )
        yield f"{who} what this file says; the audit trail keeps the former values."
    if report.import_id and not nothing:
        yield f"Import {report.import_id}; take it back with: touchbook undo {str(report.import_id)[-12:]}"


def rejected_sentence(report: Report) -> str:
    """What became of the rows that were set aside, with their commonest problems."""
    told = [f"{count:,} × {problem}" for problem, count in report.problems.most_common(REASONS_SHOWN)]
    others = len(report.problems) - len(told)
    if others:
        rest = sum(report.problems.values()) - sum(count for _, count in report.problems.most_common(REASONS_SHOWN))
        told.append(f"and {rest:,} with {others:,} other {'problem' if others == 1 else 'problems'}")
    rows = "1 row was" if report.rejected == 1 else f"{report.rejected:,} rows were"
    where = (
        f"see {report.rejects_path}, correct them there and import that file"
        if report.rejects_path
        else "correct them in the file"
    )
    return "\n".join([f"{rows} set aside; {where}.", *(f"  {line}" for line in told)])
