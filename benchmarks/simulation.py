"""Policies beside each other in the simulated club, in several worlds.

    python benchmarks/simulation.py            4 worlds of 2,000 members and two seasons, two at a time
    python benchmarks/simulation.py --quick    a tiny club and a few weeks, to see that it runs
    python benchmarks/simulation.py --keep     also keep the numbers, and put the tables where they are shown

``--json FILE`` writes the numbers elsewhere.
"""

from __future__ import annotations

import argparse
import json
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from touchbook.workflows.simulate.run import WEEKS_A_SEASON, simulate
from touchbook.workflows.simulate.summary import document, summarise, table

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_suffix(".json")
SHOWN = ("README.md", "docs/explanation/simulation.md")


def show(lines: list[str]) -> None:
    """Put the table between its marks wherever it is shown."""
    for page in (ROOT / shown for shown in SHOWN):
        text = page.read_text()
        marks = r"(<!-- simulated -->\n\n).*?(\n\n<!-- end -->)"
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
    with ProcessPoolExecutor(max_workers=2) as pool:
        runs = [pool.submit(simulate, members, weeks, [seed]) for seed in seeds]
        played = [one for run in runs for one in run.result()]
    lines = table(summarise(played))
    print(f"{members:,} members, {weeks} weeks, {worlds} {'world' if worlds == 1 else 'worlds'}")
    print("\n".join(lines))
    settings = {"members": members, "seasons": weeks / WEEKS_A_SEASON, "capacity": 100.0, "seeds": list(seeds)}
    for file in (wanted.json, KEPT if wanted.keep else None):
        if file:
            file.write_text(json.dumps(document(settings, played), indent=2, ensure_ascii=False) + "\n")
    if wanted.keep:
        show(lines)


if __name__ == "__main__":
    main()
