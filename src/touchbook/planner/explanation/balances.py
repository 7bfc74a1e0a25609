"""The nearest balance at which a customer's decision turns, everything else and the prices being as they are.

A higher balance is supposed to come of deposits, a lower one of withdrawals that have been made good: nothing new is
open. What hangs on the balance moves with it: the standing, the type, the stay probability, what touches are worth,
and every condition of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from touchbook.planner.explanation.anew import Present, decide_anew
from touchbook.planner.explanation.data import Change, ChangeKind, Terms
from touchbook.planner.explanation.evidence import supposed
from touchbook.planner.explanation.moves import named
from touchbook.planner.explanation.scarcity import Scarcity
from touchbook.planner.phrases import Row
from touchbook.planner.population import Floats, Population

STEP = 0.1  # of the balances that are tried, in points: to as much they are said
REACH = 4.0  # times what makes a customer engaged: far beyond it the balance says nothing more
MOVED = frozenset({"balance", "deposits", "withdrawals", "standing", "type"})


def balance_changes(terms: Terms, kept: pa.Table, row: Row, now: Present, scarcity: Scarcity) -> Iterator[Change]:
    """The first balance above the present one, and the first below it, at which something else would be done."""
    plan = terms.plan
    if plan.success.worth.columns & MOVED:
        return  # what a period brings would move as well, and only the state's own statements know by how much
    here, reach = float(str(row["balance"])), REACH * plan.ledger.engaged_at
    tenths = np.arange(np.ceil((here - reach) / STEP), np.floor((here + reach) / STEP) + 1)
    balances = np.concatenate([[here], tenths * STEP])
    chosen = decide_anew(terms, _with_balances(terms, kept, row, balances), scarcity, now.must)
    if (chosen[0] != now.made).any():
        return  # the prices alone do not tell what the run did, so they cannot tell what it would do
    other = (chosen != now.made).any(axis=1)
    names = tuple(plan.touches)
    for side in (balances > here, balances < here):
        turned = np.flatnonzero(side & other)
        if not len(turned):
            continue
        first = turned[np.abs(balances[turned] - here).argmin()]
        then = chosen[first]
        concerned = named(names, now.made & ~then) or named(names, then & ~now.made)
        to = round(float(balances[first]), 1)
        yield Change(
            kind=ChangeKind.BALANCE,
            touch=concerned[0],
            from_=here,
            to=to,
            by=to - here,
            nearness=abs(to - here) / plan.ledger.engaged_at,
            then=named(names, then),
        )


def _with_balances(terms: Terms, kept: pa.Table, row: Row, balances: Floats) -> Population:
    plan, moved = terms.plan, balances - float(str(row["balance"]))
    above = "advocate" if float(str(row.get("referrals") or 0)) else "engaged"
    standing = np.where(balances < 0, "overdrawn", np.where(balances < plan.ledger.engaged_at, "neutral", above))
    population = supposed(
        terms,
        kept,
        np.zeros(len(balances)),
        {
            "balance": balances,
            "deposits": float(str(row["deposits"])) + np.maximum(moved, 0.0),
            "withdrawals": float(str(row["withdrawals"])) + np.maximum(-moved, 0.0),
            "standing": standing,
        },
    )
    if not any(condition.columns & MOVED for condition in plan.types.values()):
        return population
    truths = terms.judge(population.state, {name: condition.sql for name, condition in plan.types.items()})
    types = np.full(len(balances), "other", dtype=np.object_)
    for name in reversed(list(plan.types)):
        types[truths[name]] = name
    state = population.state
    place = state.schema.get_field_index("type")
    return replace(population, state=state.set_column(place, "type", pa.array(types.tolist(), pa.string())))
