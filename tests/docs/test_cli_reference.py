"""The page about the command line is made from the commands, and is what they say now."""

from __future__ import annotations

from pathlib import Path

from touchbook.cli.reference import reference

PAGE = Path(__file__).parents[2] / "docs/reference/cli.md"


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    assert PAGE.read_text() == reference(), "run: python -m touchbook.cli.reference > docs/reference/cli.md"


def test_every_option_says_what_it_does() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 10
    assert [row for row in rows if row.split("|")[2].strip() in ("", "[required]")] == []
