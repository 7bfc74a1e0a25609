"""Changes of a price, and of what a touch is worth, at which a customer's decision turns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from touchbook.planner.explanation.anew import Present
from touchbook.planner.explanation.data import Change, ChangeKind, Terms
from touchbook.planner.explanation.scarcity import Scarcity
from touchbook.planner.population import Mask


def price_changes(terms: Terms, now: Present, scarcity: Scarcity, best: int | None) -> Iterator[Change]:
    """The price of its dearest capacity at which each chosen touch gives way, or at which the *best* one is made."""
    names = tuple(terms.plan.touches)
    touches = np.flatnonzero(now.chosen).tolist() if best is None else [best]
    for touch in touches:
        place = scarcity.dearest(touch)
        if place is None:
            continue
        share, price = scarcity.shares[place], float(scarcity.prices[place])
        # Beyond the price at which nothing is left of its own worth a touch is not chosen for certain.
        end = price if best is not None else max(float(now.surplus[touch]), 0.0) / scarcity.takes(touch, place)
        slope = share.use if best is not None else -share.use
        found = now.choice.turn(now.surplus, slope, now.chosen, end * (1 + 1e-9) + 1e-12, touch)
        if found:
            moved, then = found
            to = price + moved if best is None else price - moved
            yield Change(
                kind=ChangeKind.PRICE,
                touch=names[touch],
                from_=price * share.size,
                to=to * share.size,
                by=(to - price) * share.size,
                nearness=_share(price, to),
                then=named(names, then | now.must),
                of=share.name,
            )


def value_changes(terms: Terms, now: Present, best: int | None) -> Iterator[Change]:
    """How much less each chosen touch, or how much more the *best* one, would have to be worth."""
    names = tuple(terms.plan.touches)
    most = now.choice.most(now.surplus)
    touches = np.flatnonzero(now.chosen).tolist() if best is None else [best]
    for touch in touches:
        value, without = float(now.values[touch]), now.choice.without(touch)
        if best is None:
            to, after = max(value - (most - without.most(now.surplus)), 0.0), without.best(now.surplus)
        else:
            beside = now.choice.beside(touch)
            if beside is None:
                continue
            more = most - beside.most(now.surplus) - float(now.surplus[touch])
            to, after = value + max(more, 0.0), beside.best(now.surplus)
            after[touch] = True
        yield Change(
            kind=ChangeKind.VALUE,
            touch=names[touch],
            from_=value,
            to=to,
            by=to - value,
            nearness=_share(value, to),
            then=named(names, after | now.must),
        )


def named(names: tuple[str, ...], chosen: Mask) -> tuple[str, ...]:
    """The names of the chosen touches."""
    return tuple(name for name, is_chosen in zip(names, chosen, strict=True) if is_chosen)


def _share(before: float, after: float) -> float:
    """A change as a share of the larger of both."""
    return abs(after - before) / max(abs(before), abs(after), 1e-9)
