"""The reference of the command line, from the commands themselves: ``python -m touchbook.cli.reference``."""

from __future__ import annotations

import typer.main

from touchbook.cli import main
from touchbook.cli.app import app

_HEAD = """# The command line

Every command exits with 0 when all is well, with 1 when what it read has problems (a plan with errors, rows that were
set aside, a check that fails), and with 2 when it could not do it at all. What is wrong is one sentence a problem.

`TOUCHBOOK_HOME` names the folder of the data (else the user's data folder), `TOUCHBOOK_DATABASE_URL` another database:
`sqlite:///path` or `postgresql://user:password@host:port/name`.
"""


def reference() -> str:
    """The whole page as Markdown."""
    group = typer.main.get_group(app)
    return "\n".join([_HEAD, *(_page(name, group.commands[name]) for name in sorted(group.commands))])


def _page(name, command) -> str:
    context = command.make_context(f"touchbook {name}", [], resilient_parsing=True)
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    rows = [_row(parameter, context) for parameter in command.params if parameter.name != "help"]
    table = "\n".join(["", "| | |", "|---|---|", *rows]) if rows else ""
    return f"## `touchbook {name}`\n\n{command.help or ''}\n\n    {usage}\n{table}\n"


def _row(parameter, context) -> str:
    names, words = parameter.get_help_record(context) or (parameter.make_metavar(context), parameter.help or "")
    return f"| `{' '.join(names.split())}` | {words} |"


if __name__ == "__main__":
    assert main  # noqa: S101  importing it is what registers the commands
    print(reference(), end="")
