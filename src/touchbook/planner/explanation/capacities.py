"""How much more of a capacity would have reached a customer: what those who stand before them would take, and they.

A local estimate. Everybody who would gain by the capacity at the price at which this customer would be reached counts
with the one touch by which they would gain most, in place of another that is theirs where they have no room; the other
prices stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchbook.plan.model import OWNER, Plan
from touchbook.planner.assembly import rooms
from touchbook.planner.candidates import ALLOWED
from touchbook.planner.explanation.anew import Present
from touchbook.planner.explanation.data import MUST, NOT_CHOSEN, Change, ChangeKind, Option, Terms
from touchbook.planner.explanation.evidence import PER_TOUCH
from touchbook.planner.explanation.moves import named
from touchbook.planner.explanation.scarcity import Scarcity, may_take, short_of, shortage
from touchbook.planner.guardrails.sales_share import SALES_SHARE
from touchbook.planner.phrases import Row
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.solver.problem import Small, Values

READ = ("_values", "_barred", "_fate")
TIED = 1e-5  # share of a value within which two stand at the same place


def capacity_change(
    terms: Terms, kept: pa.Table, row: Row, now: Present, scarcity: Scarcity, best: int
) -> Iterator[Change]:
    """How much more of its dearest capacity would have made the *best* touch of somebody who is left alone."""
    place = scarcity.dearest(best)
    if place is None or terms.everybody is None:
        return
    share, use = scarcity.shares[place], scarcity.takes(best, place)
    price = (float(now.surplus[best]) + use * float(scarcity.prices[place])) / use
    if share.name == SALES_SHARE or price <= 0:
        return
    prices = scarcity.prices.copy()
    prices[place] = price
    charges = np.asarray(scarcity.use @ prices)
    # What the plan limits or reads is the customer's state; what guardrails count is in its internal columns.
    columns = [name for name in kept.column_names if name.startswith("_") and name not in PER_TOUCH]
    batches: Iterable[pa.Table] = terms.everybody([*READ, *columns])
    if share.name == OWNER:
        batches = (batch.filter(pc.field("_owner") == str(row["_owner"])) for batch in batches)
    used, waiting = 0.0, 0.0
    for batch in batches:
        more, taken = _waiting(terms.plan, batch, charges, share.use)
        waiting, used = waiting + more, used + taken
    there = may_take(terms.plan, share)
    by = waiting + use - max(there - used, 0.0)
    if by > 0:
        yield Change(
            kind=ChangeKind.CAPACITY,
            touch=tuple(terms.plan.touches)[best],
            from_=there,
            to=there + by,
            by=by,
            nearness=by / (there + by),
            then=named(tuple(terms.plan.touches), now.made | (np.arange(len(now.values)) == best)),
            of=share.name,
            exact=False,
        )


def short_changes(
    terms: Terms, scarcity: Scarcity, made: Collection[Option], unmet: Iterable[Option]
) -> Iterator[Change]:
    """How much more of the capacity that musts are short of would be enough for all of them, and so for this one."""
    for option in unmet:
        place = list(terms.plan.touches).index(option.touch)
        short = [share for share in short_of(terms, scarcity) if share.use[place] > 0]
        if len(short) != 1:
            continue
        there, by = short[0].available, shortage(terms, short[0])
        yield Change(
            kind=ChangeKind.CAPACITY,
            touch=option.touch,
            from_=there,
            to=there + by,
            by=by,
            nearness=by / (there + by),
            then=(*(other.touch for other in made), option.touch),
            of=short[0].name,
            exact=False,
        )


def _waiting(plan: Plan, batch: pa.Table, charges: Floats, use: Floats) -> tuple[float, float]:
    """Of some customers: how much more they would take of a capacity at these charges, and how much they take."""
    values, barred, fate = (_matrix(batch, name) for name in READ)
    took = use > 0
    used = float(np.count_nonzero(fate[:, took] != NOT_CHOSEN, axis=0) @ use[took])
    optional = np.array([not touch.must for touch in plan.touches.values()])
    # Most people are not concerned; only for the others is everything looked at.
    waits = (
        (values[:, took] > charges[took].astype(np.float32))
        & (fate[:, took] == NOT_CHOSEN)
        & (barred[:, took] == ALLOWED)
    )
    rows = np.flatnonzero((waits & optional[took]).any(axis=1))
    if not len(rows):
        return 0.0, used
    values, barred, fate = values[rows], barred[rows], fate[rows]
    made, surplus = fate != NOT_CHOSEN, values - charges.astype(np.float32)
    wanted = np.asarray((barred == ALLOWED) & ~made & optional & (surplus > TIED * np.abs(values)) & (values > 0))
    table = batch.select([name for name in batch.column_names if name != "_values"]).take(rows)
    nobody = pa.table({"customer": pa.array([], pa.string())})
    room, member = rooms(plan, Population(table, nobody, nobody), made)
    return _more(room, member, made & (fate != MUST), surplus, wanted, use), used


def _more(room: Small, member: Mask, free: Mask, surplus: Values, wanted: Mask, use: Floats) -> float:
    """What customers would take more if each took the one touch that gains most, beside or in place of another."""
    each = np.arange(len(room))
    full = room <= 0
    worst = np.asarray(np.where(free, surplus, np.inf).argmin(axis=1))
    gives = np.asarray(free.any(axis=1))[:, None]
    lost = surplus[each, worst][:, None]
    beside = np.where(wanted & _fits(full, member), surplus, -np.inf)
    instead = np.where(wanted & gives & _fits(full & ~member[worst], member), surplus - lost, -np.inf)
    best = np.maximum(beside, instead).argmax(axis=1)
    swapped = instead[each, best] > beside[each, best]
    gains = np.maximum(beside, instead)[each, best] > 0
    taken = use[best] - np.where(swapped, use[worst], 0.0)
    return float(np.maximum(taken, 0.0)[gains].sum())


def _fits(full: Mask, member: Mask) -> Mask:
    """Whether each touch is in none of the families that are full (n × T)."""
    return np.asarray(full.astype(np.int16) @ member.T.astype(np.int16) == 0)


def _matrix(batch: pa.Table, name: str) -> Values:
    """A column with one number per touch as a table of them (n × T)."""
    column = batch.column(name).combine_chunks()
    return np.asarray(pc.list_flatten(column).to_numpy(zero_copy_only=False)).reshape(batch.num_rows, -1)
