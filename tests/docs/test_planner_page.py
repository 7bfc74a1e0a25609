"""The page about the planner names every guardrail there is, in the order in which they are named to people."""

from __future__ import annotations

import re
from pathlib import Path

from touchbook.planner.guardrails import GUARDRAILS

PAGE = Path(__file__).parents[2] / "docs/explanation/planner.md"


def test_every_guardrail_is_in_the_table_in_its_order() -> None:
    section = PAGE.read_text().split("## Guardrails")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z_, ]+) \|", section, re.MULTILINE)[1:]
    assert [name for row in rows for name in row.split(", ")] == list(GUARDRAILS)
