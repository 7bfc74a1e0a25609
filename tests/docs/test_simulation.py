"""What is said of the simulation is what was measured, and the truth that is told is the one that was played."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from touchbook.workflows.simulate.policies import POLICIES
from touchbook.workflows.simulate.summary import Summary, table
from touchbook.world import truth

ROOT = Path(__file__).parents[2]
KEPT = json.loads((ROOT / "benchmarks" / "simulation.json").read_text())
PAGE = (ROOT / "docs" / "explanation" / "simulation.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/explanation/simulation.md"])
def test_the_table_is_that_of_the_run_that_is_kept(page: str) -> None:
    measured = "\n".join(table([Summary(**one) for one in KEPT["summary"]]))
    assert f"<!-- simulated -->\n\n{measured}\n\n<!-- end -->" in (ROOT / page).read_text()


def test_every_policy_was_played_in_every_world() -> None:
    seeds = KEPT["settings"]["seeds"]
    assert {(one["policy"], one["seed"]) for one in KEPT["played"]} == {
        (name, seed) for name in POLICIES for seed in seeds
    }
    assert len(seeds) >= 3


def test_a_summary_is_the_mean_of_its_worlds() -> None:
    for one in KEPT["summary"]:
        mine = [world for world in KEPT["played"] if world["policy"] == one["policy"]]
        assert one["retained"] == pytest.approx(sum(world["renewed"] for world in mine) / len(mine))
        assert one["sales"] == pytest.approx(sum(world["sales"] for world in mine) / len(mine))


def test_the_truth_that_the_page_tells_is_the_truth() -> None:
    told = re.findall(r"^\| `([A-Z_]+)` \| (-?[\d.]+) \|", PAGE, flags=re.MULTILINE)
    assert len(told) > 15
    assert [(name, value) for name, value in told if getattr(truth, name) != float(value)] == []


def test_every_policy_is_described() -> None:
    assert [name for name in POLICIES if f"| {name} |" not in PAGE] == []
