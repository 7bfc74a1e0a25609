"""Who is left alone by a decision, and the one thing that says most of why: to count them, before each is explained."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from touchbook.planner.candidates import ALLOWED, GUARDRAIL_FROM, NAMES
from touchbook.planner.population import Floats, Mask

LEFT = "left"
ELSEWHERE = "elsewhere"
WORTHLESS = "worthless"
NOT_MEANT = "not meant"
"""Reasons beside the names of guardrails: something was open, but what it takes brought more elsewhere; nothing that
was open would have brought anything; no touch of the plan is meant for them."""

Codes = npt.NDArray[np.int8]
Places = npt.NDArray[np.int64]


def left_alone(chosen: Mask, barred: Codes, values: Floats) -> tuple[Places, list[str]]:
    """The rows of those with nothing chosen, and a reason for each; all three are n × T.

    *chosen* counts what is held out: whoever is kept from a touch for its measure was not passed over.
    """
    rows = np.flatnonzero(~chosen.any(axis=1))
    mine, worth = barred[rows], values[rows]
    if not mine.shape[1]:
        return rows, [NOT_MEANT] * len(rows)
    by_guardrail = mine >= GUARDRAIL_FROM
    # Of several guardrails the one that kept them from the best touch says most.
    best = np.where(by_guardrail, worth, -np.inf).argmax(axis=1)
    codes = np.take_along_axis(mine, best[:, None], axis=1)[:, 0]
    allowed = mine == ALLOWED
    worthwhile = (allowed & (worth > 0)).any(axis=1)
    gone = (mine == GUARDRAIL_FROM + NAMES.index(LEFT)).any(axis=1) if LEFT in NAMES else np.zeros(len(rows), np.bool_)
    reasons = []
    for place in range(len(rows)):
        if gone[place]:
            reasons.append(LEFT)
        elif worthwhile[place]:
            reasons.append(ELSEWHERE)
        elif allowed[place].any():
            reasons.append(WORTHLESS)
        elif by_guardrail[place].any():
            reasons.append(NAMES[codes[place] - GUARDRAIL_FROM])
        else:
            reasons.append(NOT_MEANT)
    return rows, reasons
