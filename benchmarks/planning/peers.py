"""General solvers on the problems of benchmarks/planner.py: HiGHS (interior point, branch and bound), and PDLP."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, vstack

from touchbook.planner.solver.problem import Floats, Problem


@dataclass(frozen=True, slots=True)
class Program:
    """Maximise ``worth · x`` such that ``rows · x ≤ limits`` and 0 ≤ x ≤ 1: one x for each allowed pair."""

    worth: Floats
    rows: csr_array
    limits: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer came to: ``value`` of a plan in whole touches, and ``bound`` on any plan, where it has them.

    ``cpu_seconds`` are those of all its threads.
    """

    seconds: float
    cpu_seconds: float
    is_finished: bool
    value: float | None
    bound: float | None


def program(problem: Problem) -> Program:
    """The problem as these solvers take it, without the limits of customers that cannot bind."""
    customers, touches = np.nonzero(np.isfinite(problem.values))
    families, pairs = problem.member.shape[1], np.arange(len(touches))
    pair, family = np.nonzero(problem.member[touches])
    own = _rows(np.ones(len(pair)), customers[pair] * families + family, pair, problem.room.size, len(pairs))
    room = problem.room.reshape(-1).astype(np.float64)
    binding = np.flatnonzero(np.diff(own.indptr) > room)
    blocks = [csr_array(problem.use[touches].T), own[binding]]
    limits = [problem.available, room[binding]]
    if owners := len(problem.owners.available):
        owned = pairs[(problem.owners.use[touches] > 0) & (problem.owners.of[customers] >= 0)]
        of, minutes = problem.owners.of[customers[owned]], problem.owners.use[touches[owned]]
        blocks.append(_rows(minutes, of, owned, owners, len(pairs)))
        limits.append(problem.owners.available)
    worth = problem.values[customers, touches].astype(np.float64)
    return Program(worth, csr_array(vstack(blocks)), np.concatenate(limits))


def _rows(
    amounts: Floats, row: npt.NDArray[np.integer], pair: npt.NDArray[np.integer], rows: int, pairs: int
) -> csr_array:
    return csr_array(coo_array((amounts, (row, pair)), shape=(rows, pairs)))


def interior_point(given: Program, seconds_max: float) -> Answer:
    """HiGHS's interior point method without crossover: a bound, and fractions of touches."""
    model = _highs(given, seconds_max, is_whole=False)
    model.setOptionValue("solver", "ipm")
    model.setOptionValue("run_crossover", "off")
    took = _run(model)
    # Without crossover HiGHS calls what it found optimal to its tolerance "unknown".
    done = model.getModelStatus() in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown)
    return Answer(*took, done, None, float(model.getInfo().objective_function_value) if done else None)


def branch_and_bound(given: Program, seconds_max: float, gap: float = 1e-4) -> Answer:
    """HiGHS's search for whole touches, to a *gap* of its own."""
    model = _highs(given, seconds_max, is_whole=True)
    model.setOptionValue("mip_rel_gap", gap)
    took = _run(model)
    info = model.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Answer(
        *took,
        model.getModelStatus() == highspy.HighsModelStatus.kOptimal,
        float(info.objective_function_value) if found else None,
        float(info.mip_dual_bound) if np.isfinite(info.mip_dual_bound) else None,
    )


def first_order(given: Program, seconds_max: float, tolerance: float) -> Answer:
    """OR-Tools' PDLP: the relaxation to a *tolerance*, on all cores."""
    handed = io.BytesIO()
    np.savez(
        handed, worth=given.worth, limits=given.limits, amounts=given.rows.data, pairs=given.rows.indices,
        starts=given.rows.indptr, tolerance=tolerance, seconds_max=seconds_max,
    )  # fmt: skip
    alone = [sys.executable, str(Path(__file__).with_name("pdlp_alone.py"))]
    answered = subprocess.run(alone, input=handed.getvalue(), stdout=subprocess.PIPE, check=True)
    answer = json.loads(answered.stdout)
    done = answer["optimum"] is not None
    return Answer(answer["seconds"], answer["cpu_seconds"], done, None, answer["optimum"])


def _highs(given: Program, seconds_max: float, is_whole: bool) -> highspy.Highs:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(given.worth), len(given.limits)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = given.worth, np.zeros(len(given.worth)), np.ones(len(given.worth))
    lp.row_lower_, lp.row_upper_ = np.full(len(given.limits), -highspy.kHighsInf), given.limits
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = given.rows.indptr, given.rows.indices
    lp.a_matrix_.value_ = given.rows.data
    if is_whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(given.worth)
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("time_limit", seconds_max)
    model.passModel(lp)
    return model


def _run(model: highspy.Highs) -> tuple[float, float]:
    start, cpu = time.perf_counter(), time.process_time()
    model.run()
    return time.perf_counter() - start, time.process_time() - cpu
