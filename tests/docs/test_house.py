"""Promises about the house itself: what is pinned, what is said of it, and that its words stay its own."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_requirements_are_pinned_with_hashes_and_name_no_registry(lock: Path) -> None:
    text = lock.read_text()
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==\S+", text, flags=re.MULTILINE)
    assert pinned
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"https?://|--index-url|--find-links", text)


def test_dependencies_have_lower_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert [name for name in names if ">=" not in name] == []


def test_the_folders_are_those_that_the_architecture_describes() -> None:
    described = set(re.findall(r"^\| `(\w+)/` \|", (ROOT / "ARCHITECTURE.md").read_text(), flags=re.MULTILINE))
    there = {path.parent.name for path in (ROOT / "src/touchbook").glob("*/__init__.py")}
    assert there == described


def test_documents_link_to_what_is_there() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    files = [ROOT / name for name in listed.split("\0") if name] or list(ROOT.glob("src/**/*.py"))
    own = re.compile(r"/(?:home|root|work|Users)/\w+/")
    assert [str(f.relative_to(ROOT)) for f in files if f.is_file() and own.search(f.read_text(errors="ignore"))] == []
