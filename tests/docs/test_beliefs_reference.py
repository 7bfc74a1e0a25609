"""The page of beliefs is made from the planner's files, and is what they say now."""

from __future__ import annotations

from pathlib import Path

from touchbook.plan.model import Purpose
from touchbook.planner.values import BELIEFS
from touchbook.planner.values.reference import reference

PAGE = Path(__file__).parents[2] / "docs/reference/beliefs.md"


def test_the_reference_of_beliefs_is_up_to_date() -> None:
    expected = "run: python -m touchbook.planner.values.reference > docs/reference/beliefs.md"
    assert PAGE.read_text() == reference(), expected


def test_every_number_of_every_belief_is_on_the_page() -> None:
    rows = {line.split("|")[1].strip(): line for line in reference().splitlines() if line.startswith("| ")}
    for purpose in Purpose:
        belief = BELIEFS[purpose]
        assert f"{belief.lift:+.2f}".replace("-", "−") in rows[purpose]
        assert all(f"{what}: {number:g}" in rows[purpose] for what, number in belief.beside.items())
