"""General solvers on the problems of benchmarks/planner.py: HiGHS (interior point, branch and bound), and PDLP."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, vstack

from touchbook.planner.solver.problem import Floats, Problem

APART = Path(__file__).with_name("apart.py")
LATE = 1.2  # times its limit: a peer that has not looked at the clock until then is stopped
STARTING_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """Maximise ``worth · x`` such that ``rows · x ≤ limits`` and 0 ≤ x ≤ 1: one x for each allowed pair."""

    worth: Floats
    rows: csr_array
    limits: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer came to: ``value`` of a plan in whole touches, and ``bound`` on any plan, where it has them.

    ``cpu_seconds`` are those of all its threads; None of a peer that had to be stopped.
    """

    is_finished: bool
    seconds: float
    cpu_seconds: float | None
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


def ask(peer: str, given: Program, seconds_max: float) -> Answer:
    """What a *peer* (a function of ``apart``) comes to."""
    handed = io.BytesIO()
    np.savez(
        handed, worth=given.worth, limits=given.limits, amounts=given.rows.data, pairs=given.rows.indices,
        starts=given.rows.indptr, seconds_max=seconds_max,
    )  # fmt: skip
    try:
        ran = subprocess.run(
            [sys.executable, str(APART), peer], input=handed.getvalue(), stdout=subprocess.PIPE, check=True,
            timeout=LATE * seconds_max + STARTING_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Answer(False, seconds_max, None, None, None)
    answer = json.loads(ran.stdout)
    if not answer["is_finished"]:
        answer |= {"bound": answer["bound"] if answer["value"] and math.isfinite(answer["bound"]) else None}
    return Answer(**answer)
