"""The planner's solver, beside HiGHS and OR-Tools' PDLP on the same problems in the same run.

    python benchmarks/planner.py [--quick] [--seconds-max 300] [--only TEXT] [--json FILE]

"whole": whether the answer is a plan in whole touches; interior point and PDLP answer with fractions of touches, which
are no plan yet. "cpu" are the seconds of all threads. "value" is a plan's, "bound" is what no plan exceeds, and "gap"
lies between the two. "checks" is our bound over theirs, of the same kind (of whole touches, or of touches in parts): it
is 1 where both solve the same problem. "passes" are those over all customers at the prices; "asked" counts, in such
passes, all that was asked of customers, in samples, parts and attempts as well. "memory" is the most that solving
takes, the values themselves included, as a multiple of the values.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from planning.peers import ask, program
from planning.problems import next_day, shared_by_all, shared_by_teams
from touchbook.planner.solver import dual
from touchbook.planner.solver.problem import Floats, Problem, Solution
from touchbook.planner.solver.solve import solve

SECONDS_QUICK, SECONDS = 4.0, 300.0
WHOLE_SECONDS_LEAST = 30.0  # branch and bound looks at its clock so rarely that a shorter limit would not be kept
MEMORY_STEP_SECONDS = 0.002
STATM = Path("/proc/self/statm")

IN_PARTS = {"HiGHS, interior point": "interior_point", "PDLP to 1e-4": "pdlp_to_4", "PDLP to 1e-6": "pdlp_to_6"}
IN_WHOLE = {"HiGHS, branch and bound to 1e-4": "branch_and_bound"}


@dataclass(frozen=True, slots=True)
class Case:
    """A problem, and what is measured on it."""

    name: str
    make: Callable[[], Problem]
    peers_in_parts: bool = False
    peers_in_whole: bool = False
    prices_alone: bool = False
    day_after: bool = False
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. Of a peer that met its limit, ``seconds`` is the limit, and it may have no ``bound``."""

    problem: str
    by: str
    is_whole: bool
    is_finished: bool
    seconds: float
    cpu_seconds: float | None
    times_ours: float | None = None
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    our_bound_over_theirs: float | None = None
    passes: int | None = None
    asked: float | None = None
    memory_over_values: float | None = None
    memory_peak_gib: float | None = None
    price_move_median: float | None = None


def cases() -> list[Case]:
    """All that is measured."""
    few, teams = "8 touches, 12 capacities", "24 touches, {} owners"
    all_peers = {"peers_in_parts": True, "peers_in_whole": True, "prices_alone": True}
    return [
        Case(f"{few}, 1 k", partial(shared_by_all, 1_000), **all_peers, quick=True),
        Case(f"{few}, 10 k", partial(shared_by_all, 10_000), **all_peers, quick=True),
        Case(f"{few}, 100 k", partial(shared_by_all, 100_000), **all_peers, quick=True),
        Case(
            f"{teams.format(50)}, 100 k", partial(shared_by_teams, 100_000, 50),
            peers_in_parts=True, day_after=True, quick=True,
        ),
        Case(f"{teams.format(50)}, 1 M", partial(shared_by_teams, 1_000_000, 50), day_after=True),
        Case(f"{teams.format('2,000')}, 1 M", partial(shared_by_teams, 1_000_000, 2_000), day_after=True),
        Case(f"{few}, 10 M", partial(shared_by_all, 10_000_000)),
    ]  # fmt: skip


def measure(case: Case, seconds_max: float) -> Iterator[Row]:
    """The rows of one problem: ours first, then the peers'."""
    problem = case.make()
    ours, solution = measured(case.name, "Touchbook", problem)
    yield ours
    in_parts = ours
    if case.prices_alone:
        in_parts, _ = measured(case.name, "Touchbook, prices alone", problem, finish=False)
        yield in_parts
    if case.day_after:
        yield a_day_later(case.name, problem, solution)
    peers = [(name, peer, in_parts) for name, peer in IN_PARTS.items() if case.peers_in_parts]
    if case.peers_in_whole and (seconds_max >= WHOLE_SECONDS_LEAST or len(problem.values) <= 1_000):
        peers += [(name, peer, ours) for name, peer in IN_WHOLE.items()]
    given = program(problem) if peers else None
    for name, peer, reference in peers:
        assert given is not None
        answer = ask(peer, given, seconds_max)
        yield Row(
            case.name, name, reference is ours and case.peers_in_whole, answer.is_finished, answer.seconds,
            answer.cpu_seconds, times_ours=answer.seconds / ours.seconds, value=answer.value, bound=answer.bound,
            gap=1 - answer.value / answer.bound if answer.value and answer.bound else None,
            our_bound_over_theirs=reference.bound / answer.bound if reference.bound and answer.bound else None,
        )  # fmt: skip


