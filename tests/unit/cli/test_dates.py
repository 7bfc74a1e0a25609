"""Days on the command line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from touchbook.cli.main import app


@pytest.mark.parametrize("written", ["6 April", "06/04/2026", "2026-4-6", "2026-02-30", "20260406", "2026-W15-1", ""])
@pytest.mark.parametrize("command", [["plan"], ["loop", "plan.yaml", "moments.csv", "--map", "map.yaml"]])
def test_a_day_that_cannot_be_read_says_how_to_write_it(command: list[str], written: str) -> None:
    done = CliRunner().invoke(app, [*command, "--from", written])
    assert done.exit_code == 2
    assert f"{written!r} is no day; write it as 2026-04-06." in " ".join(done.output.split())


def test_the_list_of_commands_is_not_cut_short() -> None:
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).output
    assert "Commands:" in listed
    assert "..." not in listed.split("Commands:")[1]
