"""The real records give what the page about them says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from test_readme import ROOT, run

RECORDS = ROOT.parent / "shared/data/airline_moments.csv"
PAGE = (ROOT / "docs/how-to/airline.md").read_text()

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def _stands_in(line: str, text: str) -> bool:
    """Whether *text* has the line, each number to 1 %: who is held out is drawn anew by every run, and prices follow."""
    pattern = _NUMBER.pattern.join(re.escape(words) for words in _NUMBER.split(line))
    numbers = _numbers(line)
    return any(_numbers(found) == pytest.approx(numbers, rel=0.01) for found in re.findall(pattern, text))


def _numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in _NUMBER.findall(text)]


@pytest.mark.skipif(not RECORDS.exists(), reason=f"the real records are not beside the project ({RECORDS.name})")
def test_real_records_become_the_touches_that_the_page_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(RECORDS, tmp_path / "moments.csv")
    command = "touchbook loop examples/airline/plan.yaml moments.csv --map examples/airline/moments.yaml"
    printed = " ".join(run(f"{command} --from 2015-02-25", tmp_path).split())
    blocks = re.findall(r"(?:## What it printed|with its reason:)\n\n(.*?)\n\n(?:The file|##)", PAGE, flags=re.DOTALL)
    assert len(blocks) == 2
    for line in filter(None, (" ".join(line.split()) for block in blocks for line in block.splitlines())):
        assert _stands_in(line, printed), line
    again = run("touchbook import moments moments.csv --map examples/airline/moments.yaml", tmp_path)
    assert "Nothing new" in again
    run("touchbook doctor", tmp_path)