def measured(name: str, by: str, problem: Problem, **how: Any) -> tuple[Row, Solution]:
    """Solve, and what it took."""
    gc.collect()
    with asked_of_customers() as asked, memory_peak() as memory:
        before = resident_bytes()
        start, cpu = time.perf_counter(), time.process_time()
        solution = solve(problem, **how)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    peak, values = max(memory, default=0), problem.values.nbytes
    return Row(
        name, by, is_whole=True, is_finished=True, seconds=seconds, cpu_seconds=cpu_seconds,
        value=solution.value, bound=solution.bound, gap=solution.gap, passes=solution.passes,
        asked=sum(asked) / len(problem.values),
        memory_over_values=(peak - before + values) / values if peak else None,
        memory_peak_gib=peak / 2**30 if peak else None,
    ), solution  # fmt: skip


def a_day_later(name: str, problem: Problem, yesterday: Solution) -> Row:
    """Solve what the problem has become, from yesterday's prices."""
    before = all_prices(yesterday)
    row, solution = measured(name, "Touchbook, a day later", next_day(problem), start=before)
    after = all_prices(solution)[before > 0]
    return replace(row, price_move_median=float(np.median(np.abs(after / before[before > 0] - 1))))


def all_prices(solution: Solution) -> Floats:
    """Prices of capacities, then of owners (K + O)."""
    return np.concatenate([solution.prices, solution.owner_prices])


@contextmanager
def asked_of_customers() -> Iterator[list[int]]:
    """How many customers were asked for their choice, call by call, in whatever sample, part or attempt."""
    asked: list[int] = []

    def counted(asking: Callable[..., Any]) -> Callable[..., Any]:
        def ask(values: Any, *rest: Any) -> Any:
            asked.append(len(values))
            return asking(values, *rest)

        return ask

    sweep, survey = dual.sweep, dual.survey
    dual.sweep, dual.survey = counted(sweep), counted(survey)
    try:
        yield asked
    finally:
        dual.sweep, dual.survey = sweep, survey


@contextmanager
def memory_peak() -> Iterator[list[int]]:
    """Samples of the memory that this process holds, in bytes; none where the system does not tell."""
    samples, done = [resident_bytes()], threading.Event()

    def watch() -> None:
        while not done.wait(MEMORY_STEP_SECONDS):
            samples.append(resident_bytes())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield samples
    finally:
        done.set()
        watching.join()


def resident_bytes() -> int:
    """What this process holds in memory; 0 where the system does not tell."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if STATM.exists() else 0


COLUMNS = (
    f"{'problem':<32}{'by':<32}{'whole':<6}{'seconds':>13}{'cpu':>9}{'over ours':>10}"
    f"{'value':>15}{'bound':>15}{'gap':>9}{'checks':>10}{'passes':>7}{'asked':>7}{'memory':>8}"
)


def shown(row: Row) -> str:
    """A row of the table as text."""

    def text(number: float | None, form: str, unit: str = "") -> str:
        return "" if number is None else f"{number:{form}}{unit}"

    seconds = f"{row.seconds:.2f}" if row.is_finished else f"limit {row.seconds:.2f}"
    over_ours = f"{'' if row.is_finished else '>'}{row.times_ours:.1f}×" if row.times_ours else ""
    line = (
        f"{row.problem:<32}{row.by:<32}{'yes' if row.is_whole else 'no':<6}{seconds:>13}"
        f"{text(row.cpu_seconds, '.2f'):>9}{over_ours:>10}{text(row.value, ',.2f'):>15}{text(row.bound, ',.2f'):>15}"
        f"{text(row.gap, '.1e'):>9}{text(row.our_bound_over_theirs, '.6f'):>10}{text(row.passes, 'd'):>7}"
        f"{text(row.asked, '.1f'):>7}{text(row.memory_over_values, '.2f', '×'):>8}"
    )
    if row.price_move_median is not None:
        line += f"  prices moved by {row.price_move_median:.1%} (median)"
    return line.rstrip()


def main() -> None:
    """Measure each problem and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="up to 100,000 customers, and little time for peers")
    arguments.add_argument(
        "--seconds-max", type=float, help=f"for each peer; {SECONDS:.0f}, quick: {SECONDS_QUICK:.0f}"
    )
    arguments.add_argument("--only", default="", metavar="TEXT", help="only problems whose name contains this")
    arguments.add_argument("--json", type=Path, help="write the rows to this file")
    options = arguments.parse_args()
    seconds_max = options.seconds_max or (SECONDS_QUICK if options.quick else SECONDS)
    for small in (shared_by_all(2_000), shared_by_teams(2_000, 10)):  # compile first
        solve(small)
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; HiGHS {highspy.Highs().version()}; "
        f"each peer has {seconds_max:.0f} s"
    )
    print(COLUMNS)
    rows = []
    for case in cases():
        if options.only in case.name and (case.quick or not options.quick):
            for row in measure(case, seconds_max):
                rows.append(row)
                print(shown(row), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()
