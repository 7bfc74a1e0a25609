"""The reference of the command line, from the commands themselves: ``python -m touchbook.cli.reference``."""

from __future__ import annotations

import click
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
    group = typer.main.get_command(app)
    if not isinstance(group, click.Group):
        raise TypeError("the application has no commands")
    context = click.Context(group)
    pages = [
        _page(name, command)
        for name in sorted(group.list_commands(context))
        if (command := group.get_command(context, name))
    ]
    return "\n".join([_HEAD, *pages])


def _page(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"touchbook {name}")
    usage = command.get_usage(context).removeprefix("Usage: ")
    rows = [_row(parameter, context) for parameter in command.params if parameter.name != "help"]
    table = "\n".join(["", "| | |", "|---|---|", *rows]) if rows else ""
    return f"## `touchbook {name}`\n\n{command.help or ''}\n\n    {' '.join(usage.split())}\n{table}\n"


def _row(parameter: click.Parameter, context: click.Context) -> str:
    if isinstance(parameter, click.Option):
        record = parameter.get_help_record(context)
        names, words = record if record else (parameter.name or "", "")
    else:
        names, words = parameter.make_metavar(context), getattr(parameter, "help", None) or ""
    return f"| `{names}` | {words} |".replace("  ", " ")


if __name__ == "__main__":
    assert main  # noqa: S101  importing it is what registers the commands
    print(reference(), end="")
