"""A day at the counter from the keyboard: log, make good, take back; the page shows it all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_make_plan import club, run  # noqa: F401  club is a fixture
from typer.testing import CliRunner

from touchbook.cli.main import app
from touchbook.kernel.errors import NotFound, Refused


@pytest.mark.usefixtures("club")
def test_a_moment_is_logged_made_good_and_taken_back(home: Path):
    logged = run(
        "log", "gate", "not my gate", "greeted", "--customer", "Dave", "--at", "2026-06-01T14:00", "--unnamed", "3"
    )
    assert "01 Jun 2026  −  5.0  gate: not my gate" in logged.output
    assert "01 Jun 2026  +  2.0  gate: greeted" in logged.output
    assert "Balance −" in logged.output

    made_good = run("recover", "Dave", "--at", "2026-06-02T10:00", "--note", "a coffee and an apology")
    assert "12.5 points given back; take it back with" in made_good.output
    assert "02 Jun 2026  + 12.5  gate: made good" in made_good.output
    with pytest.raises(NotFound, match="Dave has no open withdrawal"):
        CliRunner().invoke(app, ["recover", "Dave"], catch_exceptions=False)

    moment = re.search(r"correct (\S+)", made_good.output)
    assert moment is not None
    assert run("correct", moment[1]).output == "Taken back: 1 entry.\n"
    assert "points given back" in run("recover", "Dave", "--points", "3").output
    assert "It failed, which is a new withdrawal" in run("recover", "Alice", "--failed").output


@pytest.mark.usefixtures("club")
def test_what_the_plan_does_not_know_is_refused_with_a_suggestion(home: Path):
    for words, said in (
        (("log", "gat", "greeted"), "did you mean 'gate'"),
        (("log", "gate", "greted", "--customer", "Dave"), "did you mean 'greeted'"),
        (("log", "gate", "greeted", "--note", "caf\udce9"), "The note contains bytes that are no UTF-8 text"),
        (("correct", "yesterday"), "'yesterday' is not the id of a moment"),
    ):
        with pytest.raises((NotFound, Refused), match=said):
            CliRunner().invoke(app, list(words), catch_exceptions=False)
