"""Small integer programs, by HiGHS's branch and bound."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from touchbook.planner.solver.problem import Floats, Mask

SECONDS_MAX = 20.0  # only against a search that hangs: nodes end it, so that a slow machine finds the same


@dataclass(frozen=True, slots=True)
class Best:
    """The best point that was found (None when there was none), and what no point exceeds."""

    point: Floats | None
    bound: float


def maximise(
    worth: Floats, lowest: Floats, highest: Floats, rows: csr_array, limits: Floats, is_whole: Mask, nodes_max: int
) -> Best:
    """Maximise ``worth · x`` such that ``rows · x ≤ limits`` and ``lowest ≤ x ≤ highest``, whole where *is_whole*."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(worth), len(limits)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = worth, lowest, highest
    lp.row_lower_, lp.row_upper_ = np.full(len(limits), -highspy.kHighsInf), limits
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in is_whole]
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.silent()
    options = {"mip_rel_gap": 0.0, "mip_max_nodes": nodes_max, "time_limit": SECONDS_MAX, "threads": 1}
    for name, value in options.items():
        model.setOptionValue(name, value)
    passed = model.passModel(lp) != highspy.HighsStatus.kError
    ran = passed and model.run() != highspy.HighsStatus.kError
    info = model.getInfo()
    if not ran or not info.valid:
        return Best(None, np.inf)  # numbers that HiGHS does not take: nothing is found, and nothing proven
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    point = np.array(model.getSolution().col_value, dtype=np.float64) if found else None
    bound = float(info.mip_dual_bound)
    return Best(point, bound if np.isfinite(bound) and abs(bound) < highspy.kHighsInf else np.inf)
