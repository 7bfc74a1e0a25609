"""Policies beside each other in the simulated club, in several worlds; and again where little can be done.

    python benchmarks/simulation.py            4 worlds of 2,000 members and two seasons, two at a time
    python benchmarks/simulation.py --quick    a tiny club and a few weeks, to see that it runs
    python benchmarks/simulation.py --keep     also keep the numbers, and put the tables where they are shown

``--json FILE`` writes the numbers elsewhere.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from touchbook.workflows.simulate.policies import POLICIES
from touchbook.workflows.simulate.run import WEEKS_A_SEASON, Played, simulate
from touchbook.workflows.simulate.summary import document, summarise, table

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_suffix(".json")
SHOWN = {"usual": ("README.md", "docs/explanation/simulation.md"), "scarce": ("docs/explanation/simulation.md",)}
SCARCE = ["nothing", "greedy by value", "touchbook"]


def one_world(members: int, weeks: int, seed: int, policies: list[str], capacity: float) -> list[Played]:
    return simulate(members, weeks, [seed], policies, capacity / 100)


def show(name: str, lines: list[str]) -> None:
    """Put a table between its marks wherever it is shown."""
    for page in (ROOT / shown for shown in SHOWN[name]):
        marks = f"(<!-- simulated, {name} -->\n\n).*?(\n\n<!-- end -->)"
        text = page.read_text()
        page.write_text(re.sub(marks, lambda found: found[1] + "\n".join(lines) + found[2], text, flags=re.DOTALL))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worlds", type=int, default=4)
    wanted = parser.parse_args()
    members, weeks, worlds = (60, 4, 1) if wanted.quick else (2000, 2 * WEEKS_A_SEASON, wanted.worlds)
    seeds = range(1, worlds + 1)
    numbers: dict[str, Mapping[str, object]] = {}
    with ProcessPoolExecutor(max_workers=2) as pool:
        for name, policies, capacity in (("usual", list(POLICIES), 100.0), ("scarce", SCARCE, 10.0)):
            runs = [pool.submit(one_world, members, weeks, seed, policies, capacity) for seed in seeds]
            played = [one for run in runs for one in run.result()]
            lines = table(summarise(played))
            print(f"{members:,} members, {weeks} weeks, {worlds} worlds, {capacity:.0f} % of the usual capacities")
            print("\n".join(lines), flush=True)
            settings = {
                "members": members,
                "seasons": weeks / WEEKS_A_SEASON,
                "capacity": capacity,
                "seeds": list(seeds),
            }
            numbers[name] = document(settings, played)
            if wanted.keep:
                show(name, lines)
    for file in (wanted.json, KEPT if wanted.keep else None):
        if file:
            file.write_text(json.dumps(numbers, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
