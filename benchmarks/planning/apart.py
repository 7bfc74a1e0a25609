"""One peer's solver in a process of its own, so that it can be stopped, and because OR-Tools brings another libhighs.

python apart.py PEER      (what ``peers.ask`` writes comes in, what the peer came to goes out as JSON)
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Mapping
from os import cpu_count
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix, csr_array

Given = Mapping[str, Any]
Answer = dict[str, Any]
GAP = 1e-4  # at which branch and bound may stop


def interior_point(given: Given) -> Answer:
    """HiGHS's interior point method without crossover: a bound, and fractions of touches."""
    import highspy

    model = _highs(given, is_whole=False)
    model.setOptionValue("solver", "ipm")
    model.setOptionValue("run_crossover", "off")
    took = _timed(model.run)
    # Without crossover HiGHS calls what it found optimal to its tolerance "unknown".
    is_finished = model.getModelStatus() in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown)
    return took | {"is_finished": is_finished, "bound": model.getInfo().objective_function_value}


def branch_and_bound(given: Given) -> Answer:
    """HiGHS's search for whole touches."""
    import highspy

    model = _highs(given, is_whole=True)
    model.setOptionValue("mip_rel_gap", GAP)
    took = _timed(model.run)
    info = model.getInfo()
    is_finished = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return took | {"is_finished": is_finished, "value": info.objective_function_value, "bound": info.mip_dual_bound}


def pdlp_to_4(given: Given) -> Answer:
    """OR-Tools' PDLP to a tolerance of 1e-4."""
    return _pdlp(given, 1e-4)


def pdlp_to_6(given: Given) -> Answer:
    """OR-Tools' PDLP to a tolerance of 1e-6."""
    return _pdlp(given, 1e-6)


def _pdlp(given: Given, tolerance: float) -> Answer:
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    pairs, rows = len(given["worth"]), len(given["limits"])
    lp = pdlp.QuadraticProgram()
    lp.objective_vector = -given["worth"]  # it minimises
    lp.variable_lower_bounds, lp.variable_upper_bounds = np.zeros(pairs), np.ones(pairs)
    lp.constraint_lower_bounds, lp.constraint_upper_bounds = np.full(rows, -np.inf), given["limits"]
    matrix = csr_array((given["amounts"], given["pairs"], given["starts"]), shape=(rows, pairs))
    lp.constraint_matrix = csc_matrix(matrix)
    parameters = solvers_pb2.PrimalDualHybridGradientParams()
    parameters.termination_criteria.simple_optimality_criteria.eps_optimal_relative = tolerance
    parameters.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = tolerance
    parameters.termination_criteria.time_sec_limit = float(given["seconds_max"])
    parameters.num_threads = cpu_count() or 1
    result: Any = None

    def run() -> None:
        nonlocal result
        result = pdlp.primal_dual_hybrid_gradient(lp, parameters)

    took = _timed(run)
    is_finished = result.solve_log.termination_reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    return took | {"is_finished": is_finished, "bound": float(given["worth"] @ result.primal_solution)}


def _highs(given: Given, is_whole: bool) -> Any:
    import highspy

    pairs, rows = len(given["worth"]), len(given["limits"])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = pairs, rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = given["worth"], np.zeros(pairs), np.ones(pairs)
    lp.row_lower_, lp.row_upper_ = np.full(rows, -highspy.kHighsInf), given["limits"]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = given["starts"], given["pairs"]
    lp.a_matrix_.value_ = given["amounts"]
    if is_whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * pairs
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("time_limit", float(given["seconds_max"]))
    model.passModel(lp)
    return model


def _timed(run: Callable[[], Any]) -> Answer:
    start, cpu = time.perf_counter(), time.process_time()
    run()
    return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}


PEERS = {peer.__name__: peer for peer in (interior_point, branch_and_bound, pdlp_to_4, pdlp_to_6)}

if __name__ == "__main__":
    answer = PEERS[sys.argv[1]](np.load(io.BytesIO(sys.stdin.buffer.read())))
    json.dump({"value": None, **answer}, sys.stdout)
