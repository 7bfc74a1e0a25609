"""What the README claims is run: its commands, in order, in an empty folder with the examples beside it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
BIN = Path(sys.executable).parent


def run(command: str, folder: Path) -> str:
    """Run one command line as a reader would and return what it printed."""
    words = shlex.split(command, comments=True)
    environment = {**os.environ, "TOUCHBOOK_HOME": str(folder / "home"), "PATH": f"{BIN}:{os.environ['PATH']}"}
    environment.pop("TOUCHBOOK_DATABASE_URL", None)
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with the examples beside it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def test_a_first_week_works_as_written_and_prints_what_the_readme_shows(folder: Path) -> None:
    assert len(BLOCKS) == 2
    first_week, one_command = BLOCKS
    printed = "".join(run(line, folder) for line in first_week.strip().splitlines())
    shown = re.search(r"shortened:\n\n(.*?)\n\n## ", README, flags=re.DOTALL)
    assert shown is not None
    flat = " ".join(printed.split())
    for line in " ".join(shown[1].split()).split(" … "):
        assert line in flat

    shutil.rmtree(folder / "home")
    again = "".join(run(line, folder) for line in one_command.strip().splitlines())
    assert "apology call (apologise by phone, member services, must): 2" in again


def test_every_document_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []
