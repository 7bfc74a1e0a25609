"""OR-Tools' PDLP in a process of its own: it brings another libhighs, and a process can hold only one.

Reads from standard input what ``peers.first_order`` writes there, and writes what it came to as JSON.
"""

from __future__ import annotations

import io
import json
import sys
import time
from os import cpu_count

import numpy as np
from ortools.pdlp import solve_log_pb2, solvers_pb2
from ortools.pdlp.python import pdlp
from scipy.sparse import csc_matrix, csr_array


def main() -> None:
    """Solve the relaxation that is given."""
    given = np.load(io.BytesIO(sys.stdin.buffer.read()))
    worth, limits = given["worth"], given["limits"]
    pairs, rows = len(worth), len(limits)
    lp = pdlp.QuadraticProgram()
    lp.objective_vector = -worth  # it minimises
    lp.variable_lower_bounds, lp.variable_upper_bounds = np.zeros(pairs), np.ones(pairs)
    lp.constraint_lower_bounds, lp.constraint_upper_bounds = np.full(rows, -np.inf), limits
    matrix = csr_array((given["amounts"], given["pairs"], given["starts"]), shape=(rows, pairs))
    lp.constraint_matrix = csc_matrix(matrix)
    parameters = solvers_pb2.PrimalDualHybridGradientParams()
    criteria = parameters.termination_criteria
    criteria.simple_optimality_criteria.eps_optimal_relative = float(given["tolerance"])
    criteria.simple_optimality_criteria.eps_optimal_absolute = float(given["tolerance"])
    criteria.time_sec_limit = float(given["seconds_max"])
    parameters.num_threads = cpu_count() or 1
    start, cpu = time.perf_counter(), time.process_time()
    result = pdlp.primal_dual_hybrid_gradient(lp, parameters)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    is_finished = result.solve_log.termination_reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    optimum = float(worth @ result.primal_solution) if is_finished else None
    json.dump({"seconds": seconds, "cpu_seconds": cpu_seconds, "optimum": optimum}, sys.stdout)


if __name__ == "__main__":
    main()
