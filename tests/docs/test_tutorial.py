"""The tutorial's commands are run, and its story is true."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_readme import ROOT, run

TUTORIAL = (ROOT / "docs/tutorial/first-week.md").read_text()
COMMANDS = [line.strip() for line in TUTORIAL.splitlines() if line.startswith("    touchbook ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with the examples beside it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def test_the_tutorial_works_as_written(folder: Path) -> None:
    assert len(COMMANDS) == 12
    printed = [run(command, folder) for command in COMMANDS]
    week = next(text for command, text in zip(COMMANDS, printed, strict=True) if command.startswith("touchbook plan"))
    assert "Ana Whitfield" in week.split("The first touches")[1].split("Lee Chung")[0]
    assert "Ana Whitfield" not in printed[-1]
    assert "Lee Chung" in printed[-1]

    plan = folder / "my-club/plan.yaml"
    plan.write_text(plan.read_text().replace("member services: 30 hours", "member services: 0.25 hours"))
    run("touchbook adopt my-club/plan.yaml", folder)
    again = run("touchbook plan --from 2026-04-06", folder)
    assert "1 touch that must be made does not fit: 15 minutes more of member services would be needed." in again
    assert "15 minutes of 15 minutes" in again
