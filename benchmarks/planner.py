"""The planner's solver, beside HiGHS on the same problem's linear relaxation.

    python benchmarks/planner.py [--quick] [--json FILE]

Each customer may get at most 2 of 8 touches and one a channel; 12 capacities are shared; 80 % of pairs are allowed.
"gap" is the certificate of the plan in whole touches. HiGHS solves the relaxation by its interior point method without
crossover: it gives a bound, not yet a plan. "of optimum" is our bound over HiGHS's optimum, where it finished.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import highspy
import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from touchbook.planner.solver.problem import Problem
from touchbook.planner.solver.solve import solve

TOUCHES, CAPACITIES, CHANNELS = 8, 12, 4
CUSTOMERS, CUSTOMERS_MORE = (1_000, 10_000, 100_000), 1_000_000
HIGHS_SECONDS_QUICK, HIGHS_SECONDS = 12.0, 300.0


def make_problem(customers: int, seed: int = 1) -> Problem:
    """A random problem of the size in question; capacities are a tenth to a half of what could be used."""
    chance = np.random.default_rng(seed)
    use = np.zeros((TOUCHES, CAPACITIES))
    for touch in range(TOUCHES):
        use[touch, chance.choice(CAPACITIES, 3, replace=False)] = chance.integers(1, 13, 3)
    use[:, use.sum(axis=0) == 0] = 1.0
    available = np.ceil(use.mean(axis=0) * customers * 2 * chance.uniform(0.1, 0.5, CAPACITIES))
    scale = chance.uniform(0.5, 1.5, TOUCHES).astype(np.float32)
    values = chance.gamma(2.0, 5.0, (customers, TOUCHES)).astype(np.float32) * scale
    values[chance.random(values.shape) > 0.8] = -np.inf
    channel = np.arange(TOUCHES) % CHANNELS
    member = np.column_stack([np.ones(TOUCHES, dtype=bool), *(channel == one for one in range(CHANNELS))])
    room = np.ones((customers, CHANNELS + 1), dtype=np.int16)
    room[:, 0] = 2
    return Problem(values, use, available, member, room)


def relaxation(problem: Problem) -> highspy.HighsLp:
    """The same problem as a linear programme: touches may be made in part."""
    customers, touches = np.nonzero(np.isfinite(problem.values))
    count, families = len(customers), problem.member.shape[1]
    pair, family = np.nonzero(problem.member[touches])
    own = coo_array(
        (np.ones(len(pair)), (customers[pair] * families + family, pair)),
        shape=(problem.values.shape[0] * families, count),
    )
    rows = csr_array(vstack([csr_array(problem.use[touches].T), own.tocsr()]))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, rows.shape[0]
    lp.col_cost_ = problem.values[customers, touches].astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.row_lower_ = np.full(rows.shape[0], -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([problem.available, problem.room.reshape(-1).astype(np.float64)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    lp.sense_ = highspy.ObjSense.kMaximize
    return lp


def by_highs(problem: Problem, seconds_max: float) -> tuple[float, float | None]:
    """Seconds taken, and the optimum of the relaxation; None when time ran out."""
    model = highspy.Highs()
    model.silent()
    for name, value in (("solver", "ipm"), ("run_crossover", "off"), ("time_limit", seconds_max)):
        model.setOptionValue(name, value)
    model.passModel(relaxation(problem))
    start = time.perf_counter()
    model.run()
    seconds = time.perf_counter() - start
    # Without crossover HiGHS calls what it found optimal to its tolerance "unknown".
    finished = model.getModelStatus() in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown)
    return seconds, float(model.getInfo().objective_function_value) if finished else None


def measure(customers: int, highs_seconds: float | None) -> dict[str, float | int | None]:
    """One row of the table."""
    problem = make_problem(customers)
    start = time.perf_counter()
    solution = solve(problem)
    seconds = time.perf_counter() - start
    row: dict[str, float | int | None] = {
        "customers": customers, "passes": solution.passes, "seconds": seconds, "gap": solution.gap,
        "highs_seconds": None, "highs_finished": None, "highs_over_ours": None, "bound_over_optimum": None,
    }  # fmt: skip
    if highs_seconds is not None:
        theirs, optimum = by_highs(problem, highs_seconds)
        row |= {"highs_seconds": theirs, "highs_finished": optimum is not None, "highs_over_ours": theirs / seconds}
        row["bound_over_optimum"] = solution.bound / optimum if optimum else None
    return row


def shown(row: dict[str, float | int | None]) -> str:
    """A row of the table as text."""
    theirs, optimum = row["highs_seconds"], row["bound_over_optimum"]
    beside = "not tried" if theirs is None else f"{'' if row['highs_finished'] else 'over '}{theirs:.1f} s"
    ratio = "" if theirs is None else f"{'' if row['highs_finished'] else 'over '}{row['highs_over_ours']:.0f}×"
    return (
        f"{row['customers']:>10,}{row['passes']:>8}{row['seconds']:>9.2f} s{row['gap'] * 100:>11.5f} %"
        f"{beside:>14}{ratio:>11}{'' if optimum is None else f'{optimum:.6f}':>13}"
    )


def main() -> None:
    """Measure each size and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="without the largest size, and HiGHS for a few seconds")
    arguments.add_argument("--json", type=Path, help="write the rows to this file")
    options = arguments.parse_args()
    solve(make_problem(100))  # compile first
    limit = HIGHS_SECONDS_QUICK if options.quick else HIGHS_SECONDS
    print(f"{'customers':>10}{'passes':>8}{'seconds':>11}{'gap':>13}{'HiGHS':>14}{'over ours':>11}{'of optimum':>13}")
    rows = []
    for customers in CUSTOMERS if options.quick else (*CUSTOMERS, CUSTOMERS_MORE):
        rows.append(measure(customers, limit if customers < CUSTOMERS_MORE else None))
        print(shown(rows[-1]), flush=True)
    print(
        f"HiGHS {highspy.Highs().version()} was given {limit:.0f} s for each, and not tried with a million customers."
    )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
