"""``touchbook check``: every error and every warning about a plan file."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from touchbook.cli.app import app
from touchbook.cli.lines import wrapped

if TYPE_CHECKING:
    from touchbook.kernel.errors import Problem
    from touchbook.plan.loader import Loaded


@app.command()
def check(
    file: Path = typer.Argument(metavar="PLAN", help="The plan file."),
    as_json: bool = typer.Option(False, "--json", help="Print the problems as JSON."),
) -> None:
    """Check a plan file.

    The exit code is 0 when it can be used, 1 when it has errors, 2 when it cannot be read.
    """
    from touchbook.plan.loader import load

    loaded = load(read_bytes(file), str(file))
    loaded = replace(loaded, problems=tuple(sorted((*loaded.problems, *_content_missing(loaded, file.parent)))))
    typer.echo(_json(loaded) if as_json else _sentences(loaded))
    if loaded.errors:
        raise typer.Exit(1)


def read_bytes(file: Path) -> bytes:
    """The bytes of a plan file, but never more than such a file can have. Raises Unreadable."""
    from touchbook.kernel.errors import Unreadable
    from touchbook.plan.syntax import MAX_CHARACTERS

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_CHARACTERS + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unreadable(f"{file} cannot be read ({reason}); check its name.") from error


def _content_missing(loaded: Loaded, folder: Path) -> list[Problem]:
    """A warning for each touch whose content is not in the plan's folder, nor in ``content`` there."""
    from touchbook.kernel.errors import Problem

    problems = []
    for touch in loaded.plan.touches.values() if loaded.plan else ():
        if touch.content and not any((place / touch.content).is_file() for place in (folder / "content", folder)):
            line, column = loaded.document.place(("touches", touch.name, "content"))
            what = f"the content '{touch.content}' of the touch '{touch.name}' is not there"
            remedy = f"write {folder / 'content' / touch.content}, or change the name"
            problems.append(Problem(line, column, what, remedy, "warning", "content-missing"))
    return problems


def _sentences(loaded: Loaded) -> str:
    # Piped, a problem is one line, as editors and other programs read it.
    problems = [problem.sentence(loaded.source) for problem in loaded.problems]
    lines = [line for problem in problems for line in wrapped("", problem)] if sys.stdout.isatty() else problems
    errors, warnings = len(loaded.errors), len(loaded.warnings)
    if loaded.plan is not None:
        plan = loaded.plan
        named = ", ".join(
            (
                _counted(len(plan.types), "type"),
                _counted(len(plan.touchpoints), "touchpoint"),
                _counted(len(plan.touches), "touch", "es"),
            )
        )
        lines.append(f"{plan.name}: {named}; {_counted(warnings, 'warning')}. The plan can be used.")
    else:
        lines.append(f"{_counted(errors, 'error')} and {_counted(warnings, 'warning')}. The plan cannot be used yet.")
        if not loaded.complete:
            lines.append("Some warnings are looked for only once the errors are mended.")
    return "\n".join(lines)


def _counted(count: int, noun: str, ending: str = "s") -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else ending}"


def _json(loaded: Loaded) -> str:
    import json

    fields = ("line", "column", "severity", "rule", "what", "remedy")
    problems = [{field: getattr(problem, field) for field in fields} for problem in loaded.problems]
    name = loaded.plan.name if loaded.plan else None
    return json.dumps({"plan": name, "problems": problems}, indent=2, ensure_ascii=False)
